"""Constants against what turns out to be worst: errors that hold elsewhere, and neighbourhoods."""

import numpy as np
import pytest

from elitemap.evaluators.float32.arguments import Known, arguments
from elitemap.evaluators.float32.evaluator import SingleEvaluator
from elitemap.evaluators.float32.exchange import exchange
from elitemap.evaluators.float32.grid import BLOCK, Effort, examine, settle
from elitemap.evaluators.float32.measures import units
from elitemap.evaluators.float32.placing import Placing
from elitemap.searchspaces.elementary.float32.batches import wholes
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.cycles import AVX512
from elitemap.searchspaces.programs.float32.reference import evaluate

EXP = resolve("exp", None, "usual")


@pytest.fixture(scope="module")
def known():
    return Known(EXP)


@pytest.fixture(scope="module")
def pool(known):
    return known.at(arguments(EXP, 512 * BLOCK))


@pytest.fixture(scope="module")
def fitted(horner):
    """A polynomial of degree 6 around which constants were tried at few arguments."""
    evaluator = SingleEvaluator(EXP, Placing(EXP.reduction, 23, AVX512, 100.0))
    batch = Batch.from_programs([horner(6)], 20)
    scores = evaluator.evaluate(batch, lambda measures: np.full(len(measures), -np.inf))
    return evaluator, scores


def errors(batch, truth):
    """Of one program by the entries' NumPy functions."""
    (got,), _ = evaluate(batch.program(0), [truth.points])
    with np.errstate(over="ignore"):
        got = np.clip(got.astype(np.float64), -(2.0**128), 2.0**128)
    return np.abs(got - truth.values) * truth.scale


def test_examining_finds_the_largest_error_of_each_block(fitted, pool):
    whole = wholes(fitted[1].batch, EXP.reduction)
    error, at = examine(whole, pool)
    wanted = errors(whole, pool).reshape(-1, BLOCK)
    np.testing.assert_array_equal(error[0], wanted.max(axis=1))
    np.testing.assert_array_equal(at[0], wanted.argmax(axis=1) + BLOCK * np.arange(pool.blocks))


def test_an_exchange_never_loses_and_promises_no_less_than_there_is(fitted, known, pool):
    evaluator, scores = fitted
    tuned, better, same = (wholes(scores.batch, EXP.reduction) for _ in range(3))
    free = evaluator._free(tuned, scores.batch)
    start, effort = pool.take(slice(4 * BLOCK)), Effort(6, 500)
    promised = settle(tuned, free, start, np.array([np.inf]), effort)[0]
    found = exchange(better, free, start, pool, known, effort)[0]
    before = exchange(same, np.zeros_like(free), start, pool, known, effort)[0]
    assert promised < found < before
    assert examine(better, pool)[0].max() <= found
    fixed = ~free[0]
    np.testing.assert_array_equal(better.constant[0][fixed], same.constant[0][fixed])


def test_neighbours_are_the_next_floats_and_stay_in_the_domain(known):
    low, high = (np.float32(end) for end in EXP.domain)
    around = known.around(np.array([1.0, -1.0, 0.0, high], np.float32), BLOCK)
    rows = around.points.reshape(4, -1)
    for row, middle in zip(rows[:2], (1.0, -1.0), strict=True):
        assert row[BLOCK] == middle
        assert np.all(np.nextafter(row[:-1], np.float32(np.inf)) == row[1:])
    assert (rows[2] < 0).sum() >= BLOCK - 1 and (rows[2] > 0).sum() == BLOCK - 1
    assert rows[3].max() == high
    with np.errstate(over="ignore"):
        wanted = np.minimum(np.exp(around.points.astype(np.float64)), 2.0**128)
    assert np.all(np.abs(around.values - wanted) <= 1e-6 * units(wanted))
