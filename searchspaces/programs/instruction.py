"""One instruction as data."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Attributes:
        opcode: Index into the dialect's primitives.
        operands: Value numbers: inputs come first, then states, then the instructions in order.
        constant: The parts of a constant; empty for other instructions.
    """

    opcode: int
    operands: tuple[int, ...] = ()
    constant: tuple[Any, ...] = ()

    @cached_property
    def exact(self) -> Fraction:
        """The constant as an exact rational: the sum of its parts."""
        return sum(map(Fraction, self.constant), Fraction(0))
