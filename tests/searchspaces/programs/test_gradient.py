import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from own_primitives import OWN

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import gradient

CONST = OWN.opcodes["const"]
OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives

TABLE = [p for p in OWN.primitives if p.literal is None]
each_primitive = pytest.mark.parametrize("primitive", TABLE, ids=lambda p: p.name)


class Real:
    """mpmath as an arithmetic."""

    min, max, abs = staticmethod(min), staticmethod(max), staticmethod(abs)
    select = staticmethod(lambda c, a, b: a if c >= 0 else b)
    sqrt = staticmethod(mpmath.sqrt)


def differences(program, x):
    """Derivatives of a program by its input and its constants, to about 20 digits."""
    h = mpmath.mpf(10) ** -25

    def value(constants, at):
        supply = iter(constants)
        return program.run(Real(), [at], lambda _: next(supply))[0]

    with mpmath.workdps(60):
        start = [mpmath.mpf(c.numerator) / c.denominator for c in program.constants]
        x = mpmath.mpf(x)
        slopes = [(value(start, x + h) - value(start, x - h)) / (2 * h)]
        for k in range(len(start)):
            up, down = ([*start[:k], start[k] + s, *start[k + 1 :]] for s in (h, -h))
            slopes.append((value(up, x) - value(down, x)) / (2 * h))
    return [float(s) for s in slopes]


def constant_slots(program):
    return [0, *(k + 1 for k, i in enumerate(program.instructions) if i.opcode == CONST)]


@each_primitive
def test_slopes_against_differences(primitive, applied, real_everywhere):
    rng = np.random.default_rng(4)
    operands = rng.uniform(0.2, 5, (40, primitive.arity))
    if real_everywhere(primitive):
        operands *= rng.choice([-1, 1], operands.shape)
    batch = applied(primitive, operands)
    got = gradient(batch, np.ones(1))[:, :, 0]
    for r in range(len(batch)):
        program = batch.program(r)
        expected = differences(program, 1.0)
        np.testing.assert_allclose(
            got[r, constant_slots(program)], expected, rtol=1e-14, atol=1e-14
        )
    np.testing.assert_array_equal(got[:, -1], 1.0)


@each_primitive
def test_equal_operands_add_up(primitive, build, packed):
    program = build((primitive.name, *[0] * primitive.arity))
    slope = gradient(packed(program), np.array([1.5]))[0, 0, 0]
    one_sided = {"min": 1.0, "max": 1.0}
    expected = one_sided.get(primitive.name, differences(program, 1.5)[0])
    assert slope == pytest.approx(expected, rel=1e-14)


@settings(max_examples=50)
@given(data=st.data())
def test_gradients_of_programs(programs, tame_numbers, data):
    smooth = ("const", "add", "sub", "mul", "div", "sqrt", "square", "fma")
    program = data.draw(programs(names=smooth, most=8, numbers=tame_numbers.map(abs)))
    batch = Batch.from_programs([program], 10)
    points = np.array([0.37, 1.61])
    got = gradient(batch, points)
    assert not got[0, len(program.instructions) + 1 :].any()
    for column, x in enumerate(points):
        slots = got[0, constant_slots(program), column]
        if not tame(program, x):
            continue
        expected = differences(program.with_constants([(c[0], 0.0) for c in pairs(program)]), x)
        np.testing.assert_allclose(slots, expected, rtol=1e-6, atol=1e-6)


def pairs(program):
    return [i.constant for i in program.instructions if i.opcode == CONST]


def tame(program, x):
    """Whether all values are real and of moderate size, so that float64 derivatives are good."""
    values = [mpmath.mpf(x)]
    for i in program.instructions:
        operands = [values[k] for k in i.operands]
        if i.opcode == OPCODES["div"] and operands[1] == 0:
            return False
        made = (
            mpmath.mpf(i.constant[0])
            if i.opcode == CONST
            else program.primitive(i).exactly(Real(), *operands)
        )
        if not (isinstance(made, mpmath.mpf) and 0.05 < abs(made) < 20):
            return False
        values.append(made)
    return True


def test_dead_code_has_no_gradient(build, packed):
    program = build(3.0, ("div", 0, 1), ("sqrt", 0), output=3)
    got = gradient(packed(program), np.array([4.0]))[0, :, 0]
    np.testing.assert_array_equal(got[:4], [0.25, 0.0, 0.0, 1.0])
