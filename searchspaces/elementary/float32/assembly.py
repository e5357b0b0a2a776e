"""Straight-line code in ``float32`` written by hand: the parts around a core."""

import struct

from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.instruction import Instruction

#: Stands for the core's value among operands.
CORE = -1

#: Added to a number of at most 2^21 in size, it leaves the nearest whole number in the last bits.
MAGIC = 1.5 * 2.0**23


class Assembly:
    """Instructions in the making; every method returns the number of a value.

    Attributes:
        rows: The instructions so far.
    """

    def __init__(self, first: int) -> None:
        """Begin.

        Args:
            first: Number of the value that the first instruction makes.
        """
        self.first = first
        self.rows: list[Instruction] = []

    def do(self, name: str, *operands: int) -> int:
        """An operation on values."""
        self.rows.append(Instruction(FLOAT32.opcodes[name], operands))
        return self.first + len(self.rows) - 1

    def single(self, value: float) -> int:
        """A constant, rounded to float32."""
        return self._constant("single", rounded(value))

    def word(self, value: int) -> int:
        """A constant of 32 bits, signed or not."""
        return self._constant("word", value - (1 << 32) if value >= 1 << 31 else value)

    def _constant(self, name: str, value: float) -> int:
        row = Instruction(FLOAT32.opcodes[name], (), (value,))
        if row in self.rows:
            return self.first + self.rows.index(row)
        self.rows.append(row)
        return self.first + len(self.rows) - 1


def rounded(value: float) -> float:
    """The float32 nearest to a number that is in its range."""
    (found,) = struct.unpack("f", struct.pack("f", value))
    return float(found)


def bits(value: float) -> int:
    """The bits of a float32."""
    (found,) = struct.unpack("i", struct.pack("f", value))
    return int(found)
