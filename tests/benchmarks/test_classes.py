"""What the classes that evolution left unexplained are: checked with exact arithmetic."""

import json
from fractions import Fraction
from math import comb, factorial, prod
from pathlib import Path

import mpmath
import pytest

from benchmarks.fractions.classes import CLASSES
from elitemap.evaluators.fractions.contiguous.coboundary import equivalent
from elitemap.evaluators.fractions.labels.explanations import explain
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.contraction import contract

DATA = Path(__file__).resolve().parents[2] / "benchmarks" / "data"
TERMS = 40
FRANEL = ContinuedFraction.of((6, 9, 5, 1), (16, 0, -1, 0, 0, 0, 0))
LEVEL_7 = ContinuedFraction.of((26, 39, 21, 4), (27, 0, -3, 0, 0, 0, 0))
COSINES = ContinuedFraction.of((7, 21, 15), (8, 32, 38, 12, 0))
LOGARITHMS = [
    ContinuedFraction.of((10, 45, linear, constant), (-9, -54, -108, -72, 0, 0, 0))
    for linear, constant in ((59, 21), (71, 39))
]
ALL = (FRANEL, LEVEL_7, COSINES, *LOGARITHMS)


def numerators(f):
    """P(n - 1) at n = 0, 1, ..., the numerators of the convergents, 1 and a(0) first."""
    found = [1, f.a_at(0)]
    for n in range(1, TERMS):
        found.append(f.a_at(n) * found[-1] + f.b_at(n) * found[-2])
    return found


def order_four(n):
    return Fraction(sum(comb(n, k) ** 4 for k in range(n + 1)), 2**n)


def level_seven(n):
    return sum(comb(n, k) ** 2 * comb(n + k, k) * comb(2 * k, n) for k in range(n + 1))


@pytest.mark.parametrize("f, s", [(FRANEL, order_four), (LEVEL_7, level_seven)])
def test_numerators_are_known_binomial_sums(f, s):
    assert numerators(f) == [factorial(n) ** 3 * s(n) for n in range(TERMS + 1)]


def cosine_power(m):
    """The integral of cos^m from 0 to pi/2 as (r, s), r + s pi (Wallis)."""
    odd = m % 2
    value = prod((Fraction(k - 1, k) for k in range(m, 1, -2)), start=Fraction(1, 2 - odd))
    return (value, 0) if odd else (0, value)


def cosines(n):
    """The integral of cos(t)^(n+1) (1 - cos(t))^n from 0 to pi/2 as (r, s), r + s pi."""
    terms = [((-1) ** j * comb(n, j), cosine_power(n + 1 + j)) for j in range(n + 1)]
    return tuple(sum(c * part[i] for c, part in terms) for i in (0, 1))


def test_integrals_of_cosines_obey_the_recurrence():
    """I(n+1) = x(n) I(n) + y(n) I(n-1); y(n)/(x(n) x(n-1)) does not depend on a factor of I."""
    integrals = [cosines(n) for n in range(TERMS)]
    steps = {}
    for n in range(1, TERMS - 1):
        (r0, s0), (r1, s1), (r2, s2) = integrals[n - 1 : n + 2]
        across = r1 * s0 - r0 * s1
        steps[n] = (r2 * s0 - r0 * s2) / across, (r1 * s2 - r2 * s1) / across
    for n in range(2, TERMS - 1):
        m, (x, y), (before, _) = n - 1, steps[n], steps[n - 1]
        wanted = Fraction(COSINES.b_at(m), COSINES.a_at(m) * COSINES.a_at(m - 1))
        assert y / (x * before) == wanted


@pytest.mark.parametrize("n", [0, 1, 7])
def test_the_integrals_of_cosines_are_a_2f1(n):
    """Euler's integral, x = cos(t)."""
    rational, times_pi = (mpmath.mpf(part.numerator) / part.denominator for part in cosines(n))
    series = mpmath.hyp2f1(0.5, n + 2, 2 * n + 2.5, -1)
    wanted = mpmath.beta(n + 2, n + 0.5) * series
    assert mpmath.almosteq(rational + times_pi * mpmath.pi, wanted, 1e-9)


@pytest.mark.parametrize("f", LOGARITHMS, ids=str)
def test_the_logarithms_are_gauges_of_an_explained_fraction(f):
    gauss = ContinuedFraction.of((10, 5), (-9, 0, 0))
    explained = explain(gauss)
    assert explained is not None and explained.details["kind"] == "2F1"
    gauge = equivalent(canonical(f), canonical(gauss))
    assert gauge is not None and gauge.holds()


@pytest.mark.parametrize("x", [2, 4, 6])
def test_the_tutorials_example_is_a_part_of_stieltjess_fraction(x):
    """x^2 - 1 + 4/(1 + 4/(x^2 - 1 + 16/(1 + 16/...))) and its contraction."""
    stieltjes = ContinuedFraction(((x * x - 1,), (1,)), ((4, 0, 0), (4, 8, 4)))
    tutorials = ContinuedFraction.of((8, 8, x * x + 3), (-16, 0, 0, 0, 0))
    assert canonical(contract(stieltjes).fraction) == canonical(tutorials)


def test_every_class_that_was_recorded_is_named():
    rows = json.loads((DATA / "fractions_overnight.json").read_text())["rows"]
    assert {row["formula"] for row in rows} == set(CLASSES)
    assert all(row["what it is"] == CLASSES[row["formula"]] for row in rows)
    assert [key.split(": ")[1] for key in CLASSES] == [str(f) for f in ALL]
