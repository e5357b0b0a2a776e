"""Jets against mpmath's numerical derivatives: every coefficient ball must contain the truth."""

from fractions import Fraction

import mpmath
import pytest
from flint import arb
from gmpy2 import kronecker

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import ARITIES, CONSTANTS
from elitemap.formulas.parsing import parse
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import constant_value, jet, value_at, variable

REFERENCE = {
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "log2": lambda x: mpmath.log(x, 2),
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "gelu": lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "lgamma": lambda x: mpmath.log(abs(mpmath.gamma(x))),
    "airyai": mpmath.airyai,
    "airybi": mpmath.airybi,
    "e1": mpmath.e1,
    "abs": abs,
}
UNARY = sorted(name for name, arity in ARITIES.items() if arity == 1)
PLACES = {"acosh": (1.25, 3.0), "asin": (-0.5, 0.25), "acos": (-0.5, 0.25), "atanh": (-0.5, 0.25)}
NEGATIVE = {
    "ei": -1.25,
    "lgamma": -1.25,
    "gamma": -1.25,
    "digamma": -1.25,
    "cbrt": -2.0,
    "abs": -1.0,
}


def reference(name):
    return REFERENCE.get(name) or getattr(mpmath, name)


@pytest.mark.parametrize("name", UNARY)
def test_coefficients_contain_the_derivatives(name):
    places = PLACES.get(name, (0.375, 2.5)) + ((NEGATIVE[name],) if name in NEGATIVE else ())
    with mpmath.workdps(60):
        for place in places:
            truth = mpmath.taylor(reference(name), mpmath.mpf(place), 5)
            with precision(120, 6):
                found = jet(parse(f"{name}(x)"), variable(arb(place)))
                for k in range(6):
                    assert abs(mpmath.mpf(str(found[k].mid().str(30, radius=False))) - truth[k]) < (
                        mpmath.mpf(10) ** -18 * (1 + abs(truth[k]))
                    )
                assert found[5].rad() < 1e-25


@pytest.mark.parametrize("order", ["0", "1", "1/2", "-1/2"])
@pytest.mark.parametrize("name", ["besseli", "besselj"])
def test_bessel_coefficients(name, order):
    numerator, _, denominator = order.partition("/")
    with mpmath.workdps(60):
        nu = mpmath.mpf(numerator) / mpmath.mpf(denominator or 1)
        truth = mpmath.taylor(lambda x: getattr(mpmath, name)(nu, x), mpmath.mpf("1.5"), 4)
        with precision(120, 5):
            found = jet(parse(f"{name}({order}, x)"), variable(arb("1.5")))
            for k in range(5):
                assert abs(mpmath.mpf(found[k].mid().str(30, radius=False)) - truth[k]) < 1e-18


@pytest.mark.parametrize("order", ["2", "5/2"])
def test_hurwitz_coefficients(order):
    with mpmath.workdps(60):
        s = mpmath.mpf(Fraction(order).numerator) / Fraction(order).denominator
        truth = mpmath.taylor(lambda a: mpmath.zeta(s, a), mpmath.mpf("0.75"), 4)
        with precision(120, 5):
            found = jet(parse(f"hurwitz({order}, x)"), variable(arb("0.75")))
            for k in range(5):
                assert abs(mpmath.mpf(found[k].mid().str(30, radius=False)) - truth[k]) < 1e-18


@pytest.mark.parametrize("order", ["2", "3", "1/2"])
@pytest.mark.parametrize("place", ["0.375", "-0.75"])
def test_polylogarithm_coefficients(order, place):
    with mpmath.workdps(60):
        s = mpmath.mpf(Fraction(order).numerator) / Fraction(order).denominator
        truth = mpmath.taylor(lambda x: mpmath.polylog(s, x).real, mpmath.mpf(place), 4)
        with precision(160, 5):
            found = jet(parse(f"polylog({order}, x)"), variable(arb(place)))
            for k in range(5):
                assert abs(mpmath.mpf(found[k].mid().str(30, radius=False)) - truth[k]) < 1e-18


def test_polylogarithms_end_at_one():
    assert not value_at(parse("polylog(2, x)"), arb("1.5"), 100).is_finite()
    value = value_at(parse("polylog(2, x) - pi**2/6"), arb(1), 100)
    assert value.contains(0) and value.rad() < 1e-20


@pytest.mark.parametrize("d", [-3, -4, 5, -7, 8])
def test_dirichlet_coefficients(d):
    """Against mpmath's of the list of a period's values."""
    values = [int(kronecker(d, r)) for r in range(abs(d))]
    with mpmath.workdps(50):
        truth = mpmath.taylor(lambda s: mpmath.dirichlet(s, values), mpmath.mpf("2.5"), 1)
        with precision(160, 3):
            found = jet(parse(f"dirichlet({d}, x)"), variable(arb("2.5")))
            for k in range(2):
                assert abs(mpmath.mpf(found[k].mid().str(30, radius=False)) - truth[k]) < 1e-15


@pytest.mark.parametrize("text", ["dirichlet(2, 2)", "dirichlet(9, 2)", "dirichlet(1/2, 2)"])
def test_what_is_no_character_has_no_value(text):
    with pytest.raises(UsageError, match="not a real number"):
        parse(text)


def test_catalan_is_a_dirichlet_series():
    assert constant_value(parse("dirichlet(-4, 2) - catalan"), 200).contains(0)


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_named_constants(name):
    truth = getattr(mpmath.mp, {"gamma": "euler", "golden": "phi"}.get(name, name))
    with mpmath.workdps(60):
        found = constant_value(parse(name), 180).mid().str(50, radius=False)
        assert abs(mpmath.mpf(found) - +truth) < mpmath.mpf(10) ** -48


def test_gamma_is_a_constant_and_a_function():
    assert str(parse("gamma + gamma(x)")) == "gamma + gamma(x)"
    assert parse("gamma") != parse("gamma(1)")


@pytest.mark.parametrize("name", ["besseli", "besselj"])
@pytest.mark.parametrize("order", [-3, -2, 5])
def test_bessel_values_of_whole_orders(name, order):
    found = value_at(parse(f"{name}({order}, x)"), arb("1.5"), 100)
    with mpmath.workdps(40):
        truth = getattr(mpmath, name)(order, mpmath.mpf("1.5"))
        assert abs(mpmath.mpf(found.mid().str(30, radius=False)) - truth) < 1e-25


def test_composition_contains_the_derivatives():
    with mpmath.workdps(60), precision(120, 5):
        truth = mpmath.taylor(lambda x: mpmath.tanh(x * x / 2 + x), mpmath.mpf("0.25"), 4)
        found = jet(parse("tanh(x*x/2 + x)"), variable(arb("0.25")))
        for k in range(5):
            assert abs(mpmath.mpf(found[k].mid().str(30, radius=False)) - truth[k]) < 1e-18


@pytest.mark.parametrize("name", UNARY)
def test_a_jet_over_a_ball_contains_the_jets_inside(name):
    low = PLACES.get(name, (0.375, 2.5))[1]
    tree = parse(f"{name}(x)")
    with precision(100, 5):
        wide = jet(tree, variable(arb(low, 0.01)))
        for inside in (low - 0.01, low + 0.003, low + 0.0099):
            narrow = jet(tree, variable(arb(inside)))
            assert all(wide[k].contains(narrow[k]) for k in range(5))


def test_kinks_and_poles_have_no_derivatives():
    with precision(100, 3):
        for text in ("abs(x)", "min(x, -x)", "max(x, 0*x)", "sqrt(x)", "1/x", "log(x)", "cbrt(x)"):
            assert not jet(parse(text), variable(arb(0, 0.5)))[2].is_finite()
            assert not jet(parse(text), variable(arb(0)))[2].is_finite()


def test_precision_is_restored():
    before = arb(1).exp().rad()
    with pytest.raises(RuntimeError), precision(500, 9):
        raise RuntimeError
    assert arb(1).exp().rad() == before
    assert value_at(parse("exp(x)"), arb(1), 300).rad() < 1e-80
