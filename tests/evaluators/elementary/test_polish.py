"""Polishing reaches known minimax optima and never makes a program worse."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.evaluators.elementary.certificate import certify
from elitemap.evaluators.elementary.fitting.polish import polish
from elitemap.evaluators.elementary.fitting.polish_step import minimax_step, orthonormal
from elitemap.evaluators.elementary.fitting.polish_system import BITS, System, exact_constants
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.targets import resolve_target


@pytest.mark.parametrize("eps", [1e-6, 1e-3])
def test_the_published_program_is_refitted(coth_power, disturbed, eps):
    target = resolve_target("exp2")
    found, error = polish(disturbed(coth_power(), eps, 1), target, 10)
    assert error == pytest.approx(2.1918e-15, rel=2e-4)
    proved = certify(found, target, 10)
    assert proved.digits is not None and proved.digits >= 14.659


@pytest.mark.parametrize(
    ("squarings", "digits"), [(0, 9.247), (1, 11.047), (2, 12.851), (4, 16.463), (5, 18.269)]
)
def test_its_family(coth_power, disturbed, squarings, digits):
    target = resolve_target("exp2")
    found, _ = polish(disturbed(coth_power(squarings), 1e-5, 2), target, 10)
    proved = certify(found, target, 10)
    assert proved.digits is not None and proved.digits >= digits


def continued(build, squarings):
    """c5 + c4/(x + c3/x + c2 + c1/(x + c6/x)) and squarings, from the Pade form of coth."""
    with mpmath.workdps(50):
        scale = mpmath.log(2) / 2 / 2**squarings
        c = [
            Fraction(mpmath.nstr(v, 40))
            for v in (
                10 / scale**2,
                -10 / scale,
                mpmath.mpf("24.5") / scale**2,
                mpmath.mpf("10.5") / scale**2,
                20 / scale,
            )
        ]
    rows = [c[0], ("div", 1, 0), ("add", 0, 2), c[1], ("add", 3, 4)]
    rows += [c[3], ("div", 6, 0), ("add", 0, 7), c[2], ("div", 9, 8), ("add", 5, 10)]
    rows += [c[4], ("div", 12, 11), 1, ("add", 13, 14)]
    rows += [("mul", 15 + k, 15 + k) for k in range(squarings)]
    return build(*rows)


@pytest.mark.parametrize(("squarings", "digits"), [(0, 11.51), (1, 13.92), (3, 18.74)])
def test_the_deeper_fraction(build, disturbed, squarings, digits):
    target = resolve_target("exp2")
    program = disturbed(continued(build, squarings), 1e-5, 3)
    assert program.cost == 9 + squarings
    found, _ = polish(program, target, 10)
    proved = certify(found, target, 10)
    assert proved.digits is not None and proved.digits >= digits


def test_redundant_constants_do_no_harm(build):
    rows = [Fraction("0.08"), Fraction("1.1"), ("mul", 1, 2), ("mul", 3, 0), Fraction("0.2")]
    rows += [("add", 4, 5), ("mul", 6, 0), Fraction("0.7"), ("add", 7, 8), ("mul", 9, 0), 1]
    _, error = polish(build(*rows, ("add", 10, 11)), resolve_target("exp2"), 5)
    assert error == pytest.approx(7.478e-5, rel=1e-3)  # the minimax cubic


@pytest.mark.parametrize("degree", [3, 5, 8])
def test_polynomials_reach_the_minimax_of_the_field_notes(polynomial, taylor_exp2, degree):
    _, error = polish(polynomial(*taylor_exp2(degree)), resolve_target("exp2"), 5)
    digits = {3: 4.13, 5: 7.13, 8: 12.11}[degree]
    assert -np.log10(error) == pytest.approx(digits, abs=0.006)


def test_a_linear_problem_far_from_its_optimum(polynomial):
    program = polynomial(1, -10, 9, 3, -8, 2, 1, Fraction("0.3"))
    _, error = polish(program, resolve_target("airyai(-7*x)"), 5)
    assert error < 0.1017


def test_kinks_are_moved(build):
    rows = [Fraction("0.83"), ("mul", 0, 1), Fraction("0.95"), ("add", 2, 3)]
    rows += [Fraction("1.2"), ("mul", 0, 5), Fraction("0.8"), ("add", 6, 7), ("max", 4, 8)]
    _, error = polish(build(*rows), resolve_target("exp2"), 5)
    assert error < 0.0103


def test_a_zero_at_the_end_is_met_exactly(build):
    rows = [Fraction("1.0000001"), ("sub", 0, 1), Fraction("-0.4"), ("mul", 0, 3)]
    rows += [Fraction("1.8"), ("add", 4, 5), ("mul", 2, 6)]
    target = resolve_target("log2", None, "relative")
    found, error = polish(build(*rows), target, 5)
    assert found.constants[0] == 1
    proved = certify(found, target, 5)
    assert proved.upper == pytest.approx(error, rel=1e-3) == pytest.approx(0.02154, rel=1e-3)


def test_a_zero_at_zero_is_kept(build):
    rows = [-1, ("fma", 0, 0, 1), -1, ("sub", 2, 3), Fraction("0.9"), ("mul", 4, 5)]
    target = resolve_target("besseli(1/2, x)", None, "relative")
    found, _ = polish(build(*rows, ("add", 6, 0)), target, 5)
    assert certify(found, target, 5).upper is not None


def test_hopeless_programs_come_back_unchanged(build):
    pole = build(Fraction("0.5"), ("sub", 0, 1), ("sub", 2, 2), ("div", 1, 3))
    found, error = polish(pole, resolve_target("exp2"), 1)
    assert found == pole and error == float("inf")
    bare = build(("mul", 0, 0))
    assert polish(bare, resolve_target("exp2"), 1)[0] == bare


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_never_worse(constants):
    from elitemap.searchspaces.programs.program import Program

    rows = []
    for k, c in enumerate(constants):
        rows.append(["const", c.hex(), (0.0).hex()])
        rows.append([["add", "mul", "div", "sub"][k], 2 * k, 2 * k + 1])
    program = Program.from_json(
        {"schema": 1, "inputs": ["x"], "instructions": rows, "outputs": [len(rows)]}
    )
    target = resolve_target("exp2")
    before = System(program, target)
    found, error = polish(program, target, 0.3)
    with precision(BITS):
        for x in target.chebyshev(80).tolist():
            now = System(found, target).error(x, exact_constants(found))
            then = before.error(x, exact_constants(program))
            if then is None or now is None:
                continue
            assert abs(now[0]) <= error * (1 + 1e-9) or found == program


def test_derivatives_agree_with_differences(coth_power, build):
    target = resolve_target("exp2")
    rows = [Fraction("0.5"), ("fma", 0, 0, 1), ("sqrt", 2), Fraction("0.9"), ("max", 3, 4)]
    rows += [Fraction("-0.2"), ("min", 0, 6), ("abs", 7), ("square", 8), ("sub", 5, 9)]
    for program in (coth_power(), build(*rows)):
        system, constants = System(program, target), exact_constants(program)
        with precision(BITS):
            _, gradient = system.row(0.7, constants)
            step = arb(2) ** -100
            for k, slope in enumerate(gradient):
                moved = [c + step * (j == k) for j, c in enumerate(constants)]
                base, _ = system.error(0.7, constants)
                assert abs((system.error(0.7, moved)[0] - base) / step - slope) < 1e-12 * (
                    1 + abs(slope)
                )


def test_orthonormal_directions_leave_out_what_is_redundant():
    with precision(BITS):
        one, two = [arb(1), arb(2), arb(3)], [arb(1), arb(0), arb(1)]
        both = [a + 2 * b for a, b in zip(one, two, strict=True)]
        basis, ways = orthonormal([one, two, both, [arb(0)] * 3])
        assert len(basis) == len(ways) == 2
        for direction, way in zip(basis, ways, strict=True):
            again = [
                sum((w * c[i] for w, c in zip(way, (one, two, both), strict=False)), arb(0))
                for i in range(3)
            ]
            assert all(abs(a - d) < 1e-50 for a, d in zip(again, direction, strict=True))


def test_the_linear_programme():
    xs = np.linspace(-1, 1, 201)
    found = minimax_step(xs**2, np.ones((201, 1)))
    assert found is not None
    assert found[0][0] == pytest.approx(-0.5) and found[1] == pytest.approx(0.5)
