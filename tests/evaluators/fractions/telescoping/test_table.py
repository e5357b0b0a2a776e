import math

import pytest

from elitemap.evaluators.fractions.telescoping.summands import parse
from elitemap.evaluators.fractions.telescoping.table import KnownSum, fraction_of, proved, sums
from elitemap.evaluators.fractions.telescoping.zeilberger import telescoped
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction

ROWS = list(sums().formulas.values())


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_row_is_proved_or_published(row: KnownSum) -> None:
    if not row.summand:
        assert "20" in row.name
        return
    found = proved(row.summand)
    assert found is not None and fraction_of(found.coefficients) == row.fraction


def test_the_sporadic_ones_that_converge_are_there() -> None:
    """Zagier's A, C, D, E, F; Almkvist's and Zudilin's alpha, gamma, epsilon, zeta; Cooper's."""
    for a, b in (
        ((7, 7, 2), (8, 0, 0, 0, 0)),
        ((10, 10, 3), (-9, 0, 0, 0, 0)),
        ((11, 11, 3), (1, 0, 0, 0, 0)),
        ((12, 12, 4), (-32, 0, 0, 0, 0)),
        ((17, 17, 6), (-72, 0, 0, 0, 0)),
        ((20, 30, 18, 4), (-64, 0, 0, 0, 0, 0, 0)),
        ((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0)),
        ((24, 36, 20, 4), (-16, 0, 0, 0, 0, 0, 0)),
        ((18, 27, 15, 3), (27, 0, 0, 0, 0, 0, 0)),
        ((26, 39, 21, 4), (27, 0, -3, 0, 0, 0, 0)),
        ((12, 18, 10, 2), (64, 0, -4, 0, 0, 0, 0)),
        ((28, 42, 26, 6), (-192, 0, 12, 0, 0, 0, 0)),
    ):
        assert canonical(ContinuedFraction.of(a, b)) in sums().formulas


def test_coopers_s18_is_three_times_its_row() -> None:
    def cooper(n: int) -> int:
        return sum(
            (-1) ** k
            * math.comb(n, k)
            * math.comb(2 * k, k)
            * math.comb(2 * n - 2 * k, n - k)
            * (math.comb(2 * n - 3 * k - 1, n) + math.comb(2 * n - 3 * k, n))
            for k in range(n // 3 + 1)
        )

    home = canonical(ContinuedFraction.of((28, 42, 26, 6), (-192, 0, 12, 0, 0, 0, 0)))
    summand = parse(sums().formulas[home].summand)
    assert [3 * summand.total(n) for n in range(1, 12)] == [cooper(n) for n in range(1, 12)]


def test_the_fraction_of_a_recurrence_has_the_sums_as_solutions() -> None:
    found = telescoped(parse("C(n,k)^3"), 2)
    assert found is not None
    fraction = fraction_of(found.coefficients)
    assert fraction == canonical(ContinuedFraction.of((7, 7, 2), (8, 0, 0, 0, 0)))
