"""Objectives that are texts: stored, asked for, and never trusted."""

import json
import sqlite3

import pytest

from elitemap.archive.columns import LONGEST
from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

LABELS = ["known", "unexplained", None, "known", "euler"]


@pytest.fixture
def labelled(path, make_run, make_elite):
    """An archive with elites that bear labels; the first had none when it was found."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush("run-1", [make_elite(0, objectives={"ops": 0, "label": None})])
        elites = [
            make_elite(k, objectives={"ops": k, "label": label}) for k, label in enumerate(LABELS)
        ]
        writer.flush("run-1", elites)
    return path


def find(path, **query):
    with ArchiveReader.open(path) as reader:
        return reader.elites(ElitesQuery(**query))


def test_texts_are_read_as_written(labelled):
    views = find(labelled)
    assert [view.objectives["label"] for view in views] == LABELS
    assert [view.objectives["ops"] for view in views] == [0, 1, 2, 3, 4]
    assert json.loads(json.dumps(views[1].to_json()))["objectives"]["label"] == "unexplained"


@pytest.mark.parametrize(
    ("where", "slots"),
    [
        ("label = 'unexplained'", [1]),
        ("label != 'known'", [1, 4]),
        ("label is null", [2]),
        ("not label is null and ops > 2", [3, 4]),
        ("label = status", []),
    ],
)
def test_texts_can_be_asked_for(labelled, where, slots):
    assert [view.slot for view in find(labelled, where=where)] == slots


@pytest.mark.parametrize("where", ["label = 3", "label < 1e9", "ops = 'known'", "label = ops"])
def test_texts_are_not_compared_to_numbers(labelled, where):
    with pytest.raises(UsageError, match="two numbers or two texts"):
        find(labelled, where=where)


def test_texts_sort_by_alphabet_the_unknown_last(labelled):
    found = [view.objectives["label"] for view in find(labelled, sort="label")]
    assert found == ["euler", "known", "known", "unexplained", None]
    found = [view.objectives["label"] for view in find(labelled, sort="-label,-ops")]
    assert found == ["unexplained", "known", "known", "euler", None]


@pytest.mark.parametrize("pareto", ["label", "+label,ops", "-label"])
def test_there_is_no_front_of_texts(labelled, pareto):
    with pytest.raises(UsageError, match="expected an objective or measure, got 'label', a text"):
        find(labelled, pareto=pareto)


def test_texts_stay_out_of_the_way_of_fronts(labelled):
    assert [view.slot for view in find(labelled, pareto="ops")] == [0]


def test_a_certificate_may_bring_a_text(archive, make_elite):
    with ArchiveWriter.open(archive) as writer:
        objectives = {"ops": 1, "digits": 9.0, "label": "known"}
        certified = make_elite(1, status="certified", certificate={}, objectives=objectives)
        writer.certify("run-1", 1, certified)
    assert [view.slot for view in find(archive, where="label = 'known'")] == [1]
    assert find(archive, where="slot = 2")[0].objectives["label"] is None


def test_one_run_may_call_a_number_what_another_calls_a_text(labelled, make_run, make_elite):
    with ArchiveWriter.open(labelled) as writer:
        writer.begin(make_run("other", space="elementary", config={}))
        writer.flush("other", [make_elite(9, objectives={"label": 7.5})])
    assert find(labelled, run="other")[0].objectives == {"label": 7.5}
    assert find(labelled, run="run-1")[1].objectives["label"] == "unexplained"
    assert [view.slot for view in find(labelled, where="label > 7")] == [9]
    assert [view.slot for view in find(labelled, where="text_label = 'euler'")] == [4]


def test_within_a_run_what_is_known_counts(labelled, make_elite):
    with ArchiveWriter.open(labelled) as writer:
        writer.flush("run-1", [make_elite(8, objectives={"label": 2})])
    found = {view.slot: view.objectives["label"] for view in find(labelled)}
    assert found == {**dict(enumerate(LABELS)), 8: 2}


def test_hostile_texts_are_only_texts(path, make_run, make_elite):
    texts = ["'; DROP TABLE elite; --", "\x1b[2J", "\ud800 lone", "‮​", "😀" * 200, "", "[red]"]
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        elites = [make_elite(k, objectives={"label": text}) for k, text in enumerate(texts)]
        writer.flush("run-1", elites)
    stored = [text.encode("utf-8", "backslashreplace").decode() for text in texts]
    assert [view.objectives["label"] for view in find(path)] == stored
    for slot, text in enumerate(stored):
        if "'" not in text:
            assert [view.slot for view in find(path, where=f"label = '{text}'")] == [slot]


def test_texts_are_bounded(labelled, make_elite):
    before = find(labelled)
    with ArchiveWriter.open(labelled) as writer:
        long = make_elite(9, objectives={"label": "x" * (LONGEST + 1)})
        with pytest.raises(ValueError, match="at most 200 characters as label, got 201"):
            writer.flush("run-1", [long])
    assert find(labelled) == before


BAD = ["7", "x'00ff'", f"printf('%.{LONGEST + 1}c', 'x')"]


@pytest.mark.parametrize("value", BAD)
def test_the_file_itself_refuses_what_is_no_short_text(labelled, value):
    with sqlite3.connect(labelled) as connection:
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(f"UPDATE elite SET text_label = {value} WHERE slot = 1")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute("UPDATE elite SET objective_ops = 'many' WHERE slot = 1")
    connection.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("text_label", value) for value in BAD),
        *(
            (name, value)
            for name in ("objective_ops", "measure_depth")
            for value in ("'x'", "9e999")
        ),
    ],
)
def test_values_of_a_crafted_archive_are_damage(labelled, column, value):
    with sqlite3.connect(labelled) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(f"UPDATE elite SET {column} = {value} WHERE slot = 1")
    connection.close()
    with pytest.raises(ArchiveError, match="is damaged, see the value of"):
        find(labelled)
    assert [view.slot for view in find(labelled, where="slot != 1")] == [0, 2, 3, 4]


def test_the_view_serves_readers_of_plain_sqlite(labelled):
    connection = sqlite3.connect(labelled)
    assert connection.execute("SELECT label FROM elites WHERE slot = 1").fetchone() == (
        "unexplained",
    )
    connection.close()
