"""Tables of 4 to 32 constants: written as choices, found again, and looked up in exported code.

A table is its entries and a tree of choices among them by the bits of a word, so everything that
runs or proves programs knows it already. :func:`looked` writes each as one look-up, which is how
code has it: an array, or a vector register that one instruction permutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from elitemap.searchspaces.programs.dialect import Type
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.constants import SINGLE
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.primitive import Literal, Primitive
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.text import live

#: Entries that a table may have.
SIZES = (32, 16, 8, 4)

_SINGLE, _WORD, _SELECT = (FLOAT32.opcodes[name] for name in ("single", "word", "select"))
_SHL, _USHR, _AND = (FLOAT32.opcodes[name] for name in ("shl", "ushr", "and"))

#: A constant of exported code alone: programs of archives have choices.
TABLE = Primitive(
    name="table",
    operands=(),
    result="table",
    cost=0,
    run=lambda *entries: np.array(entries, np.float32),
    templates={"text": "{value}", "c": "{value}"},
    literal=Literal(
        write=lambda parts: [part.hex() for part in parts],
        read=lambda parts: tuple(map(float.fromhex, parts)),
        text=lambda parts: ", ".join(str(np.float32(part)) for part in parts),
        pack=SINGLE.literal.pack if SINGLE.literal else tuple,
        unpack=SINGLE.literal.unpack if SINGLE.literal else tuple,
    ),
)

LOOK = Primitive(
    name="look",
    operands=("table", "word"),
    result="single",
    cost=1,
    run=lambda table, place: table[place],
    templates={
        "text": "look({0}, {1})",
        "c": "{0}[{1}]",
        "numpy": "{0}[{1}]",
        "jax": "{0}[{1}]",
        "rust": "{0}[{1} as usize]",
        "cuda": "{0}[{1}]",
        "python": "{0}[{1}]",
    },
)

#: What exported code is made from.
LOOKED = replace(
    FLOAT32,
    types=(*FLOAT32.types, Type("table", "float", np.float32)),
    primitives=(*FLOAT32.primitives, TABLE, LOOK),
    where="elitemap.searchspaces.programs.float32.tables:LOOKED",
)


def choices(entries: Sequence[float], bits: Sequence[int], first: int) -> list[Instruction]:
    """A table as instructions; the last one's value is the entry.

    Args:
        entries: float32; of :data:`SIZES` many.
        bits: Values that are negative where a bit of the place is set, the last bit first.
        first: Number of the first instruction's value.
    """
    rows = [Instruction(_SINGLE, (), (entry,)) for entry in entries]
    values = list(range(first, first + len(rows)))
    for bit in bits:
        pairs = list(zip(values[::2], values[1::2], strict=True))
        start = first + len(rows)
        rows += [Instruction(_SELECT, (bit, odd, even)) for even, odd in pairs]
        values = list(range(start, start + len(pairs)))
    return rows


@dataclass(frozen=True)
class Table:
    """Choices that are one look-up.

    Attributes:
        row: Number of the first of its instructions in the program.
        entries: Of the table.
        word: Value in which the place stands.
        shift: How many bits stand below it.
    """

    row: int
    entries: tuple[float, ...]
    word: int
    shift: int

    @property
    def rows(self) -> int:
        """How many instructions it is."""
        return 2 * len(self.entries) - 1


def tables(program: Program) -> Iterator[Table]:
    """The tables of a program in ``float32``, in order."""
    k = 0
    while k < len(program.instructions):
        found = next(filter(None, (_table_at(program, k, size) for size in SIZES)), None)
        if found is not None:
            yield found
        k += 1 if found is None else found.rows


def _table_at(program: Program, k: int, size: int) -> Table | None:
    """A table of so many entries that begins at an instruction; None if there is none."""
    rows = program.instructions[k : k + 2 * size - 1]
    if len(rows) < 2 * size - 1 or any(i.opcode != _SINGLE for i in rows[:size]):
        return None
    bits, start, many = [], size, size // 2
    while many:
        if rows[start].opcode != _SELECT:
            return None
        bits.append(rows[start].operands[0])
        start, many = start + many, many // 2
    entries = tuple(i.constant[0] for i in rows[:size])
    if list(rows) != choices(entries, bits, program.leaves + k):
        return None
    place = _place(program, bits)
    inside = range(program.leaves + k, program.leaves + k + 2 * size - 2)
    outside = (*program.instructions[:k], *program.instructions[k + 2 * size - 1 :])
    used = {v for i in outside for v in i.operands} | set(program.outputs)
    return None if place is None or used & set(inside) else Table(k, entries, *place)


def _place(program: Program, bits: Sequence[int]) -> tuple[int, int] | None:
    """The word, and the number of its first bit, that such values are the bits of."""
    found = []
    for value in bits:
        shl = _of(program, value)
        by = None if shl is None or shl.opcode != _SHL else _of(program, shl.operands[1])
        if shl is None or by is None or by.opcode != _WORD:
            return None
        found.append((shl.operands[0], 31 - by.constant[0]))
    word, shift = found[0]
    return (word, shift) if found == [(word, shift + j) for j in range(len(bits))] else None


def _of(program: Program, value: int) -> Instruction | None:
    return None if value < program.leaves else program.instructions[value - program.leaves]


def looked(program: Program, masked: bool = True) -> Program:
    """The program with each of its tables as one look-up, without dead code; or as it is.

    Args:
        program: In ``float32``.
        masked: Whether a place has no more bits than a table needs.
    """
    found = {table.row: table for table in tables(program)}
    if not found:
        return program
    rows: list[Instruction] = []
    numbers = dict(enumerate(range(program.leaves)))

    def put(opcode: int, operands: Sequence[int], constant: tuple[float, ...] = ()) -> int:
        made = Instruction(opcode, tuple(operands), constant)
        if made not in rows:
            rows.append(made)
        return program.leaves + rows.index(made)

    k = 0
    while k < len(program.instructions):
        table, i = found.get(k), program.instructions[k]
        if table is None:
            rows.append(Instruction(i.opcode, tuple(numbers[v] for v in i.operands), i.constant))
            numbers[program.leaves + k] = program.leaves + len(rows) - 1
            k += 1
            continue
        moved = put(_USHR, (numbers[table.word], put(_WORD, (), (table.shift,))))
        if masked:
            moved = put(_AND, (moved, put(_WORD, (), (len(table.entries) - 1,))))
        entries = put(LOOKED.opcodes["table"], (), table.entries)
        k += table.rows
        value = put(LOOKED.opcodes["look"], (entries, moved))
        numbers[program.leaves + k - 1] = value
    outputs = tuple(numbers[v] for v in program.outputs)
    return _alive(replace(program, instructions=tuple(rows), outputs=outputs, dialect=LOOKED))


def _alive(program: Program) -> Program:
    """The program without instructions that nothing needs: the bits of places."""
    kept = live(program)
    numbers = {k: k for k in range(program.leaves)}
    numbers |= {k: program.leaves + place for place, k in enumerate(kept)}
    rows = [program.instructions[k - program.leaves] for k in kept]
    moved = [replace(i, operands=tuple(numbers[v] for v in i.operands)) for i in rows]
    outputs = tuple(numbers[v] for v in program.outputs)
    return replace(program, instructions=tuple(moved), outputs=outputs)
