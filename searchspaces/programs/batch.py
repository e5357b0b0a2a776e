"""Batches of straight-line programs held as struct-of-arrays.

Row r is one program of ``size[r]`` instructions; value numbers count the inputs first. The output
of a one-output program is named by ``output``. Unused slots are zero, so equal programs are equal
bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.programs.primitives import CONST, MAX_ARITY, PRIMITIVES
from elitemap.searchspaces.programs.program import Instruction, Program


@dataclass
class Batch:
    """Struct-of-arrays batch of n programs with up to L instructions.

    Attributes:
        size: int16[n], instructions in use.
        opcode: uint8[n, L].
        operand: int16[n, L, 3], value numbers.
        constant: float64[n, L, 2], (hi, lo) of ``const`` instructions.
        output: int16[n], value number of the output.
    """

    size: NDArray[np.int16]
    opcode: NDArray[np.uint8]
    operand: NDArray[np.int16]
    constant: NDArray[np.float64]
    output: NDArray[np.int16]

    @classmethod
    def empty(cls, n: int, length: int) -> Self:
        """A batch of n programs without instructions that return their first input."""
        return cls(
            np.zeros(n, np.int16),
            np.zeros((n, length), np.uint8),
            np.zeros((n, length, MAX_ARITY), np.int16),
            np.zeros((n, length, 2), np.float64),
            np.zeros(n, np.int16),
        )

    def __len__(self) -> int:
        """Number of programs."""
        return len(self.size)

    @property
    def length(self) -> int:
        """Instruction slots per program."""
        return int(self.opcode.shape[1])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name: what snapshots store."""
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """The inverse of :meth:`arrays`."""
        return cls(*(arrays[name] for name in cls.__dataclass_fields__))

    def take(self, rows: NDArray[Any]) -> Self:
        """A copy of the given rows (indices or a mask), in their order."""
        return type(self)(*(array[rows] for array in vars(self).values()))

    def put(self, slots: NDArray[np.intp], other: Self) -> None:
        """Overwrite the given rows by the rows of another batch."""
        for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True):
            mine[slots] = theirs

    @classmethod
    def concatenate(cls, batches: Sequence[Self]) -> Self:
        """All rows of several batches of the same length, in order."""
        return cls(
            *(np.concatenate([getattr(b, f) for b in batches]) for f in cls.__dataclass_fields__)
        )

    def program(self, row: int, inputs: Sequence[str]) -> Program:
        """One row as a :class:`Program`."""
        instructions = []
        for k in range(int(self.size[row])):
            opcode = int(self.opcode[row, k])
            if opcode == CONST:
                hi, lo = self.constant[row, k]
                instructions.append(Instruction(CONST, (), (float(hi), float(lo))))
            else:
                arity = PRIMITIVES[opcode].arity
                operands = tuple(int(a) for a in self.operand[row, k, :arity])
                instructions.append(Instruction(opcode, operands))
        return Program(tuple(inputs), tuple(instructions), (int(self.output[row]),))

    @classmethod
    def from_programs(cls, programs: Sequence[Program], length: int) -> Self:
        """Pack programs of one input and one output.

        Raises:
            ValueError: If a program has more than ``length`` instructions, or not one input and one
                output.
        """
        batch = cls.empty(len(programs), length)
        for row, program in enumerate(programs):
            if len(program.inputs) != 1 or len(program.outputs) != 1:
                raise ValueError("expected programs of one input and one output")
            if len(program.instructions) > length:
                raise ValueError(f"expected at most {length} instructions")
            batch.size[row] = len(program.instructions)
            batch.output[row] = program.outputs[0]
            for k, instruction in enumerate(program.instructions):
                batch.opcode[row, k] = instruction.opcode
                batch.operand[row, k, : len(instruction.operands)] = instruction.operands
                batch.constant[row, k] = instruction.constant
        return batch
