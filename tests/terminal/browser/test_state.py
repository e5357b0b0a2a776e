import json

import pytest

from elitemap.archive.problems import Problem
from elitemap.terminal.browser.scope import Scope, starting_place
from elitemap.terminal.browser.state import Memory, Place, recall, remember, state_file

PLACE = Place(
    space="elementary",
    problem="14c6dd3c",
    run="r",
    where="ops <= 8",
    search="x * x",
    tab="plot",
    sort="-digits",
    map_x="ops",
    map_y="constants",
    plot_x="ops",
    plot_y="error",
)


def test_the_file_is_where_the_user_wants_it(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert state_file() == tmp_path / "elitemap" / "browser.json"
    for ignored in ("", "relative"):
        monkeypatch.setenv("XDG_STATE_HOME", ignored)
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        inside = tmp_path / "home" / ".local" / "state" / "elitemap" / "browser.json"
        assert state_file() == inside


def test_what_was_remembered_is_recalled(tmp_path):
    file, archive = tmp_path / "new" / "browser.json", tmp_path / "a.db"
    memory = Memory("nord", ("ops <= 8", "digits > 'ü'"), {}).at(archive, PLACE)
    assert remember(file, memory) == ""
    assert recall(file) == (memory, "")
    assert memory.place(archive) == PLACE
    assert memory.place(tmp_path / "other.db") == Place()
    assert [path.name for path in file.parent.iterdir()] == ["browser.json"]


def test_nothing_is_remembered_of_a_first_start(tmp_path):
    assert recall(tmp_path / "browser.json") == (Memory(), "")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"version": 2}',
        b'{"version": 1, "theme": 3}',
        b'{"version": 1, "filters": "ops"}',
        b'{"version": 1, "filters": [1]}',
        b'{"version": 1, "places": []}',
        b'{"version": 1, "places": {"a": []}}',
        b'{"version": 1, "places": {"a": {"tab": ["x"]}}}',
        b'{"version": 1, "theme": "' + b"x" * 3000 + b'"}',
        b"[" * 100_000,
        b'{"version": 1, "theme": "' + b"x" * 300_000 + b'"}',
    ],
)
def test_a_damaged_or_foreign_file_is_passed_over_with_a_note(tmp_path, content):
    file = tmp_path / "browser.json"
    file.write_bytes(content)
    memory, note = recall(file)
    assert memory == Memory()
    assert "damaged or not ours" in note and "\n" not in note


def test_unknown_fields_are_passed_over(tmp_path):
    file = tmp_path / "browser.json"
    file.write_text('{"version": 1, "new": 1, "places": {"a": {"tab": "map", "new": 2}}}')
    assert recall(file) == (Memory(places={"a": Place(tab="map")}), "")


def test_a_folder_in_its_place_is_told(tmp_path):
    file = tmp_path / "browser.json"
    file.mkdir()
    memory, note = recall(file)
    assert memory == Memory() and "cannot read" in note
    assert "cannot write" in remember(file, Memory())
    (tmp_path / "file").write_text("")
    assert "cannot write" in remember(tmp_path / "file" / "browser.json", Memory())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["browser.json", "file"]


def test_it_stays_small(tmp_path):
    file, memory = tmp_path / "browser.json", Memory(filters=tuple(f"ops < {k}" for k in range(99)))
    for k in range(80):
        memory = memory.at(tmp_path / f"{k}.db", PLACE)
    memory = memory.at(tmp_path / "0.db", PLACE)  # the latest again
    remember(file, memory)
    again, _ = recall(file)
    assert len(again.places) == 50 and len(again.filters) == 50
    assert again.filters[-1] == "ops < 98"
    assert again.place(tmp_path / "0.db") == PLACE == again.place(tmp_path / "79.db")
    assert again.place(tmp_path / "1.db") == Place()
    assert json.loads(file.read_text())["version"] == 1


def asked(*runs):
    return {run: Problem(id, target, space, target, "") for run, id, space, target in runs}


def test_starts_where_one_was_if_that_is_still_there(make_run):
    exp2, slice = ("r", PLACE.problem, "elementary", "exp2"), ("s", "8b1cfc4b", "knots", "slice")
    both = asked(exp2, slice)
    assert starting_place(PLACE, both) == PLACE
    gone = starting_place(PLACE, asked(slice))
    assert (gone.space, gone.problem, gone.run, gone.tab) == ("knots", "8b1cfc4b", "", "plot")
    first = starting_place(Place(), both)
    assert (first.space, first.problem, first.run) == ("knots", "8b1cfc4b", "")
    chosen = starting_place(PLACE, both, make_run("r"))
    assert (chosen.problem, chosen.run, chosen.where, chosen.search) == (PLACE.problem, "r", "", "")
    other = starting_place(PLACE, both, None, both["s"])
    assert (other.space, other.problem, other.run, other.where) == ("knots", "8b1cfc4b", "", "")
    assert starting_place(PLACE, {}).space == ""
    assert starting_place(Place(tab="map"), both) == Place(tab="map")  # it was everything


def test_a_place_and_its_scope_say_the_same():
    scope = Scope.at_place(PLACE)
    assert scope == Scope("elementary", "14c6dd3c", "r", "ops <= 8", "x * x")
    assert Scope.at_place(scope.place()) == scope
    assert scope.above().run is None and scope.above().above() == Scope(
        "elementary", None, None, "ops <= 8", "x * x"
    )
    assert scope.above().above().above().above().space is None
    assert scope.everything() == Scope("elementary", "14c6dd3c", "r")
    assert scope.query("-ops").sort == "-ops" and scope.query().search == "x * x"
    assert Scope("a\x1b[31m", "[b]", "r" * 99).crumbs({"[b]": "[b]x"}) == [
        "a\\x1b[31m", "[b]x", "run rrrrrrrrrrrr",
    ]  # fmt: skip
    assert Scope(where="x" * 99, search="\u202e").conditions() == ["/\\u202e", f"where {'x' * 39}…"]
