"""Exported C compiled and loaded, as a user would compile it."""

import ctypes
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.to_c_float32 import files
from elitemap.searchspaces.programs.program import Program

#: The optimisation that figures are about; no contraction, so the bits are those of the program.
FLAGS = [
    *"-std=c99 -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math".split(),
    *(["-mprefer-vector-width=512"] if platform.machine() == "x86_64" else []),
]

#: Of the exported function.
NAME = "candidate"


@contextmanager
def compiled(program: Program, domain: tuple[float, float]) -> Iterator[ctypes.CDLL]:
    """The library of a program's exported C; its functions have the name :data:`NAME`.

    Raises:
        SearchError: If there is no C compiler, or it fails.
    """
    meta = ExportMeta(
        name=NAME,
        space="elementary",
        target="",
        domain=domain,
        error="units of the last place",
        program_id="",
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files(program, meta).items():
            Path(folder, name).write_text(text)
        library = Path(folder, "candidate.so")
        compile_library(Path(folder, f"{NAME}.c"), library, FLAGS)
        yield ctypes.CDLL(str(library))
