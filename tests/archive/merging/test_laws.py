"""Joining is associative, commutative and idempotent, and loses nothing, for what writers make."""

import shutil
import tempfile
from dataclasses import replace
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


def everything(merged, parts):
    """No certificate is lost, nor a run, nor a remark."""
    proved = {(row[1], row[2]) for row in merged["certificate"]}
    for part in parts:
        assert proved >= {(row[1], row[2]) for row in part["certificate"]}
        assert {row[0] for row in merged["run"]} >= {row[0] for row in part["run"]}
        assert {row[0] for row in merged["remark"]} >= {row[0] for row in part["remark"]}
    assert len({row[0] for row in merged["program"]}) == len(merged["program"])
