"""One straight-line program as data: instructions over inputs, its JSON and its identity.

This is the form outside the hot path (archive, certificates, emission); batches of programs are
:class:`elitemap.searchspaces.programs.batch.Batch`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from elitemap.searchspaces.programs.dialect import Dialect
from elitemap.searchspaces.programs.document import (
    MAX_INSTRUCTIONS,
    SCHEMA,
    ProgramError,
    read,
    written,
)
from elitemap.searchspaces.programs.instruction import Instruction
from elitemap.searchspaces.programs.primitive import Primitive
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.signature import Signature, State, Variable

__all__ = ["MAX_INSTRUCTIONS", "SCHEMA", "Instruction", "Program", "ProgramError"]


@dataclass(frozen=True)
class Program:
    """A straight-line program with named inputs and numbered outputs.

    Attributes:
        inputs: Their names.
        instructions: In order.
        outputs: Value number of each output.
        states: What it remembers between steps.
        nexts: Value number of each state's next value.
        types: Type of each input; empty where all have the dialect's first.
        dialect: What the opcodes mean.
    """

    inputs: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    states: tuple[State, ...] = ()
    nexts: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    dialect: Dialect = REAL

    @staticmethod
    def of(
        signature: Signature,
        instructions: tuple[Instruction, ...],
        results: tuple[int, ...],
        dialect: Dialect = REAL,
    ) -> "Program":
        """A program of a signature; ``results`` are its outputs, then its next states."""
        outputs = len(signature.outputs)
        first = dialect.types[0].name
        types = tuple(v.type for v in signature.inputs)
        return Program(
            tuple(v.name for v in signature.inputs),
            instructions,
            results[:outputs],
            signature.states,
            results[outputs:],
            () if set(types) <= {first} else types,
            dialect,
        )

    @property
    def leaves(self) -> int:
        """How many values come before the instructions: inputs and states."""
        return len(self.inputs) + len(self.states)

    @property
    def results(self) -> tuple[int, ...]:
        """Value numbers of the outputs, then of the next states."""
        return self.outputs + self.nexts

    @property
    def signature(self) -> Signature:
        """What the program takes and gives.

        Raises:
            ValueError: If it has no input or output, or more than kernels have room for.
        """
        types = self.types or (self.dialect.types[0].name,) * len(self.inputs)
        variables = tuple(Variable(n, t) for n, t in zip(self.inputs, types, strict=True))
        return Signature(variables, tuple(map(self.type_of, self.outputs)), self.states)

    def type_of(self, value: int) -> str:
        """The type of a value."""
        if value >= self.leaves:
            return self.primitive(self.instructions[value - self.leaves]).result
        if value >= len(self.inputs):
            return self.states[value - len(self.inputs)].type
        return self.types[value] if self.types else self.dialect.types[0].name

    def fits(self, signature: Signature) -> bool:
        """Whether it takes and gives what a signature says, whatever the inputs are called."""
        inputs = tuple(map(self.type_of, range(len(self.inputs))))
        if inputs != tuple(v.type for v in signature.inputs) or self.states != signature.states:
            return False
        return tuple(map(self.type_of, self.outputs)) == signature.outputs

    def primitive(self, instruction: Instruction) -> Primitive:
        """What an instruction does."""
        return self.dialect.primitives[instruction.opcode]

    def is_constant(self, instruction: Instruction) -> bool:
        """Whether an instruction is a constant."""
        return self.dialect.is_constant(instruction.opcode)

    @property
    def cost(self) -> int:
        """What the instructions cost by the dialect's cost model."""
        return sum(self.primitive(i).cost for i in self.instructions)

    @property
    def constants(self) -> tuple[Fraction, ...]:
        """The constants, exactly, in the order of their instructions."""
        return tuple(i.exact for i in self.instructions if self.is_constant(i))

    def with_constants(self, constants: Sequence[tuple[Any, ...]]) -> "Program":
        """The same instructions with other constants, given by their parts, in order."""
        supply = iter(constants)
        changed = tuple(
            Instruction(i.opcode, (), next(supply)) if self.is_constant(i) else i
            for i in self.instructions
        )
        return replace(self, instructions=changed)

    def run(
        self, functions: Any, leaves: Sequence[Any], constant: Callable[[Fraction], Any]
    ) -> list[Any]:
        """Evaluate one step in any arithmetic.

        Args:
            functions: Functions beyond the operators, by name; see ``Primitive.exact``.
            leaves: One value per input and state.
            constant: Turns an exact constant into a value of the arithmetic.

        Returns:
            One value per output, then per state.

        Raises:
            ValueError: If a primitive has no exact meaning.
        """
        values = list(leaves)
        for i in self.instructions:
            primitive = self.primitive(i)
            if primitive.literal is not None:
                values.append(constant(i.exact))
            else:
                values.append(primitive.exactly(functions, *(values[k] for k in i.operands)))
        return [values[k] for k in self.results]

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object; see :mod:`elitemap.searchspaces.programs.document`."""
        return written(self)

    @staticmethod
    def from_json(document: Any, dialect: Dialect = REAL) -> "Program":
        """Read a program, checking everything.

        Raises:
            ProgramError: If the document is of another schema or dialect, or malformed.
        """
        return Program(**read(document, dialect))
