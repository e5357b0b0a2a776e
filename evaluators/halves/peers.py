"""The float32 way to functions of 16-bit numbers: convert, call a library, convert back."""

import ctypes
import importlib
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from elitemap.archive.errors import SearchError
from elitemap.engine.protocols import Missing
from elitemap.evaluators.float32.compiled import FLAGS
from elitemap.evaluators.halves.compiled import Function, exported
from elitemap.evaluators.halves.routes import WIDTHS, route
from elitemap.evaluators.halves.truth import truth
from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.elementary.halves.formats import EVERY, Words
from elitemap.searchspaces.elementary.halves.functions import Half

#: How functions are written with what vector libraries have, by name; ``F(f)`` calls one.
_WRITTEN = {
    **{name: (f"F({name})(v)",) for name in "exp2 exp log2 log sin cos tanh erf".split()},
    "sigmoid": ("1.0f / (1.0f + F(exp)(-v))",),
    "silu": ("v / (1.0f + F(exp)(-v))",),
    "gelu": (
        "0.5f * v * (1.0f + F(erf)(0.70710678f * v))",
        "0.5f * v * F(erfc)(-0.70710678f * v)",
    ),
    "softplus": ("F(log1p)(F(exp)(v))",),
}

_USED = ("exp2", "exp", "log2", "log", "log1p", "sin", "cos", "tanh", "erfc", "erf")

_LIBRARIES = {
    "libmvec": (["-lmvec", "-lm"], "the C library has no vector version of it"),
    "SLEEF": (["-lsleefgnuabi", "-lm"], "apt install libsleef-dev"),
}

_TABLE = """\
#include <stddef.h>
#include <stdint.h>
static uint16_t table[65536];
void fill(const uint16_t *results) {{ for (size_t i = 0; i < 65536; i++) table[i] = results[i]; }}
void peer_n(const uint16_t *restrict x, uint16_t *restrict y, size_t n)
{{
    for (size_t i = 0; i < n; i++)
        y[i] = table[x[i]];
}}
"""


@dataclass(frozen=True)
class Peer:
    """A function of bits of 16-bit numbers that can be called on arrays.

    Attributes:
        name: Library and function.
        version: Of the library.
        function: From uint16[n] to uint16[n].
        compiled: ``void f(const uint16_t *, uint16_t *, size_t)`` of a loaded library; None for
            what is called through Python.
    """

    name: str
    version: str
    function: Function
    compiled: Any = None


def peers(half: Half) -> Iterator[Peer | Missing]:
    """What there is of a function, and what is not installed."""
    for library in _LIBRARIES:
        for text in _WRITTEN.get(half.name, ()):
            yield _route(library, text, half)
    yield _table(half)
    yield _jax(half)


def _route(library: str, expression: str, half: Half) -> Peer | Missing:
    flags, cure = _LIBRARIES[library]
    used = [f for f in _USED if f"F({f})" in expression]
    label = f"{library}: {expression.replace('F(', '').replace(')(', '(')}"
    here = _processor()
    width = next((w for name, w in WIDTHS.items() if name in here), None)
    if width is None:
        return Missing(label, "a processor with AVX2 or AVX-512")
    text = route(width, half.number.name, used, expression)
    found = _built(text, ["-std=gnu99", "-Wl,--no-as-needed", *flags])
    if found is None:
        return Missing(label, cure)
    told = " ".join(platform.libc_ver()).strip() if library == "libmvec" else "installed"
    return Peer(label, told, _padded(exported(found, "peer")), found.peer_n)


def _processor() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().split()
    except OSError:
        return []


def _built(text: str, flags: list[str]) -> ctypes.CDLL | None:
    """C compiled and loaded; None if it does not compile or lacks a symbol."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder, "peer.c"), Path(folder, "peer.so")
        source.write_text(text)
        try:
            compile_library(source, library, [*FLAGS, *flags])
            # Every symbol at once: what is missing must not be found when it is called.
            return ctypes.CDLL(str(library), mode=2)
        except (SearchError, OSError):
            return None


def _padded(function: Function) -> Function:
    """The function on arrays of any length; routes take whole vectors only."""

    def run(x: Words) -> Words:
        whole = np.zeros(-(-len(x) // 16) * 16, np.uint16)
        whole[: len(x)] = x
        return function(whole)[: len(x)]

    return run


def _table(half: Half) -> Peer | Missing:
    """All results, looked up: the other way to have every one of them right."""
    found = _built(_TABLE.format(), [])
    if found is None:
        return Missing("table of 65,536", "it does not compile here")
    true = truth(half)
    results = np.zeros(len(EVERY), np.uint16)
    results[true.words] = true.results
    found.fill(results.ctypes.data_as(ctypes.c_void_p))
    return Peer("table of 65,536", "128 KiB", exported(found, "peer"), found.peer_n)


def _jax(half: Half) -> Peer | Missing:
    name = half.name
    try:
        jax = importlib.import_module("jax")
        told = version("jax")
    except (ImportError, PackageNotFoundError):
        return Missing(f"JAX {name}", "pip install jax")
    special = {"erf": jax.scipy.special}
    module = jax.nn if hasattr(jax.nn, name) else special.get(name, jax.numpy)
    function = getattr(module, name, None)
    if function is None:
        return Missing(f"JAX {name}", "JAX has no such function")
    kind = getattr(jax.numpy, half.number.name)
    exact = {"approximate": False} if name == "gelu" else {}
    device = jax.devices("cpu")[0]
    compiled = jax.jit(lambda x: function(x, **exact))

    def call(x: Words) -> Words:
        with jax.default_device(device):
            return np.asarray(compiled(x.view(kind))).view(np.uint16)

    return Peer(f"JAX {name}", told, call)
