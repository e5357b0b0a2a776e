"""Numbers of which only some decimals are known: matched to those, counted against chance."""

import pytest

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Unproved
from elitemap.evaluators.fractions.decimals import needed
from elitemap.evaluators.fractions.identification import identify
from elitemap.evaluators.fractions.task import fractions_task

CATALAN = "0.915965594177219015054603514932384110774149374281672134266498"

#: 27 fractions, one of which is 2/(2 catalan - 1).
BOX = {"mode": "sweep", "a": "2..4,6..8,2..4", "b": "-2,-4,0,0,0"}


def finds(name, **options):
    task = fractions_task(name, {**BOX, **options})
    return task, task.enumeration.scan(0).finds


@pytest.mark.parametrize("digits", [8, 13, 18, 40])
def test_a_number_is_matched_to_the_digits_given(digits):
    text = CATALAN[: digits + 2]
    task, (found,) = finds(text)
    assert found.member["source"] == f"2/(2*{text} - 1): a = 3*n**2 + 7*n + 3, b = -2*n**4 - 4*n**3"
    # One digit more of the number is one more beyond chance; of 8 some three are left.
    assert found.quality == pytest.approx(digits - 5.3, abs=0.4)
    assert f"known to {digits} digits" in task.notes[0]
    assert f"{needed(27)} digits would make" in task.notes[0]
    document, told, made = task.certify(found.document, 60.0)
    assert isinstance(made, Unproved) and made.final and told == {}
    assert f"agrees with the {digits} digits given of {text}" in made.reason
    assert task.verify(document, {}, 60.0).outcome == "could not"


def test_a_wrong_digit_is_no_match_and_few_digits_say_nothing():
    assert finds("0.915965594178")[1] and not finds("0.915965594179")[1]
    assert not finds("0.9159")[1]


def test_a_named_constant_is_told_rather_than_its_decimals():
    _, (found,) = finds(f"{CATALAN[:22]},catalan")
    assert "catalan" in found.member["source"]


def test_two_numbers_in_one_relation():
    """2/(2 G - 1) of G = (G + s) - s."""
    first, second = "2.330179156550314063", "1.4142135623730950488"[:20]
    _, (found,) = finds(f"{first},{second}", joint="yes")
    assert first in found.member["source"] and second in found.member["source"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"mode": "evolve"}, "expected mode=sweep with a number known to 12 digits"),
        (
            {"mode": "sweep", "a": "1..60,1..60", "b": "-60..60,1..2"},
            "expected 17 digits or more where values are looked up, got 12.*at most 50,000",
        ),
        (BOX | {"moebius": "20"}, "expected 17 digits or more where values are looked up"),
    ],
)
def test_what_is_refused_and_why(options, told):
    with pytest.raises(UsageError, match=told):
        fractions_task("0.915965594177", options)


def test_exports_compute_the_fraction_and_not_the_number():
    task, (found,) = finds(CATALAN[:20])
    files = task.export(found.document, None, "found", "python")
    space = {"__name__": "found"}
    exec(files["found.py"], space)
    assert space["found"](30).startswith("2.4040449835")


def test_a_fraction_is_compared_with_decimals():
    found = identify("a=3,7,3 b=-2,-4,0,0,0", CATALAN[:16], 60.0)
    assert f"2/(2*{CATALAN[:16]} - 1)" in found.statement
    assert not found.recognised or "known" in found.lines
