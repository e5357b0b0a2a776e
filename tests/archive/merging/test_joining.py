"""Joining archives case by case: copies that went on, strangers' files, interruptions."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.files.claims import claimed
from elitemap.archive.merging.joining import join
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

SCHEMAS = sorted((Path(__file__).parents[1] / "data").glob("schema_*.db"))


@pytest.fixture
def copy(archive, tmp_path):
    return Path(shutil.copy(archive, tmp_path / "copy.db"))


def test_a_new_archive_holds_what_the_other_holds(archive, tmp_path, contents):
    target = tmp_path / "new.db"
    joined = join(target, archive)
    assert (joined.runs, joined.elites, joined.certified) == (1, 30, 10)
    assert contents(target) == contents(archive)
    again = join(target, archive)
    assert (again.runs, again.elites, again.certified) == (0, 0, 0)


def test_the_copy_that_went_on_counts(archive, copy, make_run, make_elite, contents):
    with ArchiveWriter.open(copy) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(1, 99)], removed_slots=[2], metrics={"rate": 6.0})
        writer.finish("run-1", "interrupted", {})
    expected = contents(copy)
    with ArchiveReader.open(copy) as reader:
        elites = reader.elites(ElitesQuery())
    join(copy, archive)
    assert contents(copy) == expected
    join(archive, copy)
    with ArchiveReader.open(archive) as reader:
        assert reader.elites(ElitesQuery()) == elites


def test_what_is_proved_of_an_older_copy_is_kept(archive, copy, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        proved = make_elite(1, status="certified", certificate={"digits": 3})
        assert writer.certify("run-1", 1, proved)
    with ArchiveWriter.open(copy) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(2, 98)], metrics={"rate": 6.0})
    join(copy, archive)
    with ArchiveReader.open(copy) as reader:
        (view,) = reader.elites(ElitesQuery(where="slot = 1"))
        assert (view.status, view.certificate) == ("certified", {"digits": 3})
        assert reader.elites(ElitesQuery(where="slot = 2"))[0].program["n"] == 98


def test_copies_that_went_apart_are_both_kept(archive, copy, make_run, make_elite, tmp_path):
    for path, n in ((archive, 97), (copy, 98)):
        with ArchiveWriter.open(path) as writer:
            writer.begin(make_run())
            writer.flush("run-1", [make_elite(1, n)], metrics={"rate": float(n)})
            writer.finish("run-1", "done", {})
    target = tmp_path / "both.db"
    for path in (archive, copy, archive):
        join(target, path)
    with ArchiveReader.open(target) as reader:
        first, second = sorted(reader.runs(), key=lambda run: "branch_of" in run.config)
        assert (first.id, second.config["branch_of"]) == ("run-1", "run-1")
        found = reader.elites(ElitesQuery(where="slot = 1"))
        assert {view.program["n"] for view in found} == {97, 98}
        assert len({run.id for run in reader.runs()}) == 2


def test_runs_that_share_nothing_but_their_id_are_both_kept(tmp_path, make_run, make_elite):
    paths = [tmp_path / "a.db", tmp_path / "b.db"]
    for seed, path in enumerate(paths):
        with ArchiveWriter.open(path) as writer:
            writer.begin(make_run(seed=seed))
            writer.flush("run-1", [make_elite(seed)])
    join(paths[0], paths[1])
    with ArchiveReader.open(paths[0]) as reader:
        assert sorted(run.seed for run in reader.runs()) == [0, 1]
        assert reader.count(ElitesQuery()) == 2


@pytest.mark.parametrize("file", SCHEMAS, ids=lambda file: file.stem)
def test_archives_of_older_layouts_are_read_and_left(file, tmp_path, archive):
    source = Path(shutil.copy(file, tmp_path / "old.db"))
    before = source.read_bytes()
    join(archive, source)
    assert source.read_bytes() == before
    with ArchiveReader.open(archive) as reader, ArchiveReader.open(source) as old:
        there = {view.id for view in reader.elites(ElitesQuery())}
        assert there >= {view.id for view in old.elites(ElitesQuery())}
        assert reader.elites(ElitesQuery(pareto="ops,digits"))


FORGERIES = {
    "the program does not match its id": "UPDATE program SET body = '{\"n\": 1}' WHERE key = 3",
    "no canonical program": "UPDATE program SET body = body || ' ' WHERE key = 3",
    "infinite objective": "UPDATE elite SET objective_ops = 9e999 WHERE slot = 1",
    "a text as objective": "UPDATE elite SET objective_ops = 'many' WHERE slot = 1",
    "no cell": "UPDATE elite SET cell = '{}' WHERE slot = 1",
    "no status": "UPDATE elite SET status = 'sure' WHERE slot = 1",
    "no configuration": "UPDATE run SET config = '[]'",
    "a branch of a number": "UPDATE run SET config = '{\"branch_of\": 1}'",
    "a branch of what ends at a zero": 'UPDATE run SET config = \'{"branch_of": "r\\u0000"}\'',
    "no run status": "UPDATE run SET status = 'ready'",
    "no certificate": "UPDATE certificate SET body = '[1]'",
    "no program": "DELETE FROM program WHERE key = 3",
    "no name": "UPDATE axis SET name = 'x y' WHERE name = 'ops' AND kind = 'objective'",
    "a name that is no text": "UPDATE axis SET name = x'00' WHERE name = 'ops'",
    **{
        f"kept of replaced elites: {what}": f"INSERT INTO state VALUES (1, -4, '{body}')"
        for what, body in {
            "no text": "[[",
            "no rows": "7",
            "a short row": "[[1]]",
            "no id": '[[1,"x","[0]","0x1p+0","certified",{}]]',
            "a candidate": f'[[1,"{"a" * 64}","[0]","0x1p+0","candidate",{{}}]]',
            "no quality": f'[[1,"{"a" * 64}","[0]","nan","certified",{{}}]]',
            "no cell": f'[[1,"{"a" * 64}","[x]","0x1p+0","certified",{{}}]]',
            "no number": f'[[1,"{"a" * 64}","[0]","0x1p+0","certified",{{"objective_ops":"x"}}]]',
            "too deep": "[" * 5000,
        }.items()
    },
    "a note that never ends": "INSERT INTO remark VALUES (1, NULL, zeroblob(20000), 'now')",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_archive_adds_nothing(forgery, archive, copy, contents):
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA writable_schema = ON")
        # Strangers need not keep to our types.
        connection.execute("UPDATE sqlite_master SET sql = replace(sql, ' STRICT', '')")
        connection.commit()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(forgery)
        connection.execute("UPDATE run SET id = 'run-2'")
        connection.commit()
    before = contents(archive)
    with pytest.raises(ArchiveError, match=r"copy\.db.*damaged"):
        join(archive, copy)
    assert contents(archive) == before


def test_an_interruption_leaves_the_archive_as_it_was(archive, copy, contents, make_run):
    with ArchiveWriter.open(copy) as writer:
        writer.begin(make_run("run-2"))

    def interrupt(done, total):
        raise KeyboardInterrupt

    before = contents(archive)
    with pytest.raises(KeyboardInterrupt):
        join(archive, copy, interrupt)
    assert contents(archive) == before
    join(archive, copy)
    assert contents(archive) != before


def test_names_that_differ_in_case_alone_are_refused(archive, tmp_path, make_run, make_elite):
    other = tmp_path / "other.db"
    with ArchiveWriter.open(other) as writer:
        writer.begin(make_run("run-2", config={}))
        writer.flush("run-2", [make_elite(objectives={"Ops": 1})])
    with pytest.raises(UsageError, match="differ in more than case"):
        join(archive, other)


def test_an_archive_is_not_joined_with_itself(archive):
    with pytest.raises(UsageError, match="beside"):
        join(archive, archive)


def test_the_latest_remark_counts(archive, copy, make_elite):
    name = make_elite(3).id
    for path, mark in ((archive, "first"), (copy, "second")):
        with ArchiveWriter.open(path) as writer:
            writer.remark(name, mark, None)
    with closing(sqlite3.connect(archive)) as connection:
        connection.execute("UPDATE remark SET at = '2020-01-01T00:00:00+00:00'")
        connection.commit()
    join(copy, archive)
    join(archive, copy)
    for path in (archive, copy):
        with ArchiveReader.open(path) as reader:
            assert reader.remark(name).mark == "second"


def test_progress_comes_to_its_end(archive, tmp_path):
    told = []
    join(tmp_path / "new.db", archive, lambda done, total: told.append((done, total)))
    assert told and all(0 < done <= total for done, total in told)


def test_an_archive_that_is_being_searched_is_left_alone(archive, copy, make_run, tmp_path):
    import multiprocessing

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
        with pytest.raises(UsageError, match="run-2 .* is being searched"):
            join(archive, copy)
        join(tmp_path / "elsewhere.db", archive)
    finally:
        go.set()
        process.join()
