"""Sides and boxes: numbering, parts, interlacing."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.box import Box, Side, stretched
from elitemap.searchspaces.fractions.continued import trimmed, value


def test_numbers_are_mixed_radix_the_last_range_fastest():
    side = Side.parse("1..3,-2..2,5..6")
    expected = list(itertools.product(range(1, 4), range(-2, 3), range(5, 7)))
    found = side.coefficients(np.arange(side.size))
    assert side.size == len(expected)
    assert found[:, 0].tolist() == [list(row) for row in expected]
    assert side.polynomials([0, 7]) == [((1, -2, 5),), (trimmed(expected[7]),)]


def test_templates_have_the_coefficients_of_their_expansion():
    side = Side.parse("(2*n+1)*([-1..1]*n*(n+1)+[3..4])")
    rows = side.coefficients(np.arange(side.size))[:, 0]
    for (x, y), row in zip(itertools.product((-1, 0, 1), (3, 4)), rows.tolist(), strict=True):
        for n in range(5):
            assert value(tuple(row), n) == (2 * n + 1) * (x * n * (n + 1) + y)


def test_interlaced_families_share_the_numbering():
    side = Side.parse("1..2;[0..1]*n+[3..4]")
    assert (side.size, side.period, side.width) == (8, 2, 2)
    assert side.polynomials([5]) == [((2,), (4,))]
    assert side.polynomials([6]) == [((2,), (1, 3))]


def test_any_part_of_a_large_side_is_computed_alone():
    side = Side.parse("-1000..1000,-1000..1000,-1000..1000,-1000..1000,-1000..1000")
    last = side.coefficients(np.array([0, side.size // 2, side.size - 1]))
    assert last[:, 0].tolist() == [[-1000] * 5, [0] * 5, [1000] * 5]


@given(
    st.lists(st.lists(st.integers(-9, 9), max_size=4).map(trimmed), min_size=1, max_size=3),
    st.integers(1, 4),
)
def test_stretching_keeps_the_sequence(polynomials, times):
    p = len(polynomials)
    longer = stretched(tuple(polynomials), p * times)
    assert len(longer) == p * times
    for n in range(3 * p * times):
        before = value(polynomials[n % p], n // p)
        assert value(longer[n % (p * times)], n // (p * times)) == before


def test_sides_of_different_periods_meet_in_a_common_one():
    box = Box.parse("[1..2]*n+1", "n+1;3;n**2")
    fraction = box.fraction(1, 0)
    assert fraction.period == 3
    assert [fraction.a_at(n) for n in range(7)] == [2 * n + 1 for n in range(7)]
    assert [fraction.b_at(n) for n in range(1, 9)] == [3, 0, 2, 3, 1, 3, 3, 4]


@pytest.mark.parametrize(
    ("a", "b", "size"),
    [
        ("1..13,-13..13", "-11..11,-11..11,-11..11", 4_270_617),
        ("1..5,-5..5", "-5..5,-5..5", 6_655),
        ("(2*n+1)*([-50..50]*n*(n+1)+[-50..50])", "[-10..-1]*n**6", 102_010),
        ("[1..3]*(n**3+(n+1)**3)+[-20..20]*(2*n+1)", "-[1..2]**2*n**6", 246),
        ("1..14,-14..14,-14..14", "[-5..5]*(2*n-1)**4+[-5..5]*(2*n-1)**3", 1_424_654),
    ],
)
def test_sizes_of_published_boxes(a, b, size):
    assert Box.parse(a, b).size == size


@given(st.integers(1, 2**40), st.integers(0, 40), st.integers(0, 40))
def test_tiles_lie_within_the_box_and_near_the_work_asked_for(pairs, na, nb):
    box = Box.parse(f"0..{2**na - 1}", f"0..{2**nb - 1}")
    rows, columns = box.tile(pairs)
    assert 1 <= rows <= box.a.size
    assert 1 <= columns <= box.b.size
    assert rows * columns <= max(pairs, 1)


def test_sides_beyond_numbering_are_refused():
    with pytest.raises(UsageError, match="narrow the ranges"):
        Side.parse(",".join(["-99999..99999"] * 6))
    with pytest.raises(UsageError, match="period"):
        Side.parse(";".join("1" * 40))
