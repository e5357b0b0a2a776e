"""The space of whole functions in float32: cores vary, documents are whole programs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.documents import read as read_core
from elitemap.searchspaces.elementary.float32.batches import rounded
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.elementary.float32.wholes import core_of, read, whole
from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import fuse
from elitemap.searchspaces.programs.program import SCHEMA, Program, ProgramError
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.text import source

#: Most rounds of simplifying and rounding; few rows need a second.
_PASSES = 4


class WholeSpace(ElementarySpace):
    """Programs in ``float32`` of one reduction; batches hold their cores."""

    def __init__(
        self,
        reduction: Reduction,
        opcodes: Sequence[int],
        max_ops: int,
        probes: NDArray[np.float64],
    ) -> None:
        """Bind the space.

        Args:
            reduction: What surrounds the cores.
            opcodes: Primitives of ``real`` that cores may use.
            max_ops: Most operations of a core.
            probes: float64[p], inputs of the behavioural hash of cores.
        """
        super().__init__(opcodes, max_ops, probes)
        self.reduction = reduction
        self._fuses = REAL.opcodes["fma"] in self.opcodes

    def canonical(self, batch: Batch) -> tuple[Batch, NDArray[np.bool_]]:
        """Canonical form with constants that are float32, and which rows are candidates.

        Products go into sums where cores may fuse them, which costs less and rounds less. What
        becomes equal, 0 or 1 by rounding is simplified again.
        """
        made, valid = super().canonical(batch)
        changed = self._changed(made)
        for _ in range(_PASSES):
            if not changed.any():
                break
            made, still = super().canonical(made)
            valid &= still
            changed = self._changed(made)
        return made, valid & ~changed & np.isfinite(made.constant[:, :, 0]).all(axis=1)

    def _changed(self, made: Batch) -> NDArray[np.bool_]:
        """Fuse and round; which rows are to be simplified again."""
        changed = rounded(made)
        return changed | fuse(made) if self._fuses else changed

    def to_json(self, batch: Batch, row: int) -> dict[str, Any]:
        """One whole program as its canonical JSON document."""
        return whole(batch.program(row), self.reduction).to_json()

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Batch:
        """The inverse of :meth:`to_json`.

        Raises:
            ProgramError: If a document is no program with this reduction.
            ValueError: If a core is too long for this space.
        """
        programs = [core_of(read(d, self.reduction.signature), self.reduction) for d in documents]
        return Batch.from_programs(programs, self.length, self.signature, self.dialect)

    def wrapped(self, core: Program) -> Mapping[str, Any]:
        """The document of a whole program around a core, its constants rounded.

        Raises:
            ProgramError: If the core is too long or of other operations.
        """
        super().adopted(core.to_json())
        batch = Batch.from_programs([core], self.length, self.signature, self.dialect)
        made, valid = self.canonical(batch)
        if not valid[0]:
            raise ProgramError("expected a core of some operations with constants within float32")
        return self.to_json(made, 0)

    def adopted(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document of a whole program with this reduction; of one over the reals as its core.

        Raises:
            ProgramError: If it is neither, or too long or of other operations.
        """
        if document.get("schema") == SCHEMA:
            return self.wrapped(replace(read_core(document), inputs=("x",)))
        super().adopted(core_of(read(document, self.reduction.signature), self.reduction).to_json())
        return document

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one core, over its reduced argument r.

        Raises:
            ProgramError: If the document is none of this space.
        """
        core = core_of(read(document, self.reduction.signature), self.reduction)
        if self.reduction.name == "none":
            return source(core)
        return source(replace(core, inputs=("r",)))
