"""Even and odd functions searched on their half: cores of |x|, and the whole programs around them.

An even function is a core of ``|x|``; an odd one is ``x`` times a core of ``|x|``, so that its zero
at 0 is exact and nothing is selected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from elitemap.formulas.parsing import parse
from elitemap.searchspaces.elementary.documents import read
from elitemap.searchspaces.elementary.measures import Measure
from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.real import REAL

_ABS, _MUL = REAL.opcodes["abs"], REAL.opcodes["mul"]


def around(odd: bool) -> tuple[int, ...]:
    """Opcodes of what surrounds a core."""
    return (_ABS, _MUL) if odd else (_ABS,)


def whole(core: Program, odd: bool) -> Program:
    """The program around a core."""
    moved = [
        Instruction(i.opcode, tuple(k + 1 for k in i.operands), i.constant)
        for i in core.instructions
    ]
    rows = [Instruction(_ABS, (0,)), *moved]
    value = core.outputs[0] + 1
    if odd:
        rows.append(Instruction(_MUL, (0, value)))
    return replace(core, instructions=tuple(rows), outputs=(len(rows) if odd else value,))


def core_of(program: Program, odd: bool) -> Program:
    """The inverse of :func:`whole`.

    Raises:
        ProgramError: If a program is none around a core.
    """
    rows = program.instructions
    last = program.instructions[-1].operands if odd and rows else ()
    middle = rows[1 : len(rows) - 1 if odd else None]
    value = last[1] if len(last) == 2 else program.outputs[0]
    core = replace(
        program,
        instructions=tuple(
            Instruction(i.opcode, tuple(k - 1 for k in i.operands), i.constant) for i in middle
        ),
        outputs=(value - 1,),
    )
    numbers = [core.outputs[0], *(k for i in core.instructions for k in i.operands)]
    if not rows or min(numbers) < 0 or whole(core, odd) != program:
        raise ProgramError(f"expected {'x times ' if odd else ''}a program of |x|")
    return core


def half_of(target: Target, odd: bool) -> Target:
    """What a core has to be near on the half from 0 on, in errors of the whole function."""
    half = replace(target, lo=target.lo * 0, ends=("0", target.ends[1]))
    if not odd:
        return half
    core = replace(half, expression=parse(f"({target.expression})/x"))
    if target.relative:
        return core
    judged = target.judged
    weight = parse(f"({judged.weight or 1})*x")
    return replace(core, measure=Measure(judged.name, weight, judged.weighting))


class FoldedSpace(ElementarySpace):
    """Programs of ``|x|``; batches hold their cores, documents are whole."""

    def __init__(self, odd: bool, *arguments: Any) -> None:
        """Bind the space: whether functions are odd, then as :class:`.space.ElementarySpace`."""
        super().__init__(*arguments)
        self.odd = odd

    def to_json(self, batch: Batch, row: int) -> dict[str, Any]:
        """One whole program as its canonical JSON document."""
        return whole(batch.program(row), self.odd).to_json()

    def from_json(self, documents: Sequence[Mapping[str, Any]]) -> Batch:
        """The inverse of :meth:`to_json`.

        Raises:
            ProgramError: If a document is no such program.
            ValueError: If a core is too long for this space.
        """
        programs = [core_of(read(d, self.dialect), self.odd) for d in documents]
        return Batch.from_programs(programs, self.length, self.signature, self.dialect)

    def adopted(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document of a whole program that this space holds.

        Raises:
            ProgramError: If it holds none such.
        """
        super().adopted(core_of(read(document, self.dialect), self.odd).to_json())
        return document
