"""Pages of a listing are the query's answer cut into pieces, whatever the query."""

import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import Cancelled, UsageError
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

NAMES = ("ops", "digits", "depth", "quality", "slot", "status", "source", "id", "mark", "target")

sorts = st.lists(
    st.tuples(st.sampled_from(["", "-", "+"]), st.sampled_from(NAMES)).map("".join),
    min_size=1,
    max_size=3,
).map(",".join)
queries = st.builds(
    ElitesQuery,
    run=st.none() | st.sampled_from(["a", "b"]),
    target=st.none() | st.sampled_from(["exp2", "tanh", "none"]),
    where=st.none()
    | st.sampled_from(["ops >= 5", "digits is null", "status = 'certified'", "mark = 'star'"]),
    sort=st.none() | sorts,
    pareto=st.none() | st.sampled_from(["ops,digits", "-depth,+quality", "+ops"]),
    limit=st.none() | st.integers(0, 30),
    search=st.none() | st.sampled_from(["", "x", "X + 1", "'", "nothing", "note"]),
    every=st.sampled_from([1, 1, 2, 5]),
)


@pytest.fixture(scope="module")
def reader(make_run, make_elite):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with ArchiveWriter.open(path) as writer:
            for run in (make_run("a"), make_run("b", target="tanh"), make_run("c", options={})):
                writer.begin(run)
                writer.flush(
                    run.id,
                    [
                        make_elite(
                            3 * k,
                            k,
                            quality=k % 5,
                            objectives={"ops": k % 8, "digits": None if k % 3 else k / 2},
                            measures={"depth": k % 4},
                            source=["x + 1", "it's X", "100% of_it", ""][k % 4],
                            status=["candidate", "confirmed", "certified"][k % 3],
                        )
                        for k in range(25)
                    ],
                )
            writer.remark(make_elite(0, 3).id, "star", "a note of 50%_")
            writer.remark(make_elite(0, 4).id, None, "another NOTE")
        with ArchiveReader.open(path) as opened:
            yield opened


def same(lines, views):
    """Whether lines of a table show these elites, in this order."""
    shared = ("id", "run", "space", "target", "status", "slot", "cell", "quality", "operator")
    for line, view in zip(lines, views, strict=True):
        for name in (*shared, "objectives", "measures", "source", "remark"):
            assert getattr(line, name) == getattr(view, name)


@given(queries, st.integers(1, 40))
def test_pages_are_the_answer_in_pieces(reader, query, size):
    views = reader.elites(query)
    listing = reader.listing(query)
    assert len(listing) == len(views) == reader.count(query)
    starts = range(0, len(views) + size, size)
    same([line for start in starts for line in reader.page(listing, start, size)], views)


@given(queries, st.integers(0, 80), st.integers(0, 40))
def test_a_page_can_be_had_without_a_listing(reader, query, offset, size):
    same(reader.page(query, offset, size), reader.elites(query)[offset : offset + size])


@given(queries, st.integers(2, 7))
def test_a_sample_is_the_answer_for_some_slots(reader, query, every):
    query = replace(query, limit=None, pareto=None, every=1)
    some = reader.elites(replace(query, every=every))
    assert some == [view for view in reader.elites(query) if view.slot % every == 0]


def test_the_front_of_a_sample_is_that_of_its_elites(reader):
    front = reader.elites(ElitesQuery(run="a", pareto="-depth,+quality", every=4))
    slots = reader.elites(ElitesQuery(run="a", every=4))
    best = max(view.quality for view in slots if view.measures["depth"] == 0)
    assert [view.quality for view in front if view.measures["depth"] == 0] == [best]
    assert all(view.slot % 4 == 0 for view in front)


@given(queries)
def test_an_elite_is_located_by_its_id(reader, query):
    listing = reader.listing(query)
    ids = [view.id for view in reader.elites(query)]
    for length in (12, 64):
        for name in set(ids):
            assert reader.locate(listing, name[:length]) == ids.index(name)
    assert reader.locate(listing, "f" * 64) is None
    assert reader.locate(listing, "") is None


def test_the_place_of_a_line_leads_to_the_elite(reader):
    listing = reader.listing(ElitesQuery(sort="-quality"))
    for line in reader.page(listing, 10, 5):
        view = reader.view(line.key)
        assert (view.id, view.run, view.slot) == (line.id, line.run, line.slot)
    assert reader.view((1, 1)) is None
    assert reader.view((99, 0)) is None


def test_a_listing_outlives_changes(archive, make_elite):
    with ArchiveReader.open(archive) as reader, ArchiveWriter.open(archive) as writer:
        listing = reader.listing(ElitesQuery(sort="slot"))
        writer.flush("run-1", [make_elite(5, 105)], removed_slots=[6, 7])
        lines = reader.page(listing, 4, 5)
        assert [line.slot for line in lines] == [4, 5, 8]  # two have gone
        assert lines[1].source == "x + 105"
        assert reader.locate(listing, make_elite(6).id) is None


def test_lines_hold_the_beginning_of_a_long_source(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(1, source="é" * 100_000)])
    with ArchiveReader.open(path) as reader:
        (line,) = reader.page(ElitesQuery(), 0, 10)
        assert line.source == "é" * 500


@pytest.mark.parametrize(
    "query", [ElitesQuery(sort="nope"), ElitesQuery(where="nope = 1"), ElitesQuery(run="z")]
)
def test_mistakes_are_told_as_for_elites(reader, query):
    asks = [reader.listing, lambda query: reader.page(query, 0, 1)]
    if query.sort is None:  # the others have no use for an order
        asks += [reader.count, reader.columns]
    for ask in asks:
        with pytest.raises(UsageError, match="nope|'z'"):
            ask(query)
    assert reader.count(ElitesQuery()) == 75  # the reader goes on


@pytest.mark.parametrize("plan", ["a", None])
def test_the_default_order_needs_no_sorting(reader, plan):
    """A million rows would take a second more."""
    steps = []
    connection = reader._connection
    connection.set_trace_callback(steps.append)
    reader.listing(ElitesQuery(run=plan))
    connection.set_trace_callback(None)
    (asked,) = [step for step in steps if step.startswith("SELECT run, slot FROM elite")]
    plans = connection.execute(f"EXPLAIN QUERY PLAN {asked}").fetchall()
    assert not any("TEMP B-TREE" in row[-1] for row in plans)


def test_a_question_can_be_withdrawn(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(k, k % 50) for k in range(5_000)])
    with ArchiveReader.open(path) as reader:
        reader.interrupt()  # nothing is being asked
        stop = threading.Event()

        def withdraw():
            while not stop.wait(0.001):
                reader.interrupt()

        thread = threading.Thread(target=withdraw)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-4)
        thread.start()
        try:
            with pytest.raises(Cancelled, match="withdrawn"):
                for _ in range(100):
                    reader.listing(ElitesQuery(sort="-source,id"))
        finally:
            stop.set()
            thread.join()
            sys.setswitchinterval(interval)
        assert len(reader.listing(ElitesQuery())) == 5_000
    reader.interrupt()  # and nothing is open
