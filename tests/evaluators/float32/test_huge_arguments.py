"""Sines and cosines of any float32 in exported Python: huge arguments, zeros, infinities, NaN."""

import importlib.util

import gmpy2
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from elitemap.engine.tasks import TaskSpec, load_task

#: Taylor's series of (sin(r) / r - 1) / r^2 in r^2, good enough to tell right from wrong.
CORE = "x*(x*(-0.0001984127) + 0.008333334) - 0.16666667"

#: Errors of results, absolute; sums of products that are off by a turn have errors of about 1.
ALLOWED = 2.0**-20


@pytest.fixture(scope="module", params=["sin", "cos"])
def made(request, tmp_path_factory):
    """Name, and ``language -> module``."""
    name = request.param
    options = {"arithmetic": "float32", "bound": "max_ulp<=1"}
    task = load_task(TaskSpec.of("elementary", name, options))
    document = task.parse(CORE)

    def load(language):
        path = tmp_path_factory.mktemp(name) / f"f_{language}.py"
        (text,) = task.export(document, None, "f", language).values()
        path.write_text(text)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.f

    return name, load


def points():
    bits = np.random.default_rng(0).integers(0, 2**32, 4000, dtype=np.uint32)
    hard = np.array([16367173 * 2.0**72, 100.0, 100.00001, -1e38], np.float32)
    x = np.concatenate([hard, bits.view(np.float32)])
    return x[np.isfinite(x)]


def right(name, got, x):
    with gmpy2.context(precision=300):
        function = getattr(gmpy2, name)
        wanted = np.array([float(function(gmpy2.mpfr(v))) for v in x.tolist()])
    assert np.abs(got.astype(np.float64) - wanted).max() <= ALLOWED


def ends(name, function):
    """Zeros keep their signs through a sine; what is no number becomes none."""
    got = np.asarray(function(np.array([0.0, -0.0, np.inf, -np.inf, np.nan], np.float32)))
    wanted = np.array([1.0, 1.0] if name == "cos" else [0.0, -0.0], np.float32)
    np.testing.assert_array_equal(got[:2].view(np.uint32), wanted.view(np.uint32))
    assert np.isnan(got[2:]).all()


def test_numpy(made):
    name, load = made
    function = load("numpy")
    right(name, function(points()), points())
    with np.errstate(invalid="ignore"):
        ends(name, function)


@pytest.mark.slow
def test_jax_where_sums_are_regrouped(made):
    name, load = made
    function = load("jax")
    x = points()
    with jax.default_device(jax.devices("cpu")[0]):
        for one in (function, jax.jit(function)):
            right(name, np.asarray(one(x)), x)
            # Without a huge one among them no argument takes the longer way.
            near = x[np.abs(x) <= 100]
            right(name, np.asarray(one(near)), near)
            ends(name, one)
        some = jnp.float32(1e10)
        slope = jnp.cos(some) if name == "sin" else -jnp.sin(some)
        assert jax.grad(function)(some) == pytest.approx(float(slope), abs=1e-6)
        assert jax.vmap(function)(x[:6]).shape == (6,)
