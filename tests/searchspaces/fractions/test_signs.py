import pytest
from flint import fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.signs import never_negative_from


@given(
    roots=st.lists(st.integers(-20, 20), max_size=5),
    others=st.lists(st.integers(-9, 9), min_size=1, max_size=4).filter(any),
)
def test_the_start_is_the_last_negative_value_and_one(roots: list[int], others: list[int]) -> None:
    polynomial = fmpz_poly(others)
    for root in roots:
        polynomial *= fmpz_poly([-root, 1])
    start = never_negative_from([polynomial])
    above = never_negative_from([polynomial], strict=True)
    if polynomial.leading_coefficient() < 0:
        assert start is None and above is None
    else:
        # Roots lie below 21: coefficients below 10 bound those of the other factor by 10.
        failures = [n for n in range(40) if polynomial(n) < 0]
        assert start == max(failures, default=-1) + 1
        zeros = [n for n in range(40) if polynomial(n) <= 0]
        assert above == max(zeros, default=-1) + 1
        factors = [fmpz_poly(others), *(fmpz_poly([-root, 1]) for root in roots)]
        assert never_negative_from(factors) == start


@pytest.mark.parametrize(
    ("coefficients", "start"),
    [([], 0), ([5], 0), ([-5], None), ([-1, 0, 1], 1), ([-(10**60) - 1, 1], 10**60 + 1)],
)
def test_examples(coefficients: list[int], start: int | None) -> None:
    assert never_negative_from([fmpz_poly(coefficients)]) == start


def test_roots_that_are_near_each_other_are_told_apart() -> None:
    # (n - 10^40)^2 - 2 is negative at three whole numbers.
    middle = 10**40
    polynomial = fmpz_poly([middle**2 - 2, -2 * middle, 1])
    assert never_negative_from([polynomial]) == middle + 2


def test_what_is_too_large_is_not_decided() -> None:
    assert never_negative_from([fmpz_poly([-(10**6000)] + [1] * 100)]) is None
