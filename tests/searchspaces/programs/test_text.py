import math
import re
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real.constants import decimal
from elitemap.searchspaces.programs.text import formula, live, source

OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives

X = 0


def const(hi, lo=0.0):
    return Instruction(OPCODES["const"], (), (hi, lo))


def op(name, *operands):
    return Instruction(OPCODES[name], operands)


def program(*instructions, inputs=("x",), outputs=None):
    last = len(inputs) + len(instructions) - 1
    return Program(inputs, instructions, outputs or (last,), dialect=OWN)


class Exact:
    min = staticmethod(min)
    max = staticmethod(max)
    abs = staticmethod(abs)
    select = staticmethod(lambda c, a, b: a if c >= 0 else b)


RATIONAL = tuple(name for name in OPCODES if "exact" in PRIMITIVES[OPCODES[name]].templates)


def rational_names():
    return {p.name: partial(p.exactly, Exact) for p in OWN.primitives if p.exact}


def as_fractions(text):
    """The text with each decimal number wrapped, so that Python computes exactly."""
    number = r"(?<![\w.])(\d+(?:\.\d+)?(?:e[+-]\d+)?)"
    return re.sub(number, r'Fraction("\1")', text)


def run_source(text, x):
    scope = {"Fraction": Fraction, "x": x, **rational_names()}
    exec(as_fractions(text), scope)
    return scope["y"]


def run_formula(text, x):
    body, _, definitions = text.partition(" where ")
    scope = {"Fraction": Fraction, "x": x, **rational_names()}
    for definition in filter(None, definitions.split("; ")):
        exec(as_fractions(definition), scope)
    return eval(as_fractions(body), scope)


def as_read(program):
    """The program with the constants that its text shows."""
    shown = iter([Fraction(decimal(i.constant)) for i in program.instructions if not i.operands])
    return lambda _: next(shown)


@given(data=st.data(), x=st.fractions(-4, 4, max_denominator=64))
def test_source_and_formula_mean_the_program(programs, tame_numbers, data, x):
    p = data.draw(programs(names=RATIONAL, numbers=tame_numbers, most=10))
    try:
        (wanted,) = p.run(Exact(), [x], as_read(p))
    except ZeroDivisionError:
        assume(False)
    assert run_source(source(p), x) == wanted
    assert run_formula(formula(p), x) == wanted


@given(data=st.data())
def test_texts_are_printable_ascii_lines(programs, data):
    p = data.draw(programs())
    assert formula(p).isascii() and formula(p).isprintable()
    lines = source(p).splitlines()
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert lines[-1].startswith("y = ")
    assert all(line.startswith(f"t{i} = ") for i, line in enumerate(lines[:-1], 1))


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(-0.24, 0.24))
def test_decimals_read_back(hi, share):
    lo = share * math.ulp(hi)
    shown = Fraction(decimal((hi, lo)))
    assert float(shown) == hi
    # Parts that lie very far apart are cut at 40 digits.
    missed = abs(shown - Fraction(hi) - Fraction(lo))
    assert float(shown - Fraction(hi)) == lo or lo == 0.0 or missed <= abs(Fraction(hi)) / 10**39


@pytest.mark.parametrize(
    ("constant", "digits", "text"),
    [
        ((1.0, 0.0), None, "1"),
        ((0.1, 0.0), None, "0.1"),
        ((-2.5e-7, 0.0), None, "-2.5e-07"),
        ((1e300, 0.0), None, "1e+300"),
        ((-0.0, 0.0), None, "-0"),
        ((0.1, -5.551115123125783e-18), None, "0.1"),
        ((3.141592653589793, 1.2246467991473532e-16), None, "3.1415926535897932384626433832795"),
        ((3.141592653589793, 1.2246467991473532e-16), 6, "3.14159"),
        ((1234567.0, 0.0), 3, "1.23e+6"),
    ],
)
def test_decimal_examples(constant, digits, text):
    assert decimal(constant, digits) == text


@pytest.mark.parametrize(
    ("instructions", "text"),
    [
        ([], "x"),
        ([const(2.0)], "2"),
        ([const(-2.0), op("add", 0, 1)], "x - 2"),
        ([const(-2.0), op("add", 1, 0)], "x - 2"),
        ([const(-2.0), op("sub", 0, 1)], "x + 2"),
        ([const(-2.0), op("sub", 1, 0)], "-2 - x"),
        ([const(-2.0), op("mul", 0, 1)], "x * -2"),
        ([const(2.0), op("add", 0, 1), op("mul", 0, 2)], "x * (x + 2)"),
        ([const(2.0), op("mul", 0, 1), op("add", 0, 2)], "x + x * 2"),
        ([const(2.0), op("sub", 0, 1), op("sub", 0, 2)], "x - (x - 2)"),
        ([const(2.0), op("sub", 0, 1), op("add", 0, 2)], "x - 2 + x"),
        ([const(2.0), op("div", 0, 1), op("div", 1, 2)], "2 / (x / 2)"),
        ([const(2.0), op("div", 0, 1), op("mul", 1, 2)], "x / 2 * 2"),
        ([op("add", 0, 0), op("mul", 1, 1)], "t1 * t1 where t1 = x + x"),
        ([op("square", 0), op("fma", 0, 1, 0)], "fma(x, square(x), x)"),
        ([op("abs", 0), op("sqrt", 1), op("min", 2, 0)], "min(sqrt(abs(x)), x)"),
    ],
)
def test_formula_examples(instructions, text):
    assert formula(program(*instructions)) == text


def test_source_of_the_published_shape():
    p = program(const(3.5), op("div", 1, 0), op("add", 0, 2), const(-0.25), op("add", 3, 4))
    assert source(p) == "t1 = 3.5 / x\nt2 = x + t1\ny = t2 - 0.25"


def test_unused_instructions_are_left_out():
    p = program(op("add", 0, 0), op("mul", 1, 1), outputs=(1,))
    assert live(p) == [1]
    assert source(p) == "y = x + x"


def test_several_outputs():
    p = program(op("add", 0, 1), op("mul", 2, 2), inputs=("w", "g"), outputs=(3, 2, 0))
    assert source(p) == "t1 = w + g\nt2 = t1 * t1\ny1 = t2\ny2 = t1\ny3 = w"
    assert formula(p) == "t1 * t1, t1, w where t1 = w + g"


@pytest.mark.parametrize(
    "inputs", [("t1",), ("y",), ("sqrt",), ("\u00e9",), ("where",), ("lambda",)]
)
def test_input_names_that_clash_are_replaced(inputs):
    assert formula(program(op("sqrt", 0), inputs=inputs)) == "sqrt(x)"
