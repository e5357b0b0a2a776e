"""Random programs and their variation, in compiled kernels."""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.interpret import LONGEST, batch_arguments, draft_arguments
from elitemap.searchspaces.programs.kernels import KERNEL, load
from elitemap.searchspaces.programs.primitive import MAX_ARITY
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import FUNCTION, Signature

#: Variation operators, in the kernel's order; a dialect names those that make sense in it.
#: ``term`` turns a use of t into t o (c o' w), or a level deeper where programs are fitted;
#: ``compose`` makes the program, its input rescaled where that is possible, the argument of further
#: instructions; ``rescale`` replaces the constants so that P'(x) = P(s x);
#: ``repeat`` puts a copy of a value in the place of something that it is made of;
#: ``double`` makes P(x/2) the argument of a square, or of another doubling of the argument;
#: ``conjugate`` turns a use of t into t o (c o' (a + b)) where there is a - b, or the like.
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
    "repeat",
    "double",
    "conjugate",
)

#: How many of them may follow another one in the same offspring.
_REPEATED = OPERATORS.index("crossover")


def _seeds(n: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    return rng.integers(1, 2**64, (n, 4), dtype=np.uint64)


def vary(
    parents: Batch,
    partners: Batch,
    operators: NDArray[np.uint8],
    opcodes: Sequence[int],
    typical: float | Sequence[Any],
    rng: np.random.Generator,
) -> Batch:
    """One offspring per row, neither canonical nor checked.

    Args:
        parents: n canonical programs.
        partners: n programs that supply the second parent of crossovers.
        operators: uint8[n], indices into the operators of the dialect.
        opcodes: Primitives that may be inserted.
        typical: A value of the input, or one of each input and state; new constants are matched to
            the values there.
        rng: Source of randomness.

    Raises:
        ValueError: If the batches differ in shape or have too many slots to be edited.
    """
    if not parents.opcode.shape == partners.opcode.shape == (len(operators), parents.length):
        raise ValueError("expected parents, partners and operators of the same shape")
    dialect = parents.dialect
    offspring = parents.take(np.arange(len(parents)))
    allowed = np.asarray(opcodes, np.uint8)
    kinds = np.array([OPERATORS.index(name) for name in dialect.operators], np.uint8)
    leaves = np.ascontiguousarray(np.atleast_1d(typical), dialect.types[0].dtype)
    if len(leaves) != len(parents.signature.leaves):
        raise ValueError("expected a typical value of each input and state")
    load(KERNEL / "vary.c", dialect).vary(
        *draft_arguments(offspring),
        *batch_arguments(partners)[3:],
        pointer(np.ascontiguousarray(operators, dtype=np.uint8)),
        pointer(kinds),
        ctypes.c_int(int((kinds < _REPEATED).sum())),
        pointer(_seeds(len(parents), rng)),
        pointer(allowed),
        ctypes.c_int(len(allowed)),
        pointer(leaves),
    )
    return offspring


def random_programs(
    n: int,
    length: int,
    most: int,
    opcodes: Sequence[int],
    rng: np.random.Generator,
    signature: Signature = FUNCTION,
    dialect: Dialect = REAL,
) -> Batch:
    """Random programs, n of them, of 1 to ``most`` instructions besides constants, not canonical.

    Raises:
        ValueError: If the programs are too long to be edited.
    """
    if MAX_ARITY * most > LONGEST:
        raise ValueError(f"expected most to be at most {LONGEST // MAX_ARITY}, got {most}")
    batch = Batch(n, length, signature, dialect)
    allowed = np.asarray(opcodes, np.uint8)
    load(KERNEL / "vary.c", dialect).randomise(
        *draft_arguments(batch),
        pointer(_seeds(n, rng)),
        pointer(allowed),
        ctypes.c_int(len(allowed)),
        ctypes.c_int(most),
    )
    return batch
