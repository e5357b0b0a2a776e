"""The space of straight-line programs in one real variable."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical, hashes
from elitemap.searchspaces.programs.primitives import MAX_ARITY, PRIMITIVES
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import source
from elitemap.searchspaces.programs.variation import OPERATORS, random_programs, vary

#: Mantissa bits of the probes' outputs that enter the cache key, and of the constants: starts that
#: agree so far are fitted to the same constants. Outputs alone would not do: the fit depends on how
#: the function is parametrised.
MANTISSA_BITS, CONSTANT_BITS = 34, 51


_DROPPED, _HALF = np.uint64(52 - CONSTANT_BITS), np.uint64(1 << (51 - CONSTANT_BITS))
_ODD = np.uint64(0x9E3779B97F4A7C15)


class ElementarySpace:
    """Programs over the allowed primitives with at most ``max_ops`` operations.

    Attributes:
        name: ``elementary``.
        operators: Variation operators.
    """

    name = "elementary"
    operators: tuple[str, ...] = OPERATORS
    inputs = ("x",)

    def __init__(self, opcodes: Sequence[int], max_ops: int, probes: NDArray[np.float64]) -> None:
        """Bind the space.

        Args:
            opcodes: Allowed primitives.
            max_ops: Most operations of a candidate.
            probes: float64[p], inputs of the behavioural hash.
        """
        self.opcodes = tuple(opcodes)
        self.max_ops = max_ops
        self.probes = probes
        arity = max(PRIMITIVES[code].arity for code in self.opcodes)
        self.length = max_ops * min(arity, MAX_ARITY) + 2

    def empty(self, n: int) -> Batch:
        """Rows to be overwritten."""
        return Batch.empty(n, self.length)

    def random(self, n: int, rng: np.random.Generator) -> Batch:
        """Random programs, not yet canonical."""
        return random_programs(n, self.length, self.max_ops, self.opcodes, rng)

    def vary(
        self,
        parents: Batch,
        partners: Batch,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> Batch:
        """One offspring per row by the given operators."""
        typical = float(self.probes[len(self.probes) // 2])
        return vary(parents, partners, operators, self.opcodes, typical, rng)

    def canonical(self, batch: Batch) -> tuple[Batch, NDArray[np.bool_]]:
        """Canonical form, and which rows are candidates."""
        changed = batch.take(np.arange(len(batch)))
        cost = canonical(changed, self.max_ops)
        return changed, cost > 0

    def keys(self, batch: Batch) -> NDArray[np.uint64]:
        """What an evaluation depends on: structure, behaviour and constants at the start."""
        structure, behaviour = hashes(batch, self.probes, MANTISSA_BITS)
        words = (batch.constant[:, :, 0].view(np.uint64) + _HALF) >> _DROPPED
        mixed = structure ^ (behaviour * _ODD)
        for column in words.T:
            mixed = (mixed ^ column) * _ODD
            mixed ^= mixed >> np.uint64(29)
        return mixed

    def to_json(self, batch: Batch, row: int) -> dict[str, Any]:
        """One program as its canonical JSON document."""
        return batch.program(row, self.inputs).to_json()

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Batch:
        """The inverse of :meth:`to_json`.

        Raises:
            ProgramError: If a document is no program.
            ValueError: If a program is too long for this space.
        """
        return Batch.from_programs([Program.from_json(d) for d in documents], self.length)

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one program.

        Raises:
            ProgramError: If the document is none of this space.
        """
        return source(read(document))
