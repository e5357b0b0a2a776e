"""Exported NumPy and JAX of float32 programs give the bits of the entries' own functions."""

import importlib.util
import subprocess
import sys

import jax
import numpy as np
import pytest
from singles import SINGLE, around, of, with_look

from elitemap.searchspaces.programs.emission import to_jax_float32, to_numpy_float32
from elitemap.searchspaces.programs.emission.cases_float32 import arguments
from elitemap.searchspaces.programs.emission.opaque_float32 import by_bits
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.reference import evaluate, same
from elitemap.searchspaces.programs.float32.tables import SIZES
from elitemap.searchspaces.programs.variation import random_programs

POINTS = np.concatenate(
    [
        arguments((-4.0, 4.0)),
        np.random.default_rng(5).integers(0, 2**32, 2000, dtype=np.uint32).view(np.float32),
    ]
)


EVERY = [pytest.param(around(p), id=p.name) for p in FLOAT32.primitives if p.literal is None]
EVERY += [pytest.param(with_look(of(("neg", 0)), size), id=f"a table of {size}") for size in SIZES]


@pytest.fixture
def loaded(tmp_path):
    def load(texts):
        ((name, text),) = texts.items()
        (tmp_path / name).write_text(text)
        spec = importlib.util.spec_from_file_location(name[:-3], tmp_path / name)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def numpy_agrees(program, loaded, make_meta):
    module = loaded(to_numpy_float32.files(program, make_meta("f"), ["Nothing."]))
    (expected,), settled = evaluate(program, [POINTS])
    got = module.f(POINTS)
    assert got.dtype == np.float32 and module.f(POINTS[:6].reshape(2, 3)).shape == (2, 3)
    assert np.ndim(module.f(1.0)) == 0
    assert (same(got, expected) | ~settled).all()
    assert module._self_test() == 0


@pytest.mark.parametrize("program", EVERY)
def test_every_primitive_in_numpy(program, loaded, make_meta):
    numpy_agrees(program, loaded, make_meta)


def test_random_programs_in_numpy(loaded, make_meta):
    opcodes = list(FLOAT32.operations.values())
    batch = random_programs(40, 52, 12, opcodes, np.random.default_rng(3), SINGLE, FLOAT32)
    for row in range(len(batch)):
        numpy_agrees(batch.program(row), loaded, make_meta)


def test_the_file_tests_itself(tmp_path, make_meta):
    ((name, text),) = to_numpy_float32.files(
        around(FLOAT32.primitives[5]), make_meta("f"), []
    ).items()
    (tmp_path / name).write_text(text)
    command = [sys.executable, "-W", "error", name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and "cases match" in done.stdout, done.stderr
    (tmp_path / name).write_text(
        text.replace(
            "_CASES = np.array(\n    [\n        (0x0", "_CASES = np.array(\n    [\n        (0x1", 1
        )
    )
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "gives" in done.stdout


@pytest.mark.parametrize("program", EVERY)
def test_every_primitive_in_jax(program, loaded, make_meta):
    """But for subnormal numbers, which XLA flushes, and sums of products that it does not fuse."""
    module = loaded(to_jax_float32.files(program, make_meta("f"), [], ""))
    points = POINTS[(np.abs(POINTS) < 2.0**60) & (np.abs(POINTS) > 2.0**-60)]
    (expected,), settled = evaluate(program, [points])
    with jax.default_device(jax.devices("cpu")[0]):
        got = np.asarray(jax.jit(module.f)(points))
    with np.errstate(all="ignore"):
        subnormal = (np.abs(expected) < 2.0**-120) & (expected != 0)
        close = np.isclose(got, expected, rtol=2.0**-20, equal_nan=True)
    right = same(got, expected) | subnormal | ~settled
    fused = any(program.primitive(i).name == "fma" for i in program.instructions)
    assert (right | (close & fused)).mean() > 0.98


def test_whole_numbers_survive_xla(loaded, make_meta):
    """XLA takes (x + M) - M for x."""
    magic = 1.5 * 2.0**23
    rows = [("single", magic), ("fadd", 0, 1), ("fsub", 2, 1), ("fsub", 0, 3)]
    program = of(*rows)
    module = loaded(to_jax_float32.files(program, make_meta("f"), [], ""))
    x = np.linspace(-90, 90, 1000, dtype=np.float32)
    with jax.default_device(jax.devices("cpu")[0]):
        got = np.asarray(jax.jit(module.f)(x))
    np.testing.assert_array_equal(got, x - np.rint(x))
    (expected,), _ = evaluate(by_bits(program), [x])
    np.testing.assert_array_equal(got, expected)
    assert by_bits(of(("single", 2.0), ("fadd", 0, 1), ("fsub", 2, 1))).cost == 2


@pytest.mark.parametrize(
    "rows",
    [
        [("fmul", 0, 0), ("neg", 1), ("fma", 0, 0, 2)],
        [("single", 3.0), ("fma", 0, 0, 1), ("fsub", 2, 1), ("neg", 3), ("fma", 0, 0, 4)],
        [("single", 1.5 * 2.0**23 + 9), ("single", 1.5 * 2.0**23), ("fadd", 0, 1), ("fsub", 3, 2)],
        [("single", 512.75), ("fadd", 1, 0), ("single", -512.5), ("fadd", 3, 2)],
        [("fma", 0, 0, 0), ("fsub", 0, 1), ("fma", 0, 0, 2)],
    ],
    ids=["what a square loses", "few bits", "another whole one", "sums of constants", "a sum, too"],
)
def test_what_xla_would_see_through_has_the_bits_of_the_program(rows, loaded, make_meta):
    program = of(*rows)
    module = loaded(to_jax_float32.files(program, make_meta("f"), [], ""))
    x = np.random.default_rng(7).uniform(-9.0, 9.0, 4096).astype(np.float32)
    (expected,), _ = evaluate(program, [x])
    with jax.default_device(jax.devices("cpu")[0]):
        got = np.asarray(jax.jit(module.f)(x))
    np.testing.assert_array_equal(got, expected)


def test_derivatives_are_those_that_are_told(loaded, make_meta):
    program = of(("rint", 0), ("fmul", 1, 1))
    module = loaded(to_jax_float32.files(program, make_meta("f"), [], "y + 2 * x"))
    with jax.default_device(jax.devices("cpu")[0]):
        assert jax.grad(module.f)(np.float32(2.25)) == 4.0 + 4.5
        assert jax.vmap(jax.grad(module.f))(np.float32([1, 3])).tolist() == [3.0, 15.0]
