from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.fractions.labels.surds import Surd, polynomial_text, polynomial_value, root

_RATIONALS = st.fractions(-9, 9, max_denominator=9)


def surds() -> st.SearchStrategy[Surd]:
    parts = st.tuples(_RATIONALS, _RATIONALS, st.sampled_from([-7, -1, 2, 3, 6, 12]))
    return parts.map(lambda t: Surd.of(t[0]) + root(Fraction(t[2])).times(t[1]))


def _complex(number: Surd) -> complex:
    ball = number.ball()
    return complex(float(ball.real.mid()), float(ball.imag.mid()))


@given(surds(), surds())
def test_arithmetic_agrees_with_complex_numbers(x: Surd, y: Surd) -> None:
    assert _complex(x + y) == pytest.approx(_complex(x) + _complex(y), abs=1e-9)
    assert _complex(x - y) == pytest.approx(_complex(x) - _complex(y), abs=1e-9)
    assert _complex(x * y) == pytest.approx(_complex(x) * _complex(y), abs=1e-9)


@given(surds())
def test_equal_numbers_are_equal_objects(x: Surd) -> None:
    assert (x + x - x) == x
    assert (x - x) == Surd()


def test_roots_lose_their_square_factors() -> None:
    assert root(Fraction(12)) == Surd(((3, Fraction(2)),))
    assert root(Fraction(4, 9)) == Surd.of(Fraction(2, 3))
    assert root(Fraction(-8, 9)) == Surd(((-2, Fraction(2, 3)),))
    assert root(Fraction(10**60)) == Surd.of(10**30)


def test_text_reads_as_python() -> None:
    number = Surd.of(Fraction(1, 2)) - root(Fraction(5)).times(Fraction(3, 4))
    assert str(number) == "1/2 - 3*sqrt(5)/4"
    assert str(Surd()) == "0"
    assert polynomial_text([Surd.of(-1), number, Surd.of(0)]) == "-n**2 + (1/2 - 3*sqrt(5)/4)*n"
    assert polynomial_value([Surd.of(2), Surd.of(1)], 5) == Surd.of(11)
