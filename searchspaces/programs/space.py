"""A space of straight-line programs: what the engine asks of one, for any dialect and signature."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical, hashes
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.signature import Signature
from elitemap.searchspaces.programs.text import source
from elitemap.searchspaces.programs.variation import random_programs, vary

#: Mantissa bits of the results on probes that enter the cache key.
MANTISSA_BITS = 34

_ODD = np.uint64(0x9E3779B97F4A7C15)


class ProgramSpace:
    """Programs over the allowed primitives with at most ``max_ops`` operations.

    Attributes:
        name: Of the space.
        dialect: What programs are written in.
        signature: What they take and give.
        opcodes: Allowed primitives.
        max_ops: Most operations of a candidate.
        probes: [steps, inputs, p], inputs of the behavioural hash.
        operators: Variation operators.
        length: Instruction slots.
    """

    name: str
    operators: tuple[str, ...]

    def __init__(
        self,
        name: str,
        dialect: Dialect,
        signature: Signature,
        opcodes: Sequence[int],
        max_ops: int,
        probes: NDArray[Any],
    ) -> None:
        """Bind the space; see the class."""
        self.name, self.dialect, self.signature = name, dialect, signature
        self.opcodes, self.max_ops, self.probes = tuple(opcodes), max_ops, probes
        self.operators = dialect.operators
        arity = max(dialect.primitives[code].arity for code in self.opcodes)
        self.length = max_ops * arity + 1 + len(signature.results)

    def empty(self, n: int) -> Batch:
        """Rows to be overwritten."""
        return Batch(n, self.length, self.signature, self.dialect)

    def random(self, n: int, rng: np.random.Generator) -> Batch:
        """Random programs, not yet canonical."""
        sizes = self.length, self.max_ops
        return random_programs(n, *sizes, self.opcodes, rng, self.signature, self.dialect)

    def vary(
        self,
        parents: Batch,
        partners: Batch,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> Batch:
        """One offspring per row by the given operators; the middle probe is taken as typical."""
        middle = self.probes[0, :, self.probes.shape[2] // 2].tolist()
        typical = [*middle, *(state.initial[0] for state in self.signature.states)]
        return vary(parents, partners, operators, self.opcodes, typical, rng)

    def canonical(self, batch: Batch) -> tuple[Batch, NDArray[np.bool_]]:
        """Canonical form, and which rows are candidates."""
        changed = batch.take(np.arange(len(batch)))
        cost = canonical(changed, self.max_ops)
        return changed, cost > 0

    def keys(self, batch: Batch) -> NDArray[np.uint64]:
        """What an evaluation depends on: structure, behaviour and constants at the start."""
        structure, behaviour = hashes(batch, self.probes, MANTISSA_BITS)
        mixed = structure ^ (behaviour * _ODD)
        for column in self.dialect.storage.words(batch.constant).T:
            mixed = (mixed ^ column) * _ODD
            mixed ^= mixed >> np.uint64(29)
        return mixed

    def to_json(self, batch: Batch, row: int) -> dict[str, Any]:
        """One program as its canonical JSON document."""
        return batch.program(row).to_json()

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Batch:
        """The inverse of :meth:`to_json`.

        Raises:
            ProgramError: If a document is no program.
            ValueError: If a program is too long for this space, or of another signature.
        """
        programs = [Program.from_json(d, self.dialect) for d in documents]
        return Batch.from_programs(programs, self.length, self.signature, self.dialect)

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one program."""
        return source(Program.from_json(document, self.dialect))
