"""Random continued fractions, their variation and their canonical form, in compiled kernels."""

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load
from elitemap.searchspaces.fractions.batch import FractionBatch

#: The folder of this space's kernels.
KERNEL = Path(__file__).resolve().parent / "kernel"

#: Variation operators, in the kernel's order. ``stride`` moves a coefficient by a multiple of a
#: product of the first primes, ``mirror`` a symmetric a(n) within the symmetric ones, ``merge``
#: makes powers of linear factors, ``slide`` moves a(n) against b(n).
OPERATORS = (
    "jitter",
    "stride",
    "mirror",
    "symmetrise",
    "factor",
    "merge",
    "form",
    "scale",
    "crossover",
    "slide",
    "raise",
    "lower",
)


def random_fractions(
    n: int, degrees: tuple[int, int], most: int, rng: np.random.Generator
) -> FractionBatch:
    """Random fractions of all forms, not yet canonical.

    Args:
        n: How many.
        degrees: Largest degrees of a(n) and b(n).
        most: Size of random coefficients; those of products may be larger.
        rng: Source of randomness.
    """
    batch = FractionBatch(n, degrees)
    load(KERNEL / "breed.c").randomise(
        *_sides(batch), ctypes.c_int64(most), pointer(_seeds(n, rng))
    )
    return batch


def vary(
    parents: FractionBatch,
    partners: FractionBatch,
    operators: NDArray[np.uint8],
    most: int,
    rng: np.random.Generator,
) -> FractionBatch:
    """One offspring per row, not yet canonical.

    Args:
        parents: n canonical fractions.
        partners: n fractions that supply the second parent of crossovers.
        operators: uint8[n], indices into :data:`OPERATORS`.
        most: Size of random coefficients.
        rng: Source of randomness.

    Raises:
        ValueError: If the batches differ in shape.
    """
    if not len(parents) == len(partners) == len(operators) or parents.degrees != partners.degrees:
        raise ValueError("expected parents, partners and operators of the same shape")
    offspring = parents.take(np.arange(len(parents)))
    offspring.forget(np.arange(len(parents)))
    load(KERNEL / "breed.c").vary(
        *_sides(offspring),
        pointer(np.ascontiguousarray(partners.a)),
        pointer(np.ascontiguousarray(partners.b)),
        ctypes.c_int64(most),
        pointer(np.ascontiguousarray(operators, dtype=np.uint8)),
        pointer(_seeds(len(parents), rng)),
    )
    return offspring


def canonical(batch: FractionBatch, most: int) -> NDArray[np.bool_]:
    """Bring fractions to canonical form, in place.

    Removed are inflations by numbers and by linear polynomials with small rational roots; a's
    leading coefficient becomes positive and b's largest whole root 0 (without one, the mean of b's
    roots comes to lie in (-1, 0]). What is known of a value is dropped where this changes a row.

    Args:
        batch: The fractions.
        most: Largest coefficient of a candidate.

    Returns:
        bool[n], which rows are candidates: not zero, within bounds and, by their leading
        coefficients, convergent at least exponentially. What does not stay within 2^16 on the way,
        where the index is shifted before an inflation is removed, is no candidate either.
    """
    flags = np.zeros((2, len(batch)), np.uint8)
    load(KERNEL / "inflation.c").canonical(
        *_sides(batch), ctypes.c_int64(most), pointer(flags[0]), pointer(flags[1])
    )
    batch.forget(flags[1].astype(bool))
    valid: NDArray[np.bool_] = flags[0].astype(bool)
    return valid


def keys(batch: FractionBatch) -> NDArray[np.uint64]:
    """uint64[n], of canonical fractions: b(n)/(a(n) a(n-1)) at one n, modulo a prime of 61 bits.

    Inflations of one fraction have equal keys; others are equal by a chance of about 2**-57.
    """
    found = np.empty(len(batch), np.uint64)
    load(KERNEL / "inflation.c").keys(*_sides(batch), pointer(found))
    return found


def roots(batch: FractionBatch) -> NDArray[np.int32]:
    """int32[n], how many different roots b has if all of them are small rationals, else 0."""
    found = np.empty(len(batch), np.int32)
    load(KERNEL / "inflation.c").roots(*_sides(batch), pointer(found))
    return found


def _sides(batch: FractionBatch) -> list[Any]:
    """The leading arguments of every kernel over a batch."""
    return [
        ctypes.c_size_t(len(batch)),
        ctypes.c_size_t(batch.a.shape[1]),
        ctypes.c_size_t(batch.b.shape[1]),
        pointer(batch.a),
        pointer(batch.b),
    ]


def _seeds(n: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    return rng.integers(1, 2**64, (n, 4), dtype=np.uint64)
