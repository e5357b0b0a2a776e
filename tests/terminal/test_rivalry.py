"""What is told at the end of a search about known forms."""

from dataclasses import replace

import pytest

from elitemap.archive.objectives import Objective
from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Baseline
from elitemap.engine.search.runs import recorded_rivals
from elitemap.terminal.commands.rivalry import rivalry_lines
from elitemap.terminal.objectives import Declared

DECLARED = Declared.of((Objective("ops", -1), Objective("digits", +1), Objective("error", -1)))


def elites(**digits):
    """Elites by operations: ``o3=2.5``."""
    return [{"objectives": {"ops": int(k[1:]), "digits": v}} for k, v in digits.items()]


def known(*pairs):
    return [Baseline(f"form {x}", {"ops": x, "digits": y}) for x, y in pairs]


def test_ahead_level_and_behind():
    found = elites(o2=1.4, o3=2.0, o5=4.5, o7=6.0)
    lines = rivalry_lines(found, known((2, 1.4), (3, 2.5), (5, 4.0), (6, 5.9), (9, 9.9)), DECLARED)
    assert lines == [
        "known forms: ahead at 5, 7 ops, by 0.10 to 0.50 digits",
        "known forms: level at 2 ops",
        "known forms: behind at 3: 2.00 against 2.50, form 3; at 6: 4.50 against 5.90, form 6",
    ]


def test_what_is_not_proved_counts_for_nothing():
    found = [*elites(o5=4.5), {"objectives": {"ops": 3, "digits": None}}]
    (line,) = rivalry_lines(found, known((3, 2.5), (5, 4.0)), DECLARED)[1:]
    assert line == "known forms: behind at 3: nothing against 2.50, form 3"


@pytest.mark.parametrize("rivals", [[], [Baseline("other", {"loss": 1.0})]])
def test_nothing_to_compare_with_is_no_line(rivals):
    assert rivalry_lines(elites(o2=1.0), rivals, DECLARED) == []
    assert rivalry_lines([], known((1, 1.0)), DECLARED) == []
    assert rivalry_lines(elites(o2=1.0), known((2, 1.0)), Declared.of(())) == []


def test_names_from_archives_are_one_line():
    hostile = [Baseline("a\n\x1b[31mb", {"ops": 2.0, "digits": 9.0})]
    (line,) = rivalry_lines(elites(o2=1.0), hostile, DECLARED)
    assert "\n" not in line and "\x1b" not in line


RUN = RunRecord("r", "s", "t", {}, {}, 0, "2026-01-01", None, "done", "1", {})


@pytest.mark.parametrize(
    "stored",
    [None, 3, "text", [None], [{"name": 1, "objectives": {}}], [{"name": "a", "objectives": []}]],
)
def test_strange_archives_have_no_rivals(stored):
    assert recorded_rivals(replace(RUN, config={"rivals": stored})) == ()


def test_rivals_come_back_as_they_were_recorded():
    stored = [{"name": "a", "objectives": {"ops": 3, "digits": 2.5, "word": "x"}}]
    (found,) = recorded_rivals(replace(RUN, config={"rivals": stored}))
    assert found == Baseline("a", {"ops": 3.0, "digits": 2.5})


def test_with_a_goal_only_what_is_proved_is_compared():
    found = elites(o5=4.5)
    (line,) = rivalry_lines(found, known((3, 2.5), (5, 4.0)), DECLARED, everywhere=False)
    assert line == "known forms: ahead at 5 ops, by 0.50 digits"
