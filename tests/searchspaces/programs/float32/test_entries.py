"""Entries of the dialect float32: kernels, NumPy and exact rationals agree; laws are exact."""

import math
from fractions import Fraction

import numpy as np
import pytest

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.emission.cases_float32 import arguments
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.cycles import AVX2, AVX512, cycles
from elitemap.searchspaces.programs.float32.fused import fused
from elitemap.searchspaces.programs.float32.reference import evaluate, same
from elitemap.searchspaces.programs.interpret import evaluate_steps
from elitemap.searchspaces.programs.program import Instruction, Program, ProgramError
from elitemap.searchspaces.programs.signature import Signature, Variable

OP = FLOAT32.opcodes
DTYPES = {t.name: t.dtype for t in FLOAT32.types}
OPERATIONS = [p for p in FLOAT32.primitives if p.literal is None]
SPECIAL = arguments((-4.0, 4.0))


def operands(kinds, n=40_000, seed=0):
    """Every pair (triple) of some special values, then random bits and numbers of one size."""
    rng = np.random.default_rng(seed)
    few = SPECIAL[np.r_[0:40:2, 1:40:5]]
    grids = np.meshgrid(*[few] * len(kinds))
    columns = []
    for kind, grid in zip(kinds, grids, strict=True):
        bits = rng.integers(0, 2**32, n, dtype=np.uint32)
        near = rng.normal(size=n).astype(np.float32)
        small = rng.integers(-40, 40, n).astype(np.int32).view(np.float32)
        parts = [grid.ravel(), bits.view(np.float32), near]
        parts.append(small if kind == "word" else (near * np.float32(1e8)))
        columns.append(np.concatenate(parts).view(DTYPES[kind]))
    return columns


def alone(primitive):
    inputs = tuple(Variable(f"x{k}", t) for k, t in enumerate(primitive.operands))
    signature = Signature(inputs, (primitive.result,))
    code = OP[primitive.name]
    instruction = Instruction(code, tuple(range(primitive.arity)))
    return Program.of(signature, (instruction,), (primitive.arity,), FLOAT32)


def kernel(program, columns):
    batch = Batch.from_programs([program], 40, program.signature)
    cells = np.stack([c.view(np.float32) for c in columns])[None]
    return evaluate_steps(batch, cells)[0, 0, 0].view(DTYPES[program.signature.outputs[0]])


@pytest.mark.parametrize("primitive", OPERATIONS, ids=lambda p: p.name)
def test_kernels_compute_what_entries_say(primitive):
    columns = operands(primitive.operands)
    (expected,), _ = evaluate(alone(primitive), columns)
    got = kernel(alone(primitive), columns)
    assert got.dtype == expected.dtype == DTYPES[primitive.result]
    wrong = np.flatnonzero(~same(got, expected))
    assert not len(wrong), [c[wrong[0]] for c in columns]


@pytest.mark.parametrize("name", ["neg", "abs", "copysign", "bits", "float", "select"])
def test_what_moves_bits_keeps_those_of_nans(name):
    primitive = FLOAT32.primitives[OP[name]]
    columns = operands(primitive.operands)
    (expected,), _ = evaluate(alone(primitive), columns)
    np.testing.assert_array_equal(
        kernel(alone(primitive), columns).view(np.int32), expected.view(np.int32)
    )


def nearest(exact, sign):
    """A rational rounded to float32, to even, by whole numbers alone."""
    if exact == 0:
        return np.float32(sign)
    size = abs(exact)
    power = size.numerator.bit_length() - size.denominator.bit_length()
    power -= size < Fraction(2) ** power
    unit = Fraction(2) ** (max(power, -126) - 23)
    rounded = round(size / unit) * unit
    value = np.float32(math.inf if rounded >= 2**128 else float(rounded))
    return -value if exact < 0 else value


def test_the_fused_multiply_add_rounds_once():
    columns = [c[np.isfinite(c)] for c in operands(["single"] * 3, 1500, 7)]
    columns = [c[-4000:] for c in columns]
    n = min(map(len, columns))
    a, b, c = (column[:n] for column in columns)
    with np.errstate(over="ignore"):
        near = -(a * b) * np.float32(1 + 2**-20)
    far = np.nextafter(np.float32(1), np.float32(2)) * np.float32(2**-30)
    for last in (c, np.where(np.isfinite(near), near, c), np.full(n, far, np.float32)):
        got = fused(a, b, last)
        for k in range(0, n, 7):
            exact = Fraction(float(a[k])) * Fraction(float(b[k])) + Fraction(float(last[k]))
            if exact:
                assert got[k] == nearest(exact, 0.0), (a[k], b[k], last[k])


def test_a_double_rounding_would_show():
    """2^-24 beyond a tie of float32 is lost in float64, and must not be."""
    a = np.float32(1 + 2**-12)
    c = np.float32(2.0**-100)
    tie = np.float32(1) - a * np.float32(0)
    product = np.float64(a) * np.float64(a)
    naive = np.float32(product + np.float64(c))
    exact = Fraction(float(a)) ** 2 + Fraction(float(c))
    assert tie == 1 and fused(a, a, c) == nearest(exact, 0.0) != naive


@pytest.mark.parametrize("primitive", OPERATIONS, ids=lambda p: p.name)
def test_stated_laws_hold_to_the_bit(primitive):
    run = {p.name: p.run for p in FLOAT32.primitives}
    a, b, *rest = (*operands(primitive.operands, 4000), None, None)
    rest = [r for r in rest if r is not None]
    with np.errstate(all="ignore"):
        if primitive.commutative:
            assert same(primitive.run(a, b, *rest), primitive.run(b, a, *rest)).all()
        if primitive.idempotent:
            assert same(primitive.run(a, a), a).all()
        if primitive.opposite:
            minus = np.negative(b) if b.dtype == np.float32 else run["isub"](np.zeros_like(b), b)
            assert same(primitive.run(a, b), run[primitive.opposite](a, minus)).all()
        if primitive.neutral:
            kind = DTYPES[primitive.operands[1]]
            assert same(primitive.run(a, np.full(len(a), primitive.neutral[0], kind)), a).all()
        if primitive.inverse:
            assert same(run[primitive.inverse](primitive.run(a, b), b), a).all()
            left, right = primitive.run(primitive.run(a, b), a[::-1]), primitive.run(b, a[::-1])
            assert same(left, primitive.run(a, right)).all()
        for place in primitive.absorbing:
            both = [a, b]
            both[place] = np.zeros_like(a)
            assert not primitive.run(*both).any()


def test_sums_of_floats_may_not_be_regrouped_nor_extremes_exchanged():
    """What the dialect must not state, with the counterexamples."""
    entry = {p.name: p for p in FLOAT32.primitives}
    one, tiny = np.float32(1), np.float32(2**-24)
    assert (one + tiny) + tiny != one + (tiny + tiny)
    assert not any(entry[name].inverse for name in ("fadd", "fsub", "fmul", "fdiv"))
    assert not entry["fmul"].absorbing
    nan = np.float32(np.nan)
    assert np.isnan(entry["min"].run(nan, one)) and entry["min"].run(one, nan) == 1
    assert not (entry["min"].commutative or entry["max"].commutative)


def test_conversions_at_their_ends():
    run = {p.name: p.run for p in FLOAT32.primitives}
    given = [2.5, -3.5, 2147483520.0, 2.0**31, -(2.0**31), np.inf, -np.inf, np.nan]
    got = run["toint"](np.array(given, np.float32))
    low = -(2**31)
    np.testing.assert_array_equal(got, [2, -4, 2147483520, low, low, low, low, low])
    assert run["fromint"](np.int32(16777217)) == np.float32(16777216)


def test_bits_of_a_made_nan_are_not_settled():
    made = Instruction(OP["fsub"], (0, 0))
    rows = (made, Instruction(OP["bits"], (1,)))
    signature = Signature((Variable("x", "single"),), ("word",))
    program = Program.of(signature, rows, (2,), FLOAT32)
    points = np.array([1.0, np.inf, np.nan], np.float32)
    assert evaluate(program, [points]).settled.tolist() == [True, False, False]
    direct = Program.of(signature, (Instruction(OP["bits"], (0,)),), (1,), FLOAT32)
    assert evaluate(direct, [points]).settled.all()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("single", ["0x1.0000001p0"]),
        ("single", ["0x1p200"]),
        ("single", ["nan"]),
        ("single", [1]),
        ("single", []),
        ("word", [2**31]),
        ("word", [True]),
        ("word", [1.0]),
        ("word", ["1"]),
    ],
)
def test_constants_lie_on_the_grid(kind, wrong):
    right = [(0.5 + 2**-24).hex()] if kind == "single" else [-(2**31)]
    document = {
        "schema": 2,
        "dialect": "float32",
        "inputs": [["x", "single"]],
        "instructions": [[kind, *right]],
        "outputs": [0],
        "states": [],
        "nexts": [],
    }
    assert Program.from_json(document, FLOAT32).to_json() == document
    document["instructions"] = [[kind, *wrong]]
    with pytest.raises(ProgramError, match="^expected"):
        Program.from_json(document, FLOAT32)


def test_cycles_cover_every_entry_and_follow_the_longest_chain():
    names = {p.name for p in OPERATIONS}
    assert set(AVX2) == set(AVX512) == names | {"look"}
    rows = (
        Instruction(OP["single"], (), (0.5,)),
        Instruction(OP["fma"], (0, 0, 1)),
        Instruction(OP["fdiv"], (0, 1)),
        Instruction(OP["fadd"], (2, 3)),
    )
    program = Program(("x",), rows, (4,), dialect=FLOAT32)
    found = cycles(program, AVX2)
    assert (found.latency, found.throughput) == (15, pytest.approx(6.0))
    assert cycles(program, AVX512).throughput == pytest.approx(11.0)
