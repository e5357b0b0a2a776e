"""Functions of float32 that others have made, where they are installed."""

import ctypes
import importlib
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.compiled import FLAGS
from elitemap.evaluators.float32.functions import Function, exported
from elitemap.native.toolchain import compile_library

Singles = NDArray[np.float32]

#: Headers declare the vector versions of the C library where -ffast-math sets a macro. The option
#: itself makes every library that is linked with it turn subnormal numbers off for the process.
_SIMD = [*FLAGS, "-fopenmp-simd", "-D_OPENMP=201511", "-D__FAST_MATH__=1"]

_LOOP = """\
#include <math.h>
#include <stddef.h>
void peer_n(const float *restrict x, float *restrict y, size_t n)
{{
{pragma}
    for (size_t i = 0; i < n; i++)
        y[i] = {name}f(x[i]);
}}
"""

_SLEEF = """\
#include <immintrin.h>
#include <stddef.h>
#include <sleef.h>
void peer_n(const float *restrict x, float *restrict y, size_t n)
{{
    for (size_t i = 0; i < n; i += {lanes})
        {store}(y + i, Sleef_{name}f{lanes}_{accuracy}{unit}({load}(x + i)));
}}
"""

#: Functions of the C library, and of the vector libraries, with these names.
_IN_C = frozenset(
    "exp2 exp expm1 log2 log log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh "
    "atanh erf erfc cbrt sqrt".split()
)
_ACCURACIES = {"u10": "1.0 ULP", "u35": "3.5 ULP"}

#: Names in NumPy and JAX that differ.
_NUMPY = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "sinh": "sinh", "asinh": "arcsinh",
          "acosh": "arccosh", "atanh": "arctanh"}  # fmt: skip
_JAX = {"erf": "jax.scipy.special:erf", "erfc": "jax.scipy.special:erfc"}
_JAX |= {name: f"jax.nn:{name}" for name in ("sigmoid", "softplus", "silu", "gelu")}


@dataclass(frozen=True)
class Peer:
    """A function that can be called on arrays.

    Attributes:
        name: Library and function.
        version: Of the library.
        function: From float32[n] to float32[n].
        compiled: ``void f(const float *, float *, size_t)`` of a loaded library; None for what is
            called through Python.
    """

    name: str
    version: str
    function: Function
    compiled: Any = None


def peers(name: str) -> Iterator[Peer | Missing]:
    """What there is of a named function, and what is not installed.

    Args:
        name: Of a target, such as ``exp2``; of other names there are no peers.
    """
    if name in _IN_C:
        yield _built("glibc", name, _LOOP.format(name=name, pragma=""), FLAGS, "")
        yield _vectorised(name)
        yield from (_sleef(name, accuracy) for accuracy in _ACCURACIES)
    yield from _python(name)


def _built(
    label: str, name: str, text: str, flags: list[str], wanted: str, cure: str = ""
) -> Peer | Missing:
    """C compiled and loaded; missing if it does not compile or lacks a symbol."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "peer.c"), Path(folder, "peer.so")
        source.write_text(text)
        try:
            compile_library(source, library, flags)
        except SearchError:
            return Missing(f"{label} {name}", cure or "it does not compile here")
        if wanted.encode() not in library.read_bytes():
            return Missing(f"{label} {name}", cure or "it is not there")
        loaded = ctypes.CDLL(str(library))
    return Peer(f"{label} {name}", _libc(), exported(loaded, "peer"), loaded.peer_n)


def _libc() -> str:
    return " ".join(platform.libc_ver()).strip()


def _vectorised(name: str) -> Peer | Missing:
    cure = "the C library has no vector version of it"
    text = _LOOP.format(name=name, pragma="#pragma omp simd")
    return _built("libmvec", name, text, _SIMD, "_ZGV", cure)


def _sleef(name: str, accuracy: str) -> Peer | Missing:
    wide = _has_avx512()
    text = _SLEEF.format(
        name=name,
        accuracy=accuracy,
        lanes=16 if wide else 8,
        unit="avx512f" if wide else "avx2",
        load="_mm512_loadu_ps" if wide else "_mm256_loadu_ps",
        store="_mm512_storeu_ps" if wide else "_mm256_storeu_ps",
    )
    label = f"SLEEF {accuracy}"
    made = _built(label, name, text, [*FLAGS, "-Wl,--no-as-needed", "-lsleef"], "Sleef_",
                  "apt install libsleef-dev, or this accuracy does not exist")  # fmt: skip
    if isinstance(made, Missing):
        return made
    return Peer(made.name, "installed", made.function, made.compiled)


def _has_avx512() -> bool:
    try:
        return "avx512f" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def _python(name: str) -> Iterator[Peer | Missing]:
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


def python_time(function: Callable[[Singles], Any], x: Singles, turns: int = 200) -> float:
    """Nanoseconds for one element of a call from Python, the least of many."""
    function(x)
    least = float("inf")
    for _ in range(turns):
        begun = time.perf_counter_ns()
        function(x)
        least = min(least, time.perf_counter_ns() - begun)
    return least / len(x)
