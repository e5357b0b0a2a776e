from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.fractions.labels.known import load
from elitemap.evaluators.fractions.labels.parametric import Family
from elitemap.evaluators.fractions.values import deep
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction

FAMILIES = load().families


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.source)
@pytest.mark.parametrize("x", [fmpq(2), fmpq(7, 3), fmpq(9, 2)])
def test_members_have_the_values(family: Family, x: fmpq) -> None:
    fraction, value = family.at(x)
    limit = deep.limit(fraction, 30)
    assert limit is not None and limit.digits >= 30
    with precision(200):
        assert (constant(value).ball(180) - limit.value).contains(0)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.source)
@given(x=st.fractions(Fraction(1, 4), 40, max_denominator=6))
def test_the_parameter_is_read_off_any_disguise(family: Family, x: Fraction) -> None:
    given = fmpq(x.numerator, x.denominator)
    fraction, _ = family.at(given)
    found = family.parameter(canonical(fraction))
    # x and -x, x and -1 - x may be one member.
    assert found is not None and canonical(family.at(found)[0]) == canonical(fraction)


@pytest.mark.parametrize(("x", "rest"), [(2, 7), (4, 19), (6, 39)])
def test_stieltjes_at_even_numbers(x: int, rest: int) -> None:
    found = load().find(ContinuedFraction.of((8, 8, rest), (-16, 0, 0, 0, 0)))
    assert found is not None and found.year == 1890
    assert found.source.endswith((f"at x = {x}", f"at x = -{x}"))


def test_others_are_no_members() -> None:
    for a, b in (((8, 8, 8), (-16, 0, 0, 0, 0)), ((8, 8, 7), (-16, 0, 0, 0, 1)), ((8, 7), (-16,))):
        home = canonical(ContinuedFraction.of(a, b))
        assert [family.parameter(home) for family in FAMILIES] == [None] * len(FAMILIES)


def test_the_users_families(tmp_path: object) -> None:
    path = tmp_path / "mine.csv"  # type: ignore[operator]
    path.write_text("a,b,value,source,year\n2 1,x**2 0 0,1/atan(x)*x,me,2024\n")
    found = load(path).find(ContinuedFraction.of((14, 7), (9, 0, 0)))
    assert found is not None and found.source.startswith("me, at x = ") and found.year == 2024
