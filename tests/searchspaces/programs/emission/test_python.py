"""Emitted Python, NumPy, JAX and SymPy against the interpreter and exact arithmetic."""

import ctypes
import ctypes.util
import math
import re
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.searchspaces.programs.emission import export
from elitemap.searchspaces.programs.emission.vectors import arguments, bits, evaluate
from elitemap.searchspaces.programs.program import Instruction, Program

OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives

NAMES = tuple(OPCODES)
RATIONAL = tuple(n for n in NAMES if "exact" in PRIMITIVES[OPCODES[n]].templates)
UNFUSED = tuple(n for n in NAMES if n != "fma")
POINTS = arguments((-3.0, 2.0))


class Exact:
    min = staticmethod(min)
    max = staticmethod(max)
    abs = staticmethod(abs)
    select = staticmethod(lambda c, a, b: a if c >= 0 else b)


def load(program, language, make_meta, title="f"):
    ((name, text),) = export(program, None, make_meta(title), language).items()
    scope = {"__name__": "emitted"}
    exec(compile(text, name, "exec"), scope)
    return scope


def same_bits(got, wanted):
    return [bits(float(y)) for y in got] == [bits(float(y)) for y in wanted]


@pytest.fixture(scope="session")
def fused(make_meta):
    instruction = Instruction(OPCODES["fma"], (0, 0, 0))
    return load(Program(("x",), (instruction,), (1,), dialect=OWN), "python", make_meta)["_fma"]


@pytest.fixture(scope="session")
def c_library_fma():
    library = ctypes.util.find_library("m")
    if library is None:
        pytest.skip("no C library")
    function = ctypes.CDLL(library).fma
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * 3
    return function


@given(data=st.data())
def test_python_matches_the_interpreter(programs, make_meta, data):
    program = data.draw(programs())
    function = load(program, "python", make_meta)["f"]
    assert same_bits(map(function, POINTS), evaluate(program, np.array(POINTS)))


@given(a=st.floats(), b=st.floats(), c=st.floats())
def test_emitted_fma_is_that_of_the_c_library(fused, c_library_fma, a, b, c):
    assert same_bits([fused(a, b, c)], [c_library_fma(a, b, c)])
    exact_product = a * b if math.isfinite(a * b) else 1.0
    assert same_bits([fused(a, b, -exact_product)], [c_library_fma(a, b, -exact_product)])


@given(data=st.data())
def test_numpy_matches_the_interpreter(programs, make_meta, data):
    program = data.draw(programs(names=UNFUSED))
    function = load(program, "numpy", make_meta)["f"]
    x = np.array(POINTS)
    assert same_bits(function(x), evaluate(program, x))
    assert function(x.reshape(1, -1)).shape == (1, len(x))
    assert same_bits([function(0.5)], evaluate(program, np.array([0.5])))
    assert not np.shares_memory(function(x), x)


def test_numpy_returns_scalars_and_keeps_quiet(example_programs, make_meta):
    function = load(example_programs["every primitive"], "numpy", make_meta)["f"]
    assert np.ndim(function(2)) == 0
    assert function([1.0, 2.0]).dtype == np.float64


@given(data=st.data(), x=st.fractions(-4, 4, max_denominator=64))
def test_exact_twin_and_sympy_match_exact_evaluation(programs, tame_numbers, make_meta, data, x):
    program = data.draw(programs(names=RATIONAL, numbers=tame_numbers, most=8))
    try:
        (wanted,) = program.run(Exact(), [x], lambda constant: constant)
    except ZeroDivisionError:
        assume(False)
    assert load(program, "python", make_meta)["f_exact"](x) == wanted
    symbolic = load(program, "sympy", make_meta)["f"](sympy.Rational(x.numerator, x.denominator))
    assert symbolic == sympy.Rational(wanted.numerator, wanted.denominator)


def test_sympy_of_every_primitive(example_programs, make_meta):
    program = example_programs["every primitive"]
    expression = load(program, "sympy", make_meta)["f"]()
    (x,) = expression.free_symbols
    for value in (-1.5, 0.25, 3.0):
        wanted = evaluate(program, np.array([value]))[0]
        assert float(expression.subs(x, sympy.Float(value, 30))) == pytest.approx(wanted, rel=1e-12)


def test_no_exact_twin_with_roots(example_programs, make_meta):
    assert "f_exact" not in load(example_programs["every primitive"], "python", make_meta)
    assert load(example_programs["exp2"], "python", make_meta)["f_exact"](Fraction(1, 2)) > 1


@pytest.mark.parametrize("language", ["python", "numpy"])
def test_self_test_of_the_file(language, example_programs, make_meta, tmp_path):
    ((name, text),) = export(example_programs["exp2"], None, make_meta("f"), language).items()
    (tmp_path / name).write_text(text)
    command = [sys.executable, "-I", "-W", "error", tmp_path / name]
    good = subprocess.run(command, capture_output=True, text=True)
    assert good.returncode == 0 and "cases match" in good.stdout, good.stderr
    (tmp_path / name).write_text(text.replace("5783.5", "5783.6", 1))
    assert subprocess.run(command, capture_output=True).returncode == 1


def test_python_needs_no_package(example_programs, make_meta):
    for program in example_programs.values():
        ((_, text),) = export(program, None, make_meta("f"), "python").items()
        imported = re.findall(r"^(?:import|from) (\w+)", text, re.MULTILINE)
        assert set(imported) <= {"math", "struct", "sys", "fractions"}
