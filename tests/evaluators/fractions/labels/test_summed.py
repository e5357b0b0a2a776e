import pytest

from elitemap.evaluators.fractions.labels.summed import summed
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.series.checking import agreement
from elitemap.searchspaces.fractions.series.text import statement


def formula(a, b, names, above, below):
    return Formula(ContinuedFraction.of(a, b), Relation.of(names, above, below))


SUMS = {
    "pi = sum over k >= 0 of 2*2**k/((2*k + 1)*C(2*k,k))": formula(
        (3, 1), (-2, 1, 0), ["pi"], (2, 0), (0, 1)
    ),
    "log(2) = sum over k >= 0 of (-1)**k/(k + 1)": formula(
        (1,), (1, 0, 0), ["log(2)"], (1, 0), (0, 1)
    ),
    "zeta(3) = sum over k >= 0 of 1/(k + 1)**3": formula(
        (2, 3, 3, 1), (-1, 0, 0, 0, 0, 0, 0), ["zeta(3)"], (1, 0), (0, 1)
    ),
    # Ramanujan's of 1914.
    "1/pi = sum over k >= 0 of "
    "4*(15*k + 2)*C(2*k,k)*rf(1/3, k)*rf(2/3, k)/(27*54**k*(k!)**2)": formula(
        (3915, 12132, 13047, 5354, 520),
        (-984150, -1738665, -137781, 1151091, 668979, 107406, 0, 0, 0),
        ["pi"],
        (918, 0),
        (27, -8),
    ),
}


@pytest.mark.parametrize("wanted", SUMS)
def test_series_of_known_fractions(wanted: str) -> None:
    found = summed(SUMS[wanted])
    assert found is not None
    assert statement(found) == wanted


@pytest.mark.parametrize("wanted", list(SUMS)[:2])
@pytest.mark.parametrize("factor", [-1, 2, 3])
def test_inflation_changes_no_series(wanted: str, factor: int) -> None:
    fraction, value = SUMS[wanted].fraction, SUMS[wanted].value
    a, b = ([c * factor**k for c in side[0]] for k, side in ((1, fraction.a), (2, fraction.b)))
    above = [c * factor for c in value.numerator]
    inflated = Relation.of(value.constants, above, value.denominator)
    found = summed(Formula(ContinuedFraction.of(a, b), inflated))
    assert found is not None and statement(found) == wanted


def test_a_shifted_fraction_has_a_series_of_the_same_constant() -> None:
    # 3 n + 4 and b of n + 1: 2/pi = 1 - 1/x.
    found = summed(formula((3, 4), (-2, -3, -1), ["pi"], (0, 1), (-2, 1)))
    assert found is not None and found.left == Relation.of(["pi"], (0, 1), (1, 0))
    assert agreement(found) is not None


def test_several_constants() -> None:
    # Of the sum of (-1)^k (1/(2k+1)^2 + 1/(2k+1)).
    both = formula(
        (4, 12, 7), (16, 64, 88, 56, 17, 2, 0), ["catalan", "pi"], (0, 8, 2), (8, -4, -1)
    )
    found = summed(both)
    assert found is not None
    assert len(found.left.constants) == 2 and agreement(found) is not None


@pytest.mark.parametrize(
    "given",
    [
        formula((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0), ["zeta(3)"], (6, 0), (0, 1)),
        formula((6, 3), (-1, 0, 0), ["log(2)"], (2, 0), (0, 1)),
        Formula(ContinuedFraction.of((3, 1), (-2, 1, 0))),
        Formula(ContinuedFraction.of((3, 1), (1, -2)), Relation.of(["pi"], (0, 1), (1, 0))),
    ],
    ids=["no hypergeometric solution", "square roots", "no value", "an end"],
)
def test_no_series(given: Formula) -> None:
    assert summed(given) is None


def test_known_rows_have_true_series(known_fractions) -> None:
    """With the whole value as the constant, which the series then is of; of every ninth row."""
    assert counted(known_fractions[::9])[1] > 10


@pytest.mark.slow
def test_all_known_rows_have_true_series(known_fractions) -> None:
    assert counted(known_fractions) == (189, 141)


def counted(rows) -> tuple[int, int]:
    """How many rows have values in words, and how many of them series, all of which agree."""
    given = [
        Formula(fraction, Relation.of([row["value"]], [0, 1], [1, 0]))
        for fraction, row in rows
        if row["value"]
    ]
    found = [series for one in given if (series := summed(one)) is not None]
    assert all(agreement(series) is not None for series in found)
    return len(given), len(found)
