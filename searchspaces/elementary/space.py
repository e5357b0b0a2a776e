"""The space of straight-line programs in one real variable, or in two."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import FUNCTION, Signature
from elitemap.searchspaces.programs.space import ProgramSpace
from elitemap.searchspaces.programs.text import source


class ElementarySpace(ProgramSpace):
    """Functions of real variables over the allowed primitives."""

    def __init__(
        self,
        opcodes: Sequence[int],
        max_ops: int,
        probes: NDArray[np.float64],
        dialect: Dialect = REAL,
        seeds: Callable[[], Iterable[Program]] = tuple,
        signature: Signature = FUNCTION,
    ) -> None:
        """Bind the space.

        Args:
            opcodes: Allowed primitives.
            max_ops: Most operations of a candidate.
            probes: float64[inputs, p], of the behavioural hash; float64[p] for one input.
            dialect: ``real``, perhaps with more primitives.
            seeds: Makes programs among the random ones with which a search begins; those that the
                space does not hold are left out.
            signature: One real input, or two.
        """
        steps = np.atleast_2d(probes)[None]
        super().__init__("elementary", dialect, signature, opcodes, max_ops, steps)
        self._seeds = seeds

    @cached_property
    def seeds(self) -> list[Program]:
        """The programs among the random ones with which a search begins."""
        return [program for program in self._seeds() if self.holds(program)]

    def random(self, n: int, rng: np.random.Generator) -> Batch:
        """Random programs, not yet canonical, the seeds in place of the first."""
        batch = super().random(n, rng)
        if first := self.seeds[:n]:
            seeds = Batch.from_programs(first, self.length, self.signature, self.dialect)
            batch.put(np.arange(len(first)), seeds)
        return batch

    def holds(self, program: Program) -> bool:
        """Whether a program is of the allowed primitives and not too long."""
        operations = {i.opcode for i in program.instructions if not program.is_constant(i)}
        return operations <= set(self.opcodes) and program.cost <= self.max_ops

    def adopted(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document of a program that this space holds.

        Raises:
            ProgramError: If it holds none such.
        """
        program = self._read(document)
        if not self.holds(program):
            raise ProgramError(
                f"expected at most {self.max_ops} operations of {self._allowed}, got other ones"
                if program.cost <= self.max_ops
                else f"expected at most {self.max_ops} operations, got {program.cost}"
            )
        return document

    @property
    def _allowed(self) -> str:
        return ", ".join(n for n, c in self.dialect.operations.items() if c in self.opcodes)

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one program.

        Raises:
            ProgramError: If the document is none of this space.
        """
        return source(self._read(document))

    def _read(self, document: Mapping[str, Any]) -> Program:
        return read(document, self.dialect, len(self.signature.inputs))
