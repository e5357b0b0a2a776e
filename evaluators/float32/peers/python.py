"""Functions of NumPy and JAX, which are called through Python."""

import importlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.peers.peer import Peer

Singles = NDArray[np.float32]

#: Names in NumPy and JAX that differ.
_NUMPY = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh",
          "acosh": "arccosh", "atanh": "arctanh"}  # fmt: skip
_JAX = {"erf": "jax.scipy.special:erf", "erfc": "jax.scipy.special:erfc"}
_JAX |= {name: f"jax.nn:{name}" for name in ("sigmoid", "softplus", "silu", "gelu")}


def peers(name: str) -> Iterator[Peer | Missing]:
    """A function of NumPy, if it has it, and of JAX."""
    found = getattr(np, _NUMPY.get(name, name), None)
    if isinstance(found, np.ufunc):

        def call(x: Singles) -> Singles:
            with np.errstate(all="ignore"):
                return np.asarray(found(x))

        yield Peer(f"NumPy {name}", version("numpy"), call)
    yield _jax(name)


def _jax(name: str) -> Peer | Missing:
    try:
        jax = importlib.import_module("jax")
        module, _, attribute = _JAX.get(name, f"jax.numpy:{_NUMPY.get(name, name)}").partition(":")
        function = getattr(importlib.import_module(module), attribute, None)
        told = version("jax")
    except (ImportError, PackageNotFoundError):
        return Missing(f"JAX {name}", "pip install jax")
    if function is None:
        return Missing(f"JAX {name}", "JAX has no such function")
    device = jax.devices("cpu")[0]
    compiled = jax.jit(function)

    def call(x: Singles) -> Singles:
        with jax.default_device(device):
            return np.asarray(compiled(x))

    return Peer(f"JAX {name}", told, call)
