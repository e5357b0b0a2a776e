"""Values of many continued fractions at once, by the compiled kernels, with error bounds."""

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load

KERNEL = Path(__file__).resolve().parent / "kernel"

#: ``MOST_DEPTH`` of ``kernel/backward.c``.
MOST_DEPTH = 1024

#: The expansions of ``kernel/tails.c`` by number, and the largest degree it takes.
SIMPLE, ALTERNATING, DOUBLED, HALF_ALTERNATING, HALF_DOUBLED = range(5)
MOST_DEGREE = 39

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Values:
    """Double-double values of n fractions.

    Attributes:
        high: float64[n], the values rounded.
        low: float64[n], what is to be added.
        error: float64[n], estimated bounds of the absolute errors, to first order.
    """

    high: Floats
    low: Floats
    error: Floats


def tabulated(coefficients: Integers, depth: int) -> Floats:
    """Terms 0..depth of interlaced polynomials.

    Args:
        coefficients: int64[m, period, width], leading term first.
        depth: The last index.

    Returns:
        float64[m, depth + 1].
    """
    found = np.empty((len(coefficients), depth + 1))
    _backward().tabulate(*_shape(coefficients), ctypes.c_size_t(depth), pointer(found))
    return found


def first_zeros(coefficients: Integers, depth: int) -> NDArray[np.int32]:
    """For each sequence the first n in 1..depth where it is exactly zero; 0 if there is none."""
    found = np.empty(len(coefficients), dtype=np.int32)
    _backward().first_zeros(*_shape(coefficients), ctypes.c_size_t(depth), pointer(found))
    return found


def crossed(
    a: Integers,
    b: Integers,
    kinds: tuple[NDArray[np.int32], NDArray[np.int32]],
    depths: NDArray[np.int32],
    starts: Floats,
) -> tuple[Floats, Floats]:
    """Float64 values of every a with every b.

    Args:
        a: int64[na, period, width], neighbours of one kind as far as possible.
        b: int64[nb, period, width], the same.
        kinds: int32[na] and int32[nb], which row and column of the tables belongs to each.
        depths: int32[ka, kb], terms to take; 0 leaves pairs out.
        starts: float64[ka, kb], the tail t_n as a multiple of a_(n-1) in the limit.

    Returns:
        Values and estimated bounds of their absolute errors, float64[na, nb] each; NaN and
        infinity for pairs that are left out.

    Raises:
        ValueError: If a depth is beyond :data:`MOST_DEPTH`.
    """
    deepest = int(depths.max(initial=0))
    if deepest > MOST_DEPTH:
        raise ValueError(f"expected depths to {MOST_DEPTH}, got {deepest}")
    values = np.full((len(a), len(b)), np.nan)
    errors = np.full((len(a), len(b)), np.inf)
    if deepest == 0:
        return values, errors
    terms = tabulated(a, deepest)
    _backward().values(
        *(ctypes.c_size_t(n) for n in terms.shape),
        pointer(terms),
        *_shape(b),
        *(pointer(kind) for kind in kinds),
        ctypes.c_size_t(depths.shape[1]),
        *(pointer(np.ascontiguousarray(array)) for array in (depths, starts)),
        pointer(values),
        pointer(errors),
    )
    return values, errors


def paired(a: Integers, b: Integers, depth: int) -> tuple[Floats, Floats]:
    """Float64 values of each a with the b of its own row, interlaced or not.

    Returns:
        Values and estimated bounds of their absolute errors, float64[n] each.
    """
    values, errors = np.empty(len(a)), np.empty(len(a))
    _backward().pairs(
        *_shape(a), *_shape(b)[1:], ctypes.c_size_t(depth), pointer(values), pointer(errors)
    )
    return values, errors


def expanded(expansion: int, a: Integers, b: Integers, depth: int) -> Values:
    """Double-double values of fractions of one kind, their tails replaced by expansions.

    Args:
        expansion: Which of the expansions above.
        a: int64[n, da + 1], leading terms first and not zero.
        b: int64[n, db + 1], the same.
        depth: The index at which tails are expanded.
    """
    n, da, db = len(a), a.shape[1] - 1, b.shape[1] - 1
    if max(da, db) > MOST_DEGREE:
        raise ValueError(f"expected degrees to {MOST_DEGREE}, got {da} and {db}")
    high, low, error = np.empty(n), np.empty(n), np.empty(n)
    load(KERNEL / "tails.c").tails(
        ctypes.c_size_t(n),
        *(ctypes.c_int(k) for k in (expansion, da, db)),
        *(pointer(np.ascontiguousarray(side)) for side in (a, b)),
        ctypes.c_size_t(depth),
        *(pointer(array) for array in (high, low, error)),
    )
    return Values(high, low, error)


def all_hits(
    count: int, kernel: Callable[..., int], *columns: tuple[type[np.generic], tuple[int, ...]]
) -> list[NDArray[Any]]:
    """The hits of a kernel that stores as many as there is room for, and counts them all.

    Args:
        count: How many values are looked up.
        kernel: Called with the room and an array for each column; returns the number of hits.
        columns: Types and shapes of one hit's parts.

    Returns:
        An array per column, one row per hit.
    """
    room = count // 64 + 1024
    while True:
        arrays = [np.empty((room, *shape), dtype=dtype) for dtype, shape in columns]
        hits = kernel(ctypes.c_size_t(room), *arrays)
        if hits <= room:
            return [array[:hits] for array in arrays]
        room = hits


def _backward() -> ctypes.CDLL:
    return load(KERNEL / "backward.c")


def _shape(coefficients: Integers) -> list[ctypes.c_size_t | ctypes.c_void_p]:
    """The leading arguments of kernels over sequences; the caller keeps the array alive."""
    return [*(ctypes.c_size_t(n) for n in coefficients.shape), pointer(coefficients)]
