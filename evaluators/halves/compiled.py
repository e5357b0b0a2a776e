"""Exported C of 16-bit functions compiled and loaded, as a user would compile it."""

import ctypes
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from elitemap.evaluators.float32.compiled import FLAGS, NAME
from elitemap.native.pointers import pointer
from elitemap.native.toolchain import compile_library
from elitemap.searchspaces.elementary.float32.corrections import corrected, uncorrected
from elitemap.searchspaces.elementary.float32.wholes import core_of, whole
from elitemap.searchspaces.elementary.halves.formats import Words
from elitemap.searchspaces.elementary.halves.functions import Half, within
from elitemap.searchspaces.programs.emission.meta import ExportMeta
from elitemap.searchspaces.programs.emission.to_c_halves import Fast, files
from elitemap.searchspaces.programs.program import Program, ProgramError

#: A function of bits of 16-bit numbers, on arrays.
Function = Callable[[Words], Words]


@contextmanager
def compiled(program: Program, half: Half, *flags: str) -> Iterator[ctypes.CDLL]:
    """The library of a program's exported C; its functions have the name ``NAME`` of float32's.

    Args:
        program: Of bits of a 16-bit number.
        half: What it shall be.
        flags: For the compiler, beside ``FLAGS`` of float32.

    Raises:
        SearchError: If there is no C compiler, or it fails.
    """
    meta = ExportMeta(
        name=NAME,
        space="elementary",
        target="",
        domain=half.domain,
        error="units of the last place",
        program_id="",
    )
    texts = files(program, meta, half.number.name, (), fast_path(program, half))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            Path(folder, name).write_text(text)
        library = Path(folder, "candidate.so")
        compile_library(Path(folder, f"{NAME}.c"), library, [*FLAGS, *flags])
        yield ctypes.CDLL(str(library))


def fast_path(program: Program, half: Half) -> Fast | None:
    """What arrays without special cases may take: the same core in the smaller reduction.

    None where there is none, or the program was found with another reduction, by an earlier
    version.
    """
    smaller = half.fast_reduction
    if half.fast is None or smaller is None:
        return None
    try:
        core = core_of(program, half.reduction)
    except ProgramError:
        return None
    _, corrections = uncorrected(program, half.reduction)
    ends = half.number.words(np.array(within(half.number, *half.fast[0])))
    low, high = (int(word) for word in ends)
    return Fast(corrected(whole(core, smaller), smaller, corrections), low, high)


def exported(library: ctypes.CDLL, name: str) -> Function:
    """A function ``name_n`` of arrays from a shared library."""
    call = getattr(library, f"{name}_n")

    def run(x: Words) -> Words:
        y = np.empty_like(x)
        call(pointer(np.ascontiguousarray(x)), pointer(y), ctypes.c_size_t(len(x)))
        return y

    return run
