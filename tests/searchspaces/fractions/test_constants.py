import math

import pytest
from flint import ctx
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.fractions.constants import (
    constant,
    constants,
    minimal_polynomial,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pi", math.pi),
        ("e**2", math.e**2),
        ("log(2)", math.log(2)),
        ("catalan", 0.9159655941772190),
        ("zeta(3)", 1.2020569031595943),
        ("gamma", 0.5772156649015329),
        ("golden", (1 + math.sqrt(5)) / 2),
        ("gamma(1/4)", math.gamma(0.25)),
        ("tan(1)", math.tan(1)),
        ("besseli(0, 2)/besseli(1, 2)", 1.4331274267223117),
        ("sqrt(2) + 1/pi", math.sqrt(2) + 1 / math.pi),
    ],
)
def test_values(text: str, value: float) -> None:
    ball = constant(text).ball(200)
    assert float(ball.mid()) == pytest.approx(value, rel=1e-14)
    assert ball.rel_accuracy_bits() >= 200


@given(bits=st.integers(20, 3000))
def test_balls_are_as_accurate_as_asked(bits: int) -> None:
    ball = constant("zeta(3) - 1.2020569031595942").ball(bits)
    assert ball.rel_accuracy_bits() >= bits


def test_lists() -> None:
    found = constants("pi, besseli(0, 2)/besseli(1, 2) ,zeta(3)")
    assert [one.text for one in found] == ["pi", "besseli(0, 2)/besseli(1, 2)", "zeta(3)"]


@pytest.mark.parametrize(
    "text", ["", "pi,", "foo", "pi, pi", "pi,(pi)", "x", "1/0", "log(-1)", "pi)", "import os"]
)
def test_what_is_no_constant(text: str) -> None:
    with pytest.raises(UsageError) as error:
        constants(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "coefficients"),
    [
        ("sqrt(2)", [-2, 0, 1]),
        ("sqrt(2)**2", [-2, 1]),
        ("2**0.5 - 1/3", [-17, 6, 9]),
        ("golden", [-1, -1, 1]),
        ("-5/7", [5, 7]),
        ("0", [0, 1]),
        ("1e30", [-(10**30), 1]),
        ("cos(pi/7)", [1, -4, -4, 8]),
        ("cbrt(2) + sqrt(3)", [-23, -36, 27, -4, -9, 0, 1]),
    ],
)
def test_algebraic_numbers(text: str, coefficients: list[int]) -> None:
    found = minimal_polynomial(constant(text))
    assert found is not None and [int(c) for c in found.coeffs()] == coefficients


@pytest.mark.parametrize(
    "text", ["pi", "e**2", "zeta(3)", "catalan", "gamma", "pi**6", "sqrt(2) + 1/pi", "2**(1/7)"]
)
def test_other_numbers(text: str) -> None:
    before = ctx.prec
    assert minimal_polynomial(constant(text)) is None
    assert ctx.prec == before


@pytest.mark.parametrize("digits", [2, 15, 30, 50])
def test_decimal_fractions_are_known_to_their_digits(digits: int) -> None:
    text = "0.91596559417721901505460351493238411077414937428167"[: digits + 2]
    found = constant(text)
    assert (found.text, found.places, found.digits) == (text, digits, digits)
    exact = constant("catalan").ball(300)
    assert found.ball(300).contains(exact) and not found.ball(64).contains(exact + 2 / 10**digits)
    assert constant("-0.0012").digits == 2 and constant("12.50").digits == 4
    assert constant("1/2").places is None and constant("2**0.5").places is None
