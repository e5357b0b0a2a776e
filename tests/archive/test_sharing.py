"""Whoever has an archive open keeps its locks, whatever else the same process does with the file.

POSIX takes all locks on a file away from a process that closes any descriptor of it; the last of
other processes to close the archive would then take itself to be alone, and delete the log in use.
"""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from elitemap.archive.errors import ArchiveError
from elitemap.archive.files import readonly as reading
from elitemap.archive.files.creation import upgrade
from elitemap.archive.files.inspection import inspect
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

LOCKS = Path("/proc/locks")
ALL = ["", "-shm", "-wal"]


def locks(archive):
    """Kind and range of the locks of this process on the database file.

    The list is told in pieces: where other processes lock meanwhile, some are told twice or not.
    """
    told, again = None, once(archive)
    while told != again:
        told, again = again, once(archive)
    return told


def once(archive):
    rows = [line.split() for line in LOCKS.read_text().splitlines()]
    inode = f":{archive.stat().st_ino}"
    mine = [row for row in rows if row[-4] == str(os.getpid()) and row[-3].endswith(inode)]
    return [(row[-5], *row[-2:]) for row in mine]


def files(archive):
    return sorted(each.name.removeprefix(archive.name) for each in archive.parent.iterdir())


def elsewhere(program, archive):
    """Run a program in another process, which finds the archive as ``path``."""
    imports = (
        "import sys; path = sys.argv[1]",
        "from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery",
        "from elitemap.archive.store import ArchiveWriter",
    )
    command = [sys.executable, "-c", "\n".join([*imports, program]), str(archive)]
    subprocess.run(command, check=True, timeout=120)


def read(archive):
    with ArchiveReader.open(archive) as reader:
        assert reader.count(ElitesQuery()) == 30


def write(archive):
    with ArchiveWriter.open(archive) as writer:
        writer.flush("run-1", [], metrics={"rate": 6.0})


def wait(archive):
    with ArchiveWriter.open(archive) as first, ArchiveWriter.open(archive) as second:
        first.flush("run-1", [], metrics={"rate": 6.0})
        second.flush("run-1", [], metrics={"rate": 7.0})


def copy(archive):
    """What readers do where the folder cannot be written and there is a log."""
    with ArchiveWriter.open(archive) as writer, reading.ExitStack() as cleanup:
        writer.flush("run-1", [], metrics={"rate": 6.0})
        connection = reading._frozen(archive, 1.0, cleanup)
        (steps,) = connection.execute("SELECT count(*) FROM metric").fetchone()
        connection.close()
        assert steps == 2


DEEDS = [inspect, read, write, wait, copy, upgrade, reading.tidy]


@pytest.mark.skipif(not LOCKS.exists(), reason="needs /proc/locks")
@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_an_open_archive_keeps_its_locks(archive, deed):
    with ArchiveReader.open(archive) as reader:
        reader.count(ElitesQuery())
        before = locks(archive)
        assert before
        deed(archive)
        assert locks(archive) == before


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__)
def test_other_processes_see_that_it_is_open(archive, deed):
    with ArchiveReader.open(archive) as staying:
        deed(archive)
        version = staying.data_version
        elsewhere("with ArchiveReader.open(path) as r: r.count(ElitesQuery())", archive)
        assert files(archive) == ALL
        elsewhere("with ArchiveWriter.open(path) as w: w.flush('run-1', [], metrics={})", archive)
        assert files(archive) == ALL
        assert staying.data_version != version
        elsewhere("assert len(ArchiveReader.open(path).metrics('run-1')) >= 2", archive)
        assert len(staying.metrics("run-1")) >= 2
    assert files(archive) in ([""], ALL)  # a log with content is left to those who write


def test_an_archive_that_its_log_is_being_copied_into_is_no_damaged_one(
    archive, make_elite, tmp_path
):
    """The first page comes first, and tells of pages that the file does not have yet."""
    (tmp_path / "halfway").mkdir()
    halfway = tmp_path / "halfway" / archive.name
    with ArchiveWriter.open(archive) as writer:
        writer.flush("run-1", [make_elite(k, source="x" * 900) for k in range(100, 300)])
        for end in ("", "-wal"):
            content = archive.with_name(f"{archive.name}{end}").read_bytes()
            halfway.with_name(f"{halfway.name}{end}").write_bytes(content)
    with halfway.open("r+b") as file:
        file.write(archive.read_bytes()[:4096])
    with ArchiveReader.open(halfway) as reader:
        assert reader.count(ElitesQuery()) == 230


def test_a_pipe_is_no_archive(path):
    os.mkfifo(path)
    for opener in (ArchiveReader.open, ArchiveWriter.open):
        with pytest.raises(ArchiveError, match="not an elitemap archive"):
            opener(path)
    assert stat.S_ISFIFO(path.stat().st_mode)
