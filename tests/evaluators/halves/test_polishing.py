"""Linear programmes over intervals: polynomials reach what is possible, nothing gets worse."""

import numpy as np
import pytest

from elitemap.evaluators.float32.grid import Truth
from elitemap.evaluators.halves.evaluator import few_of_each
from elitemap.evaluators.halves.polishing import polish
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL

OP = REAL.opcodes

#: c0 + c1 x.
LINE = Program(
    ("x",),
    (
        Instruction(OP["const"], (), (0.9, 0.0)),
        Instruction(OP["const"], (), (0.05, 0.0)),
        Instruction(OP["fma"], (2, 0, 1)),
    ),
    (3,),
)


def worst(batch, every):
    got = evaluate(batch, every.points.astype(np.float64))[0]
    return np.abs((got - every.values) * every.scale).max()


def every(values, scale=1.0):
    points = np.linspace(0, 1, 512, dtype=np.float32)
    return Truth(points, values(points.astype(np.float64)), np.full(512, scale))


def test_a_line_gets_the_least_largest_error():
    """x^2 on [0, 1] is best met by x - 1/8, with 1/8."""
    at = every(lambda x: x * x)
    batch = Batch.from_programs([LINE], 3)
    before = worst(batch, at)
    for _ in range(40):
        polish(batch, at)
    assert worst(batch, at) < before
    close = Batch.from_programs([LINE.with_constants([(-0.1245, 0.0), (1.002, 0.0)])], 3)
    polish(close, at)
    assert worst(close, at) == pytest.approx(0.125, rel=1e-4)


def test_nothing_gets_worse_and_what_is_far_or_has_no_constants_stays():
    rng = np.random.default_rng(0)
    plain = Program(("x",), (Instruction(OP["mul"], (0, 0)),), (1,))
    for values in (np.sqrt, lambda x: rng.normal(size=len(x)), lambda x: 1e9 + x):
        at = every(values, 3.0)
        batch = Batch.from_programs([LINE, plain], 3)
        before = [worst(batch.take(np.array([k])), at) for k in (0, 1)]
        polish(batch, at)
        after = [worst(batch.take(np.array([k])), at) for k in (0, 1)]
        assert after[0] <= before[0] and after[1] == before[1]


def test_a_constant_may_change_its_sign():
    """x^2 + 1/16 from a line that falls: its slope and its height pass through zero."""
    at = every(lambda x: x * x)
    batch = Batch.from_programs([LINE.with_constants([(0.1, 0.0), (-0.2, 0.0)])], 3)
    polish(batch, at)
    assert worst(batch, at) == pytest.approx(0.125, rel=1e-4)


def test_no_argument_is_lost_sight_of():
    """Of 8,000 arguments the one that ends the valley is among those looked at."""
    points = np.linspace(-1, 1, 8000, dtype=np.float32)
    wide = Truth(points, np.exp(points.astype(np.float64)), np.full(8000, 1e2))
    cubic = Program(
        ("x",),
        (
            *(Instruction(OP["const"], (), (1.0, 0.0)) for _ in range(4)),
            Instruction(OP["fma"], (1, 0, 2)),
            Instruction(OP["fma"], (5, 0, 3)),
            Instruction(OP["fma"], (6, 0, 4)),
        ),
        (7,),
    )
    batch = Batch.from_programs([cubic.with_constants([(c, 0.0) for c in (0.2, 0.5, 1, 1)])], 7)
    polish(batch, wide)
    # The least largest error of a cubic for exp on [-1, 1].
    assert worst(batch, wide) == pytest.approx(0.5528, rel=1e-3)


def test_what_cannot_come_near_enough_is_left():
    at = every(lambda x: x * x)
    start = LINE.with_constants([(-0.12, 0.0), (1.01, 0.0)])
    batch = Batch.from_programs([start], 3)
    polish(batch, at, 0.12)
    assert batch.program(0) == start
    polish(batch, at, 0.13)
    assert worst(batch, at) == pytest.approx(0.125, rel=1e-4)


def test_of_each_kind_the_best_few_are_polished():
    measures = np.array([[1.0, 2.0, 0.0]] * 6 + [[1.0, 3.0, 0.0]])
    error = np.array([1.5, 1.1, 1.3, 1.2, 1.9, 1.05, 1.8])
    rows = np.array([0, 1, 2, 3, 4, 6])
    assert few_of_each(rows, error, measures).tolist() == [1, 2, 3, 6]
    assert few_of_each(rows[:0], error, measures).tolist() == []
    many = np.arange(100)
    assert few_of_each(many, many + 1.0, many[:, None] * 1.0).tolist() == many[:32].tolist()
    # A copy takes nobody's place, and comes to the same.
    copied = np.arange(12)
    kept = few_of_each(copied, np.tile(error[:6], 2), np.tile(measures[:6], (2, 1)))
    assert kept.tolist() == [1, 3, 5, 7, 9, 11]
