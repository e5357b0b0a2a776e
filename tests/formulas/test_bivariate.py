"""Jets in two variables against mpmath's numerical derivatives and values."""

from fractions import Fraction

import mpmath
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.formulas.bivariate import Bivariate, jet
from elitemap.formulas.expression import VARIABLES
from elitemap.formulas.parsing import parse
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import interval

FUNCTIONS = {
    "x*y + x/y": lambda x, y: x * y + x / y,
    "atan2(y, x)": lambda x, y: mpmath.atan2(y, x),
    "hypot(x, y)": mpmath.hypot,
    "pow(x, y)": lambda x, y: x**y,
    "exp(x*y)**2": lambda x, y: mpmath.exp(2 * x * y),
    "sin(x + 2*y) - cbrt(x)": lambda x, y: mpmath.sin(x + 2 * y) - mpmath.cbrt(x),
    "max(x, y) * min(x, y)": lambda x, y: x * y,
}
PLACES = [(0.75, 0.25), (0.5, 1.5)]
ORDERS = [(0, 0), (1, 0), (0, 1), (2, 1), (1, 2), (0, 3)]


def difference(found, truth):
    return abs(mpmath.mpf(found.mid().str(30, radius=False)) - truth)


@pytest.mark.parametrize("text", FUNCTIONS)
def test_coefficients_are_the_derivatives(text):
    tree = parse(text, VARIABLES)
    with mpmath.workdps(40):
        for place in PLACES:
            with precision(128, 4):
                found = jet(tree, *Bivariate.variables(*map(arb, place)))
                for i, j in ORDERS:
                    truth = mpmath.diff(FUNCTIONS[text], place, (i, j))
                    truth /= mpmath.factorial(i) * mpmath.factorial(j)
                    assert difference(found.rows[i][j], truth) < 1e-12 * (1 + abs(truth))


@pytest.mark.parametrize("quadrant", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_angles_of_all_quadrants(quadrant):
    x, y = 0.75 * quadrant[0], 0.5 * quadrant[1]
    with precision(128, 3):
        found = jet(parse("atan2(y, x)", VARIABLES), *Bivariate.variables(arb(x), arb(y)))
        assert difference(found.value, mpmath.atan2(y, x)) < 1e-14
        assert difference(found.rows[1][0], -y / (x * x + y * y)) < 1e-14


@settings(max_examples=25, deadline=None)
@given(
    text=st.sampled_from(sorted(FUNCTIONS)),
    x=st.fractions(Fraction(1, 2), Fraction(3, 2), max_denominator=64),
    y=st.fractions(Fraction(1, 4), Fraction(5, 4), max_denominator=64),
    shares=st.tuples(*[st.fractions(-1, 1, max_denominator=16)] * 2),
)
def test_taylor_sums_with_the_remainder_over_a_box_contain_the_function(text, x, y, shares):
    """What certificates rest on."""
    tree, order, radius = parse(text, VARIABLES), 3, Fraction(1, 16)
    u, v = (radius * share for share in shares)
    with precision(100, order + 1):
        at = jet(tree, *Bivariate.variables(_ball(x), _ball(y)))
        box = interval(x - radius, x + radius), interval(y - radius, y + radius)
        over = jet(tree, *Bivariate.variables(*box))
        total = arb(0)
        for i in range(order + 1):
            for j in range(order + 1 - i):
                row = at if i + j < order else over
                total += row.rows[i][j] * _ball(u) ** i * _ball(v) ** j
        there = jet(tree, *Bivariate.variables(_ball(x + u), _ball(y + v))).value
        assert not total.is_finite() or total.overlaps(there)
        assert over.value.overlaps(there)


def _ball(value):
    return interval(value, value)


@pytest.mark.parametrize("text", ["atan2(y, x)", "hypot(x, y)", "x**y", "1/x", "log(x)"])
def test_nothing_is_said_where_functions_are_not_analytic(text):
    with precision(64, 3):
        around = Bivariate.variables(arb(0, 1), arb(0, 1))
        found = jet(parse(text, VARIABLES), *around)
        assert not found.rows[1][0].is_finite()
