"""Random programs and their variation, in compiled kernels."""

import ctypes
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import (
    LONGEST,
    batch_arguments,
    draft_arguments,
    pointer,
)
from elitemap.searchspaces.programs.primitives import MAX_ARITY
from elitemap.searchspaces.programs.toolchain import INCLUDE, load

#: Variation operators, in the kernel's order. ``term`` turns a use of t into t o (c o' w);
#: ``compose`` makes the program, its input rescaled, the argument of further instructions;
#: ``rescale`` replaces the constants so that P'(x) = P(s x).
OPERATORS = (
    "insert",
    "delete",
    "primitive",
    "operand",
    "constant",
    "term",
    "crossover",
    "compose",
    "rescale",
)


def _seeds(n: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    return rng.integers(1, 2**64, (n, 4), dtype=np.uint64)


def vary(
    parents: Batch,
    partners: Batch,
    operators: NDArray[np.uint8],
    opcodes: Sequence[int],
    typical: float,
    rng: np.random.Generator,
) -> Batch:
    """One offspring per row, neither canonical nor checked.

    Args:
        parents: n canonical programs.
        partners: n programs that supply the second parent of crossovers.
        operators: uint8[n], indices into :data:`OPERATORS`.
        opcodes: Primitives that may be inserted.
        typical: An input; new constants are matched to the values there.
        rng: Source of randomness.

    Raises:
        ValueError: If the batches differ in shape or have too many slots to be edited.
    """
    if not parents.opcode.shape == partners.opcode.shape == (len(operators), parents.length):
        raise ValueError("expected parents, partners and operators of the same shape")
    offspring = parents.take(np.arange(len(parents)))
    allowed = np.asarray(opcodes, np.uint8)
    load(INCLUDE / "vary.c").vary(
        *draft_arguments(offspring),
        *batch_arguments(partners)[2:],
        pointer(np.ascontiguousarray(operators, dtype=np.uint8)),
        pointer(_seeds(len(parents), rng)),
        pointer(allowed),
        ctypes.c_int(len(allowed)),
        ctypes.c_double(typical),
    )
    return offspring


def random_programs(
    n: int, length: int, most: int, opcodes: Sequence[int], rng: np.random.Generator
) -> Batch:
    """Random programs, n of them, of 1 to ``most`` instructions besides constants, not canonical.

    Raises:
        ValueError: If the programs are too long to be edited.
    """
    if MAX_ARITY * most > LONGEST:
        raise ValueError(f"expected most to be at most {LONGEST // MAX_ARITY}, got {most}")
    batch = Batch.empty(n, length)
    allowed = np.asarray(opcodes, np.uint8)
    load(INCLUDE / "vary.c").randomise(
        *draft_arguments(batch),
        pointer(_seeds(n, rng)),
        pointer(allowed),
        ctypes.c_int(len(allowed)),
        ctypes.c_int(most),
    )
    return batch
