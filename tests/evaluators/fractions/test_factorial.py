"""Factorial reduction modulo primes against exact convergents, and growth against theory."""

import math

import numpy as np
import pytest
from gmpy2 import gcd, mpz, remove

from elitemap.evaluators.fractions.factorial import FEW, MANY, growth, irrationality, reduction
from elitemap.evaluators.fractions.values.irrationality import measure
from elitemap.searchspaces.fractions import variation
from elitemap.searchspaces.fractions.batch import FractionBatch
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.formula import Formula

APERY = ContinuedFraction.of((34, 51, 27, 5), (-1, 0, 0, 0, 0, 0, 0))
CHANGED = ContinuedFraction.of((34, 51, 27, 6), (-1, 0, 0, 0, 0, 0, 0))
ZETA_2 = ContinuedFraction.of((11, 11, 3), (1, 0, 0, 0, 0))


def packed(*fractions):
    return FractionBatch.from_formulas([Formula(f) for f in fractions], (4, 8), [])


def shares(batch, primes=MANY):
    return reduction(batch, np.array(primes, np.int32), np.full(len(batch), -np.inf))


@pytest.fixture(scope="module")
def random_batch():
    batch = variation.random_fractions(900, (4, 8), 200, np.random.default_rng(3))
    return batch.take(variation.canonical(batch, 200))


def exact_share(f, prime):
    """By the gcd of two neighbouring convergents; None for primes that tell nothing."""
    if math.gcd(*f.a[0]) % prime == 0 or f.b[0][0] % prime == 0:
        return None
    rows = [(mpz(1), mpz(0)), (mpz(0), mpz(1))]
    for n in range(1, 3 * prime + 2):
        a, b = f.a_at(n), f.b_at(n)
        last, now = rows
        rows = [now, (a * now[0] + b * last[0], a * now[1] + b * last[1])]
    common = gcd(gcd(*rows[0]), gcd(*rows[1]))
    power = 0
    while prime ** (power + 1) < 2**31:
        power += 1
    full = min(f.degrees[1], power)
    return min(remove(common, prime)[1], full) / full


def test_shares_are_those_of_exact_convergents(random_batch):
    batch = random_batch.take(growth(random_batch).degree_b > 0)
    seen = set()
    for prime in (3, 5, 7, 13, 37):
        for row, share in enumerate(shares(batch, [prime])):
            expected = exact_share(batch.fraction(row), prime)
            assert share == pytest.approx(expected or 0.0)
            seen.add(expected)
    assert {None, 0.0, 1.0} < seen and len(seen) > 6


def test_primes_count_alike_and_mute_ones_like_the_least():
    batch = packed(CHANGED, ContinuedFraction.of((5, 5, 5), (7, 0, 0, 0, 0)))
    for f, share in zip((CHANGED, batch.fraction(1)), shares(batch, [5, 7, 11, 13]), strict=True):
        known = [s for p in (5, 7, 11, 13) if (s := exact_share(f, p)) is not None]
        assert share == pytest.approx((sum(known) + (4 - len(known)) * min(known)) / 4)


def test_rows_are_given_up_where_the_bar_is_out_of_reach(random_batch):
    whole = shares(random_batch, FEW)
    for bar in (0.3, 0.95):
        found = reduction(random_batch, FEW, np.full(len(random_batch), bar))
        assert np.array_equal(found >= bar - 1e-9, whole >= bar - 1e-9)
        assert np.array_equal(found[whole >= bar], whole[whole >= bar])
        assert np.all(found <= whole)


def test_any_reduction_at_all_depends_on_residues_only(random_batch):
    step = math.prod(FEW.tolist())
    moved = random_batch.take(np.arange(len(random_batch)))
    moved.a[:, 0] += step * (growth(moved).degree_a > 0)
    moved.b[:, 1] -= 2 * step * (growth(moved).degree_b > 1)
    some = [[shares(batch, [prime]) > 0 for prime in FEW] for batch in (random_batch, moved)]
    np.testing.assert_array_equal(*some)
    assert 100 < np.sum(some[0]) < 0.5 * np.size(some[0])
    assert shares(packed(APERY), FEW) == 1.0 and shares(packed(CHANGED), FEW) < 0.1


def test_known_exponential_fractions_have_full_reduction(known_fractions):
    fractions = [
        f
        for f, _ in known_fractions
        if f.degrees <= (4, 8) and all(abs(c) < 1 << 16 for side in (*f.a, *f.b) for c in side)
    ]
    batch = packed(*fractions)
    batch = batch.take(variation.canonical(batch, 1 << 16))
    grown = growth(batch)
    batch, grown = batch.take(~grown.factorial), grown.taken(~grown.factorial)
    assert len(batch) > 80
    assert np.all(shares(batch) > 0.95)
    # Those of sums have rational growth; Apéry's and the like do not.
    assert 20 < grown.irrational.sum() < 30


def test_random_fractions_have_none(random_batch):
    degree = growth(random_batch).degree_b
    assert np.mean(shares(random_batch)[degree > 2]) < 0.15


def test_growth_is_that_of_the_convergence_class(random_batch):
    grown = growth(random_batch)
    for row in range(len(random_batch)):
        f = random_batch.fraction(row)
        expected = classify(f)
        assert (expected.kind == "factorial") == grown.factorial[row]
        if expected.kind == "exponential":
            assert grown.rate[row] == pytest.approx(expected.rate, abs=1e-9)
        else:
            far = 10**8
            digits = math.log10(abs(f.a_at(far) * f.a_at(far - 1) / f.b_at(far)))
            assert grown.rate[row] == pytest.approx(digits - 6 * expected.exponent, abs=1e-4)


def test_the_irrationality_measure_of_full_reduction():
    batch = packed(APERY, ZETA_2, ContinuedFraction.of((6, 3), (-1, 0, 0)))
    found = irrationality(growth(batch), np.ones(3))
    expected = [measure(batch.fraction(row)).delta for row in range(3)]
    np.testing.assert_allclose(found, expected, atol=0.02)
    none = irrationality(growth(batch), np.zeros(3))
    assert np.all(none < -0.3)
