"""The space of block quantizers: a layout, and levels by a program or a table.

A document has the layout, and the levels of its codes::

    {"schema": 1, "code_bits": 4, "block": 16, "scale": {...}, "offset": "none", "choice": false,
     "levels": {"program": {...}}}

and ``"outliers": 2`` or ``"rotated": 64`` where weights are stored apart or rotated.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.rows import Field, Rows
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.space import ProgramSpace
from elitemap.searchspaces.programs.text import source
from elitemap.searchspaces.quantizers.formats.elements import (
    MOST_ENTRIES,
    OPERATIONS,
    PLAIN,
    PROGRAM,
    SIGNATURE,
    SUMS,
    Element,
    entries_of,
)
from elitemap.searchspaces.quantizers.formats.menu import Menu
from elitemap.searchspaces.quantizers.formats.rule import WIDTH, FormatError, Rule
from elitemap.searchspaces.quantizers.formats.tables import entries, grids, rounded, settled

#: The version of the documents.
SCHEMA = 1

_ODD = np.uint64(0x9E3779B97F4A7C15)

_BITS, _SEARCH = 0, 6


class Quantizers(Rows):
    """A batch of programs, each with a layout and a table.

    Attributes:
        size: int16[n], instructions in use.
        output: int16[n, 1].
        rule: int32[n, 12], the fields of a :class:`.rule.Rule`.
        shape: int32[n], where levels come from.
        whole: int32[n], 1 for tables of whole numbers.
        table: float32[n, 32], zero where not in use.
    """

    size: NDArray[np.int16]
    opcode: NDArray[np.uint8]
    operand: NDArray[np.int16]
    constant: NDArray[np.uint32]
    output: NDArray[np.int16]
    rule: NDArray[np.int32]
    shape: NDArray[np.int32]
    whole: NDArray[np.int32]
    table: NDArray[np.float32]

    def __init__(self, programs: Batch) -> None:
        """Rows of the given programs, layouts and tables zero."""
        own = (
            Field("rule", np.int32, (WIDTH,)),
            Field("shape", np.int32),
            Field("whole", np.int32),
            Field("table", np.float32, (MOST_ENTRIES,)),
        )
        super().__init__((*programs.fields, *own), len(programs))
        self.like = programs.take(np.arange(0))
        for name, array in programs.arrays().items():
            setattr(self, name, array)

    @property
    def programs(self) -> Batch:
        """The programs alone, on the same memory."""
        arrays = self.arrays()
        return self.like.from_arrays({f.name: arrays[f.name] for f in self.like.fields})

    def element(self, row: int) -> Element:
        """The levels of a row."""
        shape, whole = int(self.shape[row]), bool(self.whole[row])
        if shape == PROGRAM:
            return Element(PROGRAM, self.programs.program(row))
        count = entries_of(shape, int(self.rule[row, _BITS]))
        return Element(shape, None, tuple(self.table[row, :count].tolist()), whole)


def read(document: Any) -> tuple[Rule, Element]:
    """Layout and levels of a document.

    Raises:
        FormatError: If it is no quantizer.
        ProgramError: If its program is none.
    """
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise FormatError(f"expected a quantizer's document of schema {SCHEMA}")
    rule = Rule.from_json(document)
    element = Element.from_json(document.get("levels"), rule)
    if element.whole and not rule.search:
        raise FormatError("expected no whole numbers in a table in units of a block's maximum")
    return rule, element


def written(rule: Rule, element: Element) -> dict[str, Any]:
    """The document of a layout and levels."""
    return {"schema": SCHEMA, **rule.to_json(), "levels": element.to_json()}


class QuantizerSpace:
    """Layouts of a menu, with programs of at most ``max_ops`` operations or tables.

    Attributes:
        name: Of the space.
        menu: Layouts within the budget.
        room: Most entries of a table, 0 for programs only.
        core: The space of the programs.
        operators: Variation operators: those of programs, then those of layouts and tables.
    """

    name = "quantizers"

    def __init__(self, menu: NDArray[np.int32], max_ops: int, room: int) -> None:
        """Bind the space to layouts int32[m, fields]; see the class."""
        self.menu, self.room = Menu(menu), room
        codes = np.arange(16, dtype=np.int32)
        numbers = (codes - 8).astype(np.float32)
        choice = (codes % 2).astype(np.int32)
        columns = numbers, choice.astype(np.float32), *(x.view(np.float32) for x in (codes, choice))
        opcodes = [FLOAT32.opcodes[name] for name in OPERATIONS]
        probes = np.ascontiguousarray(np.stack(columns))[None]
        self.core = ProgramSpace(self.name, FLOAT32, SIGNATURE, opcodes, max_ops, probes)
        self.operators = (*self.core.operators, "layout", "graft", "shape", "table")

    def empty(self, n: int) -> Quantizers:
        """Rows to be overwritten."""
        return Quantizers(self.core.empty(n))

    def random(self, n: int, rng: np.random.Generator) -> Quantizers:
        """Random programs, or random tables, under random layouts; not yet canonical."""
        batch = Quantizers(self.core.random(n, rng))
        batch.rule = self.menu.drawn(n, rng)
        self._draw_shape(batch, np.arange(n), rng)
        batch.table = grids(batch.rule, batch.shape, rng)
        return batch

    def _draw_shape(
        self, batch: Quantizers, rows: NDArray[np.intp], rng: np.random.Generator
    ) -> None:
        tables = rng.random(len(rows)) < (0.5 if self.room else 0.0)
        batch.shape[rows] = np.where(tables, rng.integers(PLAIN, SUMS + 1, len(rows)), PROGRAM)
        batch.whole[rows] = rng.integers(0, 2, len(rows))

    def vary(
        self,
        parents: Quantizers,
        partners: Quantizers,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> Quantizers:
        """One offspring per row by the given operators; those of programs step a table as well."""
        plain = len(self.core.operators)
        made = parents.take(np.arange(len(parents)))
        programs = np.flatnonzero((operators < plain) & (parents.shape == PROGRAM))
        if len(programs):
            varied = self.core.vary(
                parents.programs.take(programs),
                partners.programs.take(programs),
                operators[programs],
                rng,
            )
            for name, array in varied.arrays().items():
                getattr(made, name)[programs] = array
        layout, graft, shape, table = (operators == plain + k for k in range(4))
        rows = np.flatnonzero(layout | ((operators < plain) & (rng.random(len(made)) < 0.1)))
        made.rule[rows] = self.menu.stepped(parents.rule[rows], rng)
        made.rule[graft] = partners.rule[graft]
        self._draw_shape(made, np.flatnonzero(shape), rng)
        rows = np.flatnonzero(table | ((operators < plain) & (parents.shape != PROGRAM)))
        width = rng.choice([0.01, 0.05, 0.2], (len(rows), 1))
        moved = np.exp(width * rng.normal(0, 1, (len(rows), MOST_ENTRIES)))
        made.table[rows] *= moved.astype(np.float32)
        # A table of another shape or size is no table of the new one.
        other = shape | (made.rule[:, _BITS] != parents.rule[:, _BITS])
        other |= settled(made.rule, made.shape) != settled(parents.rule, parents.shape)
        rows = np.flatnonzero(other)
        made.table[rows] = grids(made.rule[rows], made.shape[rows], rng)
        return made

    def canonical(self, batch: Quantizers) -> tuple[Quantizers, NDArray[np.bool_]]:
        """Canonical form, and which rows are candidates.

        Shapes become those that go with the layout's choice, what is not in use becomes zero, and a
        program that gives the code itself stays: that is a uniform quantizer.
        """
        changed, valid = self.core.canonical(batch.programs)
        bare = np.flatnonzero(~valid & (batch.output[:, 0] == 0))
        made = Quantizers(changed)
        made.rule, shape = batch.rule.copy(), batch.shape.copy()
        made.shape = settled(made.rule, shape)
        tables = made.shape != PROGRAM
        made.whole = np.where(tables & (made.rule[:, _SEARCH] == 1), batch.whole, 0).astype(
            np.int32
        )
        count = entries(made.rule, made.shape)
        used = np.arange(MOST_ENTRIES) < count[:, None]
        table = np.where(used & np.isfinite(batch.table), batch.table, 0).astype(np.float32)
        made.table = np.where(made.whole[:, None] == 1, rounded(table, made.shape), table)
        empty = np.flatnonzero(tables | np.isin(np.arange(len(batch)), bare))
        made.programs.put(empty, self.core.empty(len(empty)))
        valid[bare] = True
        return made, np.where(tables, count <= self.room, valid)

    def keys(self, batch: Quantizers) -> NDArray[np.uint64]:
        """What an evaluation depends on: program, layout, and the table that a fit begins with."""
        mixed = self.core.keys(batch.programs)
        columns = [
            batch.rule,
            batch.shape[:, None],
            batch.whole[:, None],
            batch.table.view(np.int32),
        ]
        for column in np.concatenate(columns, axis=1).astype(np.uint64).T:
            mixed = (mixed ^ column) * _ODD
            mixed ^= mixed >> np.uint64(29)
        return mixed

    def to_json(self, batch: Quantizers, row: int) -> dict[str, Any]:
        """One quantizer as its canonical JSON document."""
        return written(Rule(*batch.rule[row].tolist()), batch.element(row))

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Quantizers:
        """The inverse of :meth:`to_json`.

        Raises:
            FormatError: If a document is no quantizer.
            ProgramError: If a program is none.
            ValueError: If a program is too long for this space.
        """
        found = [read(document) for document in documents]
        batch = self.empty(len(found))
        for row, (rule, element) in enumerate(found):
            batch.rule[row], batch.shape[row] = rule.row(), element.shape
            batch.whole[row] = element.whole
            batch.table[row, : len(element.table)] = element.table
            if element.program is not None:
                one = self.core.from_json([element.program.to_json()])
                batch.programs.put(np.array([row]), one)
        return batch

    def source(self, document: Mapping[str, Any]) -> str:
        """Readable text of one quantizer.

        Raises:
            FormatError: If the document is no quantizer.
        """
        rule, element = read(document)
        if element.program is not None:
            return f"{source(element.program)}\n# {rule.text()}"
        told = ", ".join(f"{x:.0f}" if element.whole else f"{x:.6g}" for x in element.table)
        name = ("", "level", "level of the code without its sign", "levels of both choices",
                "level, and what the choice adds", "level of the code without its sign, as a sum "
                "of two parts")[element.shape]  # fmt: skip
        return f"{name} = {told}\n# {rule.text()}"
