"""Constants on the float32 grid: errors as NumPy computes them, steps that only help."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.evaluators.float32.arguments import truth
from elitemap.evaluators.float32.grid import Effort, settle
from elitemap.searchspaces.elementary.float32.batches import wholes
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.reduction import SINGLE_FUNCTION
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.reference import evaluate

EXP2 = resolve("exp2", None, "usual")
POINTS = truth(EXP2, 2)
NONE = Effort(0, 0)
FREE = np.inf


@pytest.fixture
def program(horner):
    """One whole program around Taylor's polynomial, and where its constants are."""
    core = Batch.from_programs([horner(4)], 9)
    for k in range(5):
        core.constant[0, k, 0] = np.log(2.0) ** k / math.factorial(k)
    batch = wholes(core, EXP2.reduction)
    free = np.zeros((1, batch.length), bool)
    first = len(EXP2.reduction.before)
    free[0, first : first + 5] = True
    return batch, free


def independent(batch):
    """The largest error by the entries' NumPy functions."""
    (results,), _ = evaluate(batch.program(0), [POINTS.points])
    with np.errstate(over="ignore"):
        got = np.clip(results.astype(np.float64), -(2.0**128), 2.0**128)
    error = np.abs(got - POINTS.values) * POINTS.scale
    return np.inf if np.isnan(error).any() else error.max()


def test_errors_are_those_of_numpy_and_get_less(program):
    batch, free = program
    before = independent(batch)
    assert settle(batch, free, POINTS, np.array([FREE]), NONE)[0] == before
    after = settle(batch, free, POINTS, np.array([FREE]), Effort(6, 200))[0]
    assert after < 0.7 * before and after == independent(batch)


def test_what_is_beyond_its_limit_or_has_no_constants_is_only_measured(program):
    batch, free = program
    start = batch.constant.copy()
    for limit, where in ((0.0, free), (FREE, np.zeros_like(free))):
        found = settle(batch, where, POINTS, np.array([limit]), Effort(6, 200))
        assert found[0] == independent(batch)
        np.testing.assert_array_equal(batch.constant, start)


@settings(max_examples=20)
@given(st.lists(st.integers(-(2**20), 2**20), min_size=5, max_size=5), st.integers(0, 300))
def test_steps_never_lead_up_and_repeat(horner, moves, trials):
    core = Batch.from_programs([horner(4)], 9)
    batch = wholes(core, EXP2.reduction)
    first = len(EXP2.reduction.before)
    free = np.zeros((1, batch.length), bool)
    free[0, first : first + 5] = True
    batch.constant[0, first : first + 5, 0] += np.array(moves, np.int64).astype(np.uint32)
    twin = batch.take(np.arange(1))
    before = settle(batch, free, POINTS, np.array([0.0]), NONE)[0]
    after = [settle(b, free, POINTS, np.array([FREE]), Effort(3, trials))[0] for b in (batch, twin)]
    assert after[0] == after[1] <= before
    np.testing.assert_array_equal(batch.constant, twin.constant)
    values = batch.constant[0, first : first + 5, 0].view(np.float32)
    assert np.isfinite(values).all()
    assert batch.signature == SINGLE_FUNCTION
