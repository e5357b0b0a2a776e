"""What an approximate multiplier of floating-point numbers works on: mantissa fields.

Operands are x = 2^e (1 + i / 2^m) with a code i of m bits. A program sees their fields, i followed
by zeros, and gives the field of the product. A field z has F fraction bits and stands for
2^floor(z / S) (1 + (z mod S) / S) with S = 2^F: what a sum of fields carries beyond F bits goes
into the exponent, as it does where exponent and mantissa are added as one word.

Real numbers come to codes by truncation or to the nearest code, ties to the even one. Numbers just
below a power of two then round up to it: they have code 0 and the next exponent.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.programs.signature import Signature, Variable

Rounding = Literal["nearest", "truncate"]

#: How operands may be rounded.
ROUNDINGS: tuple[Rounding, ...] = ("nearest", "truncate")

#: Least and most mantissa bits of an operand.
LEAST_BITS, MOST_BITS = 2, 8

#: Octaves of normal numbers; what is below and above counts less than 2^-100 in a sum.
OCTAVES = range(-60, 6)

#: Most bits that the product may have beyond those of an operand.
MOST_GUARD = 6


@dataclass(frozen=True)
class Mantissas:
    """Mantissas of operands and product.

    Attributes:
        bits: m, of an operand's code.
        rounding: How real numbers come to codes.
        guard: Bits of the product's field beyond m.

    Raises:
        UsageError: If a number is out of range; the message says which there are.
    """

    bits: int
    rounding: Rounding
    guard: int

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not LEAST_BITS <= self.bits <= MOST_BITS:
            raise UsageError(
                f"expected mantissa as a whole number from {LEAST_BITS} to {MOST_BITS}, "
                f"got {self.bits}"
            )
        if not 0 <= self.guard <= MOST_GUARD:
            raise UsageError(
                f"expected guard as a whole number from 0 to {MOST_GUARD}, got {self.guard}"
            )

    @classmethod
    def of(cls, bits: int, rounding: str, guard: int) -> "Mantissas":
        """The format of a rounding that is given as text.

        Raises:
            UsageError: As the class.
        """
        known = next((name for name in ROUNDINGS if name == rounding), None)
        if known is None:
            raise UsageError(
                f"expected rounding to be {' or '.join(ROUNDINGS)}, got {rounding[:40]!r}"
            )
        return cls(bits, known, guard)

    @property
    def codes(self) -> int:
        """How many codes an operand has."""
        return 1 << self.bits

    @property
    def fraction(self) -> int:
        """F, fraction bits of a field."""
        return self.bits + self.guard

    @cached_property
    def operands(self) -> NDArray[np.uint32]:
        """uint32[2, codes^2], the fields of all pairs of operands, the second running faster."""
        fields = np.arange(self.codes, dtype=np.uint32) << np.uint32(self.guard)
        return np.ascontiguousarray(np.stack(np.meshgrid(fields, fields, indexing="ij"))).reshape(
            2, -1
        )

    def pieces(self, code: int) -> tuple[tuple[float, float, float], ...]:
        """The real numbers that a code stands for, next to a mantissa from 1 to 2.

        Returns:
            Lower end, upper end and density of each piece, exact in float64. Lengths times
            densities, summed over all codes, are 1: mantissas are uniform.
        """
        step = 1.0 / self.codes
        at = 1.0 + code * step
        if self.rounding == "truncate":
            return ((at, at + step, 1.0),)
        if code == 0:
            # Below 1 numbers belong to the octave before, where steps are half as long and a
            # uniform mantissa is twice as dense.
            return ((1.0, 1.0 + step / 2, 1.0), (1.0 - step / 4, 1.0, 2.0))
        return ((at - step / 2, at + step / 2, 1.0),)

    def magnitudes(self, code: int) -> tuple[tuple[float, float, float], ...]:
        """Where the size of a normal number lies that rounds to a code.

        Returns:
            Lower end, upper end, and the power of two that the code's mantissa stands for then, of
            every octave that counts.
        """
        octaves = [2.0**e for e in OCTAVES]
        return tuple(
            (unit * low, unit * high, unit)
            for unit in octaves
            for low, high, _ in self.pieces(code)
        )

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """float64[codes], what a code counts in sums of normal numbers' magnitudes.

        Products of rounded mantissas, times the shares of both, sum to what sums of products of
        rounded numbers are of those of exact ones.
        """
        made = [
            sum(
                unit * (math.erf(high / math.sqrt(2.0)) - math.erf(low / math.sqrt(2.0)))
                for low, high, unit in self.magnitudes(code)
            )
            for code in range(self.codes)
        ]
        return np.array(made) / math.sqrt(2.0 / math.pi)

    def value(self, field: NDArray[np.int64]) -> NDArray[np.float64]:
        """float64, what fields stand for, exactly."""
        octave = field >> self.fraction
        rest = field - (octave << self.fraction)
        mantissa = 1.0 + np.ldexp(rest.astype(np.float64), -self.fraction)
        return np.asarray(np.ldexp(mantissa, octave), np.float64)


def signature(table: int) -> Signature:
    """Two fields to the field of the product, and to an index where there is a table."""
    inputs = Variable("a", "word"), Variable("b", "word")
    return Signature(inputs, ("word", "word") if table else ("word",))
