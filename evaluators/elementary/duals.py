"""Partial derivatives of a primitive from its exact arithmetic alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Union

from flint import arb, arb_series, ctx

from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import CALLABLE, JETS, variable
from elitemap.searchspaces.programs.primitive import Primitive

Operand = Union["Dual", int]


@dataclass(frozen=True, slots=True)
class Dual:
    """A value and its derivatives by the operands of one instruction; whole numbers have none."""

    value: arb
    slopes: tuple[arb, ...]

    def __add__(self, other: Operand) -> "Dual":
        """Sum."""
        other = self._lifted(other)
        return self._mixed(self.value + other.value, other, 1, 1)

    def __sub__(self, other: Operand) -> "Dual":
        """Difference."""
        other = self._lifted(other)
        return self._mixed(self.value - other.value, other, 1, -1)

    def __mul__(self, other: Operand) -> "Dual":
        """Product."""
        other = self._lifted(other)
        return self._mixed(self.value * other.value, other, other.value, self.value)

    def __truediv__(self, other: Operand) -> "Dual":
        """Quotient."""
        other = self._lifted(other)
        inverse = 1 / other.value
        value = self.value * inverse
        return self._mixed(value, other, inverse, -value * inverse)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: int) -> "Dual":
        """Difference from a whole number."""
        return self._lifted(other) - self

    def __rtruediv__(self, other: int) -> "Dual":
        """Quotient of a whole number."""
        return self._lifted(other) / self

    def __pow__(self, exponent: int) -> "Dual":
        """Whole power."""
        slope = exponent * self.value ** (exponent - 1)
        return Dual(self.value**exponent, tuple(s * slope for s in self.slopes))

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

    def _lifted(self, other: Operand) -> "Dual":
        return other if isinstance(other, Dual) else Dual(arb(other), (arb(0),) * len(self.slopes))

    def _mixed(self, value: arb, other: "Dual", mine: Any, theirs: Any) -> "Dual":
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Dual(value, tuple(a * mine + b * theirs for a, b in pairs))


def _applied(name: str) -> Callable[[Any], Any]:
    """A function of the vocabulary on balls and duals, by its Taylor series."""

    def apply(a: Any) -> Any:
        with precision(ctx.prec, 2):
            at = a.value if isinstance(a, Dual) else a
            series: arb_series = JETS[name](variable(at))
            value, slope = series[0], series[1]
        return Dual(value, tuple(s * slope for s in a.slopes)) if isinstance(a, Dual) else value

    return apply


#: What primitives may call beyond operators, on balls of negligible radius and on duals.
FIELD: Any = SimpleNamespace(
    **{name: _applied(name) for name in CALLABLE}
    | {
        "sqrt": lambda a: a.sqrt(),
        "min": lambda a, b: b if b < a else a,
        "max": lambda a, b: b if b > a else a,
        "abs": abs,
        "select": lambda c, a, b: b if (c.value if isinstance(c, Dual) else c) < 0 else a,
    }
)

_UNITS = tuple(
    tuple(tuple(arb(int(i == k)) for i in range(arity)) for k in range(arity)) for arity in range(4)
)


def partials(primitive: Primitive, operands: Sequence[arb]) -> tuple[arb, ...]:
    """The derivatives of a primitive by its operands, at the precision at hand."""
    units = _UNITS[len(operands)]
    duals = (Dual(v, unit) for v, unit in zip(operands, units, strict=True))
    found: Dual = primitive.exactly(FIELD, *duals)
    return found.slopes
