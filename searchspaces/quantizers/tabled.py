"""Programs of words with a table beside them: what multipliers and integer operators are.

Entries are fitted by the evaluator and are part of the document::

    {"program": {...}, "table": [3, 14, 14, 21]}

A table has as many entries as the program reaches.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.rows import Field, Rows
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.signature import Signature
from elitemap.searchspaces.programs.space import ProgramSpace
from elitemap.searchspaces.programs.text import source
from elitemap.searchspaces.programs.words import WORDS

#: Inputs on which behavioural hashes look.
PROBES = 64

#: Sizes of tables; 0 is a program without one.
TABLES = (0, 2, 4, 8, 16, 32, 64)


class Tabled(Rows):
    """A batch of programs, each with a table.

    Attributes:
        size: int16[n], instructions in use.
        opcode: uint8[n, L].
        entries: int16[n], entries in use.
        table: int32[n, room], zero where not in use.
    """

    size: NDArray[np.int16]
    opcode: NDArray[np.uint8]
    entries: NDArray[np.int16]
    table: NDArray[np.int32]

    def __init__(self, programs: Batch, room: int) -> None:
        """Rows of the given programs with empty tables.

        Args:
            programs: n programs.
            room: Most entries of a table.
        """
        fields = Field("entries", np.int16), Field("table", np.int32, (room,))
        super().__init__((*programs.fields, *fields), len(programs))
        self.like = programs.take(np.arange(0))
        for name, array in programs.arrays().items():
            setattr(self, name, array)

    @property
    def programs(self) -> Batch:
        """The programs alone, on the same memory."""
        arrays = self.arrays()
        return self.like.from_arrays({f.name: arrays[f.name] for f in self.like.fields})


class TabledSpace:
    """Programs of words with at most ``max_ops`` operations and ``room`` table entries.

    Attributes:
        name: Of the space.
        room: Most entries of a table, 0 for none.
        core: The space of the programs.
        operators: Variation operators.
    """

    name = "quantizers"

    def __init__(
        self,
        signature: Signature,
        operations: Sequence[str],
        max_ops: int,
        room: int,
        probes: NDArray[np.uint32],
    ) -> None:
        """Bind the space; see the class.

        Args:
            signature: What programs take and give.
            operations: Names of the allowed operations.
            max_ops: Most operations of a candidate.
            room: Most entries of a table, 0 for none.
            probes: uint32[1, inputs, p], inputs of the behavioural hash.
        """
        self.room = room
        opcodes = [WORDS.opcodes[name] for name in operations]
        self.core = ProgramSpace(self.name, WORDS, signature, opcodes, max_ops, probes)
        self.operators = self.core.operators

    def rows(self, programs: Batch) -> Tabled:
        """Rows of the given programs with empty tables."""
        return Tabled(programs, self.room)

    def empty(self, n: int) -> Tabled:
        """Rows to be overwritten."""
        return self.rows(self.core.empty(n))

    def random(self, n: int, rng: np.random.Generator) -> Tabled:
        """Random programs without tables, not yet canonical."""
        return self.rows(self.core.random(n, rng))

    def vary(
        self,
        parents: Tabled,
        partners: Tabled,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> Tabled:
        """One offspring per row by the given operators; its table is to be fitted anew."""
        made = self.core.vary(parents.programs, partners.programs, operators, rng)
        return self.rows(made)

    def canonical(self, batch: Tabled) -> tuple[Tabled, NDArray[np.bool_]]:
        """Canonical form of the programs, tables as they are, and which rows are candidates."""
        changed, valid = self.core.canonical(batch.programs)
        made = self.rows(changed)
        made.entries, made.table = batch.entries.copy(), batch.table.copy()
        return made, valid

    def keys(self, batch: Tabled) -> NDArray[np.uint64]:
        """What an evaluation depends on: programs alone, because tables are fitted from zero."""
        return self.core.keys(batch.programs)

    def to_json(self, batch: Tabled, row: int) -> dict[str, Any]:
        """One candidate as its canonical JSON document."""
        used = batch.table[row, : batch.entries[row]].tolist()
        return {"program": self.core.to_json(batch.programs, row), "table": used}

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Tabled:
        """The inverse of :meth:`to_json`.

        Raises:
            ProgramError: If a document is no program with a table.
            ValueError: If a program is too long for this space, or of another signature.
        """
        read = [parts(document, self.room) for document in documents]
        programs = self.core.from_json([program for program, _ in read])
        batch = self.rows(programs)
        for row, (_, table) in enumerate(read):
            batch.entries[row] = len(table)
            batch.table[row, : len(table)] = table
        return batch

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one candidate.

        Raises:
            ProgramError: If the document is no program with a table.
        """
        program, table = parts(document, self.room)
        text = source(Program.from_json(program, WORDS))
        return f"{text}\ntable = {', '.join(map(str, table))}" if table else text


def parts(document: Any, room: int) -> tuple[Any, list[int]]:
    """Program (not yet read) and table of a document.

    Raises:
        ProgramError: If the document has no program and table, or a table of another size or with
            entries that are no 24-bit whole numbers.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("table"), list):
        raise ProgramError("expected a program and a table")
    table = document["table"]
    if len(table) > room or not all(type(t) is int and abs(t) < 1 << 24 for t in table):
        raise ProgramError(f"expected a table of at most {room} whole numbers below 2^24")
    return document.get("program"), table
