"""The answer of a search that was asked for the cheapest of enough worth."""

from elitemap.archive.objectives import Objective
from elitemap.engine.protocols import Goal
from elitemap.terminal.commands.answers import answer_lines
from elitemap.terminal.objectives import Declared

GOAL = Goal("ops", "error", 1e-4, "digits", 4.0, "digits>=4")
DECLARED = Declared.of((Objective("ops", -1, "proved", "count"), Objective("digits", +1)))


def elites(*pairs):
    return [
        {"id": f"{ops:02d}" * 8, "objectives": {"ops": ops, "digits": digits}}
        for ops, digits in pairs
    ]


def test_the_cheapest_that_reaches_it_and_its_neighbours():
    found = elites((3, 2.5), (5, 3.75), (7, 4.25), (8, 5.5), (9, 6.0))
    assert answer_lines(found, GOAL, DECLARED) == [
        "digits>=4: 0707070707 with 7 ops and 4.25 digits, proved",
        "next cheaper: 0505050505 with 5 ops and 3.75 digits, short of it by 0.25 digits",
        "next better: 0808080808 with 8 ops and 5.5 digits",
    ]


def test_what_is_not_proved_is_no_answer():
    found = elites((5, None), (7, 4.25))
    (line,) = answer_lines(found, GOAL, DECLARED)
    assert line == "digits>=4: 0707070707 with 7 ops and 4.25 digits, proved"
    (line,) = answer_lines(elites((5, None)), GOAL, DECLARED)
    assert line == "digits>=4: nothing is proved yet, so there is no answer"


def test_what_may_be_the_answer_and_is_not_proved_is_named():
    found = elites((5, None), (7, None), (8, None), (3, 2.5))
    for elite, error in zip(found, (1e-3, 9e-5, 7e-5, 1e-2), strict=True):
        elite["objectives"]["error"] = error
    *_, line = answer_lines(found, GOAL, DECLARED)
    assert line == (
        "not proved, 7e-05 error by estimate: 0808080808; with more time: "
        "elitemap certify 0808080808 --seconds N"
    )
    assert len(answer_lines(found, GOAL, DECLARED)) == 2
    assert answer_lines(found[:3], GOAL, DECLARED)[1:] == [line]


def test_a_miss_says_by_how_much():
    (line,) = answer_lines(elites((3, 2.5), (6, 3.25)), GOAL, DECLARED)
    assert line == (
        "digits>=4: missed by 0.75 digits; the best proved is 0606060606 with 6 ops and 3.25 digits"
    )


def test_less_may_be_better():
    goal = Goal("cost", "ulp", 0.85, "max_ulp", 1.0, "max_ulp<=1", sign=-1)
    declared = Declared.of((Objective("cost", -1), Objective("max_ulp", -1)))
    found = [
        {"id": f"{cost:02d}" * 8, "objectives": {"cost": cost, "max_ulp": ulp}}
        for cost, ulp in ((3, 9.5), (5, 1.5), (7, 0.75), (8, 0.5))
    ]
    assert answer_lines(found, goal, declared) == [
        "max_ulp<=1: 0707070707 with 7 cost and 0.75 max_ulp, proved",
        "next cheaper: 0505050505 with 5 cost and 1.5 max_ulp, short of it by 0.5 max_ulp",
        "next better: 0808080808 with 8 cost and 0.5 max_ulp",
    ]
    (line,) = answer_lines(found[:2], goal, declared)
    assert "missed by 0.5 max_ulp; the best proved is 0505050505" in line


def test_nobody_asked():
    assert answer_lines(elites((3, 2.5)), None, DECLARED) == []
