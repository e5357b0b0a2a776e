import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.baselines.numbers import arb, to_float
from benchmarks.baselines.rational import Core, evaluations
from elitemap.evaluators.elementary.baselines.adapted import adapt
from elitemap.evaluators.elementary.baselines.forms import (
    divided,
    fraction,
    fraction_cost,
    horner,
    quotient,
    scaled,
    shifted,
)
from elitemap.evaluators.elementary.baselines.tracing import trace

COEFFICIENTS = st.integers(1, 50).map(lambda k: arb(k) / 16)


def polynomials(lo: int, hi: int) -> st.SearchStrategy:
    return st.lists(COEFFICIENTS, min_size=lo + 1, max_size=hi + 1)


def generic(degree: int, seed: int) -> list:
    """Positive coefficients without special relations."""
    return [arb(((7 * k + seed) ** 3 % 101 + 11) / 64) for k in range(degree + 1)]


def same(a, b) -> bool:
    return abs(to_float(a / b - 1)) < 1e-40


@given(polynomials(1, 12))
@settings(deadline=None, max_examples=30)
def test_horner_takes_two_operations_a_degree(p):
    straight = trace(lambda x: horner(p, x))
    assert straight.ops == 2 * (len(p) - 1)
    assert same(straight.run(arb(0.375)), sum(c * arb(0.375) ** k for k, c in enumerate(p)))


@pytest.mark.parametrize("n", range(7))
@pytest.mark.parametrize("m", range(1, 7))
def test_quotients_cost_what_is_claimed_in_both_forms(n, m):
    p, q = generic(n, 3), generic(m, 5)
    x = arb(0.7)
    value = horner(p, x) / horner(q, x)
    plain = trace(lambda t: quotient(p, q, t))
    nested = trace(lambda t: fraction(p, q, t))
    assert plain.ops == 2 * n + 2 * m
    assert nested.ops == fraction_cost(n, m) == 3 * min(n, m) + 2 * abs(n - m)
    assert same(plain.run(x), value)
    assert same(nested.run(x), value)


def test_an_n_n_quotient_takes_4n_by_horner_and_3n_as_a_fraction():
    p, q = generic(4, 1), generic(4, 2)
    assert trace(lambda x: quotient(p, q, x)).ops == 16
    assert trace(lambda x: fraction(p, q, x)).ops == 12


def test_a_known_leading_coefficient_of_one_saves_an_operation():
    p, q = generic(4, 1), generic(3, 2)
    monic = scaled(p, q[-1] / p[-1])
    assert trace(lambda x: fraction(monic, q, x, monic=True)).ops == fraction_cost(4, 3) - 1


def test_degenerate_fractions_are_refused():
    q = generic(2, 1)
    with pytest.raises(ZeroDivisionError):
        fraction(scaled(q, arb(2)), q, arb(0.5))


@pytest.mark.parametrize("n", range(5, 12))
def test_adapted_polynomials_save_and_agree(n):
    p = [arb(1) / arb(k + 1) ** 2 for k in range(n + 1)]
    scheme = adapt(p)
    assert scheme is not None
    straight = trace(scheme)
    assert straight.ops == n + n // 2 + 2
    assert same(straight.run(arb(0.7)), horner(p, arb(0.7)))


@given(polynomials(3, 6), polynomials(1, 3))
@settings(deadline=None, max_examples=30)
def test_division_and_shift_are_exact(p, q):
    whole, rest = divided(p, q)
    x = arb(0.3)
    assert same(horner(whole, x) * horner(q, x) + horner(rest, x), horner(p, x))
    assert same(horner(shifted(p, arb(2)), x), horner(p, x + 2))


@pytest.mark.parametrize(
    "parity, n, m, cheapest",
    [
        ("even", 1, 1, 4),
        ("odd", 0, 1, 3),
        ("odd", 1, 1, 5),
        ("odd", 1, 2, 7),
        ("zero at 0", 0, 2, 4),
        ("zero at 0", 1, 1, 4),
        ("odd pole", 1, 0, 2),
        ("odd pole", 2, 1, 6),
    ],
)
def test_cores_respect_parity_at_their_cheapest_cost(parity, n, m, cheapest):
    core = Core(parity, generic(n, 4), generic(m, 9))
    scale_free = parity == "odd pole"
    x = arb(0.6)
    wanted = core(x) / core.lead if scale_free else core(x)
    programs = [trace(form) for _, form in evaluations(core, scale_free)]
    assert min(p.ops for p in programs) == cheapest
    assert all(same(p.run(x), wanted) for p in programs)


def test_shared_subexpressions_count_once_and_constants_nothing():
    straight = trace(lambda x: (x * x + 1) / (x * x + 2) + arb(3))
    assert straight.ops == 5
    assert trace(lambda x: 2.5).ops == 0
