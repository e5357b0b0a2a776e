"""Results that are a unit off, set right by name: the argument is compared, and bits move by one.

Of thousands of arguments the values at a few lie so near to the middle between two numbers that no
float32 tells the sides apart. A comparison gives a word that is 0, or -1 where it holds: two
operations for each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.elementary.float32.reduction import Reduction
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program

_SINGLE, _EQUAL = FLOAT32.opcodes["single"], FLOAT32.opcodes["equal"]

#: By what is added to the bits.
_MOVES = {-1: FLOAT32.opcodes["iadd"], 1: FLOAT32.opcodes["isub"]}
_UNITS = {opcode: units for units, opcode in _MOVES.items()}

#: Instructions of each.
_ROWS = 3


@dataclass(frozen=True)
class Correction:
    """What the bits of one result lack.

    Attributes:
        argument: A number, not 0: where.
        units: 1 or -1.
    """

    argument: float
    units: int


def corrected(program: Program, reduction: Reduction, corrections: Sequence[Correction]) -> Program:
    """A whole program with results set right.

    Args:
        program: With the reduction, which knows where the argument is a single.
        reduction: Of words.
        corrections: At different arguments.
    """
    code = Assembly(program.leaves)
    code.rows += program.instructions
    (value,) = program.outputs
    for one in corrections:
        code.rows.append(Instruction(_SINGLE, (), (one.argument,)))
        last = code.first + len(code.rows) - 1
        code.rows.append(Instruction(_EQUAL, (reduction.opened, last)))
        code.rows.append(Instruction(_MOVES[one.units], (value, last + 1)))
        value = last + 2
    return replace(program, instructions=tuple(code.rows), outputs=(value,))


def uncorrected(program: Program, reduction: Reduction) -> tuple[Program, tuple[Correction, ...]]:
    """The inverse of :func:`corrected`; a program as it is where nothing is set right."""
    rows, (value,) = list(program.instructions), program.outputs
    found: list[Correction] = []
    while reduction.opened and len(rows) >= _ROWS:
        last = program.leaves + len(rows) - 1
        constant, compared, moved = rows[-_ROWS:]
        units = _UNITS.get(moved.opcode)
        meant = [_SINGLE, _EQUAL, (reduction.opened, last - 2), last - 1, last]
        if units is None or meant != [
            *(constant.opcode, compared.opcode, compared.operands, moved.operands[1], value)
        ]:
            break
        found.insert(0, Correction(constant.constant[0], units))
        value, rows = moved.operands[0], rows[:-_ROWS]
    return replace(program, instructions=tuple(rows), outputs=(value,)), tuple(found)
