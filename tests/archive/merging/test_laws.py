"""Joining is associative, commutative and idempotent, and loses nothing, for what writers make."""

import json
import shutil
import tempfile
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.merging.joining import join
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import Member
from elitemap.archive.store import ArchiveWriter

SLOTS = 5


def deeds(run):
    """What a process may do to a run of an archive."""
    slot, n = st.integers(0, SLOTS - 1), st.integers(0, 40)
    return st.one_of(
        st.tuples(st.just("flush"), run, st.lists(st.tuples(slot, n), max_size=4), n),
        st.tuples(st.just("certify"), run, slot, st.booleans()),
        st.tuples(st.just("finish"), run, st.sampled_from(["done", "interrupted", "failed"])),
        st.tuples(st.just("remark"), n, st.sampled_from(["star", "later"])),
    )


LIVES = st.lists(deeds(st.sampled_from(["run-1", "run-2"])), max_size=8)
FRESH = st.lists(deeds(st.just("run-3")), max_size=4)


def live(path, life, make_run, make_elite, held):
    """Do to an archive what its life tells, as commands do it."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run(min((deed[1] for deed in life if deed[0] != "remark"), default="x")))
        for deed in life:
            match deed:
                case ("flush", run, found, n):
                    # A resumed search begins its run once more.
                    writer.begin(make_run(run))
                    elites = [make_elite(slot, 100 * slot + k) for slot, k in found]
                    members = [Member(slot, k, {"k": k}) for slot, k in found]
                    writer.flush(run, elites, metrics={"n": n}, disguises=members, state={0: b"s"})
                case ("certify", run, slot, polished):
                    certify(writer, path, run, slot, polished, make_elite)
                case ("finish", run, status):
                    writer.begin(make_run(run))
                    writer.finish(run, status, {})
                case ("remark", n, mark):
                    known = {row[0] for row in held(path)["program"]}
                    if (name := make_elite(0, n).id) in known:
                        writer.remark(name, mark, None)


def certify(writer, path, run, slot, polished, make_elite):
    with ArchiveReader.open(path) as reader:
        if run not in {one.id for one in reader.runs()}:
            return
        views = reader.elites(ElitesQuery(run=run, where=f"slot = {slot}"))
    for view in views:
        n = view.program["n"]
        program = {**view.program, "polished": True} if polished else view.program
        record = replace(
            view.record(),
            program=program,
            status="certified",
            objectives={**view.objectives, "digits": n / 7},
            certificate={"proved": n},
        )
        writer.certify(run, slot, record)


def joined(folder, name, *paths):
    target = folder / f"{name}.db"
    for path in paths:
        join(target, path)
    return target


HISTORIES = st.tuples(
    LIVES, st.lists(LIVES, min_size=3, max_size=3), st.lists(FRESH, min_size=3, max_size=3)
)

# Nothing here is to survive the machine, and syncing to a disk would take most of the time.
MEMORY = Path("/dev/shm")


def check_laws(histories, make_run, make_elite, contents):
    past, lives, fresh = histories
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        folder = Path(name)
        seed = folder / "seed.db"
        live(seed, past, make_run, make_elite, contents)
        copies = []
        for k, (after, own) in enumerate(zip(lives, fresh, strict=True)):
            copy = Path(shutil.copy(seed, folder / f"{k}.db"))
            live(copy, after + own, make_run, make_elite, contents)
            copies.append(copy)
        a, b, c = copies
        expected = contents(joined(folder, "abc", a, b, c))
        for order in ((a, c, b), (b, c, a), (c, b, a)):
            path = joined(folder, "-".join(p.stem for p in order), *order)
            assert contents(path) == expected
        right = joined(folder, "a(bc)", a, joined(folder, "bc", b, c))
        assert contents(right) == expected
        assert contents(joined(folder, "again", right, a, c, right)) == expected
        everything(expected, [contents(path) for path in copies])


@settings(max_examples=8)
@given(HISTORIES)
def test_the_order_makes_no_difference(make_run, make_elite, contents, histories):
    check_laws(histories, make_run, make_elite, contents)


@pytest.mark.slow
@settings(max_examples=30)
@given(HISTORIES)
def test_the_order_of_many_histories_makes_no_difference(make_run, make_elite, contents, histories):
    check_laws(histories, make_run, make_elite, contents)


def test_a_proof_finds_the_elite_that_only_a_third_copy_still_has(
    tmp_path, make_run, make_elite, contents
):
    """One copy is behind and has a proof of an elite, one has replaced that, one has it."""
    seed = tmp_path / "seed.db"
    flush = ("flush", "run-1", [(0, 1), (1, 2)], 1)
    live(seed, [flush], make_run, make_elite, contents)
    lives = {
        "proof": [("certify", "run-1", 0, False)],
        "without": [("flush", "run-1", [(0, 9)], 2)],
        "with": [("flush", "run-1", [(1, 7)], 3)],
    }
    copies = []
    for name, life in lives.items():
        copies.append(Path(shutil.copy(seed, tmp_path / f"{name}.db")))
        live(copies[-1], life, make_run, make_elite, contents)
    copies.append(Path(shutil.copy(copies[-1], tmp_path / "later.db")))
    live(copies[-1], [("flush", "run-1", [(0, 8)], 4)], make_run, make_elite, contents)
    for few in (copies[:3], copies):
        orders = list(permutations(few))
        paths = [joined(tmp_path, f"{len(few)}-{k}", *order) for k, order in enumerate(orders)]
        expected = contents(paths[0])
        assert all(contents(path) == expected for path in paths)
        certified = [row for row in expected["elite"] if json.loads(row)["status"] == "certified"]
        # Where the third copy goes on and replaces it, too, nobody has it; the proof stays.
        assert len(certified) == (len(few) == 3)
        right = joined(
            tmp_path, f"{len(few)}-right", few[0], joined(tmp_path, f"{len(few)}-l", *few[1:])
        )
        assert contents(right) == expected
        assert contents(joined(tmp_path, f"{len(few)}-again", right, *few, right)) == expected
    two = joined(tmp_path, "two", *copies[:2])
    assert contents(joined(tmp_path, "three", copies[2], two)) == contents(tmp_path / "3-0.db")


def everything(merged, parts):
    """No certificate is lost, nor a run, nor a remark."""
    proved = {(row[1], row[2]) for row in merged["certificate"]}
    for part in parts:
        assert proved >= {(row[1], row[2]) for row in part["certificate"]}
        assert {row[0] for row in merged["run"]} >= {row[0] for row in part["run"]}
        assert {row[0] for row in merged["remark"]} >= {row[0] for row in part["remark"]}
    assert len({row[0] for row in merged["program"]}) == len(merged["program"])
