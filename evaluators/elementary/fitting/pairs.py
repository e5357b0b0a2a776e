"""Quotients that are not divided yet: poles of intermediate values do no harm.

What is divided are values of an algebra with ``like(number)``, a constant of the same kind: Taylor
models of one variable, jets of two.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Pair:
    """A quotient of two values."""

    above: Any
    below: Any

    @staticmethod
    def whole(value: Any) -> "Pair":
        """A value as a quotient."""
        return Pair(value, value.like(Fraction(1)))

    def quotient(self) -> Any:
        """The value, where the divisor's algebra has one."""
        return self.above / self.below

    def __neg__(self) -> "Pair":
        """Negative."""
        return Pair(-self.above, self.below)

    def __add__(self, other: "Pair | int") -> "Pair":
        """Sum."""
        other = self._lifted(other)
        if self.below is other.below:
            return Pair(self.above + other.above, self.below)
        above = self.above * other.below + other.above * self.below
        return Pair(above, self.below * other.below)

    def __sub__(self, other: "Pair | int") -> "Pair":
        """Difference."""
        return self + -self._lifted(other)

    def __mul__(self, other: "Pair | int") -> "Pair":
        """Product."""
        other = self._lifted(other)
        return Pair(self.above * other.above, self.below * other.below)

    def __truediv__(self, other: "Pair | int") -> "Pair":
        """Quotient."""
        other = self._lifted(other)
        return Pair(self.above * other.below, self.below * other.above)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: int) -> "Pair":
        """Difference from a whole number."""
        return self._lifted(other) - self

    def __rtruediv__(self, other: int) -> "Pair":
        """Quotient of a whole number."""
        return self._lifted(other) / self

    def __pow__(self, exponent: int) -> "Pair":
        """Whole power."""
        if exponent < 0:
            return Pair(self.below**-exponent, self.above**-exponent)
        return Pair(self.above**exponent, self.below**exponent)

    def _lifted(self, other: "Pair | int") -> "Pair":
        if isinstance(other, Pair):
            return other
        return Pair.whole(self.below.like(Fraction(other)))


def divided(function: Callable[..., Any]) -> Callable[..., Pair]:
    """A function of values as one of pairs, which are divided for it."""

    def apply(*pairs: Pair) -> Pair:
        return Pair.whole(function(*(pair.quotient() for pair in pairs)))

    return apply
