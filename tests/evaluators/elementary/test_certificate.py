"""Certificates against dense sampling, on programs chosen to trick them."""

import json
import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.evaluators.elementary.certificate import certify
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.program import Program


def _defined(function):
    """The function on real numbers; not a number where it, or an operand of it, is none."""

    def of(*operands):
        undefined = any(mpmath.isnan(x) for x in operands)
        value = mpmath.nan if undefined else function(*operands)
        return value if isinstance(value, mpmath.mpf) else mpmath.nan

    return of


class _Mp:
    """Real arithmetic: dead code may well take the root of what is negative."""

    sqrt = staticmethod(_defined(mpmath.sqrt))
    min = staticmethod(_defined(min))
    max = staticmethod(_defined(max))
    abs = staticmethod(abs)


def sampled(program, target, function, points=400):
    """The largest error at many arguments, computed by mpmath: another code path."""
    lo, hi = float(target.lo), float(target.hi)
    worst = mpmath.mpf(0)
    with mpmath.workdps(120):
        for x in np.linspace(lo, hi, points)[1:-1].tolist() + [lo + (hi - lo) * 1e-9, hi]:
            place = mpmath.mpf(x)
            wanted = function(place)
            value = program.run(_Mp, [place], lambda c: mpmath.mpf(c.numerator) / c.denominator)[0]
            error = value / wanted - 1 if target.relative else value - wanted
            worst = max(worst, abs(error))
    return worst


def check(program, target, function):
    """A certificate, after checking that no sample contradicts it."""
    found = certify(program, target, 20)
    assert found.failure == "", found
    assert found.upper is not None and found.digits is not None
    worst = sampled(program, target, function)
    assert found.lower <= found.upper
    assert worst <= found.upper
    assert found.upper <= found.lower * 1.002 + 1e-300
    assert 10.0**-found.digits >= found.upper * (1 - 1e-12)
    assert target.lo <= Fraction(found.argument) <= target.hi
    with mpmath.workdps(120):
        place = mpmath.mpf(found.argument)
        value = program.run(_Mp, [place], lambda c: mpmath.mpf(c.numerator) / c.denominator)[0]
        wanted = function(place)
        attained = abs(value / wanted - 1) if target.relative else abs(value - wanted)
        assert attained >= found.lower
    return found


def exp2(x):
    return mpmath.mpf(2) ** x


def test_the_published_program(coth_power):
    found = check(coth_power(), resolve_target("exp2"), exp2)
    assert 14.655 < found.digits < 14.66
    assert 3e-15 < found.float64_error < 5e-15
    assert json.loads(json.dumps(found.to_json()))["digits"] == found.digits
    assert found.seconds < 5


@pytest.mark.parametrize("degree", [1, 4, 9, 14, 18])
def test_errors_from_large_to_tiny(polynomial, degree):
    with mpmath.workdps(60):
        terms = [mpmath.log(2) ** k / mpmath.factorial(k) for k in range(degree, -1, -1)]
        exact = [Fraction(mpmath.nstr(t, 45)) for t in terms]
    found = check(polynomial(*exact), resolve_target("exp2"), exp2)
    assert found.precision_bits >= 128


def test_relative_error_with_a_zero_at_the_end(build):
    rows = [("mul", 0, 0), Fraction("0.16"), ("mul", 1, 2), 1, ("sub", 4, 3), ("mul", 5, 0)]
    check(build(*rows), resolve_target("sin"), mpmath.sin)
    check(
        build(1, ("sub", 0, 1), Fraction("1.2"), ("mul", 2, 3)),
        resolve_target("log2", None, "relative"),
        lambda x: mpmath.log(x, 2),
    )


def test_relative_error_that_is_infinite_at_the_end(build):
    found = certify(build(Fraction("1e-9"), ("add", 0, 1)), resolve_target("sin"), 10)
    assert found.upper is None and found.digits is None and "x = " in found.failure


@pytest.mark.parametrize("pole", ["0.3333", "0.0000001", "0.99999", "0.5"])
def test_a_pole_between_samples_is_found(build, pole):
    """1 + tiny/(x - pole): invisible to any grid."""
    rows = [Fraction(pole), ("sub", 0, 1), Fraction("1e-30"), ("div", 3, 2), 1, ("add", 4, 5)]
    found = certify(build(*rows), resolve_target("exp2"), 10)
    assert found.upper is None and found.failure and found.seconds < 8
    assert abs(float(found.failure.rsplit(" ", 1)[1]) - float(pole)) < 1e-5


def test_a_double_pole_and_a_near_miss(build):
    near = [Fraction("0.3"), ("sub", 0, 1), ("mul", 2, 2), Fraction("1e-14"), ("add", 3, 4)]
    near += [Fraction("1e-13"), ("div", 6, 5), 1, ("add", 7, 8)]
    found = certify(build(*near), resolve_target("exp2"), 20)
    assert found.failure == "" and found.lower > 7.9  # a spike of height 8, 1e-7 wide
    double = [*near]
    double[3] = 0
    assert certify(build(*double), resolve_target("exp2"), 20).upper is None


def test_poles_of_intermediate_values_do_no_harm(build):
    rows = [Fraction("0.3333"), ("sub", 0, 1), 1, ("div", 3, 2), 1, ("div", 5, 4)]
    rows += [Fraction("1.3333"), ("add", 6, 7)]
    assert certify(build(*rows), resolve_target("exp2"), 10).digits == pytest.approx(1.2112)
    inner = [Fraction("0.9"), ("div", 1, 0), ("add", 0, 2), 1, ("div", 4, 3), 1, ("add", 5, 6)]
    check(build(*inner), resolve_target("exp2", "-1/2,1/2"), exp2)


def test_kinks(build):
    rows = [Fraction("0.37"), ("sub", 0, 1), ("abs", 2), 1, ("add", 3, 4)]
    check(build(*rows), resolve_target("exp2"), exp2)
    target = resolve_target("abs(x - 1/2) + 1")
    check(
        build(Fraction("0.501"), ("sub", 0, 1), ("abs", 2), 1, ("add", 3, 4)),
        target,
        lambda x: abs(x - 0.5) + 1,
    )
    both = [Fraction("0.95"), Fraction("1.2"), ("mul", 0, 2), ("add", 1, 3), Fraction("1.4")]
    check(build(*both, ("min", 4, 5)), resolve_target("exp2"), exp2)
    check(build(*both, ("max", 4, 5)), resolve_target("exp2"), exp2)


def test_abs_left_of_its_kink(build):
    found = check(build(Fraction("0.9"), ("mul", 0, 1)), resolve_target("abs(x)", "-1,1"), abs)
    assert found.upper == pytest.approx(1.9, rel=1e-6)


def test_square_roots_at_the_end(build):
    rows = [("sqrt", 0), ("mul", 0, 0), Fraction("0.13"), ("mul", 2, 3), Fraction("0.79")]
    program = build(*rows, ("add", 4, 5), ("mul", 1, 6))
    for error in ("absolute", "relative"):
        target = resolve_target("besseli(1/2, x)", None, error)
        check(program, target, lambda x: mpmath.besseli(0.5, x))


def test_a_program_that_is_not_real_somewhere(build):
    rows = [Fraction("0.01"), ("sub", 0, 1), ("sqrt", 2)]
    assert certify(build(*rows), resolve_target("exp2"), 10).upper is None


def test_a_jump_at_zero(build):
    """abs(x)/x is 1 right of 0 and -1 left of it, where the largest error lies."""
    target = resolve_target("abs(x) + 1", "-1,1")
    check(build(("abs", 0), ("div", 1, 0)), target, lambda x: abs(x) + 1)


def test_dead_code_does_not_matter(build):
    rows = [-1, ("sqrt", 1), 1, ("div", 0, 2), ("add", 0, 3)]
    found = check(build(*rows), resolve_target("exp2"), exp2)
    assert found.upper == certify(build(1, ("add", 0, 1)), resolve_target("exp2"), 10).upper


def test_constants_at_the_end_of_range(build):
    rows = [Fraction(1e300), ("mul", 0, 1), Fraction(1e300), ("div", 2, 3), 1, ("add", 4, 5)]
    check(build(*rows), resolve_target("exp2"), exp2)
    tiny = [Fraction(5e-324), ("mul", 0, 1), Fraction(5e-324), ("div", 2, 3), 1, ("add", 4, 5)]
    check(build(*tiny), resolve_target("exp2"), exp2)


def test_cancellation_beyond_the_working_precision(build):
    rows = [Fraction(2) ** 200, ("add", 0, 1), ("sub", 2, 1), 1, ("add", 3, 4)]
    check(build(*rows), resolve_target("exp2"), exp2)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("erf", mpmath.erf),
        ("gelu", lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2),
        ("gamma", mpmath.gamma),
        ("digamma", mpmath.digamma),
        ("airyai(-7*x)", lambda x: mpmath.airyai(-7 * x)),
        ("besselj(0, 10*x)", lambda x: mpmath.besselj(0, 10 * x)),
        ("lambertw", mpmath.lambertw),
        ("cbrt", mpmath.cbrt),
        ("sin(x)/x", lambda x: mpmath.sin(x) / x),
    ],
)
def test_many_targets(polynomial, name, function):
    program = polynomial(Fraction("0.1"), Fraction("0.35"), 0)
    target = resolve_target(name, None, "absolute")
    check(program, target, function)


def test_an_exact_program_has_no_error(build):
    found = certify(build(("mul", 0, 0)), resolve_target("x*x"), 10)
    assert found.upper == 1e-300 and found.lower == 0.0


def test_the_deadline_is_kept(build, clock):
    target = resolve_target("sin(1/x)", "0,1", "absolute")
    ticking = clock(0.01)
    found = certify(build(Fraction("0.5")), target, 0.3)
    assert 0.3 < ticking.spent < 0.4
    assert found.upper is None and found.failure


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["add", "sub", "mul", "div", "sqrt", "square", "fma", "min", "max", "abs"]
            ),
            st.randoms(use_true_random=False),
        ),
        min_size=1,
        max_size=7,
    )
)
def test_random_programs_never_contradict_their_certificate(steps):
    arity = {"sqrt": 1, "square": 1, "abs": 1, "fma": 3}
    rows = []
    for name, rng in steps:
        hi = rng.uniform(-2, 2)
        rows.append(["const", hi.hex(), (0.0).hex()])
        operands = [
            rng.choice([0, len(rows), rng.randint(0, len(rows))]) for _ in range(arity.get(name, 2))
        ]
        rows.append([name, *operands])
    program = Program.from_json(
        {"schema": 1, "inputs": ["x"], "instructions": rows, "outputs": [len(rows)]}
    )
    target = resolve_target("exp2")
    found = certify(program, target, 1.0)
    if found.upper is None:
        return
    for x in np.linspace(1e-6, 1, 60).tolist():
        try:
            with mpmath.workdps(50):
                value = program.run(
                    _Mp, [mpmath.mpf(x)], lambda c: mpmath.mpf(c.numerator) / c.denominator
                )[0]
                error = abs(value / exp2(mpmath.mpf(x)) - 1)
        except ZeroDivisionError:
            continue
        assert error <= found.upper  # not so where the value is not a number


def test_a_narrowed_certificate_would_be_caught(coth_power):
    """The check above has teeth: a bound lowered by a part in 500 contradicts the samples."""
    program, target = coth_power(), resolve_target("exp2")
    found = certify(program, target, 10)
    assert sampled(program, target, exp2) > found.upper * (1 - 1 / 500)
    assert math.isclose(found.lower, found.upper, rel_tol=1e-3)
