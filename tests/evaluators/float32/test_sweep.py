"""Sweeps against MPFR by brute force, also on as many floats as bfloat16 has, and bad input."""

import ctypes
import math
import subprocess

import gmpy2
import numpy as np
import pytest
from gmpy2 import mpfr

from elitemap.archive.errors import SearchError, UsageError
from elitemap.evaluators.float32.functions import exported, interpreter
from elitemap.evaluators.float32.pieces import number, pieces, runs
from elitemap.evaluators.float32.settling import settle
from elitemap.evaluators.float32.sweep import sweep
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.to_c_float32 import files
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Instruction, Program

FUNCTIONS = {
    "exp2(x)": gmpy2.exp2,
    "log(x)": gmpy2.log,
    "sin(x)": gmpy2.sin,
    "cos(x)": gmpy2.cos,
    "tanh(x)": gmpy2.tanh,
    "erf(x)": gmpy2.erf,
    "x**2": gmpy2.square,
}
MPFR = gmpy2.context(precision=160, emax=10**6, emin=-(10**6))


def floats(low, high):
    parts = [np.arange(a, b + 1, dtype=np.uint32) for a, b in runs(low, high)]
    return np.concatenate(parts).view(np.float32)


def unit(size):
    """The unit of the last place of a positive number in float32."""
    exponent = gmpy2.frexp(size)[0] - 1 if size else -200
    return mpfr(2) ** (min(max(exponent, -126), 127) - 23)


def brute(name, xs, ys):
    """(largest error in units, misrounded, largest relative and absolute error) by MPFR alone."""
    worst, wrong, off, far = mpfr(0), 0, mpfr(0), mpfr(0)
    end = mpfr(2) ** 128
    with MPFR.copy():
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
            true = FUNCTIONS[name](mpfr(x))
            true = max(min(true, end), -end)
            got = max(min(mpfr(y), end), -end)
            apart = abs(got - true)
            error = apart / unit(abs(true))
            worst, wrong, far = max(worst, error), wrong + (error > 0.5), max(far, apart)
            if mpfr(2) ** -126 <= abs(true) < end:
                off = max(off, apart / abs(true))
        return float(worst), wrong, float(off), float(far)


def largest(name, xs):
    """The largest size of the values, to which errors of the reference are relative."""
    with MPFR.copy():
        sizes = [abs(FUNCTIONS[name](mpfr(x))) for x in (xs[0].item(), xs[-1].item())]
    return max(min(float(max(sizes)), 2.0**128), 2.0**-149)


def quiet(function):
    def run(x):
        with np.errstate(all="ignore"):
            return function(x)

    return run


def nudged(name):
    """Values of MPFR rounded to float32, some of them moved to a neighbour."""
    function = FUNCTIONS[name]

    def run(x):
        with MPFR.copy():
            true = np.array([float(function(mpfr(v))) for v in x.tolist()])
        with np.errstate(all="ignore"):
            y = true.astype(np.float32)
            return np.where(x.view(np.uint32) % 97 == 0, np.nextafter(y, np.float32(np.inf)), y)

    return run


NEAR_ONE = (1 - 2.0**-12, 1 + 2.0**-12)
CASES = [
    ("exp2(x)", np.exp2, (1.0, 1 + 2.0**-7)),
    ("exp2(x)", np.exp2, (-(2.0**-140), 2.0**-140)),
    ("exp2(x)", np.exp2, (127.95, 128.03)),
    ("exp2(x)", np.exp2, (-149.53, -149.47)),
    ("exp2(x)", np.exp2, (-126.03, -125.97)),
    ("exp2(x)", nudged("exp2(x)"), (-(2.0**-20) * (1 + 2.0**-9), -(2.0**-20))),
    ("exp2(x)", nudged("exp2(x)"), (3.0, 3 + 2.0**-9)),
    ("log(x)", np.log, NEAR_ONE),
    ("log(x)", nudged("log(x)"), (2.0, 2 + 2.0**-10)),
    ("sin(x)", np.sin, (math.pi - 2.0**-10, math.pi + 2.0**-10)),
    ("sin(x)", nudged("sin(x)"), (-(2.0**-136), 2.0**-136)),
    ("sin(x)", nudged("sin(x)"), (127.99, 128.01)),
    ("sin(x)", nudged("sin(x)"), (-(2.0**100) * (1 + 2.0**-10), -(2.0**100))),
    # Nearest of all float32 to a multiple of pi / 2.
    ("cos(x)", nudged("cos(x)"), (16367173 * 2.0**72 * (1 - 2.0**-13), 16367173 * 2.0**72)),
    ("tanh(x)", np.tanh, (9.0, 9.01)),
    ("tanh(x)", nudged("tanh(x)"), (0.5, 0.5 + 2.0**-12)),
    ("erf(x)", nudged("erf(x)"), (-0.3, -0.2999)),
    ("x**2", np.square, (1.0, 1 + 2.0**-10)),
    ("x**2", np.square, (2.0**-75, 2.0**-75 * (1 + 2.0**-9))),
]


@pytest.mark.parametrize(("name", "function", "domain"), CASES)
def test_sweeps_find_what_brute_force_finds(name, function, domain):
    low, high = (float(np.float32(end)) for end in domain)
    xs = floats(low, high)
    found = sweep(quiet(function), parse(name), (low, high), workers=2)
    worst, wrong, off, far = brute(name, xs, quiet(function)(xs))
    assert found.complete and found.arguments == len(xs) > 1000
    assert worst <= found.max_ulp <= worst * (1 + 2e-5) + 2e-6
    assert wrong - found.unsettled <= found.misrounded <= wrong
    assert off <= found.max_relative_error * (1 + 1e-12) and found.unsettled < 20
    assert found.max_relative_error <= off * (1 + 2e-5) + 2.0**-43
    assert far <= found.max_absolute_error * (1 + 1e-12)
    assert found.max_absolute_error <= far * (1 + 2e-5) + 2.0**-43 * largest(name, xs)
    witness = np.array([found.witness], np.float32)
    at, *_ = brute(name, witness, quiet(function)(np.repeat(witness, 64))[:1])
    assert at == pytest.approx(worst, rel=2e-5, abs=2e-6)


@pytest.mark.parametrize("name", ["exp2(x)", "sin(x)", "tanh(x)", "erf(x)"])
def test_every_binade_on_a_grid_of_floats(name):
    """Some floats of every binade, by MPFR, within what the pieces say."""
    for piece in pieces(parse(name), -20.0, 20.0):
        for bits in {piece.first, piece.first + piece.count // 3, piece.first + piece.count - 1}:
            x = number(bits)
            u = (x - piece.center) * piece.inverse
            with MPFR.copy():
                value = mpfr(0)
                for c in reversed(piece.coefficients):
                    value = value * mpfr(u) + mpfr(c)
                assert abs(value - FUNCTIONS[name](mpfr(x))) <= piece.bound, (x, piece)


def test_pieces_cover_the_domain_once():
    made = list(pieces(parse("sin(x)"), -3.0, 2.0))
    covered = [(p.first, p.first + p.count) for p in made]
    for first, last in runs(-3.0, 2.0):
        own = [c for c in covered if first <= c[0] <= last]
        assert own[0][0] == first and own[-1][1] == last + 1
        assert all(one[1] == other[0] for one, other in zip(own, own[1:], strict=False))
    for p in made:
        assert p.bound <= 2.0**-44 * max(abs(math.sin(number(p.first))) * 1.01, 2.0**-149)


def test_both_zeros_are_judged():
    assert runs(-1.0, 1.0)[0][0] == 1 << 31 and runs(-1.0, 1.0)[1][0] == 0
    assert runs(-0.0, 1.0)[0] == (1 << 31, 1 << 31)
    assert runs(0.0, 1.0) == [(0, 0x3F800000)]
    assert runs(-2.0, -1.0) == [(0xBF800000, 0xC0000000)]

    def wrong_at_minus_zero(x):
        return np.where(x.view(np.uint32) == 1 << 31, np.float32(2), np.exp2(x))

    found = sweep(wrong_at_minus_zero, parse("exp2(x)"), (-(2.0**-140), 2.0**-140))
    assert (
        found.misrounded == 1 and found.max_ulp >= 2.0**23 and math.copysign(1, found.witness) < 0
    )


def test_one_wrong_value_among_a_million_is_found():
    place = np.float32(1.2345678)

    def function(x):
        y = np.exp2(x.astype(np.float64)).astype(np.float32)
        return np.where(x == place, np.nextafter(y, np.float32(9)), y)

    found = sweep(function, parse("exp2(x)"), (1.15, 1.3))
    assert found.witness == place and found.misrounded == 1 and found.max_ulp > 0.5


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers(value):
    def function(x):
        return np.where(x == np.float32(1.5), np.float32(value), np.sqrt(x))

    found = sweep(function, parse("sqrt(x)"), (1.4, 1.6))
    assert found.witness == 1.5 and found.misrounded == 1 and found.max_ulp > 1e30
    assert math.isinf(found.max_ulp) == np.isnan(value)


def test_the_number_of_workers_does_not_show():
    found = [sweep(np.sin, parse("sin(x)"), (0.25, 1.0), workers=w) for w in (1, 3)]
    assert found[0] == found[1]


def test_a_sweep_can_be_stopped():
    told = []

    def progress(done, arguments):
        told.append((done, arguments))
        return len(told) < 2

    found = sweep(np.sin, parse("sin(x)"), (2.0**-8, 1.0), workers=1, progress=progress)
    assert len(told) == 2 and 0 < told[0][0] < told[1][0] <= found.done < found.arguments
    assert not found.complete and found.arguments == told[0][1]


def test_exact_ties_are_rounded_to_even():
    """Half of x / 2 of odd subnormals lies between two floats."""
    halves = sweep(lambda x: x * np.float32(0.5), parse("x/2"), (0.0, 2.0**-140))
    assert halves.unsettled == halves.misrounded == 0 and halves.max_ulp == pytest.approx(0.5)
    assert halves.settled == 256

    def odd(x):
        """The other of the two neighbours."""
        half = x * np.float32(0.5)
        above = np.sign(half.astype(np.float64) * 2 - x).astype(np.int64)
        return (half.view(np.uint32) - above).astype(np.uint32).view(np.float32)

    found = sweep(odd, parse("x/2"), (0.0, 2.0**-140))
    assert found.misrounded == 256 and found.max_ulp == pytest.approx(0.5)


def test_ties_that_are_no_simple_rational_number_are_said_to_be_unsettled():
    found = sweep(lambda x: x * np.float32(0.5), parse("x*sin(pi/6)"), (0.0, 2.0**-140))
    assert found.unsettled == 256 and found.misrounded == 0 and found.max_ulp == pytest.approx(0.5)


def test_settling_tells_units_at_powers_of_two():
    above = float(np.nextafter(np.float32(2), np.float32(3)))
    exact = settle(parse("x+1"), int(np.float32(1).view(np.uint32)), above)
    assert exact.misrounded and exact.ulp == pytest.approx(1.0)
    below = settle(parse("x+1"), int(np.float32(1 - 2**-24).view(np.uint32)), above)
    assert below.misrounded and below.ulp == pytest.approx(2.5)
    assert settle(parse("x+1"), int(np.float32(1).view(np.uint32)), 2.0) == (0.0, False)


@pytest.mark.slow
def test_programs_and_exported_code(tmp_path):
    op = FLOAT32.opcodes
    rows = (
        Instruction(op["single"], (), (1.0,)),
        Instruction(op["fadd"], (0, 1)),
        Instruction(op["sqrt"], (2,)),
    )
    program = Program(("x",), rows, (3,), dialect=FLOAT32)
    found = sweep(interpreter(program), parse("sqrt(x+1)"), (1.0, 1.5))
    expected = sweep(lambda x: np.sqrt(x + np.float32(1)), parse("sqrt(x+1)"), (1.0, 1.5))
    assert found == expected and 0.5 < found.max_ulp < 1.0
    library = compiled(program, tmp_path)
    assert sweep(exported(library, "f"), parse("sqrt(x+1)"), (1.0, 1.5)) == expected


def compiled(program, folder):
    for name, text in files(program, ExportMeta("f", "s", "t", (0.0, 1.0), "", "0")).items():
        (folder / name).write_text(text)
    command = "cc -std=c99 -O2 -ffp-contract=off -shared -fPIC f.c -o f.so -lm"
    subprocess.run(command.split(), cwd=folder, check=True)
    return ctypes.CDLL(str(folder / "f.so"))


@pytest.mark.parametrize(
    "domain", [(1.0, 0.0), (math.nan, 1.0), (0.0, math.inf), (1 + 2.0**-40, 1 + 2.0**-39)]
)
def test_domains_without_floats_are_refused(domain):
    with pytest.raises(UsageError, match="^expected a (finite )?domain"):
        sweep(np.sin, parse("sin(x)"), domain)


@pytest.mark.parametrize("wrong", [lambda x: x.astype(np.float64), lambda x: x[:-1]])
def test_functions_that_give_something_else_are_refused(wrong):
    with pytest.raises(ValueError, match="^expected float32"):
        sweep(wrong, parse("sin(x)"), (0.5, 0.51))


def test_more_open_arguments_than_there_is_room_for_are_bounded(monkeypatch):
    """x / 2 of subnormals: ties beyond the end of the list count as unsettled, and in the bound."""
    monkeypatch.setattr("elitemap.evaluators.float32.sweep._ROOM", 10)
    found = sweep(lambda x: x * np.float32(0.5), parse("x/2"), (0.0, 2.0**-140))
    assert (found.settled, found.unsettled, found.misrounded) == (10, 246, 0)
    assert found.max_ulp == pytest.approx(0.5)


def test_functions_without_a_value_are_refused():
    with pytest.raises(SearchError, match=r"got none at x = 0\.0"):
        sweep(np.log, parse("log(x)"), (0.0, 1.0))
