"""The space of integer operators: a core of one word within a reduction, perhaps with a table.

With a table a core has a second input, ``entry``, and a second result, an index: what the table
holds at the index, taken modulo the table's size, is the entry. So the index must not depend on it.
Documents have the whole program::

    {"reduction": 4, "program": {...}, "table": [3, 14, 14, 21]}
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.rows import Field
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.document import ProgramError
from elitemap.searchspaces.programs.primitive import MAX_ARITY
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.operators.reductions import menu, reduced
from elitemap.searchspaces.quantizers.operators.targets import Operator, Words, signature
from elitemap.searchspaces.quantizers.tabled import PROBES, Tabled, TabledSpace, parts

#: Value number of the entry, where there is one.
ENTRY = 1

#: Most operations of a core.
CORE = 24

#: What tables hold on the probes of behavioural hashes.
_HELD = np.uint32(0x5A3C)

#: How often an offspring has another reduction, and how often it is its partner's.
_STEPPED, _TAKEN = 0.15, 0.05

#: How often amounts are reduced: constants that become equal become one, which may free others.
_ROUNDS = 2

_ODD = np.uint64(0x9E3779B97F4A7C15)
_ARITY = np.array([p.arity for p in WORDS.primitives])
_SHIFTS = np.array([p.name in ("shl", "shr", "sar") for p in WORDS.primitives])
_CONSTANT = np.array([p.literal is not None for p in WORDS.primitives])
COSTS = np.array([p.cost for p in WORDS.primitives])
PRODUCT = WORDS.opcodes["mul"]


class Reduced(Tabled):
    """A batch of cores, each with a table and a reduction.

    Attributes:
        reduction: int16[n], index into the operator's menu.
    """

    reduction: NDArray[np.int16]

    def __init__(self, programs: Batch, room: int) -> None:
        """Rows of the given cores with empty tables in the first reduction."""
        super().__init__(programs, room)
        self.fields = (*self.fields, Field("reduction", np.int16))
        self.reduction = np.zeros(len(programs), np.int16)


class OperatorSpace(TabledSpace):
    """Cores with at most so many products.

    Attributes:
        operator: What words mean.
        menu: Its reductions.
        products: Most products of two values.
    """

    def __init__(self, operator: Operator, max_ops: int, room: int, products: int) -> None:
        """Bind the space.

        Args:
            operator: What words mean.
            max_ops: Most operations of a candidate, by their costs, its reduction included.
            room: Most entries of a table, 0 for none.
            products: Most products of two values.
        """
        self.operator, self.products, self.max_ops = operator, products, max_ops
        self.menu = menu(operator, room)
        self.costs = np.array([one.cost for one in self.menu])
        seen = reduced(operator, room)[0]
        chosen = np.linspace(0, seen.shape[1] - 1, PROBES).astype(np.intp)
        x = seen[-1, chosen]
        probes = np.stack([x, np.full_like(x, _HELD)][: 2 if room else 1])[None]
        barred = {"select"} if products else {"select", "mul"}
        names = [name for name in WORDS.operations if name not in barred]
        super().__init__(signature(room), names, min(max_ops, CORE), room, probes)

    def rows(self, programs: Batch) -> Reduced:
        """Rows of the given cores with empty tables in the first reduction."""
        return Reduced(programs, self.room)

    def random(self, n: int, rng: np.random.Generator) -> Reduced:
        """Random cores in random reductions; not yet canonical."""
        made = self.rows(self.core.random(n, rng))
        made.reduction = rng.integers(0, len(self.menu), n).astype(np.int16)
        return made

    def vary(
        self,
        parents: Tabled,
        partners: Tabled,
        operators: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> Reduced:
        """One offspring per row by the given operators; some with another reduction."""
        assert isinstance(parents, Reduced) and isinstance(partners, Reduced)
        made = self.rows(self.core.vary(parents.programs, partners.programs, operators, rng))
        n, luck = len(parents), rng.random(len(parents))
        stepped = parents.reduction + rng.choice([-7, -1, 1, 7], n)
        possible = (0 <= stepped) & (stepped < len(self.menu)) & (luck < _STEPPED)
        made.reduction = np.where(possible, stepped, parents.reduction).astype(np.int16)
        made.reduction[luck > 1 - _TAKEN] = partners.reduction[luck > 1 - _TAKEN]
        return made

    def canonical(self, batch: Tabled) -> tuple[Reduced, NDArray[np.bool_]]:
        """Canonical form, and which rows have an index of their own and may cost what they do."""
        assert isinstance(batch, Reduced)
        made, valid = super().canonical(batch)
        for _ in range(_ROUNDS):
            reduce_amounts(made)
            made, _ = super().canonical(made)
        assert isinstance(made, Reduced)
        made.reduction = batch.reduction.copy()
        used = np.arange(made.opcode.shape[1]) < made.size[:, None]
        few = ((made.opcode == PRODUCT) & used).sum(axis=1) <= self.products
        few &= (COSTS[made.opcode] * used).sum(axis=1) + self.costs[made.reduction] <= self.max_ops
        if not self.room:
            return made, valid & few
        return made, valid & few & ~looks_up(made.programs)[:, 1]

    def keys(self, batch: Tabled) -> NDArray[np.uint64]:
        """What an evaluation depends on: cores and reductions, because tables are fitted."""
        assert isinstance(batch, Reduced)
        mixed = (self.core.keys(batch.programs) ^ batch.reduction.astype(np.uint64)) * _ODD
        return np.asarray(mixed ^ (mixed >> np.uint64(29)))

    def to_json(self, batch: Tabled, row: int) -> dict[str, Any]:
        """One operator as its canonical JSON document."""
        assert isinstance(batch, Reduced)
        at = int(batch.reduction[row])
        told = {"program": self.menu[at].whole(batch.programs.program(row)).to_json()}
        return {"reduction": at, **told, "table": batch.table[row, : batch.entries[row]].tolist()}

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Reduced:
        """The inverse of :meth:`to_json`.

        Raises:
            ProgramError: If a document is no operator.
            ValueError: If a program is too long for this space.
        """
        found = [core_of(document, self.operator, self.room) for document in documents]
        programs = self.core.from_json([core.to_json() for _, core, _ in found])
        batch = self.rows(programs)
        for row, (at, _, table) in enumerate(found):
            batch.reduction[row], batch.entries[row] = at, len(table)
            batch.table[row, : len(table)] = table
        return batch


def reduce_amounts(batch: Tabled) -> None:
    """Constants that are amounts to shift by, and nothing else, to what they are modulo 32."""
    leaves = ENTRY + 1 if batch.table.shape[1] else 1
    n, length = batch.opcode.shape
    used = np.arange(length) < batch.size[:, None]
    programs = batch.programs
    amount, other = np.zeros((2, n, leaves + length), bool)
    at = np.arange(n)
    for k in range(length):
        for place in range(MAX_ARITY):
            reads = used[:, k] & (place < _ARITY[batch.opcode[:, k]])
            shifts = _SHIFTS[batch.opcode[:, k]] & (place == 1)
            amount[at, programs.operand[:, k, place]] |= reads & shifts
            other[at, programs.operand[:, k, place]] |= reads & ~shifts
    for column in programs.output.T:
        other[at, column] = True
    only = (amount & ~other)[:, leaves:] & used & _CONSTANT[batch.opcode]
    programs.constant[only] &= np.uint32(31)


def core_of(document: Mapping[str, Any], o: Operator, room: int) -> tuple[int, Program, list[int]]:
    """Number of the reduction, core and table of a document.

    Raises:
        ProgramError: If it is no operator of this kind.
    """
    program, table = read(document, room)
    at, reductions = document.get("reduction"), menu(o, room)
    if type(at) is not int or not 0 <= at < len(reductions):
        raise ProgramError(f"expected a reduction from 0 to {len(reductions) - 1}")
    try:
        core = reductions[at].core(program)
        if reductions[at].whole(core).to_json() != program.to_json():
            raise ValueError
    except (ValueError, IndexError):
        raise ProgramError("expected a program that begins and ends as its reduction") from None
    return at, core, table


def looks_up(batch: Batch) -> NDArray[np.bool_]:
    """bool[n, results], which results depend on the entry; nothing does without one."""
    if len(batch.signature.inputs) <= ENTRY:
        return np.zeros(batch.output.shape, bool)
    leaves = ENTRY + 1
    depends = np.zeros((len(batch), leaves + batch.length), bool)
    depends[:, ENTRY] = True
    at = np.arange(len(batch))[:, None]
    for k in range(batch.length):
        reads = np.arange(MAX_ARITY) < _ARITY[batch.opcode[:, k]][:, None]
        depends[:, leaves + k] = (depends[at, batch.operand[:, k]] & reads).any(axis=1)
    return np.asarray(depends[at, batch.output])


def read(document: Mapping[str, Any], room: int) -> tuple[Program, list[int]]:
    """Program and table of a document.

    Raises:
        ProgramError: If it is no operator with a table of at most ``room`` entries.
    """
    told, table = parts(document, room)
    program = Program.from_json(told, WORDS)
    if not program.fits(signature(room)):
        raise ProgramError("expected a program of a word, and of an entry where there is a table")
    if room and ENTRY in _reached(program, program.results[1]):
        raise ProgramError("expected an index that does not depend on the entry it looks up")
    return program, table


def _reached(program: Program, value: int) -> set[int]:
    """All values that a value depends on, itself included."""
    found, waiting = set(), [value]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            if at >= program.leaves:
                waiting += program.instructions[at - program.leaves].operands
    return found


def looking(program: Program) -> list[int]:
    """Numbers of the instructions that the index depends on, in order."""
    found = _reached(program, program.results[1])
    return sorted(v - program.leaves for v in found if v >= program.leaves)


def entries(program: Program, table: list[int], room: int, x: Words) -> Words:
    """uint32[n], what the table holds at the index of each word; zeros without a table.

    Raises:
        ProgramError: If an index goes beyond the table.
    """
    if not table:
        return np.zeros_like(x)
    index = _run(program, [x, np.zeros_like(x)])[1] & np.uint32(room - 1)
    if int(index.max()) >= len(table):
        raise ProgramError(f"expected indices below {len(table)}, got {int(index.max())}")
    return np.asarray(np.array(table, np.int32).view(np.uint32)[index])


def outputs(program: Program, table: list[int], room: int, x: Words) -> Words:
    """uint32[n], what a program gives for each word, by NumPy.

    Raises:
        ProgramError: If an index goes beyond the table.
    """
    return _run(program, [x, entries(program, table, room, x)] if room else [x])[0]


def _run(program: Program, leaves: list[Words]) -> list[Words]:
    values: list[Any] = list(leaves)
    for i in program.instructions:
        told = i.constant if program.is_constant(i) else [values[k] for k in i.operands]
        values.append(program.primitive(i).run(*told))
    return [np.broadcast_to(values[k], leaves[0].shape).astype(np.uint32) for k in program.results]
