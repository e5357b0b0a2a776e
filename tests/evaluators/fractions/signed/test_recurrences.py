import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.fractions.signed.recurrences import admissible, canonical
from elitemap.searchspaces.fractions.signed import SignedFraction

#: Canonical fractions: of e, of coth(1/2), with signs, with two interlaced progressions.
TAILS = (
    SignedFraction((1,), (1, 1, 2, 1, 1, 4), (0, 0, 2, 0, 0, -1)),
    SignedFraction((1,), (2, 6), (2, -1)),
    SignedFraction((-1, 1), (2, 1, 2, 3), (0, 2, 0, -1)),
    SignedFraction((1, -1, 1), (1, 2, 4, 1, 6, 8), (0, 0, 2, 0, 0, -1)),
    SignedFraction((1,), (1, 12, 5, 28), (0, 2, 0, -1)),
)


def value(f: SignedFraction, terms: int) -> Fraction:
    """The fraction cut off after so many quotients."""
    a = list(itertools.islice(f.quotients(), terms))
    x = Fraction(a[-1])
    for k in range(terms - 2, -1, -1):
        x = a[k] + f.sign(k + 1) / x
    return x


def shifted(f: SignedFraction, steps: int) -> SignedFraction:
    """The same fraction from a later quotient on."""
    terms = tuple(itertools.islice(f.quotients(), steps, steps + len(f.taps)))
    signs = tuple(f.sign(steps + 1 + k) for k in range(len(f.signs)))
    return SignedFraction(signs, terms, f.taps)


def preceded(f: SignedFraction, first: list[int]) -> SignedFraction:
    """A fraction with other first quotients and the given one as its tail."""
    n = len(f.signs)
    signs = tuple(f.signs[(k - len(first)) % n] for k in range(n))
    return SignedFraction(signs, (*first, *f.start), f.taps)


@pytest.mark.parametrize("tail", TAILS)
def test_a_canonical_fraction_stays(tail):
    found = canonical(tail)
    assert found is not None and found[0] == tail
    (a, b), (c, d) = found[1]
    assert (b, c, a) == (0, 0, d)


@given(
    st.sampled_from(TAILS),
    st.integers(0, 40),
    st.lists(st.integers(-3, 60), max_size=6),
)
def test_one_fraction_for_all_that_share_a_tail(tail, steps, first):
    disguise = preceded(shifted(tail, steps), first)
    found = canonical(disguise)
    assert found is not None and found[0] == tail
    (a, b), (c, d) = found[1]
    # Both cut off behind the same quotient, the map is exact.
    x = value(disguise, len(first) + 60)
    assert (a * x + b) / (c * x + d) == value(tail, steps + 60)


def test_the_first_quotient_may_be_any_number():
    """1/tan(1) = 0 + 1/(1 + 1/(2 - 1/(4 + ...)))."""
    found = canonical(SignedFraction((1, 1, -1), (0, 1, 2, 4, 1, 6), (0, 0, 2, 0, 0, -1)))
    assert found is not None
    assert found[0] == SignedFraction((1, -1, 1), (1, 2, 4, 1, 6, 8), (0, 0, 2, 0, 0, -1))


@pytest.mark.parametrize(
    "periodic",
    [
        SignedFraction((1,), (3, 1), (1,)),
        SignedFraction((-1,), (4, 7, 2), (1,)),
        SignedFraction((1, -1), (2, 2, 3), (0, 0, 1)),
    ],
)
def test_periodic_quotients_are_no_find(periodic):
    assert canonical(periodic) is None


def test_an_endless_tail_has_one_representative_too():
    """Quotients n**2 + 1 are positive for all whole n."""
    taps = (3, -3, 1)
    for first in (-7, 0, 5, 30):
        start = tuple(n * n + 1 for n in range(first, first + 3))
        found = canonical(SignedFraction((1,), start, taps))
        assert found is not None and found[0] == SignedFraction((1,), (2, 1, 2), taps)


def test_what_a_sign_asks_of_the_quotient_before_it():
    assert admissible(1, 1) and admissible(2, -1)
    assert not admissible(0, 1) and not admissible(1, -1)
