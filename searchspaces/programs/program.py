"""One straight-line program as data: instructions over inputs, its JSON and its identity.

This is the form outside the hot path (archive, certificates, emission); batches of programs are
:class:`elitemap.searchspaces.programs.batch.Batch`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from reprlib import repr
from typing import Any

from elitemap.archive.errors import ArchiveError
from elitemap.searchspaces.programs.primitives import CONST, OPCODES, PRIMITIVES, Field

#: Version of the JSON layout written by :meth:`Program.to_json`.
SCHEMA = 1

#: More than any space produces; guards against hostile archives.
MAX_INSTRUCTIONS, MAX_INPUTS, MAX_OUTPUTS, MAX_NAME = 4096, 64, 64, 100


class ProgramError(ArchiveError):
    """A JSON program that is not one of ours."""


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        opcode: Index into the table of primitives.
        operands: Value numbers: inputs come first, then the instructions in order.
        constant: For ``const`` the pair (hi, lo) whose exact sum is the constant, else (0, 0).
    """

    opcode: int
    operands: tuple[int, ...] = ()
    constant: tuple[float, float] = (0.0, 0.0)

    @property
    def exact(self) -> Fraction:
        """The constant as an exact rational."""
        return Fraction(self.constant[0]) + Fraction(self.constant[1])


@dataclass(frozen=True)
class Program:
    """A straight-line program with named inputs and numbered outputs."""

    inputs: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]

    @property
    def cost(self) -> int:
        """Operations by the table of primitives."""
        return sum(PRIMITIVES[i.opcode].cost for i in self.instructions)

    @property
    def constants(self) -> tuple[Fraction, ...]:
        """The constants, exactly, in the order of their instructions."""
        return tuple(i.exact for i in self.instructions if i.opcode == CONST)

    def with_constants(self, constants: Sequence[tuple[float, float]]) -> "Program":
        """The same instructions with other constants, given as (hi, lo) in order."""
        supply = iter(constants)
        changed = tuple(
            Instruction(CONST, (), next(supply)) if i.opcode == CONST else i
            for i in self.instructions
        )
        return Program(self.inputs, changed, self.outputs)

    def run(
        self, field: Field, inputs: Sequence[Any], constant: Callable[[Fraction], Any]
    ) -> list[Any]:
        """Evaluate in any arithmetic.

        Args:
            field: Functions beyond the operators.
            inputs: One value per input.
            constant: Turns an exact constant into a value of the arithmetic.

        Returns:
            One value per output.
        """
        values = list(inputs)
        for i in self.instructions:
            if i.opcode == CONST:
                values.append(constant(i.exact))
            else:
                primitive = PRIMITIVES[i.opcode]
                values.append(primitive.exact(field, *(values[k] for k in i.operands)))
        return [values[k] for k in self.outputs]

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object; constants are hexadecimal floats."""
        rows: list[list[Any]] = []
        for i in self.instructions:
            name = PRIMITIVES[i.opcode].name
            if i.opcode == CONST:
                rows.append([name, i.constant[0].hex(), i.constant[1].hex()])
            else:
                rows.append([name, *i.operands])
        return {
            "schema": SCHEMA,
            "inputs": list(self.inputs),
            "instructions": rows,
            "outputs": list(self.outputs),
        }

    @staticmethod
    def from_json(document: Any) -> "Program":
        """Read a program, checking everything.

        Raises:
            ProgramError: If the document is of another schema or malformed.
        """
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise ProgramError(f"expected a program of schema {SCHEMA}")
        inputs, rows, outputs = (document.get(k) for k in ("inputs", "instructions", "outputs"))
        if not all(isinstance(part, list) for part in (inputs, rows, outputs)):
            raise ProgramError("expected lists of inputs, instructions and outputs")
        assert isinstance(inputs, list) and isinstance(rows, list) and isinstance(outputs, list)
        if len(rows) > MAX_INSTRUCTIONS:
            raise ProgramError(f"expected at most {MAX_INSTRUCTIONS} instructions")
        if len(inputs) > MAX_INPUTS or len(outputs) > MAX_OUTPUTS:
            raise ProgramError(f"expected at most {MAX_INPUTS} inputs and {MAX_OUTPUTS} outputs")
        if not all(
            isinstance(name, str) and len(name) <= MAX_NAME and name.isidentifier()
            for name in inputs
        ):
            raise ProgramError(f"expected identifiers of at most {MAX_NAME} letters as inputs")
        known = len(inputs)
        instructions = []
        for row in rows:
            instructions.append(_instruction(row, known))
            known += 1
        if not outputs or not all(_is_value(k, known) for k in outputs):
            raise ProgramError("expected outputs that name values of the program")
        return Program(tuple(inputs), tuple(instructions), tuple(outputs))


def _is_value(k: Any, known: int) -> bool:
    return isinstance(k, int) and not isinstance(k, bool) and 0 <= k < known


def _instruction(row: Any, known: int) -> Instruction:
    named = isinstance(row, list) and row and isinstance(row[0], str)
    if not named or row[0] not in OPCODES:
        raise ProgramError(f"expected an instruction, got {repr(row)}")
    opcode = OPCODES[row[0]]
    if opcode == CONST:
        try:
            hi, lo = (float.fromhex(text) for text in row[1:])
        except (TypeError, ValueError, OverflowError):
            raise ProgramError(f"expected two hexadecimal floats, got {repr(row[1:])}") from None
        if not (math.isfinite(hi) and math.isfinite(lo)):
            raise ProgramError(f"expected a finite constant, got {repr(row[1:])}")
        return Instruction(CONST, (), (hi, lo))
    operands = row[1:]
    if len(operands) != PRIMITIVES[opcode].arity or not all(_is_value(k, known) for k in operands):
        raise ProgramError(f"expected operands that exist before, got {repr(row)}")
    return Instruction(opcode, tuple(operands))
