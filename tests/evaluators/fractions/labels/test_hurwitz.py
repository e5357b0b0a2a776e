import itertools

import pytest

from elitemap.evaluators.fractions.labels.hurwitz import hurwitzian, interlaced
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.signed import SignedFraction

#: e = [2; 1, 2, 1, 1, 4, 1, 1, 6, ...].
E = SignedFraction((1,), (2, 1, 2, 1, 1, 4, 1), (0, 0, 2, 0, 0, -1))


def test_quotients_of_e() -> None:
    found = interlaced(E)
    assert found is not None and (found.start, found.degree) == (1, 1)
    assert found.fraction == ContinuedFraction(((1,), (2, 2), (1,)), ((1,),) * 3)


def test_the_interlaced_fraction_has_the_quotients_and_signs(
    known_signed: list[tuple[SignedFraction, dict[str, str]]],
) -> None:
    for fraction, _ in known_signed:
        found = interlaced(fraction)
        assert found is not None and found.degree == 1
        quotients = list(itertools.islice(fraction.quotients(), found.start + 60))
        for n in range(60):
            assert found.fraction.a_at(n) == quotients[found.start + n]
            if n:
                assert found.fraction.b_at(n) == fraction.sign(found.start + n)


@pytest.mark.parametrize(
    "fraction",
    [
        SignedFraction((1,), (1, 1), (1, 1)),
        SignedFraction((1,), (2, 3), (2, 0)),
        # Period 5 * 7 is beyond interlaced fractions.
        SignedFraction((1, 1, 1, 1, -1), (1, 2, 3, 4, 5, 6, 7), (0, 0, 0, 0, 0, 0, 1)),
        # Binomial coefficients: whole values, but no whole coefficients.
        SignedFraction((1,), (1, 3, 6), (3, -3, 1)),
    ],
)
def test_other_quotients_are_not_taken(fraction: SignedFraction) -> None:
    assert interlaced(fraction) is None


def test_trailing_zero_taps_delay_the_start() -> None:
    found = interlaced(SignedFraction((1,), (9, 7, 1, 3), (2, -1, 0)))
    assert found is not None and found.start == 2
    assert found.fraction == ContinuedFraction.of((2, 1), (1,))


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("e", True),
        ("e**2", True),
        ("exp(2/3)", True),
        ("exp(3)", False),
        ("sqrt(e)", True),
        ("tan(1/4)", True),
        ("tan(2)", False),
        ("tanh(1)", True),
        ("besseli(0, 2)/besseli(1, 2)", True),
        ("besselj(3/2, 1)/besselj(1/2, 1)", True),
        ("besseli(0, 3)/besseli(1, 3)", False),
        ("besseli(0, 2)/besseli(2, 2)", False),
        ("pi", False),
        ("pi/e", False),
    ],
)
def test_constants_of_the_theorem(text: str, known: bool) -> None:
    assert (hurwitzian(constant(text).expression) is not None) == known
