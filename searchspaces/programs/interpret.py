"""The compiled interpreter on batches of programs: values and derivatives."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.toolchain import INCLUDE, load

Floats = NDArray[np.float64]

#: Most instruction slots of batches whose programs are edited: ``ROOM`` of ``kernel/draft.h`` holds
#: two such programs and what variation adds.
LONGEST = 72


def pointer(array: NDArray[Any]) -> ctypes.c_void_p:
    """The address of a C-contiguous array, for a kernel call; it keeps the array alive.

    Raises:
        ValueError: If the array is not contiguous; a kernel would read other memory.
    """
    if not array.flags.c_contiguous:
        raise ValueError("expected a C-contiguous array")
    return array.ctypes.data_as(ctypes.c_void_p)


def batch_arguments(batch: Batch) -> list[Any]:
    """The leading arguments of every kernel over a batch: rows, length and the five arrays."""
    arrays = batch.size, batch.opcode, batch.operand, batch.constant, batch.output
    return [
        ctypes.c_size_t(len(batch)),
        ctypes.c_size_t(batch.length),
        *(pointer(array) for array in arrays),
    ]


def draft_arguments(batch: Batch) -> list[Any]:
    """As :func:`batch_arguments`, for kernels that edit programs in memory of a fixed size.

    Raises:
        ValueError: If the batch has more than :data:`LONGEST` slots.
    """
    if batch.length > LONGEST:
        raise ValueError(f"expected at most {LONGEST} instruction slots, got {batch.length}")
    return batch_arguments(batch)


def workspace(numbers: int) -> Floats:
    """Zeroed scratch memory aligned to a cache line; unaligned rows cost a fifth of the speed."""
    raw = np.zeros(numbers + 8)
    start = (-raw.ctypes.data // 8) % 8
    return raw[start : start + numbers]


def evaluate(batch: Batch, points: Floats) -> Floats:
    """Values of a batch of one-input programs in float64.

    Args:
        batch: n programs.
        points: float64[p].

    Returns:
        float64[n, p]; infinities and NaN where the arithmetic gives them.
    """
    result = np.empty((len(batch), len(points)))
    values = workspace((batch.length + 1) * len(points))
    load(INCLUDE / "evaluate.c").evaluate(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(points, dtype=np.float64)),
        ctypes.c_size_t(len(points)),
        pointer(values),
        pointer(result),
    )
    return result


def evaluate_pairs(batch: Batch, points: Floats) -> tuple[Floats, Floats]:
    """As :func:`evaluate` in double-double arithmetic: (high parts, low parts)."""
    results = np.empty((2, len(batch), len(points)))
    scratch = workspace(2 * (batch.length + 1) * len(points))
    half = len(scratch) // 2
    load(INCLUDE / "evaluate.c").evaluate_pairs(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(points, dtype=np.float64)),
        ctypes.c_size_t(len(points)),
        pointer(scratch[:half]),
        pointer(scratch[half:]),
        pointer(results[0]),
        pointer(results[1]),
    )
    return results[0], results[1]


def gradient(batch: Batch, points: Floats) -> Floats:
    """Derivatives of a batch of one-input programs by every value, by reverse accumulation.

    Args:
        batch: n programs of up to L instructions.
        points: float64[p].

    Returns:
        float64[n, L + 1, p], by value number: row 0 belongs to the input and row k + 1 to
        instruction k (for a ``const`` instruction the derivative by the constant); 0 for unused
        slots and dead code.
    """
    result = np.zeros((len(batch), batch.length + 1, len(points)))
    load(INCLUDE / "evaluate.c").gradient(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(points, dtype=np.float64)),
        ctypes.c_size_t(len(points)),
        pointer(np.ones(len(points))),
        pointer(workspace((batch.length + 1) * len(points))),
        pointer(result),
    )
    return result
