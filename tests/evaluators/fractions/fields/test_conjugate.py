import itertools

import pytest
from flint import fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.fractions.contiguous.matrices import det, times
from elitemap.evaluators.fractions.fields.conjugate import Conjugate
from elitemap.evaluators.fractions.fields.trajectories import (
    CUBICS,
    QUADRATICS,
    Trajectory,
    simplest,
    trajectory,
)
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction

PARAMETERS = st.lists(st.integers(-4, 4), min_size=2, max_size=2) | st.lists(
    st.integers(-4, 4), min_size=4, max_size=4
)
PLACES = st.integers(-5, 5)


def at(number: int) -> fmpq_poly:
    return fmpq_poly([number])


@given(PARAMETERS.map(tuple).map(Conjugate), PLACES, PLACES)
def test_both_ways_round_a_square_are_one(field: Conjugate, x: int, y: int) -> None:
    first = times(field.across(at(x), at(y)), field.up(at(x + 1), at(y)))
    second = times(field.up(at(x), at(y)), field.across(at(x), at(y + 1)))
    assert first == second


@given(PARAMETERS.map(tuple).map(Conjugate), st.tuples(PLACES, PLACES))
def test_a_step_and_its_way_back(field: Conjugate, start: tuple[int, int]) -> None:
    """There and back is a multiple of the identity."""
    x, y = map(fmpq, start)
    there = field.step((x, y), (1, 1))
    back = field.step((x + 1, y + 1), (-1, -1))
    # At n = 0 both are at the same places.
    (a, b), (c, d) = times(back, there)
    assert [int(entry(0)) for entry in (b, c)] == [0, 0]
    assert a(0) == d(0)
    assert (a(0) == 0) == (det(there)(0) == 0)


ONE = fmpq(1), fmpq(1)
APERY = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))
INVERSE_CUBES = ContinuedFraction.of((2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0))


def test_aperys_fraction_is_a_diagonal() -> None:
    field = Conjugate((0, 1))
    assert Trajectory(field, ONE, (-1, -1)).fraction() == APERY
    assert Trajectory(field, ONE, (1, 0)).fraction() == INVERSE_CUBES
    assert {APERY, INVERSE_CUBES} <= simplest().formulas.keys()


def test_catalans_constant_lies_half_a_step_beside() -> None:
    """Zudilin's fraction of 2003 for it is a diagonal from (1, 1/2)."""
    found = Trajectory(Conjugate((0, 0, 0, 1)), (fmpq(1), fmpq(1, 2)), (1, -1)).fraction()
    assert found is not None
    assert found.a[0] == (3520, 5632, 2064, -384, -156, 16, 7)


@pytest.mark.parametrize("parameters", [CUBICS[0], CUBICS[2], QUADRATICS[0]])
def test_trajectories_are_found_again(parameters: tuple[int, ...]) -> None:
    for direction in ((2, 3), (-1, 2)):
        fraction = Trajectory(Conjugate(parameters), ONE, direction).fraction()
        assert fraction is not None
        found = trajectory(canonical(fraction))
        assert found is not None and found.fraction() == fraction


def test_other_fractions_are_none() -> None:
    for a, b in itertools.product(((7, 7, 2), (6, 3)), ((8, 0, 0, 0, 0), (-1, 0, 0))):
        assert trajectory(canonical(ContinuedFraction.of(a, b))) is None
