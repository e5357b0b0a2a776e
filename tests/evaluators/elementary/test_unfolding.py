"""Families within programs: written with coefficients, fitted, and written as they were."""

import numpy as np
import pytest
from flint import arb_poly

from elitemap.evaluators.elementary.evaluator import ElementaryEvaluator
from elitemap.evaluators.elementary.fitting.fit import Screening
from elitemap.evaluators.elementary.rational.nodes import graph
from elitemap.evaluators.elementary.rational.peeling import NotPeeled, Quotient, constants_of
from elitemap.evaluators.elementary.rational.unfolding import _folded, refit, unfolded
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.elementary.written import written
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs

OPERATIONS = [REAL.opcodes[name] for name in ("add", "sub", "mul", "div")]
POINTS = np.linspace(1.03, 1.97, 7)

#: Odd about the middle in log(x), with 2 / x or (x - 1.4) / (x + 1.5), which are used twice.
RECIPROCAL = "0.5 + 4*(x - 2/x) / ((x + 2/x) + 3 + 0.5/((x + 2/x) + 5))"
MOEBIUS = (
    "0.4 + ((x - 1.4)/(x + 1.5)) * (0.9 - 3/(((x - 1.4)/(x + 1.5))*((x - 1.4)/(x + 1.5)) - 2"
    " + 0.2/(((x - 1.4)/(x + 1.5))*((x - 1.4)/(x + 1.5)) - 1.7)))"
)
#: A whole family in x^2, but for a doubling of the argument.
DOUBLED = "(3 - 2/(x*x + 4 + 5/(x*x + 0.7)))*(3 - 2/(x*x + 4 + 5/(x*x + 0.7))) - 1.5"
WITHIN = {"reciprocal": RECIPROCAL, "moebius": MOEBIUS, "doubled": DOUBLED}


def batch_of(*texts, copies=1):
    """Programs as they are written, every value once."""
    made = Batch.from_programs([written(t, REAL, OPERATIONS) for t in texts] * copies, 72)
    assert canonical(made, 30).all()
    return made


def near(text, copies, off, seed=0):
    """Copies of a program with constants a little off, as a part of them."""
    batch = batch_of(text, copies=copies)
    shape = batch.constant[..., 0].shape
    batch.constant[..., 0] *= np.random.default_rng(seed).normal(1, off, shape)
    return batch


@pytest.mark.parametrize("name", WITHIN)
def test_a_family_within_is_written_with_its_coefficients(name):
    batch = batch_of(WITHIN[name])
    found = unfolded(batch)
    assert found.rows.tolist() == [0]
    np.testing.assert_allclose(
        evaluate(found.batch, POINTS), evaluate(batch, POINTS), rtol=1e-13, atol=1e-13
    )


def test_unfolded_programs_are_the_same_functions():
    batch = random_programs(20_000, 40, 14, OPERATIONS, np.random.default_rng(3))
    batch = batch.take(canonical(batch, 14) > 0)
    found = unfolded(batch)
    assert len(found.rows) > 40
    before = evaluate(batch.take(found.rows), POINTS)
    after = evaluate(found.batch, POINTS)
    tame = np.isfinite(before).all(axis=1) & (np.abs(before) < 1e3).all(axis=1)
    close = np.isclose(after, before, rtol=1e-6, atol=1e-6).all(axis=1)
    assert close[tame].mean() > 0.95


@pytest.mark.parametrize("name", WITHIN)
def test_constants_come_back_from_coefficients(name):
    batch = batch_of(WITHIN[name])
    found = unfolded(batch)
    constants = _folded(batch, 0, found, 0, found.batch.constant[0])
    np.testing.assert_allclose(constants[..., 0], batch.constant[0, :, 0], rtol=1e-9, atol=1e-12)


def test_whole_families_and_small_ones_are_left_alone():
    batch = batch_of(
        "3 - 2/(x*x + 4 + 5/(x*x + 0.7))", "(x - 2/x)/(x + 2/x + 3)", "x*x*(1 + x)", "x/(3 + x*x)"
    )
    assert not len(unfolded(batch).rows)


@pytest.mark.parametrize(
    ("name", "off", "digits"), [("reciprocal", 0.005, 10.9), ("moebius", 0.05, 13.6)]
)
def test_odd_forms_about_the_middle_are_fitted_from_rough_constants(name, off, digits):
    """By descent alone they end at 7.4 and 9.1 digits at best."""
    evaluator = ElementaryEvaluator(resolve_target("log2"), 14)
    screened = evaluator.screen(near(WITHIN[name], 30, off), lambda m: np.full(len(m), 6.0))
    assert np.mean(screened.quality > digits) > 0.2
    scores = evaluator.evaluate(screened.batch, lambda m: np.full(len(m), 6.0))
    assert np.nanmax(scores.quality) > digits


def test_a_doubled_quotient_is_fitted_beyond_the_digits_of_float64():
    """Screened in float64 it ends at 16 digits, with slopes in float64 at 16.8."""
    y = (
        "(-129053.9773 / (-366.545959972 - (x*x + 63505.1733187 / (x*x + 26645.1548531 /"
        " (x*x + 166.324329471599) - 15.4675206005))) - 158.8371)"
    )
    evaluator = ElementaryEvaluator(resolve_target("cos"), 14)
    batch = batch_of(f"{y}*{y} - 1")
    screened = evaluator.screen(batch, lambda m: np.full(len(m), 19.0))
    assert screened.quality[0] > 21 and screened.promising[0]


def test_what_vanishes_is_not_peeled():
    node = graph(written("2 + 3/(x + 5)", REAL, OPERATIONS))
    with pytest.raises(NotPeeled):
        constants_of(node, Quotient(arb_poly([0]), arb_poly([1, 1])))


def test_what_gains_nothing_stays_as_it_is():
    evaluator = ElementaryEvaluator(resolve_target("log2"), 14)
    batch = near(RECIPROCAL, 10, 0.005)
    before = batch.constant.copy()
    screened = Screening(np.full(10, 11.5), np.zeros(10), np.full(10, 7, np.uint64))
    refit(batch, np.full(10, -np.inf), screened, evaluator.nodes, evaluator.check)
    np.testing.assert_array_equal(batch.constant, before)
    assert (screened.signature == 7).all() and (screened.digits == 11.5).all()
    assert (screened.evaluated > 0).all()
