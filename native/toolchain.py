"""Compiles the C kernels on first use and keeps them.

The kernels are C because a C compiler builds them in about two seconds, vectorised for the machine
at hand; the same kernels took Numba about a minute. What depends on a dialect is in its generated
header, ``primitives.h``: one source is another library in each dialect. Libraries lie in the user's
cache directory in a folder named by a digest of everything they are made from, so a changed source,
table or compiler never meets an old library. ``ELITEMAP_CACHE`` moves the folder, ``CC`` names
another compiler.
"""

import ctypes
import fcntl
import functools
import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from elitemap.archive.errors import SearchError
from elitemap.native.cache import cache_base, note_use, sweep

#: Headers shared by all kernels.
INCLUDE = Path(__file__).resolve().parent / "kernel"

#: No contraction: double-double needs exact rounding errors, and results must not depend on the
#: machine. The other two only give up errno and traps.
FLAGS = (
    "-std=gnu11 -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math"
).split()


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


def cache_directory(compiler: tuple[str, ...], header: str = "") -> Path:
    """The folder for libraries made of the current sources and a header by this compiler."""
    digest = hashlib.sha256(header.encode())
    digest.update(" ".join((*compiler, *FLAGS)).encode() + _compiler_version(compiler))
    package = INCLUDE.parents[1]
    for room in ("native", "searchspaces", "evaluators"):
        for source in sorted((package / room).rglob("kernel/*.[ch]")):
            digest.update(source.read_bytes())
    return cache_base() / f"kernels-{digest.hexdigest()[:16]}"


def compile_library(source: Path, library: Path, flags: Sequence[str]) -> None:
    """Compile one C file to a shared library.

    Args:
        source: The file.
        library: Where the library shall be.
        flags: For the compiler, beside what a shared library needs.

    Raises:
        SearchError: If there is no compiler or it fails.
        OSError: If there is nowhere to write.
    """
    command = [*_compiler(), *flags, "-shared", "-fPIC", str(source), "-o", str(library), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["no message"]
        detail = next((line for line in said if "error" in line), said[0])
        raise SearchError(f"the C compiler could not build {source.name}: {detail}")


def compiler_name() -> str:
    """The first line of what the compiler says of its version.

    Raises:
        SearchError: If there is none.
    """
    said = _compiler_version(tuple(_compiler())).decode(errors="replace").splitlines()
    return said[0] if said else ""


@contextmanager
def _alone(library: Path) -> Iterator[None]:
    """One process at a time, where the disk has locks: some libraries take most of a minute."""
    path = library.with_suffix(".lock")
    with path.open("w") as file:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _build(source: Path, header: str, includes: Sequence[Path], library: Path) -> None:
    """Compile beside the final name, then rename, unless another process did so meanwhile."""
    with _alone(library), tempfile.TemporaryDirectory(dir=library.parent) as folder:
        if library.exists():
            return
        Path(folder, "primitives.h").write_text(header)
        made = Path(folder, library.name)
        folders = [f"-I{path}" for path in (folder, *includes, INCLUDE)]
        compile_library(source, made, [*FLAGS, *folders])
        os.replace(made, library)


@functools.cache
def load(source: Path, header: str = "", *includes: Path) -> ctypes.CDLL:
    """The library made from one C file, built if it is not there yet.

    Args:
        source: The file.
        header: What it finds as ``primitives.h``: that of a dialect, if it needs one.
        includes: Folders of headers beside those shared by all kernels. Headers from outside the
            package are not in the digest: whoever names such a folder tells their version in
            ``header``.

    Raises:
        SearchError: If there is no compiler, it fails, or there is nowhere to keep the library.
    """
    compiler = _compiler()
    folder = cache_directory(tuple(compiler), header)
    library = folder / f"{source.stem}.so"
    if library.exists():
        note_use(folder)
    else:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            sweep(folder.parent, keep=folder)
            _build(source, header, includes, library)
        except OSError as error:
            raise SearchError(
                f"cannot keep compiled kernels in {folder} ({error.strerror}); "
                "set ELITEMAP_CACHE to a folder that can be written"
            ) from error
    return ctypes.CDLL(str(library))


def prepare(folders: Sequence[Path], header: str = "", *includes: Path) -> None:
    """Build all the libraries of some kernel folders at once, as many at a time as there are cores.

    A search calls this before its workers start, which would otherwise each build all of them.

    Raises:
        SearchError: If there is no compiler or it fails.
    """
    sources = [source for folder in folders for source in sorted(folder.glob("*.c"))]
    with ThreadPoolExecutor() as pool:
        for _ in pool.map(lambda source: load(source, header, *includes), sources):
            pass
