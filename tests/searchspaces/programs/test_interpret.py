import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate, evaluate_pairs, gradient

OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives

TABLE = [p for p in OWN.primitives if p.literal is None]
each_primitive = pytest.mark.parametrize("primitive", TABLE, ids=lambda p: p.name)

TINY, HUGE = 5e-324, 1.7976931348623157e308
SPECIAL = [0.0, 1.0, 3.0, 1 / 3, TINY, 2.0**-1022, 1.5e-162, 1e154, HUGE, 2.0**53 + 2, math.inf]
SPECIAL = [*SPECIAL, *(-s for s in SPECIAL), math.nan]


def assert_same_bits(got, expected):
    nan = np.isnan(expected)
    np.testing.assert_array_equal(np.isnan(got), nan)
    np.testing.assert_array_equal(got[~nan].view(np.uint64), expected[~nan].view(np.uint64))


@each_primitive
def test_special_values_bit_for_bit(primitive, applied):
    operands = np.array(list(itertools.product(SPECIAL, repeat=primitive.arity)))
    got = evaluate(applied(primitive, operands), np.ones(1))[:, 0]
    with np.errstate(all="ignore"):
        expected = np.asarray(primitive.run(*operands.T), np.float64)
    assert_same_bits(got, expected)


@each_primitive
@pytest.mark.parametrize("points", [1, 7, 64, 65])
def test_points_bit_for_bit(primitive, points):
    """The input as every operand, in the code for one block and in that for any number."""
    rng = np.random.default_rng(points)
    x = rng.normal(size=points) * 2.0 ** rng.integers(-40, 40, points)
    batch = Batch(1, 1, dialect=OWN)
    batch.size[:] = batch.output[:] = 1
    batch.opcode[:] = OPCODES[primitive.name]
    with np.errstate(all="ignore"):
        assert_same_bits(
            evaluate(batch, x)[0], np.asarray(primitive.run(*[x] * primitive.arity), np.float64)
        )


@settings(max_examples=60)
@given(data=st.data())
def test_programs_bit_for_bit(programs, reference, data):
    given_ones = data.draw(st.lists(programs(), min_size=1, max_size=3))
    points = np.array(data.draw(st.lists(st.floats(), min_size=1, max_size=5)))
    got = evaluate(Batch.from_programs(given_ones, 14), points)
    for row, program in zip(got, given_ones, strict=True):
        assert_same_bits(row, np.asarray(reference(program, points), np.float64))


def test_rows_do_not_depend_on_each_other(build, packed):
    one, other = build(("sqrt", 0), ("add", 1, 0)), build(2.0, ("div", 1, 0))
    points = np.linspace(0.5, 2, 9)
    alone = [evaluate(packed(p), points)[0] for p in (one, other, one)]
    np.testing.assert_array_equal(evaluate(packed(one, other, one), points), alone)


def test_points_of_other_types_are_converted(build, packed):
    batch = packed(build(("square", 0)))
    for points in (np.arange(4), np.arange(4, dtype=np.float32), np.arange(8.0)[::2] / 2):
        np.testing.assert_array_equal(evaluate(batch, points), [[0.0, 1.0, 4.0, 9.0]])
        np.testing.assert_array_equal(evaluate_pairs(batch, points)[0], [[0.0, 1.0, 4.0, 9.0]])
        np.testing.assert_array_equal(gradient(batch, points)[0, 0], [0.0, 2.0, 4.0, 6.0])


def test_nothing_to_evaluate(build, packed):
    assert evaluate(Batch(0, 4), np.ones(3)).shape == (0, 3)
    assert evaluate(packed(build(("sqrt", 0))), np.ones(0)).shape == (1, 0)
    np.testing.assert_array_equal(evaluate(Batch(1, 0), np.ones(2)), [[1.0, 1.0]])


def precise_square_root(a):
    return Fraction(math.isqrt(int(a * 2**400)), 2**200)


class Exact:
    min, max, abs = staticmethod(min), staticmethod(max), staticmethod(abs)
    select = staticmethod(lambda c, a, b: a if c >= 0 else b)
    sqrt = staticmethod(precise_square_root)


def well_conditioned(primitive, operands, value):
    """Whether nothing cancels."""
    if primitive.name == "fma":
        operands = [operands[0] * operands[1], operands[2]]
    elif primitive.name not in ("add", "sub"):
        return True
    return abs(value) > max(map(abs, operands)) / 64


@each_primitive
def test_pairs_against_exact_values(primitive, applied, real_everywhere):
    rng = np.random.default_rng(3)
    high = rng.uniform(0.1, 10, (400, primitive.arity)) * rng.choice(
        [-1, 1], (400, primitive.arity)
    )
    if not real_everywhere(primitive):
        high = np.abs(high)
    low = rng.uniform(-0.49, 0.49, high.shape) * np.spacing(np.abs(high))
    got, got_low = (
        part[:, 0] for part in evaluate_pairs(applied(primitive, high, low), np.ones(1))
    )
    checked = 0
    for r in range(len(high)):
        exact = [Fraction(a) + Fraction(b) for a, b in zip(high[r], low[r], strict=True)]
        value = primitive.exactly(Exact(), *exact)
        if well_conditioned(primitive, exact, value):
            error = abs(Fraction(got[r]) + Fraction(got_low[r]) - value)
            assert error < abs(value) / 2**95
            checked += 1
        assert got[r] + got_low[r] == got[r]
    assert checked > 200


@given(data=st.data())
def test_pairs_lead_with_about_the_float64_value(programs, tame_numbers, reference, data):
    names = ("const", "add", "mul", "min", "max", "abs", "square")
    program = data.draw(programs(names=names, most=5, numbers=tame_numbers.map(abs)))
    points = np.array([0.3, 1.7])
    high, low = evaluate_pairs(Batch.from_programs([program], 6), points)
    np.testing.assert_allclose(high[0], reference(program, points), rtol=1e-14)
    assert np.all(np.abs(low) <= np.spacing(np.abs(high)))
