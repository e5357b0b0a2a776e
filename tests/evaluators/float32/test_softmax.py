"""Softmax in two passes, in C and in JAX: near that in float64, whatever comes in."""

import ctypes
import importlib.util
from functools import partial

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.evaluators.float32.compiled import FLAGS
from elitemap.evaluators.float32.peers.sollya import polynomial
from elitemap.evaluators.float32.task import exported, languages_of
from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.wholes import whole

EXP = resolve("exp", None, "usual")
#: Those of fpminimax, degree 6.
COEFFICIENTS = "0x1p0 0x1p0 0x1.fffff8p-2 0x1.55548ep-3 0x1.555b98p-5 0x1.123bccp-7 0x1.6850e4p-10"

INPUTS = {
    "one": [3.0],
    "equal": [2.5] * 37,
    "huge equal": [3e38] * 5,
    "huge": [3e38, 2.9999e38, -3e38, 0.0],
    "far below": [-3e38, -3.1e38, -3e38],
    "below the reach": [-70000.0, -70001.0, -70000.5] * 7,
    "about the reach": [65536.0, 65535.0, 65537.0, -65536.0],
    "masked": [-np.inf, 1.0, -np.inf, 2.0] * 9,
    "large": [88.0, 200.0, 199.5, 1000.0, 999.0] * 5,
    "subnormal results": [0.0, -86.0, -88.0, -100.0, -150.0],
}
UNDEFINED = {
    "nan": [1.0, np.nan, 2.0],
    "infinite": [1.0, np.inf, 2.0],
    "all masked": [-np.inf] * 20,
    "nan among huge": [3e38, np.nan],
}


@pytest.fixture(scope="module")
def made():
    program = whole(polynomial([float.fromhex(c) for c in COEFFICIENTS.split()]), EXP.reduction)
    return exported(program.to_json(), None, "e", "softmax", EXP)


@pytest.fixture(scope="module")
def in_c(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("softmax")
    for name, text in made.items():
        (folder / name).write_text(text)
    strict = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]
    compile_library(folder / "e_softmax.c", folder / "e.so", [*FLAGS, *strict])
    library = ctypes.CDLL(str(folder / "e.so"))

    def call(name, x, inside=False):
        x = np.array(x, np.float32)
        y = x if inside else np.full_like(x, 7.0)
        places = [ctypes.c_void_p(a.ctypes.data) for a in (x, y)]
        getattr(library, name)(*places, ctypes.c_size_t(len(x)))
        return y

    return {name: partial(call, name) for name in WAYS}


WAYS = ("e_softmax", "e_softmax_by_three")


@pytest.fixture(scope="module")
def in_jax(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("softmax") / "e_softmax_jax.py"
    path.write_text(made["e_softmax_jax.py"])
    spec = importlib.util.spec_from_file_location("e_softmax_jax", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.e_softmax


def right(x, y):
    """Near softmax in float64; what float32 holds as a subnormal number may be 0."""
    x = np.array(x, np.float32).astype(np.float64)
    wanted = np.exp(x - x.max())
    wanted /= wanted.sum()
    assert np.allclose(np.asarray(y, np.float64), wanted, rtol=4e-6, atol=1.2e-38)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", INPUTS)
def test_c(in_c, way, name):
    right(INPUTS[name], in_c[way](INPUTS[name]))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", UNDEFINED)
def test_c_of_what_has_no_softmax(in_c, way, name):
    assert np.isnan(in_c[way](UNDEFINED[name])).all()


@given(st.lists(st.floats(-(2.0**99), 2.0**99, width=32), min_size=1, max_size=70))
def test_c_of_anything(in_c, x):
    for way in WAYS:
        right(x, in_c[way](x))


def test_long_arrays(in_c):
    x = np.random.default_rng(0).normal(0.0, 3.0, 300_003)
    for way in WAYS:
        right(x, in_c[way](x))


def test_the_result_may_lie_where_the_argument_was(in_c):
    x = np.random.default_rng(2).normal(size=133)
    for way in WAYS:
        assert np.array_equal(in_c[way](x, inside=True), in_c[way](x))
        assert in_c[way]([]).shape == (0,)


@pytest.mark.parametrize("name", INPUTS)
def test_jax_of(in_jax, name):
    with jax.default_device(jax.devices("cpu")[0]):
        right(INPUTS[name], in_jax(np.array(INPUTS[name], np.float32)))


@pytest.mark.parametrize("name", UNDEFINED)
def test_jax_of_what_has_no_softmax(in_jax, name):
    with jax.default_device(jax.devices("cpu")[0]):
        assert np.isnan(in_jax(np.array(UNDEFINED[name], np.float32))).all()


def test_jax_in_rows_and_differentiated(in_jax):
    x = np.random.default_rng(1).normal(0.0, 3.0, (4, 33)).astype(np.float32)
    with jax.default_device(jax.devices("cpu")[0]):
        for row, y in zip(x, np.asarray(jax.jit(in_jax)(x)), strict=True):
            right(row, y)
        slope = jax.grad(lambda v: (in_jax(v) * x).sum())(x)
        wanted = jax.grad(lambda v: (jax.nn.softmax(v) * x).sum())(x)
    assert np.allclose(slope, wanted, atol=1e-5)


def test_only_exponentials_have_it():
    assert "softmax" in languages_of(EXP)
    other = resolve("exp2", None, "usual")
    assert "softmax" not in languages_of(other)
    program = whole(polynomial([1.0, 0.75, 0.25]), other.reduction)
    with pytest.raises(UsageError, match="expected c, .* in float32, got 'softmax'"):
        exported(program.to_json(), None, "e", "softmax", other)
