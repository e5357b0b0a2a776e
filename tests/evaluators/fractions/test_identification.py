import json

import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.identification import CONSTANTS, identify
from elitemap.searchspaces.fractions.constants import constants
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.written import written

APERY = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    "text",
    [
        "a=34,51,27,5 b=-1,0,0,0,0,0,0",
        "a = 34*n**3 + 51*n**2 + 27*n + 5, b = -n**6",
        "a=(2*n+1)*(17*n*(n+1)+5) b=-n^6",
    ],
)
def test_fractions_are_read_as_people_write_them(text: str) -> None:
    assert written(text).fraction == APERY


def test_interlaced_ones_too() -> None:
    found = written("a=1;2,2;1 b=1;1;1")
    assert found.fraction == ContinuedFraction(((1,), (2, 2), (1,)), ((1,), (1,), (1,)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected a fraction"),
        ("a=1", "expected a fraction"),
        ("b=1 a=1", "expected a fraction"),
        ("a=1..2 b=1", "a range"),
        ("a=1;2 b=1", "as many"),
        ("a=x b=1", "x"),
    ],
)
def test_what_is_none_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        identify(text, "", 10.0)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_known_one_is_named_with_its_value() -> None:
    found = identify("a=34,51,27,5 b=-1,0,0,0,0,0,0", "", 60.0)
    assert found.recognised and found.statement.startswith("6/zeta(3): a = 34*n**3")
    assert "Apéry" in found.lines["known"] and "proved" in found.lines["value"]
    json.dumps(found.facts, allow_nan=False)


def test_the_constants_may_be_given() -> None:
    found = identify("a=6,3 b=-1,0,0", "log(2)", 60.0)
    assert found.recognised and found.facts["formula"].startswith("2/log(2)")
    other = identify("a=6,3 b=-1,0,0", "pi", 60.0)
    assert other.facts["formula"] is None and other.recognised
    assert other.statement.endswith(" is known, but its value matches no formula in pi")
    with pytest.raises(UsageError, match="pie"):
        identify("a=6,3 b=-1,0,0", "pie", 60.0)


def test_what_nobody_knows_is_not_recognised() -> None:
    found = identify("a=34,51,27,7 b=-1,0,0,0,0,0,0", "pi,zeta(3)", 60.0)
    assert not found.recognised and "not recognised" in found.statement
    assert found.facts["label"]["name"] == "unexplained"


def test_a_fraction_without_a_limit_says_so() -> None:
    found = identify("a=1 b=-5", "pi", 60.0)
    assert not found.recognised and "divergent" in found.statement


def test_all_default_constants_can_be_had() -> None:
    assert len(constants(CONSTANTS)) == 14
