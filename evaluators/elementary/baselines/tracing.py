"""Turning straight-line Python into a program whose operations the project's own cost model counts.

A form is an ordinary function of a number. Called with a traced value it records what it does;
equal sub-expressions become one instruction, numbers become constants (which cost nothing).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from elitemap.evaluators.elementary.baselines.numbers import Number, arb, to_float
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL


@dataclass
class _Record:
    instructions: list[Instruction] = field(default_factory=list)
    numbers: dict[tuple[Any, ...], int] = field(default_factory=dict)
    constants: dict[int, Number] = field(default_factory=dict)

    def value(self, instruction: Instruction) -> "Traced":
        key = (instruction.opcode, instruction.operands, instruction.constant)
        if key not in self.numbers:
            self.instructions.append(instruction)
            self.numbers[key] = len(self.instructions)
        return Traced(self, self.numbers[key])


@dataclass(frozen=True)
class Traced:
    """A value of the program being recorded (value 0 is the input)."""

    record: _Record
    number: int

    def lifted(self, other: Any) -> "Traced":
        """The value itself if traced, else a constant of the same program."""
        if isinstance(other, Traced):
            return other
        exact = arb(other)
        hi = to_float(exact)
        value = self.record.value(
            Instruction(REAL.opcodes["const"], (), (hi, to_float(exact - hi)))
        )
        self.record.constants[value.number] = exact
        return value

    def _apply(self, name: str, *operands: Any) -> "Traced":
        numbers = tuple(self.lifted(o).number for o in operands)
        if REAL.primitives[REAL.opcodes[name]].commutative:
            numbers = tuple(sorted(numbers))
        return self.record.value(Instruction(REAL.opcodes[name], numbers))

    def __add__(self, other: Any) -> "Traced":
        """Record a sum."""
        return self._apply("add", self, other)

    def __radd__(self, other: Any) -> "Traced":
        """Record a sum."""
        return self._apply("add", other, self)

    def __sub__(self, other: Any) -> "Traced":
        """Record a difference."""
        return self._apply("sub", self, other)

    def __rsub__(self, other: Any) -> "Traced":
        """Record a difference."""
        return self._apply("sub", other, self)

    def __mul__(self, other: Any) -> "Traced":
        """Record a product."""
        return self._apply("mul", self, other)

    def __rmul__(self, other: Any) -> "Traced":
        """Record a product."""
        return self._apply("mul", other, self)

    def __truediv__(self, other: Any) -> "Traced":
        """Record a quotient."""
        return self._apply("div", self, other)

    def __rtruediv__(self, other: Any) -> "Traced":
        """Record a quotient."""
        return self._apply("div", other, self)

    def sqrt(self) -> "Traced":
        """Record a square root."""
        return self._apply("sqrt", self)


@dataclass(frozen=True)
class Straight:
    """A recorded program with its constants at full precision.

    Attributes:
        program: The program; constants rounded to double-double.
        constants: The constants by value number, as balls.
    """

    program: Program
    constants: dict[int, Number]

    @property
    def ops(self) -> int:
        """Operations by the project's cost model."""
        return self.program.cost

    def run(self, x: Number) -> Number:
        """The value at x with the recorded constants."""
        return self.evaluate(x, list(self.constants.values()))

    def evaluate(self, x: Number, constants: list[Number]) -> Number:
        """The value at x with other constants, in the order of :attr:`constants`."""
        given = dict(zip(self.constants, constants, strict=True))
        values = [x]
        for number, i in enumerate(self.program.instructions, start=1):
            primitive = self.program.primitive(i)
            if primitive.literal is not None:
                values.append(given[number])
            else:
                values.append(primitive.exactly(_Field, *(values[k] for k in i.operands)))
        return values[self.program.outputs[0]]


class _Field:
    """What primitives need beyond the operators, on balls; only the square root occurs here."""

    @staticmethod
    def sqrt(a: Number) -> Number:
        return a.sqrt()


def trace(form: Callable[[Number], Number]) -> Straight:
    """Record what a form does to its argument."""
    record = _Record()
    x = Traced(record, 0)
    result = x.lifted(form(x))
    program = Program(("x",), tuple(record.instructions), (result.number,))
    return Straight(program, dict(record.constants))
