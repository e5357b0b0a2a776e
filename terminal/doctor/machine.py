"""The machine as searches meet it: compiler, vector units, cache of kernels, JAX."""

import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from elitemap.archive.errors import SearchError
from elitemap.engine.search.environment import environment
from elitemap.native.cache import cache_base, kernel_folders, size, sweep
from elitemap.native.toolchain import FLAGS, compile_library, compiler_name
from elitemap.terminal.doctor.checks import Check

# Seconds after which a program that was asked something will not answer.
_PATIENCE = 60.0

#: Macros that compilers define for the vector units that they use.
UNITS = {
    "__AVX512F__": "AVX-512",
    "__AVX2__": "AVX2",
    "__FMA__": "FMA",
    "__ARM_NEON": "NEON",
    "__ARM_FEATURE_SVE": "SVE",
}

# A loop that a compiler for this machine turns into vector instructions.
_SOURCE = "void twice(double *x, int n) { for (int k = 0; k < n; k++) x[k] += x[k]; }\n"

_INSTALL = "install gcc or clang (Debian: apt install gcc libc6-dev; macOS: xcode-select --install)"


def itself() -> Check:
    """elitemap, Python and the processor."""
    found = environment()
    revision = f" ({found['revision'][:12]})" if "revision" in found else ""
    return Check(
        "elitemap",
        "ok",
        f"{found['elitemap']}{revision}, Python {found['python']} on {found['cores']} cores of"
        f" {found['processor']}, {platform.system()}",
    )


def compiler() -> Check:
    """Whether kernels can be built."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder, "tiny.c")
            source.write_text(_SOURCE)
            begun = time.perf_counter()
            compile_library(source, source.with_suffix(".so"), FLAGS)
            took = time.perf_counter() - begun
        return Check("C compiler", "ok", f"{compiler_name()}; a small kernel in {took:.2f} s")
    except (SearchError, OSError) as error:
        why = str(error).partition(";")[0]
        return Check("C compiler", "broken", why, _INSTALL)


def vectors() -> Check:
    """The vector units that the compiler uses here."""
    command = [*shlex.split(os.environ.get("CC") or "cc"), "-march=native", "-dM", "-E", "-x", "c"]
    try:
        done = subprocess.run(
            [*command, os.devnull], capture_output=True, text=True, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return Check("SIMD", "missing", "no compiler to ask", _INSTALL)
    defined = set(re.findall(r"#define (\w+)", done.stdout))
    found = [name for macro, name in UNITS.items() if macro in defined]
    if not found:
        return Check("SIMD", "missing", "the compiler uses no wide vectors here; searches are slow")
    return Check("SIMD", "ok", ", ".join(found))


def kernels() -> Check:
    """The cache of compiled kernels; folders without use for a month are removed."""
    base = cache_base()
    gone = sweep(base)
    folders = kernel_folders(base)
    room = sum(map(size, folders)) / 1e6
    removed = f"; {len(gone)} unused removed" if gone else ""
    detail = f"{len(folders)} sets in {base}, {room:.1f} MB{removed}"
    place = next(path for path in (base, *base.parents) if path.exists())
    if not place.is_dir() or not os.access(place, os.W_OK):
        cure = "set ELITEMAP_CACHE to a folder that can be written"
        return Check("kernels", "broken", f"{place} cannot be written", cure)
    return Check("kernels", "ok", detail)


def jax() -> Check:
    """JAX: whether exported code can be run, and on what."""
    if find_spec("jax") is None:
        return Check("JAX", "missing", "runs exported JAX code", "pip install 'elitemap[jax]'")
    # In a process of its own: it takes a second to load, and what is broken may end it.
    script = "import jax; print(', '.join(sorted({d.platform for d in jax.devices()})))"
    try:
        done = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("JAX", "missing", f"is installed and does not start ({type(error).__name__})")
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["no message"])[-1]
        cure = "pip install --upgrade 'elitemap[jax]'"
        return Check("JAX", "missing", f"is installed and does not start: {said[:120]}", cure)
    return Check("JAX", "ok", f"{metadata.version('jax')} on {done.stdout.strip()}")
