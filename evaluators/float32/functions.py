"""Functions of float32 that can be judged: programs by the interpreter, and exported C."""

import ctypes
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.program import Program

Singles = NDArray[np.float32]

#: A function of float32, on arrays; threads call it at the same time.
Function = Callable[[Singles], Singles]


def interpreter(program: Program) -> Function:
    """A program of ``float32`` by the compiled interpreter."""
    batch = Batch.from_programs([program], len(program.instructions) + 1, program.signature)
    return lambda x: np.asarray(evaluate(batch, x)[0], np.float32)


def exported(library: ctypes.CDLL, name: str) -> Function:
    """A function ``name_n`` of arrays, as exported C has it, from a shared library."""
    call = getattr(library, f"{name}_n")

    def run(x: Singles) -> Singles:
        y = np.empty_like(x)
        call(pointer(np.ascontiguousarray(x)), pointer(y), ctypes.c_size_t(len(x)))
        return y

    return run
