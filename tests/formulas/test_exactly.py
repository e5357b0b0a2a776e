"""Exact values lie in the balls of the same expression, and are found where they should be."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.formulas.exactly import exact_value
from elitemap.formulas.expression import ARITIES
from elitemap.formulas.parsing import parse
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, value_at


@pytest.mark.parametrize(
    ("text", "x", "value"),
    [
        ("exp2(x)", 3, 8),
        ("exp2(-x)", 3, Fraction(1, 8)),
        ("log2(x)", Fraction(1, 4), -2),
        ("log2(x)", 3, None),
        ("sqrt(x)", Fraction(9, 4), Fraction(3, 2)),
        ("sqrt(x)", 2, None),
        ("x**2/(1+x) - abs(x)", -3, Fraction(-15, 2)),
        ("1/x", 0, None),
        ("sqrt(x)", -1, None),
        ("log(x)", 1, 0),
        ("log(x)", 2, None),
        ("sin(x) + exp(x)", 0, 1),
        ("besselj(0, x)", 0, None),
        ("exp2(x)", 10**6, None),
        ("x**0", 0, None),
        ("pi*x", 1, None),
        ("max(x, 2)", 1, 2),
    ],
)
def test_values(text, x, value):
    assert exact_value(parse(text), Fraction(x)) == value


@pytest.mark.parametrize("name", [name for name, arity in ARITIES.items() if arity == 1])
@given(st.sampled_from([Fraction(n, d) for n in range(-4, 5) for d in (1, 2, 4)]))
def test_values_lie_in_balls(name, x):
    expression = parse(f"{name}(x)")
    found = exact_value(expression, x)
    if found is not None:
        enclosed = value_at(expression, ball(x), 100)
        with precision(100):
            assert not enclosed.is_finite() or enclosed.overlaps(ball(found))
