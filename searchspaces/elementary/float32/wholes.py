"""Whole programs put together from cores, and cores found in whole programs."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from elitemap.searchspaces.elementary.float32.assembly import CORE
from elitemap.searchspaces.elementary.float32.corrections import uncorrected
from elitemap.searchspaces.elementary.float32.reduction import SINGLE_FUNCTION, Reduction
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.tables import choices
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import Signature

#: What a core's operations become, in order of places; the same number of operands each.
ROUNDED: Mapping[str, str] = MappingProxyType(
    {
        "const": "single",
        "add": "fadd",
        "sub": "fsub",
        "mul": "fmul",
        "div": "fdiv",
        "fma": "fma",
        "sqrt": "sqrt",
        "min": "min",
        "max": "max",
        "abs": "abs",
    }
)

#: Most instructions of a whole program; reductions have up to 200, tables 63.
MOST = 1600

#: Opcode of ``float32`` for an opcode of ``real``, and back.
WRITTEN = {REAL.opcodes[a]: FLOAT32.opcodes[b] for a, b in ROUNDED.items()}
_READ = {b: a for a, b in WRITTEN.items()}
_CONST = REAL.opcodes["const"]


def whole(core: Program, reduction: Reduction) -> Program:
    """The program in ``float32`` around a core.

    Args:
        core: In ``real``, of the operations of :data:`ROUNDED`, with constants that are float32;
            where the reduction has tables, constants of one number, or of one for each place.
        reduction: What surrounds it.
    """
    middle, places = _middle(core, reduction)
    value = places[core.outputs[0]]
    rows = (*reduction.before, *middle, *_moved(reduction, len(middle), value))
    output = len(rows) if reduction.after else value
    return Program.of(reduction.signature, rows, (output,), FLOAT32)


def _middle(core: Program, reduction: Reduction) -> tuple[list[Instruction], list[int]]:
    """A core's instructions, and the numbers that its values have."""
    offset = len(reduction.before) + 1
    rows: list[Instruction] = []
    places = [reduction.argument]
    for i in core.instructions:
        if i.constant and reduction.tables is not None:
            many = len(reduction.tables.pieces)
            entries = i.constant if len(i.constant) == many else i.constant[:1] * many
            rows += choices(entries, reduction.tables.bits, offset + len(rows))
        else:
            operands = tuple(places[k] for k in i.operands)
            rows.append(Instruction(WRITTEN[i.opcode], operands, i.constant[:1]))
        places.append(offset + len(rows) - 1)
    return rows, places


def _moved(reduction: Reduction, by: int, value: int) -> list[Instruction]:
    """The part after a core of so many instructions, whose value has a number."""
    offset = len(reduction.before)

    def place(k: int) -> int:
        return value if k == CORE else k + by if k > offset else k

    return [
        Instruction(i.opcode, tuple(map(place, i.operands)), i.constant) for i in reduction.after
    ]


def read(document: Any, signature: Signature = SINGLE_FUNCTION) -> Program:
    """A program in ``float32`` of one value to one.

    Args:
        document: Anything.
        signature: What the program takes and gives.

    Raises:
        ProgramError: If a document is something else, or much longer than searches make them.
    """
    program = Program.from_json(document, FLOAT32)
    if not program.fits(signature):
        kinds = " to one ".join((signature.inputs[0].type, *signature.outputs))
        raise ProgramError(f"expected a program of one {kinds}")
    if len(program.instructions) > MOST:
        raise ProgramError(f"expected at most {MOST} instructions")
    return program


def core_of(program: Program, reduction: Reduction) -> Program:
    """The inverse of :func:`whole`; corrections are no part of a core.

    Raises:
        ProgramError: If a program has another reduction.
    """
    program, _ = uncorrected(program, reduction)
    before, many = len(reduction.before), len(reduction.after)
    size = len(program.instructions) - before - many
    if size < 0 or program.instructions[:before] != reduction.before:
        raise ProgramError(f"expected a program with the reduction {reduction.name}")
    middle = program.instructions[before : before + size]
    rows, numbers = _read_middle(middle, reduction)
    value = numbers.get(_core_value(program, reduction, before + size))
    made = None if value is None else Program(("x",), tuple(rows), (value,))
    if made is None or whole(made, reduction) != program:
        raise ProgramError(f"expected a program with the reduction {reduction.name}")
    return made


def _read_middle(
    middle: Sequence[Instruction], reduction: Reduction
) -> tuple[list[Instruction], dict[int, int]]:
    """The inverse of :func:`_middle`."""
    offset = len(reduction.before) + 1
    many = 0 if reduction.tables is None else len(reduction.tables.pieces)
    rows: list[Instruction] = []
    numbers, k = {reduction.argument: 0}, 0
    while k < len(middle):
        i = middle[k]
        if many and i.constant:
            # That the choices follow is seen where all is written again.
            entries = tuple(v for row in middle[k : k + many] for v in row.constant[:1])
            rows.append(Instruction(_READ.get(i.opcode, _CONST), (), entries))
            k += 2 * many - 2
        else:
            rows.append(_lifted(i, numbers))
        k += 1
        numbers[offset + k - 1] = len(rows)
    return rows, numbers


def _core_value(program: Program, reduction: Reduction, first: int) -> int:
    """The value that stands where the part after the core, from an instruction on, has the core's.

    Raises:
        ProgramError: If instructions of another number of operands stand there.
    """
    for i, found in zip(reduction.after, program.instructions[first:], strict=True):
        if CORE in i.operands:
            if len(found.operands) != len(i.operands):
                break
            return found.operands[i.operands.index(CORE)]
    else:
        return program.outputs[0]
    raise ProgramError(f"expected a program with the reduction {reduction.name}")


def _lifted(i: Instruction, numbers: Mapping[int, int]) -> Instruction:
    if i.opcode not in _READ or not set(i.operands) <= set(numbers):
        raise ProgramError("expected a core of sums, products and the like over its argument")
    constant: Sequence[Any] = (*i.constant, 0.0) if i.constant else ()
    return Instruction(_READ[i.opcode], tuple(numbers[k] for k in i.operands), tuple(constant))
