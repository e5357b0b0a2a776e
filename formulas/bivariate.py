"""The vocabulary in two variables: Taylor coefficients in balls, truncated by total degree.

A jet in u and v, around x and y, holds the coefficients of ``u**i v**j`` for i + j <= order, where
order + 1 is the current length (:func:`~elitemap.formulas.precision.precision`). Around balls with
radii the coefficients enclose those at every point of the box, so that by Taylor's theorem a
function on a box is its coefficients below the order at the middle, and those of the order over the
whole box (Lagrange's remainder). Where a function is not analytic they are not finite.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType, SimpleNamespace
from typing import Any, Union

from flint import arb, arb_series, ctx

from elitemap.formulas.expression import ORDERED, Expression, evaluate
from elitemap.formulas.vocabulary import CALLABLE, JETS, ball, leaf, variable

Operand = Union["Bivariate", int]


class Bivariate:
    """A truncated power series in u and v.

    Attributes:
        rows: For each power of u from 0 to the order a series in v.
    """

    __slots__ = ("rows",)

    def __init__(self, rows: list[arb_series]) -> None:
        """Take as many rows as the current length."""
        self.rows = rows

    @staticmethod
    def constant(value: arb) -> "Bivariate":
        """A series without u and v."""
        return Bivariate([arb_series([value]), *([arb_series([0])] * (ctx.cap - 1))])

    @staticmethod
    def variables(x: arb, y: arb) -> tuple["Bivariate", "Bivariate"]:
        """``x + u`` and ``y + v``."""
        first, second = Bivariate.constant(x), Bivariate.constant(y)
        if ctx.cap > 1:
            first.rows[1] = arb_series([1])
            second.rows[0] = arb_series([y, 1])
        return first, second

    def like(self, value: Fraction) -> "Bivariate":
        """A constant of the same length."""
        return exactly(value)

    @property
    def value(self) -> arb:
        """The constant coefficient."""
        return self.rows[0][0]

    def _lifted(self, other: Operand) -> "Bivariate":
        return other if isinstance(other, Bivariate) else Bivariate.constant(arb(other))

    def __neg__(self) -> "Bivariate":
        """Negative."""
        return Bivariate([-row for row in self.rows])

    def __add__(self, other: Operand) -> "Bivariate":
        """Sum."""
        return Bivariate([a + b for a, b in zip(self.rows, self._lifted(other).rows, strict=True)])

    def __sub__(self, other: Operand) -> "Bivariate":
        """Difference."""
        return Bivariate([a - b for a, b in zip(self.rows, self._lifted(other).rows, strict=True)])

    def __mul__(self, other: Operand) -> "Bivariate":
        """Product."""
        if not isinstance(other, Bivariate):
            return Bivariate([row * other for row in self.rows])
        return Bivariate([_convolved(self.rows, other.rows, i, 0) for i in range(len(self.rows))])

    def __truediv__(self, other: Operand) -> "Bivariate":
        """Quotient; not finite where the divisor's value may vanish."""
        below = self._lifted(other).rows
        if below[0][0].contains(0):
            return undefined()
        inverse = 1 / below[0]
        rows: list[arb_series] = []
        for row in self.rows:
            rest = row - _convolved(rows, below, len(rows), 1) if rows else row
            rows.append(rest * inverse)
        return Bivariate(rows)

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: int) -> "Bivariate":
        """Difference from a whole number."""
        return self._lifted(other) - self

    def __rtruediv__(self, other: int) -> "Bivariate":
        """Quotient of a whole number."""
        return self._lifted(other) / self

    def __pow__(self, exponent: int) -> "Bivariate":
        """Whole power."""
        if exponent < 0:
            return 1 / self**-exponent
        return composed(lambda at: at**exponent, self)


def _convolved(a: list[arb_series], b: list[arb_series], index: int, least: int) -> arb_series:
    """The row of that index of a product, without the first rows of b."""
    total = arb_series([0])
    for k in range(least, index + 1):
        total = total + a[index - k] * b[k]
    return total


def undefined() -> Bivariate:
    """The jet of a function where it is not analytic."""
    return Bivariate([arb_series([arb.nan()] * ctx.cap)] * ctx.cap)


def composed(outer: Callable[[arb_series], arb_series], inner: Bivariate) -> Bivariate:
    """A function of one variable of a jet, from the Taylor coefficients at its value."""
    terms = outer(variable(inner.value))
    first = inner.rows[0]
    # Not by a difference: that of a ball and itself is no zero.
    step = Bivariate([arb_series([0, *(first[k] for k in range(1, ctx.cap))]), *inner.rows[1:]])
    total = Bivariate.constant(terms[ctx.cap - 1])
    for k in range(ctx.cap - 2, -1, -1):
        total = total * step + Bivariate.constant(terms[k])
    return total


def _outer(name: str) -> Callable[[Bivariate], Bivariate]:
    return lambda a: composed(JETS[name], a)


def _ordered(name: str) -> Callable[[Fraction, Bivariate], Bivariate]:
    return lambda order, a: composed(lambda at: JETS[name](order, at), a)


def _power(a: Bivariate, exponent: Fraction | Bivariate) -> Bivariate:
    if isinstance(exponent, Fraction):
        return composed(lambda at: JETS["pow"](at, exponent), a)
    return _outer("exp")(_outer("log")(a) * exponent) if a.value > 0 else undefined()


def _minimum(a: Bivariate, b: Bivariate) -> Bivariate:
    return a if a.value < b.value else b if b.value < a.value else undefined()


def _maximum(a: Bivariate, b: Bivariate) -> Bivariate:
    return -_minimum(-a, -b)


def _select(c: Bivariate, a: Bivariate, b: Bivariate) -> Bivariate:
    return a if c.value > 0 else b if c.value < 0 else undefined()


def _atan2(b: Bivariate, a: Bivariate) -> Bivariate:
    angle = _outer("atan")
    if a.value > 0:
        return angle(b / a)
    if b.value.contains(0):
        return undefined()
    quarter = arb.pi() / 2 if b.value > 0 else -arb.pi() / 2
    return Bivariate.constant(quarter) - angle(a / b)


#: Every head of an expression but the leaves.
FUNCTIONS: Mapping[str, Callable[..., Bivariate]] = MappingProxyType(
    {name: _outer(name) for name in CALLABLE}
    | {name: _ordered(name) for name in ORDERED}
    | {
        "neg": lambda a: -a,
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "pow": _power,
        "min": _minimum,
        "max": _maximum,
        "select": _select,
        "atan2": _atan2,
        "hypot": lambda a, b: _outer("sqrt")(a * a + b * b),
    }
)


#: What primitives may call beyond operators.
FIELD: Any = SimpleNamespace(**FUNCTIONS)


def jet(expression: Expression, x: Bivariate, y: Bivariate) -> Bivariate:
    """The jet of an expression at those of x and y."""

    def constant(node: Expression) -> Bivariate:
        return Bivariate.constant(leaf(node)[0])

    found: Bivariate = evaluate(expression, FUNCTIONS, x, constant, y)
    return found


def exactly(value: Fraction) -> Bivariate:
    """A constant of a program."""
    return Bivariate.constant(ball(value))
