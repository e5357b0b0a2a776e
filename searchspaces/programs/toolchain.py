"""Compiles the C kernels on first use and keeps them.

The kernels are C because a C compiler builds them in about two seconds, vectorised for the machine
at hand; the same kernels took Numba about a minute. The parts that depend on the primitives are
generated from their table into ``primitives.h``. Libraries lie in the user's cache directory in a
folder named by a digest of everything they are made from, so a changed source, table or compiler
never meets an old library. ``ELITEMAP_CACHE`` moves the folder, ``CC`` names another compiler.
"""

import ctypes
import functools
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from elitemap.archive.errors import SearchError
from elitemap.searchspaces.programs.primitives import CONST, MAX_ARITY, PRIMITIVES, Primitive

#: Headers shared by all kernels.
INCLUDE = Path(__file__).resolve().parent / "kernel"

#: No contraction: double-double needs exact rounding errors, and results must not depend on the
#: machine. The other two only give up errno and traps.
FLAGS = (
    "-std=gnu11 -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math "
    "-shared -fPIC"
).split()


def _forward_case(code: int, primitive: Primitive) -> str:
    value = primitive.templates["c"].format("a[i]", "b[i]", "c[i]")
    return f"case {code}: ROWS v[i] = {value}; break;"


def _pair_case(code: int, primitive: Primitive) -> str:
    operands = ", ".join(f"pair_of({x}[i], {x}l[i])" for x in "abc"[: primitive.arity])
    return (
        f"case {code}: ROWS {{ pair r = {primitive.pair}({operands}); "
        "v[i] = r.hi; vl[i] = r.lo; } break;"
    )


def _backward_case(code: int, primitive: Primitive) -> str:
    """Equal operands need one update each in turn: rows that overlap must not be vectorised."""
    slopes = [s.format("a[i]", "b[i]", "c[i]", v="v[i]") for s in primitive.slopes]
    rows = [f"ROWS d{x}[i] += g[i] * ({s});" for x, s in zip("abc", slopes, strict=False)]
    return f"case {code}: {' '.join(rows)} break;"


def primitives_header() -> str:
    """The generated C header: opcodes and the switch cases of the three interpreters."""
    lines = ["#pragma once", f"#define CONST {CONST}", f"#define MAX_ARITY {MAX_ARITY}"]
    lines.append(f"#define PRIMITIVE_COUNT {len(PRIMITIVES)}")
    lines += [f"#define OP_{p.name.upper()} {code}" for code, p in enumerate(PRIMITIVES)]
    tables = {
        "ARITY": [p.arity for p in PRIMITIVES],
        "COST": [p.cost for p in PRIMITIVES],
        "COMMUTATIVE": [int(p.commutative) for p in PRIMITIVES],
    }
    for name, numbers in tables.items():
        lines.append(f"static const int {name}[] = {{{', '.join(map(str, numbers))}}};")
    makers = {"FORWARD": _forward_case, "PAIR": _pair_case, "BACKWARD": _backward_case}
    for name, make in makers.items():
        cases = [make(code, p) for code, p in enumerate(PRIMITIVES) if code != CONST]
        lines.append(f"#define {name}_CASES \\\n" + " \\\n".join(cases))
    return "\n".join(lines) + "\n"


def _compiler() -> list[str]:
    setting = os.environ.get("CC") or "cc"
    try:
        command = shlex.split(setting)
    except ValueError:
        command = []
    if not command or shutil.which(command[0]) is None:
        wanted = command[0] if command else setting
        raise SearchError(
            f"expected a C compiler named {wanted!r} to build the kernels, found none; "
            "install gcc or set CC"
        )
    return command


@functools.cache
def _compiler_version(command: tuple[str, ...]) -> bytes:
    probe = subprocess.run([*command, "-march=native", "-Q", "--help=target"], capture_output=True)
    version = subprocess.run([*command, "--version"], capture_output=True)
    return version.stdout + probe.stdout


def cache_directory(compiler: tuple[str, ...]) -> Path:
    """The folder for libraries made of the current sources by this compiler."""
    digest = hashlib.sha256(primitives_header().encode())
    digest.update(" ".join((*compiler, *FLAGS)).encode() + _compiler_version(compiler))
    package = INCLUDE.parents[2]
    for room in ("searchspaces", "evaluators"):
        for source in sorted((package / room).rglob("kernel/*.[ch]")):
            digest.update(source.read_bytes())
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    base = os.environ.get("ELITEMAP_CACHE") or f"{home}/elitemap"
    return Path(base).expanduser() / f"kernels-{digest.hexdigest()[:16]}"


def _build(compiler: list[str], source: Path, library: Path) -> None:
    """Compile beside the final name, then rename: another process may be doing the same."""
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        Path(folder, "primitives.h").write_text(primitives_header())
        made = Path(folder, library.name)
        command = [*compiler, *FLAGS, f"-I{folder}", f"-I{INCLUDE}", str(source), "-o", str(made)]
        done = subprocess.run([*command, "-lm"], capture_output=True, text=True)
        if done.returncode != 0:
            said = done.stderr.strip().splitlines() or ["no message"]
            detail = next((line for line in said if "error" in line), said[0])
            raise SearchError(f"the C compiler could not build {source.name}: {detail}")
        os.replace(made, library)


@functools.cache
def load(source: Path) -> ctypes.CDLL:
    """The library made from one C file, built if it is not there yet.

    Raises:
        SearchError: If there is no compiler, it fails, or there is nowhere to keep the library.
    """
    compiler = _compiler()
    folder = cache_directory(tuple(compiler))
    library = folder / f"{source.stem}.so"
    if not library.exists():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _build(compiler, source, library)
        except OSError as error:
            raise SearchError(
                f"cannot keep compiled kernels in {folder} ({error.strerror}); "
                "set ELITEMAP_CACHE to a folder that can be written"
            ) from error
    return ctypes.CDLL(str(library))


def prepare(folders: Sequence[Path]) -> None:
    """Build all the libraries of some kernel folders at once, as many at a time as there are cores.

    A search calls this before its workers start, which would otherwise each build all of them.

    Raises:
        SearchError: If there is no compiler or it fails.
    """
    sources = [source for folder in folders for source in sorted(folder.glob("*.c"))]
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(load, sources):
            pass
