"""Members of elites: stored once, kept through certificates, united with their elites."""

import sqlite3

import pytest

from elitemap.archive.errors import ArchiveError
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import Member
from elitemap.archive.states import UNITED, read_united
from elitemap.archive.store import ArchiveWriter


@pytest.fixture
def writer(path, make_run):
    """A writer of an archive with one run."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        yield writer


def member(slot, number, text=None):
    return Member(slot, number, {"source": f"m{number}" if text is None else text})


def families(path, run="run-1"):
    """Sources of the members by slot."""
    with ArchiveReader.open(path) as reader:
        views = reader.elites(ElitesQuery(run=run))
        found = {v.slot: [m["source"] for m in reader.members(run, v.id)] for v in views}
        assert [view.family for view in views] == [len(found[view.slot]) for view in views]
    return found


def test_members_come_back_in_the_order_of_their_numbers(path, writer, make_elite):
    writer.flush("run-1", [make_elite(0), make_elite(1)], disguises=[member(0, 5), member(1, 6)])
    writer.flush("run-1", [], disguises=[member(0, 2), member(0, 9, "a")])
    assert families(path) == {0: ["m2", "m5", "a"], 1: ["m6"]}
    assert writer.census("run-1") == (2, 2, 4)


def test_equal_members_are_one_the_first(path, writer, make_elite):
    again = [member(0, n, text) for n, text in [(3, "b"), (1, "a"), (4, "a"), (2, "b"), (5, "b")]]
    writer.flush("run-1", [make_elite(0)], disguises=again)
    writer.flush("run-1", [], disguises=[Member(0, 9, {"source": "a"}), member(0, 0, "c")])
    assert families(path) == {0: ["c", "a", "b"]}


def test_elites_without_members_say_nothing_of_a_family(archive, make_elite):
    assert families(archive)[3] == []
    with ArchiveReader.open(archive) as reader:
        assert "family" not in reader.elite(make_elite(3).id).to_json()
        assert reader.members("run-1", "f" * 64) == reader.members("none", make_elite(3).id) == []


def test_families_belong_to_runs(path, writer, make_run, make_elite):
    writer.begin(make_run("run-2"))
    writer.flush("run-1", [make_elite(0, 7)], disguises=[member(0, 0, "one")])
    writer.flush("run-2", [make_elite(4, 7)], disguises=[member(4, 0, "two")])
    assert families(path, "run-1") == {0: ["one"]}
    assert families(path, "run-2") == {4: ["two"]}


def test_a_family_stays_with_its_elite_through_a_certificate(path, writer, make_elite):
    writer.flush("run-1", [make_elite(0), make_elite(1)], disguises=[member(0, 0), member(1, 1)])
    # Each becomes what the other was.
    writer.certify("run-1", 0, make_elite(0, 1, certificate={}, status="certified"))
    writer.certify("run-1", 1, make_elite(1, 0, certificate={}, status="certified"))
    assert families(path) == {0: ["m0"], 1: ["m1"]}


def test_elites_of_the_same_program_become_one(path, writer, make_elite):
    elites = [make_elite(k, 40 if k in (1, 3, 4) else k) for k in range(6)]
    disguises = [member(k, 10 - k) for k in range(6)] + [member(4, 20, "m9"), member(3, 21)]
    writer.flush("run-1", elites, disguises=disguises)
    writer.unite("run-1")
    kept = {0: ["m10"], 1: ["m6", "m7", "m9", "m21"], 2: ["m8"], 5: ["m5"]}
    assert families(path) == kept
    writer.unite("run-1")
    assert families(path) == kept
    assert writer.census("run-1")[::2] == (4, 7)


def test_a_run_remembers_which_slots_it_gave_up(path, writer, make_elite):
    writer.flush("run-1", [make_elite(k, k // 2) for k in range(5)], state={-1: b"its own"})
    assert writer.unite("run-1") == {1: 0, 3: 2}
    writer.certify("run-1", 0, make_elite(0, 7))
    writer.certify("run-1", 4, make_elite(4, 7, status="certified", certificate={"d": 1}))
    assert writer.unite("run-1") == {0: 4} and writer.unite("run-1") == {}
    with ArchiveReader.open(path) as reader:
        states = reader.state("run-1")
    assert read_united(states[UNITED]) == {0: 4, 1: 4, 3: 2} and states[-1] == b"its own"


@pytest.mark.parametrize("body", [b"{", b"[[1]]", b'[[1, "2"]]', b"[[-1, 2]]", b"3", b"[3]"])
def test_a_damaged_list_of_them_is_refused(body):
    with pytest.raises(ArchiveError, match="damaged"):
        read_united(body)


def test_of_the_same_program_the_best_checked_elite_stays(path, writer, make_elite):
    writer.flush("run-1", [make_elite(k, 9) for k in range(4)])
    writer.certify("run-1", 2, make_elite(2, 9, status="certified", certificate={"d": 1}))
    writer.certify("run-1", 3, make_elite(3, 9, status="certified", certificate={"d": 1}))
    writer.unite("run-1")
    with ArchiveReader.open(path) as reader:
        assert [(v.slot, v.status) for v in reader.elites(ElitesQuery())] == [(2, "certified")]


def test_other_runs_are_not_united(path, writer, make_run, make_elite):
    writer.begin(make_run("run-2"))
    for run in ("run-1", "run-2"):
        writer.flush(run, [make_elite(0, 9), make_elite(1, 9)])
    writer.unite("run-2")
    assert len(families(path, "run-1")) == 2 and len(families(path, "run-2")) == 1


def test_a_slot_that_becomes_empty_loses_its_members(path, writer, make_elite):
    writer.flush("run-1", [make_elite(0), make_elite(1)], disguises=[member(0, 0), member(1, 1)])
    writer.flush("run-1", [make_elite(2)], [0])
    assert writer.census("run-1") == (2, 2, 1)


def test_a_flush_that_fails_adds_no_members(path, writer, make_elite):
    with pytest.raises(ValueError):
        writer.flush("run-1", [make_elite(0)], disguises=[Member(0, 0, {"x": float("nan")})])
    assert writer.census("run-1") == (0, 0, 0)


@pytest.mark.parametrize("body", ["[]", "7", "null", "{"])
def test_members_of_a_crafted_archive_are_damage(path, writer, make_elite, body):
    writer.flush("run-1", [make_elite(0)], disguises=[member(0, 0)])
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE member SET body = ?", [body])
    connection.close()
    with ArchiveReader.open(path) as reader:
        with pytest.raises(ArchiveError, match="damaged"):
            reader.members("run-1", make_elite(0).id)
