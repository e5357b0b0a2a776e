"""Of two processes that want to search for one run, one is told to wait."""

import signal
import subprocess
import sys
import time

import pytest

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.files.claims import claimed, searched
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.store import ArchiveWriter

HOLDER = """
import sys, time
from pathlib import Path
from elitemap.archive.files.claims import claimed
with claimed(Path(sys.argv[1]), "r"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds run r of an archive until its input ends."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "a.db")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_a_run_that_is_held_is_refused(tmp_path, holder):
    with pytest.raises(UsageError, match="run r is being searched by another process"):
        with claimed(tmp_path / "a.db", "r"):
            pytest.fail("two processes hold one run")
    with claimed(tmp_path / "a.db", "another"), claimed(tmp_path / "b.db", "r"):
        pass


def test_a_link_to_the_archive_is_the_same_archive(tmp_path, holder):
    (tmp_path / "a.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    with pytest.raises(UsageError):
        with claimed(tmp_path / "link.db", "r"):
            pytest.fail("two processes hold one run")


@pytest.mark.parametrize("end", [signal.SIGKILL, None])
def test_it_is_free_once_the_process_has_ended(tmp_path, holder, end):
    if end is None:
        holder.stdin.close()
    else:
        holder.send_signal(end)
    holder.wait()
    with claimed(tmp_path / "a.db", "r"):
        assert (tmp_path / "a.db-r.lock").exists()
    assert not list(tmp_path.iterdir())


def test_many_processes_never_hold_it_together(tmp_path):
    """Also while others come and go, and remove the file."""
    worker = """
import sys
from pathlib import Path
from elitemap.archive.files.claims import claimed
from elitemap.archive.errors import UsageError
mark, wins = Path(sys.argv[1] + ".mark"), 0
while wins < 100:
    try:
        with claimed(Path(sys.argv[1]), "r"):
            mark.touch(exist_ok=False)
            mark.unlink()
            wins += 1
    except UsageError:
        pass
"""
    command = [sys.executable, "-c", worker, str(tmp_path / "a.db")]
    crowd = [subprocess.Popen(command) for _ in range(3)]
    deadline = time.monotonic() + 240
    assert [process.wait(deadline - time.monotonic()) for process in crowd] == [0, 0, 0]


def test_everybody_sees_that_a_run_is_searched_and_that_it_was_killed(tmp_path, holder):
    archive = tmp_path / "a.db"
    assert searched(archive, "r")
    assert not searched(archive, "another")
    assert [file.name for file in tmp_path.iterdir()] == ["a.db-r.lock"]
    holder.kill()
    holder.wait()
    assert not searched(archive, "r")
    assert [file.name for file in tmp_path.iterdir()] == ["a.db-r.lock"]


LOOKER = """
import sys
from pathlib import Path
from elitemap.archive.files.claims import searched
print("looking", flush=True)
while True:
    searched(Path(sys.argv[1]), "r")
"""


def test_looking_keeps_nobody_from_claiming(tmp_path):
    command = [sys.executable, "-c", LOOKER, str(tmp_path / "a.db")]
    lookers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for looker in lookers:
            assert looker.stdout.readline() == "looking\n"
        for _ in range(500):
            with claimed(tmp_path / "a.db", "r"):
                pass
    finally:
        for looker in lookers:
            looker.kill()
            looker.wait()
            looker.stdout.close()


def test_a_run_that_was_killed_is_shown_as_interrupted(archive, make_run):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("r"))
    command = [sys.executable, "-c", HOLDER, str(archive)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.read(5) == b"held\n"
        with ArchiveReader.open(archive) as reader:
            written = reader.run("r")
            assert reader.searched() == ("r",)
            assert reader.standing(written) == written
            process.kill()
            process.wait()
            assert reader.searched() == ()
            assert reader.standing(written).status == "interrupted"
            assert reader.run("r") == written
            done = reader.run("run-1")
            assert reader.standing(done) == done


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ArchiveError, match="cannot be written"):
        with claimed(tmp_path / "nowhere" / "a.db", "r"):
            pytest.fail("held without a file")
