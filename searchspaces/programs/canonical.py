"""Canonical form and functional hashes of batches, in compiled kernels."""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import batch_arguments, draft_arguments, values_of
from elitemap.searchspaces.programs.kernels import KERNEL, load


def canonical(batch: Batch, max_cost: int, min_cost: int = 1) -> NDArray[np.int32]:
    """Bring every row into canonical form, in place.

    Dead code goes, constants fold and merge along chains, equal instructions become one,
    commutative operands and the instructions are ordered by structure. By the laws that the dialect
    states, ``t - c`` becomes ``t + (-c)`` and ``t / c`` becomes ``t * (1 / c)``. Constants fold as
    the interpreter computes.

    Args:
        batch: n programs.
        max_cost: Most operations of a candidate.
        min_cost: Fewest.

    Returns:
        int32[n], the cost in operations; -1 for rows that are no candidates (all results constant,
        a constant not finite, too few operations, too long or too costly), which are left as they
        were.

    Raises:
        ValueError: If the batch has too many slots to be edited.
    """
    cost = np.empty(len(batch), np.int32)
    load(KERNEL / "canonical.c", batch.dialect).canonical(
        *draft_arguments(batch), ctypes.c_int(min_cost), ctypes.c_int(max_cost), pointer(cost)
    )
    return cost


def hashes(
    batch: Batch, probes: NDArray[Any], mantissa_bits: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Structural and behavioural hashes.

    The behavioural one follows unified functional hashing (arXiv 2302.05433): outputs, and next
    states, on fixed probes with truncated mantissas, mixed into a word.

    Args:
        batch: n canonical programs.
        probes: [p], inputs of programs with one; or [steps, inputs, p] as
            :func:`elitemap.searchspaces.programs.interpret.evaluate_steps` takes them.
        mantissa_bits: Bits of each output's mantissa that count, 1 to 52.

    Returns:
        uint64[n] of the instructions without the constants' values, and uint64[n] of the results.

    Raises:
        ValueError: If the probes have not as many inputs as the programs take.
    """
    cell = batch.dialect.types[0].dtype
    inputs = np.ascontiguousarray(probes if probes.ndim == 3 else probes[None, None, :], cell)
    steps, given, points = inputs.shape
    if given != len(batch.signature.inputs):
        raise ValueError(f"expected {len(batch.signature.inputs)} input(s), got {given}")
    structure, behaviour = np.empty((2, len(batch)), np.uint64)
    load(KERNEL / "hash.c", batch.dialect).hashes(
        *batch_arguments(batch),
        pointer(inputs),
        ctypes.c_size_t(steps),
        ctypes.c_size_t(points),
        ctypes.c_int(mantissa_bits),
        pointer(values_of(batch, points)),
        pointer(structure),
        pointer(behaviour),
    )
    return structure, behaviour


def fuse(batch: Batch, names: Sequence[str] = ("add", "sub", "mul", "fma")) -> NDArray[np.bool_]:
    """Put products into the only sums that use them, in place, as a * b + c of one instruction.

    Signs of constants change where a difference asks for it.

    Args:
        batch: n canonical programs.
        names: What sum, difference, product, and sum of a product and a value are called.

    Returns:
        bool[n], which rows have changed: they are no longer canonical.
    """
    changed = np.empty(len(batch), np.uint8)
    codes = (ctypes.c_int(batch.dialect.opcodes[name]) for name in names)
    load(KERNEL / "fuse.c", batch.dialect).fuse(*draft_arguments(batch), *codes, pointer(changed))
    return changed.astype(np.bool_)
