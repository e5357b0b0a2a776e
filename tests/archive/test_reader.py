import json
import sqlite3

import pytest

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter


def slots(path, **query):
    with ArchiveReader.open(path) as reader:
        return [view.slot for view in reader.elites(ElitesQuery(**query))]


def test_an_elite_in_json_has_what_scripts_rely_on(archive):
    with ArchiveReader.open(archive) as reader:
        views = reader.elites(ElitesQuery(where="slot <= 1"))
    certified, candidate = (json.loads(json.dumps(view.to_json())) for view in views)
    assert certified["certificate"] == {"k": 0}
    assert certified["objectives"] == {"ops": 0, "digits": 0, "error": 1}
    assert certified["status"] == "certified"
    assert candidate["certificate"] is None
    assert candidate["objectives"]["digits"] is None
    assert candidate["program"] == {"schema": 1, "n": 1}
    assert candidate["measures"] == {"depth": 1, "divisions": 0.5}
    assert set(candidate) >= {"id", "space", "target", "source"}


def test_sorting_puts_the_unknown_last(archive):
    assert slots(archive, sort="-digits", limit=3) == [27, 24, 21]
    assert slots(archive, sort="digits", limit=3) == [0, 3, 6]
    assert slots(archive, sort="digits")[-1] == 29
    assert slots(archive, sort="depth, -slot", limit=2) == [25, 20]


def test_a_sort_by_nothing_known_is_refused(archive):
    with pytest.raises(UsageError, match="sort: unknown name 'opps'; did you mean 'ops'"):
        slots(archive, sort="-opps")


def test_elites_are_chosen_by_run_space_and_target(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("other", target="tanh", started_at="2026-02-01T00:00:00+00:00"))
        writer.flush("other", [make_elite(77)])
    assert slots(archive, target="tanh") == [77]
    assert slots(archive, run="o") == [77]
    assert slots(archive, space="elementary", limit=1) == [0]
    assert slots(archive, space="nowhere") == []
    assert slots(archive, run="run", target="tanh") == []
    assert len(slots(archive)) == 31


def test_runs_are_found_by_the_beginning_of_their_id(archive, make_run):
    with ArchiveWriter.open(archive) as writer:
        for name in ("run-10", "älter", "zuletzt"):
            writer.begin(make_run(name, started_at=f"2026-03-0{len(name)}T00:00:00+00:00"))
    with ArchiveReader.open(archive) as reader:
        assert reader.run("run-1").id == "run-1"
        assert reader.run("run-10").id == "run-10"
        assert reader.run("ä").id == "älter"
        assert reader.run().id == "zuletzt"
        assert [run.id for run in reader.runs()] == ["run-1", "älter", "run-10", "zuletzt"]
        with pytest.raises(UsageError, match="unambiguous id, got 'run'"):
            reader.run("run")
        with pytest.raises(UsageError, match="`elitemap runs` lists them"):
            reader.run("x")


def test_without_runs_there_is_no_latest(path):
    ArchiveWriter.open(path).close()
    with ArchiveReader.open(path) as reader:
        assert reader.runs() == []
        assert reader.elites(ElitesQuery(pareto="ops,digits")) == []
        with pytest.raises(UsageError, match="holds no runs"):
            reader.run()


def test_elites_are_found_by_the_beginning_of_their_id(archive, make_elite):
    with ArchiveReader.open(archive) as reader:
        views = reader.elites(ElitesQuery())
        for view in views:
            for length in (8, 11, 12, 40, 64):
                assert reader.elite(view.id[:length]) == view
        first = [view for view in views if view.id[0] == views[0].id[0]]
        assert len(first) > 1
        with pytest.raises(UsageError, match="unambiguous"):
            reader.elite(views[0].id[0])


@pytest.mark.parametrize("prefix", ["", "zz", "f" * 65, "%", "' OR 1 --", "\0", "\ud800", "ÄÖ"])
def test_an_id_that_names_nothing_is_refused(archive, prefix):
    with ArchiveReader.open(archive) as reader, pytest.raises(UsageError) as caught:
        reader.elite(prefix)
    assert "`elitemap elites` lists them" in str(caught.value)


def test_the_best_checked_elite_stands_for_its_program(archive, make_run, make_elite):
    with ArchiveWriter.open(archive) as writer:
        writer.begin(make_run("later"))
        writer.flush("later", [make_elite(5, 3), make_elite(6, 4)])
    with ArchiveReader.open(archive) as reader:
        assert reader.elite(make_elite(0, 3).id).run == "run-1"  # certified there
        assert reader.elite(make_elite(0, 4).id).run == "later"


def test_a_program_that_does_not_match_its_id_is_damage(archive, make_elite):
    with sqlite3.connect(archive) as connection:
        connection.execute("UPDATE program SET body = '{}' WHERE id = ?", [make_elite(4).id])
    connection.close()
    with ArchiveReader.open(archive) as reader:
        with pytest.raises(ArchiveError, match="does not match its id"):
            reader.elite(make_elite(4).id[:10])


def test_a_document_nested_too_deep_is_damage(archive, make_elite):
    deep = "[" * 1900 + "]" * 1900
    with sqlite3.connect(archive) as connection:
        connection.execute("UPDATE program SET body = ? WHERE id = ?", [deep, make_elite(4).id])
    connection.close()
    with ArchiveReader.open(archive) as reader:
        with pytest.raises(ArchiveError, match="is damaged, see the document"):
            reader.elites(ElitesQuery())


def test_the_version_changes_when_others_write(archive, make_elite):
    with ArchiveReader.open(archive) as reader, ArchiveWriter.open(archive) as writer:
        before = reader.data_version
        assert reader.data_version == before
        writer.flush("run-1", [make_elite(60)])
        assert reader.data_version != before
        assert len(reader.elites(ElitesQuery())) == 31


def test_a_reader_sees_names_that_come_later(archive, make_run, make_elite):
    with ArchiveReader.open(archive) as reader, ArchiveWriter.open(archive) as writer:
        assert len(reader.elites(ElitesQuery())) == 30
        writer.begin(make_run("new", space="quantizers", config={}))
        writer.flush("new", [make_elite(0, 90, objectives={"bits": 4}, measures={})])
        assert reader.elites(ElitesQuery(where="bits = 4"))[0].objectives == {"bits": 4}


def test_readers_do_not_write(archive):
    with ArchiveReader.open(archive) as reader:
        with pytest.raises(ArchiveError, match="cannot be written"):
            reader._rows("DELETE FROM elite")


def test_a_measure_that_shares_a_name_is_asked_for_by_its_kind(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(0, measures={"ops": 50, "slot": 70})])
    assert slots(path, where="ops = 0 and measure_ops = 50 and measure_slot = 70") == [0]


def test_a_query_may_name_several_runs(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        for name in ("a", "b", "c"):
            writer.begin(make_run(name))
            writer.flush(name, [make_elite(1)])
    with ArchiveReader.open(path) as reader:
        for runs, found in ((None, 3), (("a", "c"), 2), ((), 0), (("a", "x"), 1)):
            query = ElitesQuery(runs=runs)
            assert reader.count(query) == len(reader.elites(query)) == found
