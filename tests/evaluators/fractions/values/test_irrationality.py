"""Growth of convergents against measured irrationality exponents of classical fractions."""

import math

import pytest

from elitemap.evaluators.fractions.values.irrationality import measure
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.signed import SignedFraction


@pytest.mark.parametrize(
    "a, b, delta, factorial",
    [
        ([34, 51, 27, 5], [-1, 0, 0, 0, 0, 0, 0], 0.0866, True),  # 6/zeta(3)
        ([6, 3], [-1, 0, 0], 0.2810, True),  # 2/log(2)
        ([11, 11, 3], [1, 0, 0, 0, 0], 0.0968, True),  # 5/zeta(2)
        ([7, 7, 2], [8, 0, 0, 0, 0], -0.4872, True),  # 24/pi^2
        ([6, 9, 5, 1], [-1, 0, 0, 0, 0, 0, 0], -0.4236, True),  # 8/(7 zeta(3))
        ([3, 7, 3], [-2, -4, 0, 0, 0], -0.8275, True),  # 2/(2 G - 1)
        ([4, 2], [1], 1.0006, False),  # (e + 1)/(e - 1)
    ],
)
def test_classical_fractions(a, b, delta, factorial):
    found = measure(ContinuedFraction.of(a, b))
    assert found.delta == pytest.approx(delta, abs=6e-5)
    assert found.factorial == factorial and found.n == 2000
    assert (found.order == 0) == factorial


def test_growth_of_apery_numbers():
    found = measure(ContinuedFraction.of([34, 51, 27, 5], [-1, 0, 0, 0, 0, 0, 0]))
    # q_n/g grows like (1 + sqrt 2)^(4 n) lcm(1..n)^3, the digits like (1 + sqrt 2)^(8 n).
    assert found.q_rate == pytest.approx(4 * math.log(1 + math.sqrt(2)) + 3, abs=0.05)
    assert found.rate == pytest.approx(8 * math.log10(1 + math.sqrt(2)), abs=1e-4)


def test_no_reduction_without_structure():
    found = measure(ContinuedFraction.of([34, 51, 27, 6], [-1, 0, 0, 0, 0, 0, 0]), 400)
    assert not found.factorial and found.order > 1 and found.delta < 0


def test_rates_of_known_fractions(known_fractions):
    for f, row in known_fractions:
        if row["convergence_class"] == "exponential" and row["theory_digits_per_term"]:
            expected = float(row["theory_digits_per_term"])
            assert measure(f, 400).rate == pytest.approx(expected, rel=0.1), row


def test_what_ends_has_nothing_to_measure():
    assert measure(ContinuedFraction.of([1, 1], [1, -5]), 100) is None
    assert measure(ContinuedFraction.of([1], [1, 0]), 100) is not None


def test_simple_fractions_have_exponent_one():
    golden = measure(SignedFraction((1,), (1,), (1,)), 200)
    assert golden.delta == pytest.approx(1, abs=0.01) and golden.gcd_rate == 0
