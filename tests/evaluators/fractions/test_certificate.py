"""Certificates: true formulas to 1,000 digits, false ones never, honest words throughout."""

import json

import pytest

from elitemap.engine.protocols import Unproved
from elitemap.evaluators.fractions.certificate import certify, ratio_text, statement
from elitemap.evaluators.fractions.labels.known import Known, load
from elitemap.searchspaces.fractions.constants import constants
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation

NOTHING = Known({})
APERY = ContinuedFraction.of([34, 51, 27, 5], [-1, 0, 0, 0, 0, 0, 0])
FALSE = ContinuedFraction.of([4, 6, 4, 1], [-4, 0, 0, 0, 0, 0, 0])


def certified(fraction, value, names, known=NOTHING, seconds=20.0):
    return certify(Formula(fraction, value), constants(names), known, seconds)


def test_apery():
    value = Relation.of(["zeta(3)"], [6, 0], [0, 1])
    document, objectives, certificate = certified(APERY, value, "zeta(3)")
    assert Formula.from_json(document) == Formula(APERY, value)
    assert objectives["digits"] >= 1000 and objectives["significance"] > 990
    assert objectives["digits_per_term"] == pytest.approx(3.0622, abs=1e-3)
    assert objectives["delta"] == 0.0866 and objectives["label"] == "explained"
    assert certificate["rigorous"] and certificate["convergence"]["theorem"]["name"] == "Worpitzky"
    assert certificate["residual"] <= -1000 and certificate["depth"] < 1000
    assert certificate["irrationality"]["factorial_reduction"]
    assert certificate["value"].startswith("4.99144423548424")
    assert certificate["ratio"] == "(-n**6)/(1156*n**6 - 765*n**4 + 219*n**2 - 25)"
    claim = f"(explained, checked to {objectives['digits']} digits)"
    assert claim in certificate["statement"]
    assert certificate["recurrence"] == (
        "u(n) = (34*n**3 + 51*n**2 + 27*n + 5)*u(n-1) + (-n**6)*u(n-2); "
        "numerators u(-1) = 1, u(0) = 5; denominators u(-1) = 0, u(0) = 1"
    )
    json.dumps([document, objectives, certificate], allow_nan=False)


def test_only_unexplained_formulas_are_called_unproved():
    value = Relation.of(["zeta(3)"], [6, 0], [0, 1])
    _, objectives, certificate = certified(APERY, value, "zeta(3)", load())
    assert objectives["label"] == "known"
    assert "not proved" not in certificate["statement"]
    json.dumps(certificate, allow_nan=False)


@pytest.mark.parametrize(
    "a, b, names, text",
    [
        ([3, 1], [-2, 1, 0], "e, pi", "2/pi"),
        ([2, 3, 3, 1], [-1, 0, 0, 0, 0, 0, 0], "zeta(3)", "1/zeta(3)"),
        ([4, 6, 12, 5], [-4, 0, 0, 0, 0, 0, 0], "zeta(3)", "2/(7*zeta(3) - 8)"),
        ([6], [4, -4, 1], "pi", "pi + 3"),
        ([4, 2], [1], "e", "(e + 1)/(e - 1)"),
        ([2, 5, 22, 28, 15, 3], [-1, *[0] * 10], "zeta(3), zeta(5)", None),
    ],
)
def test_a_value_is_found_and_checked_to_a_thousand_digits(a, b, names, text):
    document, objectives, certificate = certified(ContinuedFraction.of(a, b), None, names)
    assert objectives["digits"] >= 1000
    if text:
        assert str(Formula.from_json(document).value) == text
    assert certificate["method"].startswith("Salzer") or "tail" in certificate["method"]
    assert certificate["rigorous"] == certificate["why"].startswith("the limit's error is bounded")


@pytest.mark.parametrize("value", [None, Relation.of(["zeta(3)"], [1, -1], [-3, 2])])
def test_the_published_false_formula_is_refused(value):
    document, objectives, certificate = certified(FALSE, value, "zeta(3)")
    assert certificate == Unproved("the limit is not known to 100 digits", final=True)
    assert "digits" not in objectives
    assert Formula.from_json(document).fraction == FALSE


def test_a_relation_that_holds_to_forty_digits_only_is_refused():
    nearly = Relation.of(["zeta(3)"], [6 * 10**40 + 1, 0], [0, 10**40])
    failure = certified(APERY, nearly, "zeta(3)")[2]
    assert failure == Unproved("the limit differs from the value", final=True)


@pytest.mark.parametrize("b", [[-1], [-1, 0], [1, 0, 0, 0]])
def test_divergent_fractions_are_refused(b):
    assert isinstance(certified(ContinuedFraction.of([1], b), None, "pi")[2], Unproved)


def test_an_unrecognised_value_has_no_digits():
    _, objectives, certificate = certified(APERY, None, "pi")
    assert "digits" not in objectives and objectives["label"] == "unidentified"
    assert certificate["digits"] is None and certificate["value_digits"] >= 1000
    assert "not recognised" in certificate["statement"]


def test_an_algebraic_value_is_said_to_be_one():
    _, objectives, certificate = certified(ContinuedFraction.of([1], [1]), None, "pi")
    assert objectives["label"] == "algebraic" and "digits" not in objectives
    assert certificate["label"]["reason"] == "the value is a root of x**2 - x - 1"


def test_a_rational_value():
    f = ContinuedFraction.of([1], [1, -4])
    document, objectives, certificate = certified(f, None, "pi")
    assert objectives["label"] == "rational" and objectives["digits"] >= 1000
    assert Formula.from_json(document).value == Relation.of([], [1], [1])
    json.dumps(certificate, allow_nan=False)


def test_signed_fractions(known_signed):
    for f, row in known_signed[::40]:
        document, objectives, certificate = certified(f, None, row["constant"])
        assert objectives["digits"] >= 1000 and certificate["rigorous"], row
        json.dumps([document, objectives, certificate], allow_nan=False)


def test_interlaced_fractions():
    f = ContinuedFraction(((6, 1), (12, 8)), ((-16, 4, 0), (-16, -12, -2)))
    document, objectives, _ = certified(f, None, "pi")
    assert str(Formula.from_json(document).value) == "2/pi" and objectives["digits"] >= 1000


def test_little_time_gives_fewer_digits_or_none():
    slow = ContinuedFraction.of([1], [1, 0])
    certificate = certified(slow, None, "pi", seconds=0.3)[2]
    assert isinstance(certificate, Unproved) or certificate["value_digits"] < 1000


def test_texts():
    assert ratio_text(ContinuedFraction.of([0], [1])) is None
    formula = Formula(ContinuedFraction.of([1], [1, 0]), None)
    assert (
        statement(formula, "unidentified", None) == "the value of a = 1, b = n was not recognised"
    )
