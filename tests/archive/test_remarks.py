"""Marks and notes: what people say about programs stays theirs, and stays text."""

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import Remark
from elitemap.archive.remarks import LONGEST_MARK, LONGEST_NOTE
from elitemap.archive.store import ArchiveWriter

HOSTILE = [
    "'; DROP TABLE remark; --",
    "\x1b[2J\x1b]0;title\a",
    "[red]bold[/]",
    "\u202e\u200b",
    "100%_\\",
    "nul\0inside",
    "\ud800 lone",
    "🧮" * LONGEST_MARK,
]


def remark(path, id, *said):
    with ArchiveWriter.open(path) as writer:
        writer.remark(id, *said)


def slots(path, **query):
    with ArchiveReader.open(path) as reader:
        return [view.slot for view in reader.elites(ElitesQuery(**query))]


def test_a_remark_is_made_changed_and_taken_back(archive, make_elite):
    name = make_elite(3).id
    with ArchiveReader.open(archive) as reader, ArchiveWriter.open(archive) as writer:
        assert reader.remark(name) is None
        for said in (("star", None), ("star", "why?\n\tbecause"), (None, "only a note")):
            writer.remark(name, *said)
            found = reader.remark(name)
            assert (found.mark, found.note) == said
            assert found.at.startswith("20")
            assert reader.elite(name).remark == found
            assert reader.page(ElitesQuery(where="slot = 3"), 0, 1)[0].remark == found
            assert reader.elite(name).to_json()["remark"] == found.to_json()
        writer.remark(name, "", " \n")
        assert reader.remark(name) is reader.elite(name).remark is None
        assert "remark" not in reader.elite(name).to_json()
        writer.remark(name, None, None)  # nothing was said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.text(max_size=LONGEST_MARK) | st.sampled_from(HOSTILE),
    st.text(max_size=100) | st.sampled_from(HOSTILE),
)
def test_any_text_comes_back_as_it_was(archive, make_elite, mark, note):
    name = make_elite(2).id
    stored = [t.encode("utf-8", "backslashreplace").decode() for t in (mark, note)]
    if len(stored[0]) > LONGEST_MARK:
        return
    remark(archive, name, mark, note)
    with ArchiveReader.open(archive) as reader:
        expected = [text if text.strip() else None for text in stored]
        if expected == [None, None]:
            assert reader.remark(name) is None
            return
        found = reader.remark(name)
        assert [found.mark, found.note] == expected
        assert len(reader.runs()) == 1
        for text in filter(None, expected):
            assert 2 in [view.slot for view in reader.elites(ElitesQuery(search=text))]


def test_marks_and_notes_can_be_asked_for(archive, make_elite):
    remark(archive, make_elite(7).id, "star", "b")
    remark(archive, make_elite(2).id, "done", None)
    remark(archive, make_elite(5).id, None, "a")
    assert slots(archive, where="mark = 'star'") == [7]
    assert slots(archive, where="mark is null and note is not null") == [5]
    assert slots(archive, where="not mark = 'star'") == [2]
    assert slots(archive, sort="mark", limit=3) == [2, 7, 0]
    assert slots(archive, sort="-note,slot", limit=3) == [7, 5, 0]
    assert slots(archive, search="STAR") == [7]
    with pytest.raises(UsageError, match="two numbers or two texts"):
        slots(archive, where="mark = 3")
    connection = sqlite3.connect(archive)
    assert connection.execute("SELECT slot FROM elites WHERE mark = 'star'").fetchall() == [(7,)]
    connection.close()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (("x" * (LONGEST_MARK + 1), None), "a mark of at most 40 characters, got 41"),
        ((None, "x" * (LONGEST_NOTE + 1)), "a note of at most 10000 characters, got 10001"),
    ],
)
def test_remarks_are_bounded(archive, make_elite, said, message):
    name = make_elite(1).id
    remark(archive, name, "star", "x" * LONGEST_NOTE)
    with pytest.raises(UsageError, match=message):
        remark(archive, name, *said)
    with ArchiveReader.open(archive) as reader:
        assert reader.remark(name).mark == "star"


@pytest.mark.parametrize("name", ["", "0" * 64, "'", "\ud800"])
def test_only_programs_are_remarked_on(archive, name):
    with pytest.raises(UsageError, match="expected the id of a program"):
        remark(archive, name, "star", None)


def test_a_program_is_remarked_on_in_all_its_runs(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("second"))
        writer.flush("second", [make_elite(9, 3)])
        writer.remark(make_elite(3).id, "star", None)
    assert slots(archive, where="mark = 'star'") == [3, 9]


def test_what_is_remarked_on_is_kept(archive, make_elite):
    """Nothing refers to a program that lost its slot, but somebody may want it back."""
    lost = make_elite(1).id
    with ArchiveWriter.open(archive) as writer:
        writer.remark(lost, None, "keep me")
        writer.flush("run-1", [make_elite(1, 101), make_elite(2, 102)])
        writer.finish("run-1", "done", {})
        with ArchiveReader.open(archive) as reader:
            assert reader.lineage(lost)[0].source == "x + 1"
            assert reader.remark(lost).note == "keep me"
            assert reader.lineage(make_elite(2).id) == []
        writer.remark(lost, None, None)
        writer.finish("run-1", "done", {})
        with ArchiveReader.open(archive) as reader:
            assert reader.lineage(lost) == []


def test_a_remark_waits_for_a_search_only_as_long_as_it_is_asked_to(archive, make_elite):
    holder = sqlite3.connect(archive, isolation_level=None)
    with ArchiveWriter.open(archive, timeout=0.05) as writer:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match="locked by another process"):
            writer.remark(make_elite(1).id, "star", None)
        holder.execute("COMMIT")
        writer.remark(make_elite(1).id, "star", None)
    holder.close()


@pytest.mark.parametrize(
    "change", ["mark = printf('%.41c', 'x')", "note = printf('%.10001c', 'x')", "at = 'x' || at"]
)
def test_the_file_refuses_long_remarks_and_readers_do_too(archive, make_elite, change):
    remark(archive, make_elite(1).id, "star", None)
    connection = sqlite3.connect(archive)
    if not change.startswith("at"):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(f"UPDATE remark SET {change}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(f"UPDATE remark SET {change.replace('||', '|| hex(zeroblob(40)) ||')}")
    connection.commit()
    connection.close()
    with ArchiveReader.open(archive) as reader:
        for ask in (
            lambda: reader.remark(make_elite(1).id),
            lambda: reader.elites(ElitesQuery()),
            lambda: reader.page(ElitesQuery(), 0, 10),
        ):
            with pytest.raises(ArchiveError, match="damaged, see the remark"):
                ask()


def test_a_remark_is_no_part_of_what_a_search_writes(archive, make_elite):
    remark(archive, make_elite(1).id, "star", None)
    with ArchiveReader.open(archive) as reader:
        view = reader.elite(make_elite(1).id)
    assert view.record() == replace(view, remark=None).record()
    assert Remark("star", None, view.remark.at) == view.remark
