import sqlite3
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import Ancestor
from elitemap.archive.store import ArchiveWriter

ALL = ElitesQuery()


def stored(path, query=ALL):
    with ArchiveReader.open(path) as reader:
        return reader.elites(query)


def as_stored(record, run="run-1"):
    """What a reader must see of a record."""
    fields = ("slot", "cell", "source", "quality", "status", "parent", "operator")
    return {
        **{name: getattr(record, name) for name in fields},
        "id": record.id,
        "run": run,
        "program": dict(record.program),
        "objectives": dict(record.objectives),
        "measures": dict(record.measures),
        "certificate": record.certificate,
    }


def as_read(view):
    return {name: getattr(view, name) for name in as_stored_names}


as_stored_names = (
    "slot cell source quality status parent operator id run program objectives measures certificate"
).split()

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
texts = st.text(st.characters(codec="utf-8"), max_size=30)
hashes = st.none() | st.text("0123456789abcdef", min_size=64, max_size=64)


@st.composite
def populations(draw):
    """Elites of distinct slots and programs with the same objectives and measures."""
    n = draw(st.integers(1, 8))
    return [
        {
            "slot": slot,
            "n": k,
            "cell": tuple(draw(st.lists(st.integers(0, 99), max_size=4))),
            "source": draw(texts),
            "quality": draw(st.floats(allow_nan=False)),
            "objectives": {"ops": draw(numbers), "digits": draw(st.none() | numbers)},
            "measures": {"depth": draw(numbers), "ops": draw(numbers)},
            "status": draw(st.sampled_from(["candidate", "confirmed", "certified"])),
            "certificate": draw(st.none() | st.dictionaries(texts, numbers, max_size=2)),
            "parent": draw(hashes),
            "operator": draw(st.none() | texts),
        }
        for k, slot in enumerate(
            draw(st.lists(st.integers(0, 2**40), min_size=n, max_size=n, unique=True))
        )
    ]


@settings(max_examples=40, deadline=None)
@given(populations())
def test_what_is_written_is_read(make_run, make_elite, population):
    records = [make_elite(**values) for values in population]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with ArchiveWriter.open(path) as writer:
            writer.begin(make_run())
            writer.flush("run-1", records)
        found = stored(path)
    expected = sorted(map(as_stored, records), key=lambda record: record["slot"])
    assert [as_read(view) for view in found] == expected


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 30)), max_size=6),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_only_the_last_program_of_each_slot_counts(make_run, make_elite, flushes, random):
    """A history of sets (and, for None, removals) leaves what writing its end at once leaves."""
    final: dict[int, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        path, other = Path(folder) / "a.db", Path(folder) / "b.db"
        with ArchiveWriter.open(path) as writer:
            writer.begin(make_run())
            for flush in flushes:
                last = dict(flush)
                removed = [slot for slot, n in last.items() if n is None]
                added = [make_elite(slot, n) for slot, n in last.items() if n is not None]
                writer.flush("run-1", added, removed)
                final.update(last)
        kept = [make_elite(slot, n) for slot, n in final.items() if n is not None]
        random.shuffle(kept)
        with ArchiveWriter.open(other) as writer:
            writer.begin(make_run())
            for record in kept:
                writer.flush("run-1", [record])
        assert stored(path) == stored(other)
        assert len(stored(path)) == len(kept)


def test_runs_are_read_as_written(path, make_run):
    record = make_run(
        options={"a": [1, None]},
        config={"pareto": [["ops", -1]], "x": {"y": 1.5}},
        seed=2**62,
        summary={"cells": 3, "rate": 0.5},
    )
    with ArchiveWriter.open(path) as writer:
        writer.begin(record)
        with ArchiveReader.open(path) as reader:
            assert reader.run() == record
        writer.finish("run-1", "interrupted", {"cells": 4})
        with ArchiveReader.open(path) as reader:
            ended = reader.run("run-1")
    assert (ended.status, ended.summary) == ("interrupted", {"cells": 4})
    assert ended.finished_at > record.started_at


def test_a_run_that_begins_again_keeps_its_elites(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(40)])
    with ArchiveReader.open(archive) as reader:
        assert reader.run().status == "running"
        assert reader.run().finished_at is None
        assert len(reader.elites(ALL)) == 31
        assert reader.state("run-1") == {0: b"s"}


def test_a_huge_seed_is_a_usage_error(path, make_run):
    with ArchiveWriter.open(path) as writer, pytest.raises(UsageError, match="below 2"):
        writer.begin(make_run(seed=2**63))


def test_state_is_replaced_by_island_and_metrics_add_up(path, make_run):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [], metrics={"rate": 1.0}, state={0: b"a", 1: b"b"})
        writer.flush("run-1", [], metrics={"rate": float("nan"), "hits": 2}, state={1: b"\0c"})
        writer.flush("run-1", [])
    with ArchiveReader.open(path) as reader:
        assert reader.state("run-1") == {0: b"a", 1: b"\0c"}
        first, second = reader.metrics("run-1")
    assert (first["rate"], second["rate"], second["hits"]) == (1.0, None, 2)
    assert first["at"] <= second["at"]


def test_a_polished_program_descends_from_the_one_it_replaces(archive, make_elite):
    with ArchiveReader.open(archive) as reader:
        before = reader.elites(ElitesQuery(where="slot = 1"))[0]
    polished = make_elite(
        1,
        1001,
        status="certified",
        certificate={"digits": 9.25},
        objectives={"ops": 1, "digits": 9.25},
    )
    with ArchiveWriter.open(archive) as writer:
        writer.certify("run-1", 1, polished)
    with ArchiveReader.open(archive) as reader:
        view = reader.elite(polished.id[:12])
        assert (view.parent, view.slot, view.status) == (before.id, 1, "certified")
        assert view.certificate == {"digits": 9.25}
        assert view.objectives == {"ops": 1, "digits": 9.25, "error": None}
        assert [each.id for each in reader.lineage(view.id)] == [polished.id, before.id]


def test_certifying_the_same_program_leaves_its_origin(path, make_run, make_elite):
    record = make_elite(0, parent="a" * 64, operator="insert")
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [record])
        writer.certify("run-1", 0, make_elite(0, status="certified", certificate={"d": 1}))
    view = stored(path)[0]
    assert (view.parent, view.operator, view.status) == ("a" * 64, "insert", "certified")


def test_a_certificate_outlives_its_slot(archive, make_elite):
    name = make_elite(3).id
    with ArchiveWriter.open(archive) as writer:
        writer.flush("run-1", [make_elite(3, 500)])
        writer.finish("run-1", "done", {})
    with ArchiveReader.open(archive) as reader:
        assert reader.certificates(name) == {"run-1": {"k": 3}}


def test_lineage_leads_over_ancestors_that_are_no_elites(path, make_run, make_elite):
    oldest = Ancestor({"schema": 1, "n": -2}, "x", None, None)
    middle = Ancestor({"schema": 1, "n": -1}, "x+1", oldest.id, "insert")
    child = make_elite(0, parent=middle.id, operator="crossover")
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [child], ancestors=[oldest, middle])
        writer.finish("run-1", "done", {})
    with ArchiveReader.open(path) as reader:
        assert reader.lineage(child.id)[1:] == [middle, oldest]
        assert reader.lineage(child.id)[0].operator == "crossover"
        assert reader.lineage("f" * 64) == []


def test_a_circular_lineage_ends(path, make_run, make_elite):
    first, second = make_elite(0, 0), make_elite(1, 1)
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush(
            "run-1", [make_elite(0, 0, parent=second.id), make_elite(1, 1, parent=first.id)]
        )
    with ArchiveReader.open(path) as reader:
        assert len(reader.lineage(first.id)) == 2


def test_finishing_drops_only_programs_without_descendants(path, make_run, make_elite):
    parent = make_elite(0, 10)
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [parent, make_elite(1, 11)])
        writer.flush("run-1", [make_elite(0, 20, parent=parent.id), make_elite(1, 21)])
        writer.finish("run-1", "done", {})
    with sqlite3.connect(path) as connection:
        kept = {source for (source,) in connection.execute("SELECT source FROM program")}
    connection.close()
    assert kept == {"x + 10", "x + 20", "x + 21"}


def test_one_program_in_two_runs_is_stored_once(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        for name in ("a", "b"):
            writer.begin(make_run(name))
            writer.flush(name, [make_elite(5), make_elite(6, 5)])
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM program").fetchone() == (1,)
    connection.close()
    assert [(view.run, view.slot) for view in stored(path)] == [
        ("a", 5),
        ("a", 6),
        ("b", 5),
        ("b", 6),
    ]


def test_each_run_shows_its_own_names(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run("a"))
        writer.flush("a", [make_elite(0, objectives={"ops": 1}, measures={"depth": 2})])
        writer.begin(make_run("b", space="quantizers", config={}))
        writer.flush("b", [make_elite(0, objectives={"bits": 4.25}, measures={"ops": 3})])
    a, b = stored(path)
    assert (a.objectives, a.measures) == ({"ops": 1, "digits": None}, {"depth": 2})
    assert (b.objectives, b.measures) == ({"bits": 4.25}, {"ops": 3})


def test_values_that_are_not_finite_are_unknown(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush(
            "run-1",
            [
                make_elite(
                    0,
                    quality=np.float64(2.5),
                    objectives={"ops": np.int64(3), "error": np.inf},
                    measures={"depth": np.float32(0.5), "size": float("nan")},
                )
            ],
        )
    view = stored(path)[0]
    assert view.objectives == {"ops": 3, "digits": None, "error": None}
    assert view.measures == {"depth": 0.5, "size": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"quality": float("nan")},
        {"objectives": {"no name": 1}},
        {"measures": {"x; DROP TABLE run": 1}},
        {"measures": {"depth": 1, "DEPTH": 2}},
        {"program": {"constant": float("nan")}},
    ],
)
def test_a_flush_that_fails_changes_nothing(archive, make_elite, changes):
    before = stored(archive)
    with ArchiveWriter.open(archive) as writer:
        with pytest.raises(ValueError):
            writer.flush("run-1", [make_elite(50), make_elite(51, **changes)], [0])
        assert stored(archive) == before
        writer.flush("run-1", [make_elite(50)])
    assert len(stored(archive)) == len(before) + 1


def test_a_run_must_have_begun(path, make_elite):
    with ArchiveWriter.open(path) as writer, pytest.raises(ValueError, match="begun"):
        writer.flush("run-1", [make_elite(0)])


HOSTILE = [
    "'; DROP TABLE elite; --",
    "\0",
    "\x1b[2J\x1b]0;owned\x07",
    "\ud800 lone",
    "‮​",
    "😀" * 999,
    "<script>alert(1)</script>",
    "%s%n{0}",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(path, make_run, make_elite, text):
    record = make_elite(
        0, source=text, program={"schema": 1, "text": text}, operator="op", certificate={text: text}
    )
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run(target=text, options={text: text}))
        writer.flush("run-1", [record])
    with ArchiveReader.open(path) as reader:
        view = reader.elites(ElitesQuery(target=text))[0]
        assert reader.elite(view.id) == view
        assert reader.run().options == {text: text}
    assert view.program == record.program
    assert view.certificate == {text: text}
    assert view.source == text.encode("utf-8", "backslashreplace").decode()


def test_the_views_serve_readers_of_plain_sqlite(archive):
    connection = sqlite3.connect(archive)
    connection.row_factory = sqlite3.Row
    row = dict(connection.execute("SELECT * FROM elites WHERE slot = 3").fetchone())
    assert (row["ops"], row["digits"], row["depth"], row["status"]) == (3, 1.5, 3, "certified")
    assert (row["run"], row["target"], row["source"]) == ("run-1", "exp2", "x + 3")
    assert dict(connection.execute("SELECT * FROM metrics").fetchone())["value"] == 5.0
    strict = connection.execute(
        "SELECT name FROM pragma_table_list WHERE type = 'table'"
        " AND NOT strict AND name NOT LIKE '%sqlite_%'"
    ).fetchall()
    assert strict == []
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_a_large_flush_stores_each_program_once(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(k, k % 170, objectives={"ops": k}) for k in range(1000)])
    found = stored(path)
    assert [view.objectives["ops"] for view in found] == list(range(1000))
    assert [view.program["n"] for view in found] == [k % 170 for k in range(1000)]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM program").fetchone() == (170,)
    connection.close()
