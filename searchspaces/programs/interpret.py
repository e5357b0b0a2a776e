"""The compiled interpreter on batches of programs: values and derivatives."""

import ctypes
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.kernels import KERNEL, load
from elitemap.searchspaces.programs.signature import Signature

Floats = NDArray[np.float64]

#: Most instruction slots of batches whose programs are edited: ``ROOM`` of ``kernel/draft.h`` holds
#: two such programs and what variation adds.
LONGEST = 72


class _Signature(ctypes.Structure):
    """``signature`` of ``kernel/program.h``."""

    _fields_ = (
        ("inputs", ctypes.c_int),
        ("states", ctypes.c_int),
        ("outputs", ctypes.c_int),
        ("leaf_type", ctypes.c_void_p),
        ("result_type", ctypes.c_void_p),
        ("initial", ctypes.c_void_p),
    )


@lru_cache(maxsize=64)
def _signature(signature: Signature, dialect: Dialect) -> tuple[Any, ...]:
    """The signature in C, and the arrays that it points into."""
    types = {t.name: number for number, t in enumerate(dialect.types)}
    leaves = np.array([types[t] for t in signature.leaves], np.uint8)
    results = np.array([types[t] for t in signature.results], np.uint8)
    initial = np.zeros((len(signature.states), dialect.storage.width), dialect.storage.dtype)
    for row, state in enumerate(signature.states):
        literal = dialect.literal(state.type)
        if literal is not None:
            initial[row] = literal.pack(state.initial)
        elif state.initial:
            raise ValueError(f"expected a type with constants for {state.name}, got {state.type}")
    numbers = len(signature.inputs), len(signature.states), len(signature.outputs)
    arrays = leaves, results, initial
    return (_Signature(*numbers, *(a.ctypes.data for a in arrays)), *arrays)


def batch_arguments(batch: Batch) -> list[Any]:
    """The leading arguments of every kernel over a batch: ``BATCH`` of ``kernel/program.h``."""
    arrays = batch.size, batch.opcode, batch.operand, batch.constant, batch.output
    return [
        ctypes.c_size_t(len(batch)),
        ctypes.c_size_t(batch.length),
        ctypes.byref(_signature(batch.signature, batch.dialect)[0]),
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


def workspace(numbers: int, dtype: type[np.generic] = np.float64) -> NDArray[Any]:
    """Zeroed scratch memory aligned to a cache line; unaligned rows cost a fifth of the speed."""
    size = np.dtype(dtype).itemsize
    raw = np.zeros(numbers + 64 // size, dtype)
    start = (-raw.ctypes.data // size) % (64 // size)
    return raw[start : start + numbers]


def values_of(batch: Batch, points: int) -> NDArray[Any]:
    """Scratch for all values of one program at so many points, and for its next states."""
    signature = batch.signature
    rows = len(signature.leaves) + batch.length + len(signature.states)
    return workspace(rows * points, batch.dialect.types[0].dtype)


def evaluate(batch: Batch, points: NDArray[Any]) -> NDArray[Any]:
    """Values of a batch of programs with one input, one output and no state.

    Args:
        batch: n programs.
        points: [p], of the type of the input.

    Returns:
        [n, p]; infinities and NaN where the arithmetic gives them.
    """
    _require_function(batch)
    return evaluate_steps(batch, np.asarray(points)[None, None, :])[:, 0, 0, :]


def evaluate_steps(batch: Batch, inputs: NDArray[Any]) -> NDArray[Any]:
    """Outputs of a batch of programs that are run step by step from their first states.

    All types of a dialect have the same size; numbers of another type than the first are passed,
    and come back, as its bits (``view``).

    Args:
        batch: n programs.
        inputs: [steps, inputs, p], the inputs at p points in each step.

    Returns:
        [n, steps, outputs, p].

    Raises:
        ValueError: If there are not as many inputs as the programs take.
    """
    cell = batch.dialect.types[0].dtype
    steps, given, points = inputs.shape
    if given != len(batch.signature.inputs):
        raise ValueError(f"expected {len(batch.signature.inputs)} input(s), got {given}")
    result = np.empty((len(batch), steps, len(batch.signature.outputs), points), cell)
    _load(batch).evaluate(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(inputs, dtype=cell)),
        ctypes.c_size_t(steps),
        ctypes.c_size_t(points),
        pointer(values_of(batch, points)),
        pointer(result),
    )
    return result


def evaluate_pairs(batch: Batch, points: Floats) -> tuple[Floats, Floats]:
    """As :func:`evaluate` in double-double arithmetic: (high parts, low parts)."""
    _require_function(batch)
    results = np.empty((2, len(batch), len(points)))
    scratch = workspace(2 * (batch.length + 1) * len(points))
    half = len(scratch) // 2
    _load(batch).evaluate_pairs(
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
        instruction k (for a constant the derivative by it); 0 for unused slots and dead code.
    """
    _require_function(batch)
    result = np.zeros((len(batch), batch.length + 1, len(points)))
    _load(batch).gradient(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(points, dtype=np.float64)),
        ctypes.c_size_t(len(points)),
        pointer(np.ones(len(points))),
        pointer(workspace((batch.length + 1) * len(points))),
        pointer(result),
    )
    return result


def _load(batch: Batch) -> ctypes.CDLL:
    return load(KERNEL / "evaluate.c", batch.dialect)


def _require_function(batch: Batch) -> None:
    signature = batch.signature
    if (len(signature.inputs), len(signature.outputs), len(signature.states)) != (1, 1, 0):
        raise ValueError("expected programs of one input and one output")
