"""Readers leave nothing behind, and take nothing from those who use the archive."""

import multiprocessing
import os
import sqlite3

import pytest

from elitemap.archive.errors import ArchiveError
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

FORK = multiprocessing.get_context("fork")


def files(archive):
    return sorted(each.name.removeprefix(archive.name) for each in archive.parent.iterdir())


def test_nothing_is_left_behind(archive):
    before = archive.read_bytes(), archive.stat().st_mtime_ns
    for _ in range(3):
        with ArchiveReader.open(archive) as reader:
            assert len(reader.runs()) == 1
        assert files(archive) == [""]
    assert (archive.read_bytes(), archive.stat().st_mtime_ns) == before


def test_the_last_reader_tidies_up(archive):
    readers = [ArchiveReader.open(archive) for _ in range(3)]
    for reader in readers:
        assert files(archive) == ["", "-shm", "-wal"]
        assert len(reader.runs()) == 1
        reader.close()
    assert files(archive) == [""]


def test_a_refused_archive_is_left_as_it_was(archive):
    connection = sqlite3.connect(archive)
    connection.execute("DROP TABLE metric")
    connection.close()
    before = archive.read_bytes()
    with pytest.raises(ArchiveError):
        ArchiveReader.open(archive)
    assert files(archive) == [""]
    assert archive.read_bytes() == before


def test_what_a_writer_needs_stays(archive, make_elite):
    with ArchiveWriter.open(archive) as writer:
        ArchiveReader.open(archive).close()
        assert files(archive) == ["", "-shm", "-wal"]
        writer.flush("run-1", [make_elite(40)])
        with ArchiveReader.open(archive) as reader:
            assert reader.count(ElitesQuery()) == 31
    assert files(archive) == [""]


def test_a_log_with_content_is_left_to_those_who_write(archive, make_elite, tmp_path):
    """As after a crash: what is in the log is read, and stays there."""
    with ArchiveWriter.open(archive) as writer:
        writer.flush("run-1", [make_elite(40)])
        (tmp_path / "crashed").mkdir()
        crashed = tmp_path / "crashed" / archive.name
        for end in ("", "-wal"):
            (crashed.parent / f"{archive.name}{end}").write_bytes(
                (archive.parent / f"{archive.name}{end}").read_bytes()
            )
    log = crashed.with_name(f"{crashed.name}-wal")
    before = crashed.read_bytes(), log.read_bytes()
    with ArchiveReader.open(crashed) as reader:
        assert reader.count(ElitesQuery()) == 31
    assert (crashed.read_bytes(), log.read_bytes()) == before
    ArchiveWriter.open(crashed).close()
    with ArchiveReader.open(crashed) as reader:
        assert reader.count(ElitesQuery()) == 31
    assert files(crashed) == [""]


def test_a_reader_that_stays_sees_what_is_written_later(archive, make_elite):
    with ArchiveReader.open(archive) as staying:
        ArchiveReader.open(archive).close()
        version = staying.data_version
        with ArchiveWriter.open(archive) as writer:
            writer.flush("run-1", [make_elite(40)])
        assert staying.data_version != version
        assert staying.count(ElitesQuery()) == 31
        ArchiveReader.open(archive).close()
        assert staying.count(ElitesQuery()) == 31


def test_an_archive_may_vanish_while_it_is_read(archive):
    with ArchiveReader.open(archive) as reader:
        archive.unlink()
        assert reader.vanished
    assert "" not in files(archive)


def read_often(archive):
    for _ in range(40):
        with ArchiveReader.open(archive) as reader:
            first, second = (reader.count(ElitesQuery()) for _ in range(2))
            assert 30 <= first <= second
    os._exit(0)


def write_often(archive, elites):
    for elite in elites:
        with ArchiveWriter.open(archive) as writer:
            writer.flush("run-1", [elite])
        with ArchiveReader.open(archive) as reader:
            assert reader.count(ElitesQuery(where=f"slot = {elite.slot}")) == 1
    os._exit(0)


def test_coming_and_going_never_costs_anybody_anything(archive, make_elite):
    writers = [[make_elite(1000 * k + n) for n in range(40)] for k in (1, 2)]
    children = [FORK.Process(target=write_often, args=(archive, own)) for own in writers]
    children += [FORK.Process(target=read_often, args=(archive,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(240)
        assert child.exitcode == 0
    connection = sqlite3.connect(archive)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    with ArchiveReader.open(archive) as reader:
        slots = {line.slot for line in reader.page(ElitesQuery(), 0, 10_000)}
    for k in (1, 2):  # every flush that returned is there
        assert slots >= set(range(1000 * k, 1000 * k + 40))
    assert files(archive) == [""]
