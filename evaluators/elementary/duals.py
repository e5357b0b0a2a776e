"""Partial derivatives of a primitive from its exact arithmetic alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flint import arb

from elitemap.searchspaces.programs.primitives import PRIMITIVES

#: What primitives need beyond operators, on balls of negligible radius.
FIELD: Any = SimpleNamespace(
    sqrt=lambda a: a.sqrt(),
    minimum=lambda a, b: b if b < a else a,
    maximum=lambda a, b: b if b > a else a,
    absolute=abs,
)


@dataclass(frozen=True, slots=True)
class Dual:
    """A value and its derivatives by the operands of one instruction."""

    value: arb
    slopes: tuple[arb, ...]

    def __add__(self, other: "Dual") -> "Dual":
        """Sum."""
        return self._mixed(self.value + other.value, other, 1, 1)

    def __sub__(self, other: "Dual") -> "Dual":
        """Difference."""
        return self._mixed(self.value - other.value, other, 1, -1)

    def __mul__(self, other: "Dual") -> "Dual":
        """Product."""
        return self._mixed(self.value * other.value, other, other.value, self.value)

    def __truediv__(self, other: "Dual") -> "Dual":
        """Quotient."""
        inverse = 1 / other.value
        value = self.value * inverse
        return self._mixed(value, other, inverse, -value * inverse)

    def __neg__(self) -> "Dual":
        """Negative."""
        return Dual(-self.value, tuple(-s for s in self.slopes))

    def __abs__(self) -> "Dual":
        """Absolute value."""
        return -self if self.value < 0 else self

    def __lt__(self, other: "Dual") -> bool:
        """Order by value."""
        return bool(self.value < other.value)

    def __gt__(self, other: "Dual") -> bool:
        """Order by value."""
        return bool(self.value > other.value)

    def sqrt(self) -> "Dual":
        """Square root."""
        root = self.value.sqrt()
        return Dual(root, tuple(s / (2 * root) for s in self.slopes))

    def _mixed(self, value: arb, other: "Dual", mine: Any, theirs: Any) -> "Dual":
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Dual(value, tuple(a * mine + b * theirs for a, b in pairs))


_UNITS = tuple(
    tuple(tuple(arb(int(i == k)) for i in range(arity)) for k in range(arity)) for arity in range(4)
)


def partials(opcode: int, operands: Sequence[arb]) -> tuple[arb, ...]:
    """The derivatives of one instruction by its operands, at the precision at hand."""
    units = _UNITS[len(operands)]
    duals = (Dual(v, unit) for v, unit in zip(operands, units, strict=True))
    found: Dual = PRIMITIVES[opcode].exact(FIELD, *duals)
    return found.slopes
