import math
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from elitemap.archive.objectives import Objective, merged, recorded
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.table.rows import best_first, heads_of
from elitemap.terminal.objectives import Declared, text
from elitemap.terminal.tables.page import elite_page
from elitemap.terminal.tables.tables import elites_table

LIFETIME = Objective("lifetime", +1, "proved", "cut", "h", "life ≥")
DELAY = Objective("delay", -1, "measured", "scientific", "ns")
WORST = Objective("worst", -1, "proved", "scientific")
GUESS = Objective("guess", -1, "estimated", "scientific", label="est. guess")
STEPS = Objective("steps", -1, "proved", "count")
SEEN = Objective("seen", +1, "confirmed", "cut")
DECLARED = Declared.of([STEPS, LIFETIME, GUESS], [DELAY, WORST, SEEN])


@given(st.floats(-300, 300))
def test_what_is_proved_from_below_is_never_told_as_more(value):
    assert float(text(LIFETIME, value).removesuffix(" h")) <= value


@given(st.floats(1e-300, 1e300))
def test_what_is_proved_from_above_is_never_told_as_less(value):
    assert Decimal(text(WORST, value)) >= Decimal(repr(value))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("lifetime", 14.6599, "14.65 h"),
        ("lifetime", 5.6, "5.60 h"),
        ("lifetime", None, "—"),
        ("guess", 2.345e-12, "~2.3e-12"),
        ("guess", 0.0, "~0.0e+00"),
        ("guess", math.nan, "—"),
        ("delay", 1.26, "1.3e+00 ns"),
        ("worst", 1.21e-9, "1.3e-09"),
        ("worst", 9.91e-9, "1.0e-08"),
        ("seen", 1.238, "1.24"),
        ("steps", 9.0, "9"),
        ("steps", 9, "9"),
        ("unknown", 4.25, "4.25"),
        ("unknown", "prime", "prime"),
    ],
)
def test_figures(name, value, told):
    assert DECLARED.text(name, value) == told


def test_order_heads_and_vouchers_are_those_declared():
    names = ["zeal", "delay", "guess", "beauty", "steps", "lifetime", "delay"]
    order = ["steps", "lifetime", "guess", "delay", "beauty", "zeal"]
    assert DECLARED.in_order(names) == order
    assert [DECLARED.head(name) for name in order[:3]] == ["steps", "life ≥", "est. guess"]
    assert DECLARED.head("two\x1b[1m") == "two\\x1b[1m"
    notes = ["", "proved", "the search's estimate", "measured", "", ""]
    assert [DECLARED.note(name) for name in order] == notes


def test_two_that_disagree_promise_what_both_do():
    proved = Objective("bits", +1, "proved", "cut", "bit", "bits ≥")
    measured = Objective("bits", +1, "measured", "cut", "bit", "bits ≥")
    both = Declared(merged([[proved], [measured]]))
    assert both["bits"] == Objective("bits", +1, "measured", "cut")
    assert Declared(merged([[proved], [proved]]))["bits"] == proved


def test_runs_of_before_declarations_meant_something_by_three_names():
    old = Declared.of(
        recorded("elementary", {"pareto": [["error", -1], ["digits", 1], ["depth", -1]]})
    )
    assert old.estimated("error") and not old.estimated("digits")
    assert old.text("digits", 14.6599) == "14.65" and old.note("digits") == "proved"
    assert old.note("depth") == "" and old["depth"].direction == -1


@pytest.mark.parametrize(
    ("space", "proved"), [("elementary", {"ops", "digits"}), ("fractions", {"digits"}), ("b", ())]
)
def test_names_of_before_declarations_promise_nothing_in_a_space_of_later(space, proved):
    names = ("ops", "digits", "error", "delta")
    old = Declared.of(recorded(space, {"pareto": [[name, 1] for name in names]}))
    assert {name for name in names if old[name].vouched == "proved"} == set(proved)
    assert [name for name in names if old.estimated(name)] == ["error"] * (space == "elementary")
    assert [old[name].direction for name in names] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "document",
    [
        7,
        {"name": "x"},
        {"name": "x", "direction": 2},
        {"name": "x", "direction": 1, "vouched": "sworn"},
        {"name": "x", "direction": 1, "form": "roman"},
        {"name": "x", "direction": 1, "unit": 3},
        {"name": "x", "direction": 1, "more": 3},
        {"name": "x", "direction": 1, "form": []},
    ],
)
def test_what_is_no_declaration_is_refused(document):
    with pytest.raises(ValueError, match="declaration"):
        recorded("elementary", {"objectives": [document]})


def test_a_declaration_is_read_as_it_was_written():
    assert recorded(
        "elementary", {"objectives": [one.to_json() for one in DECLARED.known.values()]}
    ) == tuple(DECLARED.known.values())


def test_tables_pages_and_rows_of_a_space_with_names_of_its_own(run_of_clocks):
    with ArchiveReader.open(run_of_clocks) as reader:
        (view,) = reader.elites(ElitesQuery())
        columns = reader.columns(ElitesQuery())
    declared = Declared.by([view.problem])
    table = elites_table([view.to_json()], declared)
    cells = {str(column.header): str(next(column.cells)) for column in table.columns}
    wanted = {"steps": "7", "life ≥": "14.65 h", "est. guess": "~2.3e-12", "delay": "1.3e+00 ns"}
    assert {head: cells[head] for head in wanted} == wanted
    assert [head for head in cells if head in wanted] == list(wanted)
    document = {**view.to_json(), "formula": None, "lineage": []}
    for certificate, told in (({"method": "x"}, "(proved)"), (None, "(not yet proved)")):
        shown = StringIO()
        page = elite_page(document | {"certificate": certificate}, declared)
        Console(file=shown, width=100).print(page)
        assert f"14.65 h {told}" in shown.getvalue()
        assert "1.3e+00 ns (measured)" in shown.getvalue()
    heads = {head.name: head for head in heads_of(Scope(), columns)}
    assert [h.title for h in heads.values() if h.title in wanted] == list(wanted)
    assert best_first(columns) == "-lifetime,guess,steps,delay"


@pytest.fixture
def run_of_clocks(tmp_path):
    config = {
        "pareto": [["steps", -1], ["lifetime", 1], ["guess", -1], ["delay", -1]],
        "objectives": [one.to_json() for one in (STEPS, LIFETIME, GUESS, DELAY)],
    }
    run = RunRecord("r-1", "clocks", "tick", {}, config, 1, "2026-01-02", None, "running", "0", {})
    worth = {"delay": 1.26, "guess": 2.345e-12, "lifetime": 14.6599, "steps": 7}
    elite = EliteRecord(
        0, (0,), {"schema": 1}, "tick", 1.0, worth, {}, "candidate", None, None, None
    )
    with ArchiveWriter.open(tmp_path / "clocks.db") as writer:
        writer.begin(run)
        writer.flush("r-1", [elite])
    return tmp_path / "clocks.db"
