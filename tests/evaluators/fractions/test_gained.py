import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.gained import DIGITS, TERMS, digits_gained
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

BROUNCKER = ContinuedFraction.of([2, 1], [1, 0, 0])


def test_digits_grow_by_as_many_per_term_as_the_rate_says():
    curve = digits_gained(Formula(BROUNCKER, Relation.of(["pi"], [4, 0], [0, 1])))
    assert curve is not None
    assert curve.x.tolist() == list(range(1, TERMS + 1))
    # 1 instead of 1.273: the distance relative to the value.
    assert curve.y[0] == pytest.approx(-np.log10(1 - np.pi / 4), abs=1e-9)
    slope = (curve.y[399] - curve.y[199]) / 200
    assert slope == pytest.approx(0.7655, abs=2e-3)
    assert (curve.x_name, curve.y_name) == ("terms", "digits")


def test_a_wrong_value_gains_no_more_digits():
    curve = digits_gained(Formula(BROUNCKER, Relation.of(["pi"], [5, 0], [0, 1])))
    assert curve is not None and curve.y[50:].max() < 2


def test_digits_end_where_those_of_the_value_do():
    powers = ContinuedFraction.of([1, 0, 0, 0, 0, 0, 1], [1])
    curve = digits_gained(Formula(powers, Relation.of(["pi"], [1, 0], [0, 1])))
    assert curve is not None and np.nanmax(curve.y) <= DIGITS


def test_infinite_convergents_are_gaps():
    gap = ContinuedFraction(((1,), (0,)), ((1,), (1,)))
    curve = digits_gained(Formula(gap, Relation.of(["pi"], [4, 0], [0, 1])))
    assert curve is not None and np.isnan(curve.y[1])


def test_signed_fractions_have_one():
    e = SignedFraction((1,), (2, 1, 2, 1, 1, 4, 1), (0, 0, 2, 0, 0, -1))
    curve = digits_gained(Formula(e, Relation.of(["e"], [0, 1], [1, 0])))
    assert curve is not None and curve.y[100] > 100


def test_no_value_no_curve():
    assert digits_gained(Formula(BROUNCKER)) is None


def test_constants_outside_the_vocabulary_are_refused():
    formula = Formula(BROUNCKER, Relation.of(["rosebud"], [4, 0], [0, 1]))
    with pytest.raises(UsageError, match="rosebud"):
        digits_gained(formula)
