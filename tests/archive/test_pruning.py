"""Old runs and dominated elites go, what somebody vouched for or spoke of stays."""

import multiprocessing
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.files.claims import claimed
from elitemap.archive.pruning import prune, vacuum
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter


@pytest.fixture
def older(archive, make_run, make_elite):
    """The archive with one more run, which was interrupted long ago."""
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("old-1", started_at="2020-01-01T00:00:00+00:00"))
        writer.flush("old-1", [make_elite(k, 100 + k) for k in range(5)], state={0: b"s"})
        writer.finish("old-1", "interrupted", {})
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute("UPDATE run SET finished_at = started_at WHERE id = 'old-1'")
        connection.commit()
    return archive


def ids(path):
    with ArchiveReader.open(path) as reader:
        return {view.id for view in reader.elites(ElitesQuery())}


def test_a_run_goes_with_all_it_holds(older, make_elite):
    told = prune(older, ["old"], dry=True)
    assert (told.runs, told.elites) == (("old-1",), 5)
    assert len(ids(older)) == 35
    assert prune(older, ["old"]).elites == 5
    with ArchiveReader.open(older) as reader:
        assert [run.id for run in reader.runs()] == ["run-1"]
        assert reader.lineage(make_elite(0, 100).id) == []
        assert reader.count(ElitesQuery()) == 30


def test_age_is_counted_from_the_end(older):
    limit = datetime(2021, 1, 1, tzinfo=UTC)
    assert prune(older, ended_before=limit, dry=True).runs == ("old-1",)
    assert prune(older, ["run"], ended_before=limit).runs == ()
    assert prune(older, ended_before=limit).runs == ("old-1",)


def test_what_others_dominate_goes_and_what_is_vouched_for_stays(older, make_elite):
    marked = make_elite(20).id
    with ArchiveWriter.open(older) as writer:
        writer.remark(marked, "star", None)
    with ArchiveReader.open(older) as reader:
        certified = {v.id for v in reader.elites(ElitesQuery(where="status = 'certified'"))}
        candidates = reader.elites(ElitesQuery(run="run-1", where="status = 'candidate'"))
    told = prune(older, dominated=True)
    assert told.kept == ("old-1",) and told.certified == told.remarked == 0
    left = ids(older)
    assert left >= certified | {marked}
    # Candidates have no digits yet: they are compared by operations and quality.
    best = max(candidates, key=lambda view: (-view.objectives["ops"], view.quality))
    assert best.id in left
    assert told.elites == 35 - len(left) > 10
    assert prune(older, dominated=True).elites == 0


def test_a_run_that_is_searched_is_left_alone(archive, make_run):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("run-2"))
    context = multiprocessing.get_context("fork")
    ready, go = context.Event(), context.Event()

    def hold():
        with claimed(archive, "run-2"):
            ready.set()
            go.wait(60)

    process = context.Process(target=hold)
    process.start()
    try:
        assert ready.wait(60)
        with pytest.raises(UsageError, match="run-2 is being searched"):
            prune(archive, ["run-2"])
        assert prune(archive, ["run-1"], dry=True).elites == 30
    finally:
        go.set()
        process.join()


def test_vacuum_gives_back_what_is_free(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("run-2"))
        big = [make_elite(k, 1000 + k, source="x" * 2000) for k in range(300)]
        writer.flush("run-2", big)
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute("DELETE FROM elite WHERE run = 2")
        connection.commit()
    before, bound = vacuum(archive, dry=True)
    assert bound <= before
    before, after = vacuum(archive)
    assert after < before - 500_000
    assert archive.stat().st_size == after
    assert len(ids(archive)) == 30


def test_no_archive_is_made(tmp_path):
    for call in (prune, vacuum):
        with pytest.raises(ArchiveError, match="no archive"):
            call(tmp_path / "none.db")
    assert list(tmp_path.iterdir()) == []
