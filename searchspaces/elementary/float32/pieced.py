"""Cores whose constants are tables: batches with an entry for each piece, and their space."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.rows import Field
from elitemap.searchspaces.elementary.float32.reduction import Tables
from elitemap.searchspaces.elementary.float32.space import WholeSpace
from elitemap.searchspaces.elementary.float32.wholes import core_of, read, whole
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import SCHEMA, Program
from elitemap.searchspaces.programs.text import source

#: What tables are called.
_NAMES = tuple("abcdefghijklmnopq")


class PiecedCores(Batch):
    """Cores with tables beside their constants, which are those of the main piece.

    Attributes:
        entries: float32[n, L, places], of constants; zero where they were not fitted.
    """

    entries: NDArray[np.float32]

    def __init__(self, cores: Batch, tables: Tables) -> None:
        """The cores with empty tables.

        Args:
            cores: n of them.
            tables: Of the reduction.
        """
        super().__init__(len(cores), cores.length, cores.signature, cores.dialect)
        self._like = Batch(0, cores.length, cores.signature, cores.dialect)
        for name, array in cores.arrays().items():
            setattr(self, name, array)
        places = len(tables.pieces)
        self.fields = (*self.fields, Field("entries", np.float32, (self.length, places)))
        self.entries = np.zeros((len(cores), self.length, places), np.float32)

    @property
    def cores(self) -> Batch:
        """The cores alone, on the same memory."""
        arrays = self.arrays()
        return self._like.from_arrays({f.name: arrays[f.name] for f in self._like.fields})

    def at(self, place: int, rows: NDArray[np.intp]) -> Batch:
        """Copies of some cores with the constants of a piece."""
        found = self.cores.take(rows)
        literal = np.array([p.literal is not None for p in self.dialect.primitives])
        found.constant[:, :, 0] = np.where(
            literal[found.opcode], self.entries[rows, :, place], found.constant[:, :, 0]
        )
        return found

    def program(self, row: int) -> Program:
        """One core; constants have an entry for each place where tables are fitted."""
        core = self.cores.program(row)
        if not self.entries[row].any():
            return core
        made = [
            replace(i, constant=tuple(self.entries[row, k].tolist())) if i.constant else i
            for k, i in enumerate(core.instructions)
        ]
        return replace(core, instructions=tuple(made))


class PiecedSpace(WholeSpace):
    """Programs of one reduction with tables; these are fitted anew in every evaluation."""

    @property
    def tables(self) -> Tables:
        """Those of the reduction."""
        assert self.reduction.tables is not None
        return self.reduction.tables

    def empty(self, n: int) -> PiecedCores:
        """Rows to be overwritten."""
        return PiecedCores(super().empty(n), self.tables)

    def random(self, n: int, rng: np.random.Generator) -> PiecedCores:
        """Random cores without tables, not yet canonical."""
        return PiecedCores(super().random(n, rng), self.tables)

    def vary(
        self,
        parents: Batch,
        partners: Batch,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> PiecedCores:
        """One offspring per row by the given operators; its tables are to be fitted."""
        made = super().vary(_cores(parents), _cores(partners), operators, rng)
        return PiecedCores(made, self.tables)

    def canonical(self, batch: Batch) -> tuple[PiecedCores, NDArray[np.bool_]]:
        """As for numbers; tables of cores that change are to be fitted anew."""
        cores = _cores(batch)
        changed, valid = super().canonical(cores)
        made = PiecedCores(changed, self.tables)
        if isinstance(batch, PiecedCores):
            same = np.ones(len(batch), np.bool_)
            for name, array in cores.arrays().items():
                equal = array == changed.arrays()[name]
                same &= equal.all(axis=tuple(range(1, equal.ndim)))
            made.entries[same] = batch.entries[same]
        return made, valid

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> PiecedCores:
        """The inverse of :meth:`to_json`; see :class:`.space.WholeSpace`."""
        programs = [core_of(read(d, self.reduction.signature), self.reduction) for d in documents]
        main = [self._at(program, self.tables.main) for program in programs]
        cores = Batch.from_programs(main, self.length, self.signature, self.dialect)
        made = PiecedCores(cores, self.tables)
        for row, program in enumerate(programs):
            constants = {k: i.constant for k, i in enumerate(program.instructions) if i.constant}
            # Constants that are the same in all pieces are what cores have that were not fitted.
            if any(len(set(entries)) > 1 for entries in constants.values()):
                for k, entries in constants.items():
                    made.entries[row, k] = entries
        return made

    def to_json(self, batch: Batch, row: int) -> dict[str, Any]:
        """One whole program as its canonical JSON document."""
        return whole(batch.program(row), self.reduction).to_json()

    def adopted(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document of a program with these tables; of one over the reals as its core.

        Raises:
            ProgramError: If it is neither, or too long or of other operations.
        """
        if document.get("schema") == SCHEMA:
            return super().adopted(document)
        core = core_of(read(document, self.reduction.signature), self.reduction)
        super().adopted(self._at(core, self.tables.main).to_json())
        return document

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one core over r; tables have letters, and lines would not hold them.

        Raises:
            ProgramError: If the document is none of this space.
        """
        core = core_of(read(document, self.reduction.signature), self.reduction)
        named = _named(core)
        names = ", ".join(named.inputs[1:])
        told = f"{names} from tables of {len(self.tables.pieces)}"
        return "\n".join([source(named), *([told] if names else [])])

    def _at(self, core: Program, place: int) -> Program:
        """A core with the constants of a piece."""
        made = [_entry(i, place) if i.constant else i for i in core.instructions]
        return replace(core, instructions=tuple(made))


def _entry(i: Instruction, place: int) -> Instruction:
    return replace(i, constant=(i.constant[place], 0.0))


def _named(core: Program) -> Program:
    """A core with its constants as further arguments."""
    many = sum(1 for i in core.instructions if i.constant)
    numbers, rows, seen = {0: 0}, [], 0
    for k, i in enumerate(core.instructions, 1):
        if i.constant:
            seen += 1
            numbers[k] = seen
        else:
            rows.append(replace(i, operands=tuple(numbers[v] for v in i.operands)))
            numbers[k] = many + len(rows)
    names = ("r", *_NAMES[:many])
    outputs = tuple(numbers[v] for v in core.outputs)
    return replace(core, inputs=names, instructions=tuple(rows), outputs=outputs)


def _cores(batch: Batch) -> Batch:
    return batch.cores if isinstance(batch, PiecedCores) else batch
