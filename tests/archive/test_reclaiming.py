"""A finished archive is as long as what it holds; states are stored compressed."""

import random
import sqlite3
from contextlib import closing

import pytest

from elitemap.archive.errors import ArchiveError
from elitemap.archive.files.reclaiming import reclaim
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import Ancestor
from elitemap.archive.store import ArchiveWriter

CACHE = bytes(1_000_000) + random.Random(1).randbytes(500_000)


def pragma(path, name):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def search(path, make_run, make_elite, id="run-1", status="done"):
    """A search whose states and dropped ancestors take far more room than its elites."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run(id))
        documents = [{"schema": 1, "old": [id, n]} for n in range(900)]
        dropped = [Ancestor(document, "x" * 900, None, None) for document in documents]
        writer.flush(id, [], ancestors=dropped, state={0: CACHE, 1: CACHE})
        writer.flush(id, [make_elite(k) for k in range(30)])
        if status == "done":
            writer.flush(id, [], state={0: b"", 1: b""})
        writer.finish(id, status, {})


def test_a_finished_archive_has_no_free_pages(path, make_run, make_elite):
    search(path, make_run, make_elite)
    assert pragma(path, "freelist_count") == 0
    assert path.stat().st_size < 300_000
    assert pragma(path, "integrity_check") == "ok"
    with ArchiveReader.open(path) as reader:
        assert reader.count(ElitesQuery()) == 30
        assert reader.state("run-1") == {0: b"", 1: b""}


def test_a_reader_that_stays_sees_the_shorter_archive(path, make_run, make_elite):
    search(path, make_run, make_elite)
    with ArchiveReader.open(path) as reader:
        before = reader.overview()
        search(path, make_run, make_elite, "run-2")
        (now,) = reader.overview()
        assert [tally.run.id for tally in now.runs] == ["run-1", "run-2"]
        assert now.elites == 2 * before[0].elites
    assert pragma(path, "freelist_count") == 0


def test_an_interrupted_run_keeps_its_state(path, make_run, make_elite):
    search(path, make_run, make_elite, status="interrupted")
    with ArchiveReader.open(path) as reader:
        assert reader.state("run-1") == {0: CACHE, 1: CACHE}
    assert path.stat().st_size < 2 * len(CACHE)  # nothing is written of its zeros


def test_an_archive_that_could_not_shrink_is_rewritten_once_half_of_it_is_free(
    path, make_run, make_elite
):
    ArchiveWriter.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    assert pragma(path, "auto_vacuum") == 0
    with ArchiveReader.open(path) as reader:  # is in nobody's way
        search(path, make_run, make_elite)
        assert [run.id for run in reader.runs()] == ["run-1"]
    assert pragma(path, "auto_vacuum") == 2
    assert pragma(path, "freelist_count") == 0
    assert path.stat().st_size < 300_000


def test_another_writer_leaves_it_as_long_as_it_is(path, make_run, make_elite):
    search(path, make_run, make_elite, status="interrupted")
    with ArchiveWriter.open(path, timeout=0.0) as writer:
        writer.flush("run-1", [], state={0: b"", 1: b""})
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            reclaim(writer._connection, path)
            other.execute("ROLLBACK")
        assert pragma(path, "freelist_count") > 0
        writer.finish("run-1", "done", {})
    assert pragma(path, "freelist_count") == 0


@pytest.mark.parametrize("body", [b"zlib\0", b"zlib\0garbage"])
def test_a_damaged_state_is_told(archive, body):
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute("UPDATE state SET body = ?", [body])
    with ArchiveReader.open(archive) as reader:
        with pytest.raises(ArchiveError, match="damaged"):
            reader.state("run-1")
