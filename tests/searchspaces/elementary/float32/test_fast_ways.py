"""The shorter way of functions makes the same bits, and none of them are subnormal numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.evaluators.float32.cores import core_values
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.parts import reducing, rest, run
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.program import Program

#: Functions of an exponential, which is subnormal for some arguments.
NAMES = ("exp2", "exp", "expm1", "sigmoid", "softplus")

LEAST = np.float32(2.0**-126)

#: Arguments at which what is left of the exponential matters.
USUAL = st.floats(-130.0, 130.0, width=32).filter(lambda x: x == 0 or abs(x) > 2.0**-20)


def _inputs(reduction, x):
    """float32[2, n]: the argument, and what the core approximates."""
    core = core_values(reduction.core, run(reducing(reduction), x[None]))
    return np.stack([x, core.astype(np.float32)])


def _values(program, inputs):
    """Every value of a program that is a single of more than a constant."""
    for k, instruction in enumerate(program.instructions):
        primitive = FLOAT32.primitives[instruction.opcode]
        if primitive.result == "single" and primitive.arity:
            rows = program.instructions[: k + 1]
            output = len(program.signature.inputs) + k
            yield run(Program.of(program.signature, rows, (output,), FLOAT32), inputs)


def _fast(name, arguments):
    (low, high), shorter = resolve(name, None, "usual").fast
    x = np.array([low, high, 0.0, *arguments], np.float32)
    return shorter, x[(low <= x) & (x <= high)]


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(USUAL, min_size=1, max_size=20))
def test_both_ways_make_the_same_bits(name, arguments):
    shorter, x = _fast(name, arguments)
    complete = resolve(name, None, "usual").reduction
    inputs = _inputs(shorter, x)
    np.testing.assert_array_equal(run(rest(shorter), inputs), run(rest(complete), inputs))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20)
@given(st.lists(USUAL, min_size=20, max_size=100))
def test_no_value_is_subnormal(name, arguments):
    shorter, x = _fast(name, arguments)
    for values in _values(rest(shorter), _inputs(shorter, x)):
        size = np.abs(values)
        assert not np.any((size > 0) & (size < LEAST))
