"""Canonical form and functional hashes of batches, in compiled kernels."""

import ctypes

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import (
    batch_arguments,
    draft_arguments,
    pointer,
    workspace,
)
from elitemap.searchspaces.programs.toolchain import INCLUDE, load


def canonical(batch: Batch, max_cost: int) -> NDArray[np.int32]:
    """Bring every row into canonical form, in place.

    Dead code goes, constants fold and merge along chains, equal instructions become one,
    commutative operands and the instructions are ordered by structure. ``t - c`` becomes
    ``t + (-c)`` and ``t / c`` becomes ``t * (1 / c)``. Constants fold in float64.

    Args:
        batch: n programs.
        max_cost: Most operations of a candidate.

    Returns:
        int32[n], the cost in operations; -1 for rows that are no candidates (constant, not finite,
        the input itself, too long or too costly), which are left as they were.

    Raises:
        ValueError: If the batch has too many slots to be edited.
    """
    cost = np.empty(len(batch), np.int32)
    load(INCLUDE / "canonical.c").canonical(
        *draft_arguments(batch), ctypes.c_int(max_cost), pointer(cost)
    )
    return cost


def hashes(
    batch: Batch, probes: NDArray[np.float64], mantissa_bits: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Structural and behavioural hashes.

    The behavioural one follows unified functional hashing (arXiv 2302.05433): outputs on fixed
    probes with truncated mantissas, mixed into a word.

    Args:
        batch: n canonical programs.
        probes: float64[p], inputs.
        mantissa_bits: Bits of each output's mantissa that count, 1 to 52.

    Returns:
        uint64[n] of the instructions without the constants' values, and uint64[n] of the outputs.
    """
    structure, behaviour = np.empty((2, len(batch)), np.uint64)
    values = workspace((batch.length + 1) * len(probes))
    load(INCLUDE / "hash.c").hashes(
        *batch_arguments(batch),
        pointer(np.ascontiguousarray(probes, dtype=np.float64)),
        ctypes.c_size_t(len(probes)),
        ctypes.c_int(mantissa_bits),
        pointer(values),
        pointer(structure),
        pointer(behaviour),
    )
    return structure, behaviour
