"""Batches of straight-line programs held as struct-of-arrays.

Row r is one program of ``size[r]`` instructions; value numbers count the inputs and states first.
Unused slots are zero, so equal programs are equal bytes.
"""

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from elitemap.native.rows import Field, Rows
from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.primitive import MAX_ARITY
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import FUNCTION, Signature


class Batch(Rows):
    """Struct-of-arrays batch of n programs of one signature, with up to L instructions.

    Attributes:
        dialect: What the opcodes mean.
        signature: What the programs take and give.
        length: L, instruction slots per program.
        size: int16[n], instructions in use.
        opcode: uint8[n, L].
        operand: int16[n, L, 3], value numbers.
        constant: [n, L, width] of the dialect's storage, parts of constants.
        output: int16[n, results], value numbers of the outputs, then of the next states.
    """

    size: NDArray[np.int16]
    opcode: NDArray[np.uint8]
    operand: NDArray[np.int16]
    constant: NDArray[np.float64]
    output: NDArray[np.int16]

    def __init__(
        self, n: int, length: int, signature: Signature = FUNCTION, dialect: Dialect = REAL
    ) -> None:
        """Make n programs without instructions that return their first input.

        Args:
            n: Number of rows.
            length: Instruction slots of each.
            signature: What the programs take and give.
            dialect: What they are written in.
        """
        storage = dialect.storage
        fields = (
            Field("size", np.int16),
            Field("opcode", np.uint8, (length,)),
            Field("operand", np.int16, (length, MAX_ARITY)),
            Field("constant", storage.dtype, (length, storage.width)),
            Field("output", np.int16, (len(signature.results),)),
        )
        super().__init__(fields, n)
        self.length, self.signature, self.dialect = length, signature, dialect

    def program(self, row: int) -> Program:
        """One row as a :class:`Program`."""
        instructions = []
        for k in range(int(self.size[row])):
            primitive = self.dialect.primitives[int(self.opcode[row, k])]
            if primitive.literal is not None:
                constant = primitive.literal.unpack(tuple(self.constant[row, k].tolist()))
                instructions.append(Instruction(int(self.opcode[row, k]), (), constant))
            else:
                operands = tuple(self.operand[row, k, : primitive.arity].tolist())
                instructions.append(Instruction(int(self.opcode[row, k]), operands))
        results = tuple(self.output[row].tolist())
        return Program.of(self.signature, tuple(instructions), results, self.dialect)

    @classmethod
    def from_programs(
        cls,
        programs: Sequence[Program],
        length: int,
        signature: Signature = FUNCTION,
        dialect: Dialect | None = None,
    ) -> Self:
        """Pack programs; the inverse of :meth:`program`.

        Args:
            programs: n programs.
            length: Instruction slots of each.
            signature: What they take and give.
            dialect: What they are written in; that of the first if left out.

        Raises:
            ValueError: If a program has more than ``length`` instructions, or another signature or
                dialect; names of inputs may differ.
        """
        dialect = dialect or (programs[0].dialect if programs else REAL)
        batch = cls(len(programs), length, signature, dialect)
        for row, program in enumerate(programs):
            if program.dialect is not dialect or not program.fits(signature):
                raise ValueError(
                    f"expected programs in {dialect.name} of {len(signature.inputs)} input(s), "
                    f"{len(signature.outputs)} output(s) and {len(signature.states)} state(s)"
                )
            if len(program.instructions) > length:
                raise ValueError(f"expected at most {length} instructions")
            batch.size[row] = len(program.instructions)
            batch.output[row] = program.results
            for k, instruction in enumerate(program.instructions):
                literal = dialect.primitives[instruction.opcode].literal
                batch.opcode[row, k] = instruction.opcode
                batch.operand[row, k, : len(instruction.operands)] = instruction.operands
                if literal is not None:
                    batch.constant[row, k] = literal.pack(instruction.constant)
        return batch
