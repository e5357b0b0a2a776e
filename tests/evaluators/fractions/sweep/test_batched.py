"""Compiled values of many fractions against exact convergents and limits."""

import numpy as np
import pytest
from flint import arb

from elitemap.evaluators.fractions.sweep.batched import (
    ALTERNATING,
    DOUBLED,
    HALF_ALTERNATING,
    HALF_DOUBLED,
    SIMPLE,
    crossed,
    expanded,
    first_zeros,
    paired,
    tabulated,
)
from elitemap.evaluators.fractions.values import deep
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.box import Box, Side
from elitemap.searchspaces.fractions.continued import ContinuedFraction


def truncated(fraction: ContinuedFraction, depth: int) -> float:
    """The fraction cut after b_depth/a_depth, from exact whole numbers."""
    p, q = deep.convergent(fraction, depth)
    return float(p / q) if q else float("nan")


def test_terms_of_interlaced_polynomials():
    side = Side.parse("1..2;[0..1]*n+[3..4]")
    found = tabulated(side.coefficients(np.array([6])), 5)
    assert found.tolist() == [[2, 3, 2, 4, 2, 5]]


def test_zeros_are_found_exactly():
    side = Side.parse("1..1,-60..60")
    assert first_zeros(side.coefficients(np.arange(121)), 50)[[0, 10, 59, 60, 90]].tolist() == [
        0,
        50,
        1,
        0,
        0,
    ]
    large = np.array([[[2**40, -(2**40) * 7]], [[2**40, -(2**40) * 7 + 1]]])
    assert first_zeros(large, 50).tolist() == [7, 0]


def test_crossed_values_are_convergents_within_their_bounds():
    box = Box.parse("1..3,-2..2", "-2..2,1..3,-2..2")
    a, b = (side.coefficients(np.arange(side.size)) for side in (box.a, box.b))
    kinds = np.zeros(len(a), np.int32), np.zeros(len(b), np.int32)
    found, errors = crossed(a, b, kinds, np.full((1, 1), 24, np.int32), np.zeros((1, 1)))
    compared = 0
    for i in range(0, len(a), 4):
        for j in range(0, len(b), 7):
            exact = truncated(box.fraction(i, j), 23)
            if np.isfinite(errors[i, j]) and np.isfinite(exact):
                # The tail that is cut off counts as an error: both are within it.
                assert abs(found[i, j] - exact) <= errors[i, j]
                compared += 1
    assert compared > 40


def test_depth_zero_leaves_pairs_out():
    box = Box.parse("1..1,1..3", "1..40")
    a, b = (side.coefficients(np.arange(side.size)) for side in (box.a, box.b))
    kinds = np.arange(3, dtype=np.int32) % 2, (np.arange(40, dtype=np.int32) // 20)
    depths = np.array([[30, 0], [0, 30]], dtype=np.int32)
    found, errors = crossed(a, b, kinds, depths, np.zeros((2, 2)))
    out = kinds[0][:, None] != kinds[1][None, :]
    assert np.isnan(found[out]).all() and np.isinf(errors[out]).all()
    assert np.isfinite(found[~out]).all()
    with pytest.raises(ValueError, match="depths"):
        crossed(a, b, kinds, depths * 100, np.zeros((2, 2)))


def test_pairs_of_interlaced_fractions():
    box = Box.parse("1;1;2*n+2", "1")
    a, b = (side.coefficients(np.arange(1)) for side in (box.a, box.b))
    found, errors = paired(a, b, 60)
    assert found[0] == pytest.approx(np.e - 1, rel=1e-15)
    assert errors[0] < 1e-14


KINDS = [
    (SIMPLE, (3, 1), (-2, 1, 0)),
    (SIMPLE, (1, 1), (11, 5, 3)),
    (SIMPLE, (4, 2), (1,)),
    (SIMPLE, (-1, 13), (-11, -11)),
    (ALTERNATING, (6,), (4, -4, 1)),
    (ALTERNATING, (-13,), (1, 4, 3)),
    (ALTERNATING, (48, 168), (16, 192, 664, 528, 121)),
    (DOUBLED, (2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0)),
    (DOUBLED, (8, 24, 19), (-16, -64, -92, -56, -12)),
    (HALF_ALTERNATING, (1,), (1, 0)),
    (HALF_ALTERNATING, (-2,), (3, 5)),
    (HALF_DOUBLED, (2, 0), (-1, 5, 3)),
    (HALF_DOUBLED, (-2, 3), (-1, 7, 1)),
]


@pytest.mark.parametrize(("kind", "a", "b"), KINDS)
def test_expanded_tails_give_the_digits_that_they_claim(kind, a, b):
    limit = deep.limit(ContinuedFraction.of(a, b), 40)
    assert limit is not None and limit.digits > 35
    found = expanded(kind, np.array([a] * 11), np.array([b] * 11), 256)
    assert len(set(found.high)) == len(set(found.low)) == 1
    with precision(200):
        difference = float(abs(arb(found.high[0]) + arb(found.low[0]) - limit.value).mid())
    assert difference <= found.error[0]
    assert found.error[0] < 1e-26 * abs(found.high[0])


def test_a_short_expansion_says_so():
    """Far roots: the expansion at n = 16 is poor, the bound must show it."""
    a, b = (1,), (1, 40, 3)
    limit = deep.limit(ContinuedFraction.of((3, 1), (-2, 1, 0)), 40)
    assert limit is not None
    near = expanded(ALTERNATING, np.array([a]), np.array([b]), 16)
    far = expanded(ALTERNATING, np.array([a]), np.array([b]), 1024)
    assert near.error[0] > 1e-12
    assert abs(near.high[0] - far.high[0]) <= near.error[0] + far.error[0]
    assert far.error[0] < 1e-25
