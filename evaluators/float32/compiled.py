"""Exported C compiled and loaded, as a user would compile it."""

import ctypes
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.elementary.float32.wholes import core_of, whole
from elitemap.searchspaces.programs.emission.blocks_float32 import Fast
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.to_c_float32 import files
from elitemap.searchspaces.programs.program import Program

#: The optimisation that figures are about; no contraction, so the bits are those of the program.
FLAGS = [
    *"-std=c99 -O3 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math".split(),
    # Where a loop begins in a line of the cache is chance otherwise, and a tenth of its time.
    *(["-mprefer-vector-width=512", "-falign-loops=64"] if platform.machine() == "x86_64" else []),
]

#: Of the exported function.
NAME = "candidate"


@contextmanager
def compiled(program: Program, single: Single, *flags: str) -> Iterator[ctypes.CDLL]:
    """The library of a program's exported C; its functions have the name :data:`NAME`.

    Args:
        program: In ``float32``.
        single: What it shall be.
        flags: For the compiler, beside :data:`FLAGS`.

    Raises:
        SearchError: If there is no C compiler, or it fails.
    """
    meta = ExportMeta(
        name=NAME,
        space="elementary",
        target="",
        domain=single.domain,
        error="units of the last place",
        program_id="",
    )
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files(program, meta, (), fast_path(program, single)).items():
            Path(folder, name).write_text(text)
        library = Path(folder, "candidate.so")
        compile_library(Path(folder, f"{NAME}.c"), library, [*FLAGS, *flags])
        yield ctypes.CDLL(str(library))


def fast_path(program: Program, single: Single) -> Fast | None:
    """What arrays without special cases may take: the same core in the smaller reduction.

    Raises:
        ProgramError: If the program has another reduction than the function.
    """
    if single.fast is None:
        return None
    ends, reduction = single.fast
    low, high = (int(np.float32(end).view(np.uint32)) for end in ends)
    shorter = whole(core_of(program, single.reduction), reduction)
    return Fast(shorter, low, high, single.signless, single.mirrored)
