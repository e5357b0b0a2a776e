"""Whole programs put together from cores, and cores found in whole programs."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from elitemap.searchspaces.elementary.float32.assembly import CORE
from elitemap.searchspaces.elementary.float32.corrections import uncorrected
from elitemap.searchspaces.elementary.float32.reduction import SINGLE_FUNCTION, Reduction
from elitemap.searchspaces.programs.float32 import FLOAT32
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

#: Most instructions of a whole program; reductions have up to 200.
MOST = 320

#: Opcode of ``float32`` for an opcode of ``real``, and back.
WRITTEN = {REAL.opcodes[a]: FLOAT32.opcodes[b] for a, b in ROUNDED.items()}
_READ = {b: a for a, b in WRITTEN.items()}


def whole(core: Program, reduction: Reduction) -> Program:
    """The program in ``float32`` around a core.

    Args:
        core: In ``real``, of the operations of :data:`ROUNDED`, with constants that are float32.
        reduction: What surrounds it.
    """
    offset = len(reduction.before)
    places = [reduction.argument, *range(offset + 1, offset + 1 + len(core.instructions))]
    middle = [
        Instruction(WRITTEN[i.opcode], tuple(places[k] for k in i.operands), i.constant[:1])
        for i in core.instructions
    ]
    value = places[core.outputs[0]]
    rows = (*reduction.before, *middle, *_moved(reduction, len(middle), value))
    output = len(rows) if reduction.after else value
    return Program.of(reduction.signature, rows, (output,), FLOAT32)


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
    numbers = {reduction.argument: 0} | {before + 1 + k: k + 1 for k in range(size)}
    rows = tuple(_lifted(i, numbers) for i in middle)
    value = numbers.get(_core_value(program, reduction, before + size))
    made = None if value is None else Program(("x",), rows, (value,))
    if made is None or whole(made, reduction) != program:
        raise ProgramError(f"expected a program with the reduction {reduction.name}")
    return made


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
