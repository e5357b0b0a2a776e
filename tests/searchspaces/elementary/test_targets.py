"""Targets: defaults, refusals with a cure, samples accurate to double-double."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, constant_value
from elitemap.searchspaces.elementary.targets import NAMED, resolve_target


@pytest.mark.parametrize("name", sorted(NAMED))
def test_named_targets_resolve_and_sample(name):
    target = resolve_target(name)
    assert target.name == name and target.error_mode == NAMED[name][2]
    xs = target.chebyshev(64)
    assert len(xs) == 64 and (np.diff(xs) > 0).all() and (xs != 0).all()
    assert target.lo <= Fraction(xs[0]) and Fraction(xs[-1]) <= target.hi
    hi, lo = target.sample(xs)
    assert np.isfinite(hi).all() and (np.abs(lo) <= np.spacing(np.abs(hi))).all()
    assert not target.relative or (hi != 0).all()


@given(st.floats(0.001, 1.0))
def test_samples_are_double_double(x):
    hi, lo = resolve_target("sin(x)*exp2(x)", "0,1").sample(np.array([x]))
    with mpmath.workdps(50):
        truth = mpmath.sin(mpmath.mpf(x)) * mpmath.mpf(2) ** mpmath.mpf(x)
        assert abs((mpmath.mpf(hi[0]) + mpmath.mpf(lo[0])) / truth - 1) < mpmath.mpf(2) ** -103


@pytest.mark.parametrize("text", ["pi/4", "e", "sqrt(2)", "golden - 1", "1e9*pi", "pi/1e6"])
def test_irrational_ends_are_enclosed(text):
    """From outside, so closely that no float64 lies between; every sample is inside."""
    value = constant_value(parse_constant(text), 400)
    for domain, upper in ((f"0,{text}", True), (f"{text},1e10", False)):
        target = resolve_target("2 + x", domain, "absolute")
        near = target.hi if upper else target.lo
        beyond = ball_at(near) - value if upper else value - ball_at(near)
        assert beyond > 0 and beyond < value / 2**100
        sampled = target.chebyshev(65)
        for x in (*target.inner, sampled[0], sampled[-1]):
            inside = value - ball_at(Fraction(float(x)))
            assert inside > 0 if upper else inside < 0


def ball_at(value):
    with precision(400):
        return ball(value)


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        (" 0 , pi ", ("0", "pi")),
        ("-pi/4,0.5", ("-pi/4", "1/2")),
        ("sqrt(4),2", None),
        ("-1/3,sqrt(4)", ("-1/3", "2")),
    ],
)
def test_ends_are_told_as_they_are_meant(domain, text):
    if text is None:
        with pytest.raises(UsageError, match="widen it"):
            resolve_target("exp2", domain)
        return
    target = resolve_target("exp2", domain)
    assert target.ends == text
    assert resolve_target("exp2", ",".join(text)) == target


def test_a_target_that_is_zero_at_an_irrational_end_is_absolute_unless_one_insists():
    assert not resolve_target("sin(x)/x", "0,pi").relative
    assert resolve_target("sin(x)/x", "0,3").relative


@pytest.mark.parametrize(
    ("text", "domain", "relative"),
    [
        ("airyai(-7*x)", None, False),
        ("besseli(1/2, x)", None, False),
        ("exp(x) + 1", None, True),
        ("sin(x)/x", None, True),
        ("sin(x)", "1,2", True),
        ("x**x", None, True),
        ("sqrt(x) + x", None, False),
        ("cos(100*x)", None, False),
    ],
)
def test_default_error_of_expressions(text, domain, relative):
    if text == "sin(x)":
        text = "1*sin(x)"
    assert resolve_target(text, domain).relative is relative


@pytest.mark.parametrize(
    ("name", "domain", "error", "part"),
    [
        ("exp2", "1,0", None, "smaller bound first"),
        ("exp2", "0,0", None, "widen"),
        ("exp2", "0,inf", None, "finite"),
        ("exp2", "nan,1", None, "finite"),
        ("exp2", "0", None, "lo,hi"),
        ("exp2", "0,1,2", None, "lo,hi"),
        ("exp2", "0,x", None, "constant"),
        ("exp2", "0,1e100", None, "width"),
        ("exp2", None, "both", "error=relative"),
        ("tan", "0,2", None, "pole or is huge near x = 1.5708"),
        ("gamma", "-1,1", None, "x = 0"),
        ("1/x", None, None, "no finite limit at x = 0"),
        ("log(x)", "0,1", None, "no finite limit"),
        ("exp(1/x)", None, None, "huge near x"),
        ("sqrt", "-1,1", None, "not defined"),
        ("1/(x-1/3)", None, None, "x = 0.333333"),
        ("sin", "-1,1", None, "error=absolute"),
        ("digamma", None, "relative", "zero near x = 1.46163"),
        ("cos", "0,2", None, "zero near x = 1.5708"),
        ("exp", "0,800", None, "huge near x"),
        ("exq2", None, None, "did you mean exp2?"),
        ("besseli", None, None, "besseli(1/2, x)"),
        ("2 + 3", None, None, "function of x"),
        ("exp(exp(exp(exp(x))))", "0,60", None, "not defined"),
        ("sin", "0,pi", "relative", "zero at the end x = pi of the domain"),
        ("sin(x)/x", "0, pi", "relative", "use error=absolute or another domain"),
        ("cos", "-pi/2,0", "relative", "zero at the end x = -pi/2"),
        ("x*x - 2", "sqrt(2),2", "relative", "zero at the end x = sqrt(2)"),
        ("sin(x)/(pi - x)", "0,pi", None, "no value at the end x = pi of the domain"),
        ("tan", "0,pi/2", None, "no value at the end x = pi/2"),
    ],
)
def test_what_is_no_target_is_refused(name, domain, error, part):
    with pytest.raises(UsageError) as caught:
        resolve_target(name, domain, error)
    assert part in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "domain"),
    [("sin", "0,1"), ("lgamma", "1,2"), ("log2", "1,2"), ("exp(x)-1-x", "0,1"), ("sin", "0,pi/2")],
)
def test_zeros_at_ends_are_allowed_under_relative_error(name, domain):
    target = resolve_target(name, domain, "relative")
    hi, _ = target.sample(target.chebyshev(33))
    assert (hi != 0).all()


def test_names_are_canonical():
    assert resolve_target("exp2(x)") == resolve_target("exp2")
    assert resolve_target("  exp2 ( x ) ").name == "exp2"
    assert resolve_target("2 ** x").name == "2**x"


@pytest.mark.parametrize(
    ("name", "domain", "relative"),
    [
        ("sin(x)/x", "-3,3", True),
        ("sin(x)/x", "-4,4", False),
        ("expm1(x)/x", "-1,2", True),
        ("x**3/(exp(x) - 1)", "-2,2", False),  # tends to 0 at 0
    ],
)
def test_at_zero_a_target_may_have_a_limit_and_no_value(name, domain, relative):
    target = resolve_target(name, domain)
    assert target.relative is relative
    assert 0.0 not in target.chebyshev(33)


@pytest.mark.parametrize("name", ["abs(x)/x", "1/x", "1/x**2", "log(x)", "sin(x - 1/7)/(x - 1/7)"])
def test_jumps_poles_and_limits_elsewhere_are_refused(name):
    with pytest.raises(UsageError, match="near x = |no finite limit at x = 0"):
        resolve_target(name, "-1,1")
