import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.searchspaces.programs.emission import export
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL

OPCODES = REAL.opcodes

#: XLA fuses multiply-adds and divides by a constant through its reciprocal; the rest is exact.
EXACT = tuple(n for n in OPCODES if n not in ("fma", "div"))
X = np.concatenate([np.linspace(-3.0, 2.0, 41), [np.inf, -np.inf, np.nan]])


@pytest.fixture(autouse=True, scope="module")
def float64():
    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        yield


def load(program, make_meta):
    ((name, text),) = export(program, None, make_meta("f"), "jax").items()
    scope = {}
    exec(compile(text, name, "exec"), scope)
    return scope["f"]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_one_operation_at_a_time_matches_bit_for_bit(programs, tame_numbers, make_meta, data):
    """Nothing can be fused then; tame numbers keep away from subnormals, which XLA flushes."""
    program = data.draw(programs(names=EXACT, numbers=tame_numbers, most=8))
    got = np.asarray(load(program, make_meta)(X))
    assert got.dtype == np.float64 and got.shape == X.shape
    wanted = evaluate(program, X)
    normal = (wanted == 0.0) | ~(np.abs(wanted) < 1e-300)
    np.testing.assert_array_equal(got[normal], wanted[normal])


@settings(max_examples=20, deadline=None)
@given(divisor=st.floats(0.125, 8.0))
def test_division_by_a_constant_is_within_an_ulp(make_meta, divisor):
    steps = (
        Instruction(OPCODES["const"], (), (divisor, 0.0)),
        Instruction(OPCODES["div"], (0, 1)),
    )
    program = Program(("x",), steps, (2,))
    np.testing.assert_array_max_ulp(
        np.asarray(load(program, make_meta)(X[:-3])), evaluate(program, X[:-3]), 1
    )


@pytest.mark.parametrize("title", ["exp2", "every primitive"])
def test_compiled(title, example_programs, make_meta):
    program = example_programs[title]
    x = np.linspace(-2.0, 2.0, 64)
    np.testing.assert_allclose(
        jax.jit(load(program, make_meta))(x), evaluate(program, x), rtol=1e-13
    )


@pytest.mark.parametrize("title", ["exp2", "every primitive"])
def test_gradient(title, example_programs, make_meta):
    program = example_programs[title]
    slope = jax.vmap(jax.grad(load(program, make_meta)))
    x, h = np.array([-1.3, 0.3, 0.9, 1.7]), 1e-5
    difference = (evaluate(program, x + h) - evaluate(program, x - h)) / (2 * h)
    np.testing.assert_allclose(slope(x), difference, rtol=1e-6)


def test_keeps_the_precision_of_its_argument(example_programs, make_meta):
    function = load(example_programs["exp2"], make_meta)
    assert function(np.float32(0.5)).dtype == np.float32
    assert function(1).dtype == np.float64
