"""Constants of whole programs on the float32 grid, in the compiled kernel."""

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import batch_arguments, values_of
from elitemap.searchspaces.programs.kernels import load

Floats = NDArray[np.float64]

#: Folder of the kernels' sources.
KERNEL = Path(__file__).resolve().parent / "kernel"

#: Points come in multiples of it; fixed in the kernel.
BLOCK = 256

_SOURCE = KERNEL / "grid.c"


@dataclass(frozen=True)
class Truth:
    """A function at float32 arguments.

    Attributes:
        points: float32[n], n a multiple of :data:`BLOCK`.
        values: float64[n], at most 2^128 in size.
        scale: float64[n], turns a difference into the error.
    """

    points: NDArray[np.float32]
    values: Floats
    scale: Floats

    @property
    def blocks(self) -> int:
        """Of :data:`BLOCK` arguments each."""
        return len(self.points) // BLOCK

    def take(self, rows: NDArray[np.integer] | slice) -> "Truth":
        """Some of the arguments."""
        return Truth(self.points[rows], self.values[rows], self.scale[rows])

    def __add__(self, other: "Truth") -> "Truth":
        """Those of both."""
        return Truth(
            np.concatenate([self.points, other.points]),
            np.concatenate([self.values, other.values]),
            np.concatenate([self.scale, other.scale]),
        )


@dataclass(frozen=True)
class Effort:
    """How long a kernel looks for better constants.

    Attributes:
        rounds: Through all constants, one at a time.
        trials: Of several at once.
        coarse: How many times as far, as a power of two, the largest steps go.
    """

    rounds: int
    trials: int
    coarse: int = 0


def settle(
    batch: Batch, free: NDArray[np.bool_], truth: Truth, limits: Floats, effort: Effort
) -> Floats:
    """Move the constants of programs from float to float to a smaller largest error, in place.

    Args:
        batch: n programs in ``float32`` of one single to one single.
        free: bool[n, L], instructions that are constants which may change.
        truth: What is approximated.
        limits: float64[n]; rows whose error is not below theirs are only measured.
        effort: How much to try.

    Returns:
        float64[n], the largest error at the points; infinite where there is a NaN.
    """
    error = np.empty(len(batch))
    load(_SOURCE, batch.dialect).settle(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(free, dtype=np.uint8)),
        *_compared(truth),
        pointer(np.ascontiguousarray(limits, dtype=np.float64)),
        ctypes.c_int(effort.rounds),
        ctypes.c_int(effort.trials),
        ctypes.c_int(effort.coarse),
        pointer(values_of(batch, BLOCK)),
        pointer(error),
    )
    return error


def examine(batch: Batch, truth: Truth) -> tuple[Floats, NDArray[np.uint32]]:
    """Where programs are worst.

    Args:
        batch: n programs in ``float32`` of one single to one single.
        truth: What is approximated.

    Returns:
        float64[n, blocks], the largest error of each block of arguments, and uint32[n, blocks], the
        number of an argument of it.
    """
    shape = len(batch), truth.blocks
    error, at = np.empty(shape), np.empty(shape, np.uint32)
    load(_SOURCE, batch.dialect).examine(
        *batch_arguments(batch),
        *_compared(truth),
        pointer(values_of(batch, BLOCK)),
        pointer(error),
        pointer(at),
    )
    return error, at


def _compared(truth: Truth) -> list[Any]:
    """The arguments of kernels that a truth is."""
    arrays = truth.points, truth.values, truth.scale
    return [*(pointer(array) for array in arrays), ctypes.c_size_t(truth.blocks)]
