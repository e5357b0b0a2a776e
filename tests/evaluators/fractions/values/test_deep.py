"""Limits: against closed forms, across methods, and where there is none."""

import pytest
from hypothesis import given, settings

from elitemap.evaluators.fractions.values import accelerated, deep
from elitemap.evaluators.fractions.values.enclosure import digits_of
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.signed import SignedFraction

APERY = ContinuedFraction.of([34, 51, 27, 5], [-1, 0, 0, 0, 0, 0, 0])
SLOW = ContinuedFraction.of([2, 3, 3, 1], [-1, 0, 0, 0, 0, 0, 0])
FALSE = ContinuedFraction.of([4, 6, 4, 1], [-4, 0, 0, 0, 0, 0, 0])
WITH_LOGARITHMS = ContinuedFraction.of([4, 6, 12, 5], [-4, 0, 0, 0, 0, 0, 0])


def away(limit, text):
    """The distance of a limit's middle from a constant, in radii."""
    with precision(int(4 * limit.digits) + 200):
        distance = abs(limit.value.mid() - constant(text).ball(int(4 * limit.digits) + 100))
        return float((distance / limit.value.rad()).mid())


def test_every_known_fraction_has_its_value(known_fractions):
    proved = 0
    readable = [(f, row) for f, row in known_fractions if row["value"]]
    for f, row in readable:
        limit = deep.limit(f, 50, prove=True)
        assert limit is not None and limit.digits >= 50, row
        assert away(limit, row["value"]) <= 1, row
        proved += limit.rigorous
    assert (len(readable), proved) == (189, 160)


def test_estimates_hold_where_nothing_is_proved(known_fractions):
    for f, row in known_fractions[:100]:
        limit = deep.limit(f, 30)
        exact = deep.limit(f, 70)
        with precision(400):
            assert abs(limit.value.mid() - exact.value.mid()) <= limit.value.rad(), row


@pytest.mark.parametrize(
    "f, text, kind",
    [
        (ContinuedFraction.of([4, 2], [1]), "(e + 1)/(e - 1)", "factorial"),
        (APERY, "6/zeta(3)", "exponential"),
        (ContinuedFraction.of([1], [1, 0]), "sqrt(2/(pi*e))/erfc(1/sqrt(2))", "alternating root"),
        (SLOW, "1/zeta(3)", "algebraic"),
        (WITH_LOGARITHMS, "2/(7*zeta(3) - 8)", "algebraic"),
        (ContinuedFraction.of([6], [4, -4, 1]), "3 + pi", "alternating algebraic"),
    ],
)
def test_each_class_reaches_many_digits(f, text, kind):
    digits = 250 if kind == "alternating root" else 1000
    limit = deep.limit(f, digits)
    assert classify(f).kind == kind
    assert limit.digits >= digits and away(limit, text) <= 1


@pytest.mark.parametrize(
    "a, b",
    [([3], [2, 0, 1]), ([1], [3, 1, 1]), ([2], [16, 0, 1]), ([7], [5, 0, 0]), ([2, 1], [-1, 0, 2])],
)
def test_exponents_that_are_not_whole_do_not_overstate_digits(a, b):
    f = ContinuedFraction.of(a, b)
    exponent = classify(f).exponent
    assert abs(exponent - round(exponent)) > 0.05
    exact = deep.limit(f, 200)
    assert exact.digits >= 200
    for found in (deep.limit(f, 40), accelerated.salzer_limit(f, exponent, 60, 26, 40)):
        with precision(800):
            assert abs(found.value.mid() - exact.value.mid()) <= found.value.rad()


def test_interlaced_fractions_converge_to_the_same_limit():
    # The inflation by c_n = 1 at even n and 2 at odd n makes a plain fraction an interlaced one.
    plain = ContinuedFraction.of([3, 1], [-2, 1, 0])
    doubled = ContinuedFraction(((6, 1), (12, 8)), ((-16, 4, 0), (-16, -12, -2)))
    assert deep.limit(doubled, 60).value.overlaps(deep.limit(plain, 60).value)
    slow = ContinuedFraction(((6,), (6,)), ((16, -8, 1), (16, 8, 1)))
    limit = deep.limit(slow, 60)
    assert limit.digits >= 60 and away(limit, "3 + pi") <= 1


@pytest.mark.parametrize(
    "a, b",
    [
        ([1], [-1]),  # periodic: 1, 0, infinite
        ([1], [-2]),  # oscillating without period
        ([1], [-1, 0]),  # no limit
        ([1], [1, 0, 0, 0]),  # two limits
        ([0], [1]),  # a_n = 0
        ([], [1]),
    ],
)
def test_what_does_not_converge_has_no_limit(a, b):
    assert deep.limit(ContinuedFraction.of(a, b), 30) is None


def test_the_published_false_formula_has_no_limit_within_reach():
    assert classify(FALSE).kind == "logarithmic"
    assert deep.limit(FALSE, 5) is None


def test_zeros_do_no_harm():
    # a_3 = 0, then a_0 = 0; then b_4 = 0 ends the fraction, at 1 - 3/(1 - 2/(1 - 1/1)) = 1.
    assert digits_of(deep.limit(ContinuedFraction.of([1, -3], [1]), 40, prove=True).value) >= 40
    assert away(deep.limit(ContinuedFraction.of([1, 0], [1, 0]), 40), "1/(e - 1)") <= 1
    ended = deep.limit(ContinuedFraction.of([1], [1, -4]), 40)
    assert ended.rigorous and ended.depth == 3 and ended.value == 1


def test_an_infinite_value_is_none():
    # 0 + 1/(0 + 0/...) ends at q = 0.
    assert deep.limit(ContinuedFraction.of([1, -1], [1, -2]), 40) is None


def test_random_fractions_never_crash_and_never_lie(some_fractions):
    @settings(max_examples=60)
    @given(some_fractions(periods=(1, 2)))
    def check(f):
        first, second = deep.limit(f, 20, 0.2), deep.limit(f, 45, 0.2)
        if first is not None and second is not None:
            with precision(400):
                size = first.value.rad() + second.value.rad()
                assert abs(first.value.mid() - second.value.mid()) <= size

    check()


def test_time_is_respected(clock):
    ticking = clock(0.02)
    limit = deep.limit(ContinuedFraction.of([1], [1, 0]), 2000, 0.1)
    assert ticking.spent < 0.2
    assert limit is None or limit.digits < 2000


def test_signed_fractions_are_proved(known_signed):
    for f, row in known_signed[::5]:
        limit = deep.limit(f, 200, prove=True)
        assert limit.rigorous and limit.digits >= 200, row


def test_signed_fractions_that_do_not_converge():
    assert deep.limit(SignedFraction((-1,), (1, 1), (1,)), 20) is None
    golden = deep.limit(SignedFraction((1,), (1,), (1,)), 50, prove=True)
    assert golden.rigorous and away(golden, "(1 + sqrt(5))/2") <= 1
