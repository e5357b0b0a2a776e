"""Programs in ``float32`` written so that XLA does not see through what it would change.

It takes (x + M) - M for x and adds up constants of a sum of sums, as if nothing was rounded. A
product that two sums need it computes once and rounds, where it would be fused with either alone.
"""

from collections import Counter
from dataclasses import replace

import numpy as np

from elitemap.searchspaces.programs.float32.tables import LOOKED
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.program import Program

#: Of the constants that, added to a number and taken away again, leave the nearest whole one.
_LEAST, _MOST = 2.0**23, 2.0**24

#: A value that XLA takes for another one; of a NaN all that comes of it is one.
APART = Primitive(
    name="apart",
    operands=("single",),
    result="single",
    cost=0,
    run=lambda value: value,
    templates={"text": "{0}", "jax": "jnp.where(x == x, {0}, jnp.nan)"},
)

#: What exported code of JAX is made from; ``x`` is the name of the argument.
OPAQUE = replace(
    LOOKED,
    primitives=(*LOOKED.primitives, APART),
    where="elitemap.searchspaces.programs.emission.opaque_float32:OPAQUE",
)

_SUMS = ("fadd", "fsub", "fma")


def by_bits(program: Program) -> Program:
    """The program with (x + M) - N, of large M and N, read from the bits of x + M.

    It is the same for results below 2^21 in size; from a NaN it makes a number.
    """
    rows: list[Instruction] = []
    numbers = list(range(program.leaves))
    for i in program.instructions:
        operands = tuple(numbers[k] for k in i.operands)
        magic = _magic(program, i)
        if magic is None:
            rows.append(Instruction(i.opcode, operands, i.constant))
        else:
            rows += _whole(program, operands[0], magic, program.leaves + len(rows))
        numbers.append(program.leaves + len(rows) - 1)
    outputs = tuple(numbers[k] for k in program.outputs)
    return replace(program, instructions=tuple(rows), outputs=outputs)


def _magic(program: Program, i: Instruction) -> float | None:
    """N, where an instruction takes it away from a sum with another one."""
    if program.primitive(i).name != "fsub":
        return None
    added, last = _added(program, i.operands[0]), _constant(program, i.operands[1])
    if last is None or added is None or not all(_LEAST <= v < _MOST for v in (added, last)):
        return None
    return last


def _added(program: Program, value: int) -> float | None:
    """The constant in a sum; None if it is none, or has none."""
    if value < program.leaves:
        return None
    i = program.instructions[value - program.leaves]
    if program.primitive(i).name not in _SUMS:
        return None
    found = [_constant(program, k) for k in i.operands[-2:]]
    return found[-1] if program.primitive(i).name == "fma" or found[0] is None else found[0]


def _constant(program: Program, value: int) -> float | None:
    """A constant of a program; None for other values."""
    if value < program.leaves:
        return None
    i = program.instructions[value - program.leaves]
    return float(i.constant[0]) if program.primitive(i).name == "single" else None


def _whole(program: Program, total: int, magic: float, first: int) -> list[Instruction]:
    codes = program.dialect.opcodes
    return [
        Instruction(codes["bits"], (total,)),
        Instruction(codes["word"], (), (int(np.float32(magic).view(np.int32)),)),
        Instruction(codes["isub"], (first, first + 1)),
        Instruction(codes["fromint"], (first + 2,)),
    ]


def opaque(program: Program) -> Program:
    """The program with constants of sums of sums, and factors that sums share, apart.

    Args:
        program: In ``float32`` or with look-ups, to be written with the argument ``x``.
    """
    shared = Counter(_product(program, i) for i in program.instructions)
    rows: list[Instruction] = []
    numbers = list(range(program.leaves))
    for i in program.instructions:
        operands = [numbers[k] for k in i.operands]
        place = _seen_through(program, i)
        product = _product(program, i)
        if place is None and program.primitive(i).name == "fma" and shared[product] > 1:
            place = 0
            shared[product] -= 1
        if place is not None:
            rows.append(Instruction(OPAQUE.opcodes["apart"], (operands[place],)))
            operands[place] = program.leaves + len(rows) - 1
        rows.append(Instruction(i.opcode, tuple(operands), i.constant))
        numbers.append(program.leaves + len(rows) - 1)
    outputs = tuple(numbers[k] for k in program.outputs)
    return replace(program, instructions=tuple(rows), outputs=outputs, dialect=OPAQUE)


def _product(program: Program, i: Instruction) -> tuple[int, ...] | None:
    """The factors of an instruction; None where it has none."""
    named = program.primitive(i).name
    return tuple(sorted(i.operands[:2])) if named in ("fmul", "fma") else None


def _seen_through(program: Program, i: Instruction) -> int | None:
    """Which operand of a sum is a constant beside a sum with another one; None for none."""
    if program.primitive(i).name not in ("fadd", "fsub"):
        return None
    for place, other in ((0, 1), (1, 0)):
        constant = _constant(program, i.operands[place])
        if constant is not None and _added(program, i.operands[other]) is not None:
            return place
    return None
