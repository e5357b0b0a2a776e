import itertools
import math
from fractions import Fraction

import pytest
from flint import fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.fractions.continued import FractionError, value
from elitemap.searchspaces.fractions.ratio import as_coefficients, shifted
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.series.checking import agreement
from elitemap.searchspaces.fractions.series.closed import Closed, closed
from elitemap.searchspaces.fractions.series.series import Series
from elitemap.searchspaces.fractions.series.text import statement

PI = Relation.of(["pi"], [0, 1], [1, 0])
#: 2 k + odd, k + 1 to k + 5, 3 k + 1 more than a multiple of 3: no roots 0, 1, 2, ...
LINEAR = (
    st.integers(-4, 4).map(lambda j: fmpz_poly([2 * j + 1, 2]))
    | st.integers(1, 5).map(lambda j: fmpz_poly([j, 1]))
    | st.integers(-3, 3).map(lambda j: fmpz_poly([3 * j + 1, 3]))
)
NUMBERS = st.fractions(max_denominator=30).filter(bool)


@st.composite
def sides(draw: st.DrawFn, linear: list[fmpz_poly], quadratic: list[int]) -> tuple[int, ...]:
    product = fmpz_poly([draw(st.sampled_from([1, 2, -3]))])
    for factor in linear:
        product *= factor
    for shift in quadratic:
        product *= shifted(fmpz_poly([1, 1, 1]), shift)
    return as_coefficients(product)


@st.composite
def all_series(draw: st.DrawFn) -> Series:
    """Quadratic factors have partners some steps away in the other side."""
    count = draw(st.integers(0, 2))
    shifts = st.lists(st.integers(-2, 3), min_size=count, max_size=count)
    lists = st.lists(LINEAR, max_size=4)
    above, below = (draw(sides(draw(lists), draw(shifts))) for _ in range(2))
    return Series(PI, draw(NUMBERS), draw(NUMBERS), above, below)


def evaluated(form: Closed, k: int) -> Fraction:
    """The closed form at k, by what its symbols are defined as."""
    total = form.factor * form.base**k * Fraction(value(form.above, k), value(form.below, k))
    for name, exponent in form.powers:
        if isinstance(name, Fraction):
            symbol = math.prod((name + j for j in range(k)), start=Fraction(1))
        else:
            kinds = {"k!": math.factorial(k), "(2k)!": math.factorial(2 * k)}
            symbol = Fraction({**kinds, "C(2k,k)": math.comb(2 * k, k)}[name])
        total *= symbol**exponent
    return total


@given(all_series())
def test_the_closed_form_is_the_term(series: Series) -> None:
    form = closed(series)
    for k, term in enumerate(itertools.islice(series.terms(), 6)):
        assert evaluated(form, k) == term


@given(all_series())
def test_documents_come_back(series: Series) -> None:
    assert Series.from_json(series.to_json()) == series


@given(all_series(), st.integers(1, 3))
def test_a_constant_that_is_earlier_terms_joins_them(series: Series, count: int) -> None:
    first, *earlier = itertools.islice(series.terms(), count + 1)
    rest = [
        shifted(fmpz_poly(list(reversed(side))), count) for side in (series.above, series.below)
    ]
    later = Series(PI, first + sum(earlier[:-1]), earlier[-1], *map(as_coefficients, rest))
    gathered = later.gathered()
    assert gathered.constant == 0
    terms = list(itertools.islice(gathered.terms(), count + 1))
    assert any(
        sum(terms[:new]) == later.constant and terms[new] == later.first for new in range(count + 1)
    )


def test_factors_that_stay_quadratic_have_no_closed_form() -> None:
    with pytest.raises(FractionError, match="not linear"):
        closed(Series(PI, Fraction(0), Fraction(1), (1, 0, 1), (2, 0, 3, 1)))


LEIBNIZ = Series(PI, Fraction(0), Fraction(4), (-2, -1), (2, 3))
BINOMIAL = Series(PI, Fraction(0), Fraction(2), (1, 1), (2, 3))


def test_statements() -> None:
    assert statement(LEIBNIZ) == "pi = sum over k >= 0 of 4*(-1)**k/(2*k + 1)"
    assert statement(BINOMIAL) == "pi = sum over k >= 0 of 2*2**k/((2*k + 1)*C(2*k,k))"


def test_first_terms_agree_or_contradict() -> None:
    assert agreement(LEIBNIZ) == 2
    assert agreement(BINOMIAL, 200) == 60
    tau = Relation.of(["pi"], [0, 2], [1, 0])
    assert agreement(Series(tau, Fraction(0), Fraction(2), (1, 1), (2, 3))) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"first": "0"},
        {"first": "1/0"},
        {"first": "1e5"},
        {"first": 2},
        {"first": "٣"},
        {"constant": "1/2/3"},
        {"above": []},
        {"above": [0, 1]},
        {"above": [True, 1]},
        {"above": [1, -3]},
        {"below": [1] * 200},
        {"below": [10**100, 1]},
        {"first": "1" * 201},
        {"left": {"constants": ["pi"], "numerator": [0, 2], "denominator": [2, 0]}},
    ],
)
def test_hostile_documents_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(FractionError):
        Series.from_json({**BINOMIAL.to_json(), **changed})
