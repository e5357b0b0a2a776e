"""Taylor models: polynomials with ball coefficients that enclose a function on a whole interval.

A model stands for ``t**valuation * sum(c_k t**k)`` where t runs over [-1, 1], or [0, 1] if the
frame is one-sided, and each ball c_k may hide a dependence on t: every operation is an identity
that holds for each t with whatever coefficients the balls hold there. Terms beyond the frame's
order are folded into the last coefficient. Negative valuations are allowed, so values that tend to
infinity at t = 0 cancel exactly with others (K. Makino and M. Berz, "Taylor models and other
validated functional inclusion methods", 2003, extended by the valuation).
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Union

from flint import arb, arb_poly, arb_series

from elitemap.formulas.vocabulary import ball

#: Zeros at the start of a model's polynomial; a program like x^(2^50) would fill the memory.
FARTHEST = 4096


class Undefined(ArithmeticError):
    """An operation whose result cannot be enclosed on this interval."""


@dataclass(frozen=True)
class Frame:
    """What all models of one computation share.

    Computations with models run under ``precision(bits, order + 1)``.

    Attributes:
        order: Index of the last coefficient.
        one_sided: Whether t runs over [0, 1] instead of [-1, 1].
    """

    order: int
    one_sided: bool

    def powers(self, k: int) -> arb:
        """The range of t**k for k >= 1."""
        return arb(0.5, 0.5) if self.one_sided or k % 2 == 0 else arb(0, 1)

    def constant(self, value: Fraction | arb) -> "Model":
        """A model without t."""
        return Model(self, arb_poly([value if isinstance(value, arb) else ball(value)]), 0)

    def variable(self, center: Fraction, scale: Fraction, root: int = 1) -> "Model":
        """The model of ``center + scale * t**root``."""
        coefficients = [ball(center)] + [arb(0)] * root
        coefficients[root] = ball(scale)
        return normal(self, arb_poly(coefficients), 0)


Operand = Union["Model", int]


@dataclass(frozen=True)
class Model:
    """One function as a Taylor model; see the module for what it means."""

    frame: Frame
    poly: arb_poly
    valuation: int

    def like(self, value: Fraction) -> "Model":
        """A constant in the same frame."""
        return self.frame.constant(value)

    def range(self) -> arb:
        """A ball around all values of the polynomial part, without the power of t before it."""
        return _range(self.frame, self.poly)

    def polynomial(self) -> arb_poly:
        """The polynomial with the power of t (of valuation >= 0) multiplied in."""
        return _fold(self.frame, self.poly.left_shift(self.valuation))

    def __neg__(self) -> "Model":
        """The negative."""
        return Model(self.frame, -self.poly, self.valuation)

    def __add__(self, other: Operand) -> "Model":
        """Sum."""
        other = _lift(self.frame, other)
        low = min(self.valuation, other.valuation)
        total = shifted(self, low) + shifted(other, low)
        return normal(self.frame, total, low)

    def __sub__(self, other: Operand) -> "Model":
        """Difference."""
        return self + -_lift(self.frame, other)

    def __mul__(self, other: Operand) -> "Model":
        """Product."""
        other = _lift(self.frame, other)
        return normal(self.frame, self.poly * other.poly, self.valuation + other.valuation)

    def __truediv__(self, other: Operand) -> "Model":
        """Quotient.

        Raises:
            Undefined: If the divisor's polynomial part may vanish.
        """
        return self * inverse(_lift(self.frame, other))

    __radd__ = __add__
    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> "Model":
        """Whole power.

        Raises:
            Undefined: If the exponent is negative and the polynomial part may vanish.
        """
        result, base, left = self.frame.constant(Fraction(1)), self, abs(exponent)
        while left:
            result = result * base if left & 1 else result
            left >>= 1
            base = base * base if left else base
        return result if exponent >= 0 else inverse(result)

    def __rsub__(self, other: Operand) -> "Model":
        """Difference from an integer."""
        return _lift(self.frame, other) - self

    def __rtruediv__(self, other: Operand) -> "Model":
        """Quotient of an integer."""
        return _lift(self.frame, other) / self


def _lift(frame: Frame, value: Operand) -> Model:
    return value if isinstance(value, Model) else frame.constant(Fraction(value))


def shifted(model: Model, low: int) -> arb_poly:
    """The polynomial behind ``t**low``, where low is at most the valuation.

    Raises:
        Undefined: If it would begin with more zeros than any sensible program causes.
    """
    if model.valuation - low > FARTHEST:
        raise Undefined(f"powers of t that are more than {FARTHEST} apart")
    found: arb_poly = model.poly.left_shift(model.valuation - low)
    return found


def _tail(frame: Frame, poly: arb_poly) -> arb:
    """The range of the terms beyond the order, divided by t**order."""
    coefficients = poly.coeffs()[frame.order + 1 :]
    return sum((c * frame.powers(k + 1) for k, c in enumerate(coefficients)), arb(0))


def _fold(frame: Frame, poly: arb_poly) -> arb_poly:
    if poly.degree() <= frame.order:
        return poly
    folded = poly.truncate(frame.order + 1)
    folded[frame.order] = folded[frame.order] + _tail(frame, poly)
    return folded


def normal(frame: Frame, poly: arb_poly, valuation: int) -> Model:
    """Fold, and move exact leading zeros into the valuation."""
    poly = _fold(frame, poly)
    zeros = 0
    while zeros <= poly.degree() and poly[zeros].is_zero():
        zeros += 1
    if zeros > poly.degree():
        return Model(frame, poly, 0)
    return (
        Model(frame, poly.right_shift(zeros), valuation + zeros)
        if zeros
        else Model(frame, poly, valuation)
    )


def _range(frame: Frame, poly: arb_poly) -> arb:
    coefficients = poly.coeffs()
    total = sum((c * frame.powers(k + 1) for k, c in enumerate(coefficients[1:])), arb(0))
    return total + coefficients[0] if coefficients else arb(0)


def _series(frame: Frame, poly: arb_poly) -> arb_series:
    return arb_series(poly, prec=frame.order + 1)


def _with_last(frame: Frame, series: arb_series, extra: arb) -> arb_poly:
    poly = arb_poly(series.coeffs())
    poly[frame.order] = poly[frame.order] + extra
    return poly


def inverse(a: Model) -> Model:
    """The reciprocal, by its series q and 1/a - q = (1 - q a)/a.

    Raises:
        Undefined: If the polynomial part may vanish.
    """
    frame = a.frame
    whole = a.range()
    if whole.contains(0) or not whole.is_finite():
        raise Undefined("division by a value that may vanish")
    q = 1 / _series(frame, a.poly)
    rest = -_tail(frame, arb_poly(q.coeffs()) * a.poly) / whole
    return Model(frame, _with_last(frame, q, rest), -a.valuation)


def sqrt(a: Model) -> Model:
    """Square root: the series y, corrected by root - y = (a - y^2)/(root + y).

    Raises:
        Undefined: If the value may be negative, or the root is no power series in t.
    """
    frame = a.frame
    whole = a.range()
    if whole.is_zero():
        return a
    if not whole > 0 or a.valuation % 2 or (a.valuation and not frame.one_sided):
        raise Undefined("square root of a value that may not be positive")
    y = _series(frame, a.poly).sqrt()
    poly = arb_poly(y.coeffs())
    below = whole.sqrt() + _range(frame, poly)
    if below.contains(0):
        raise Undefined("square root of too wide a range")
    rest = -_tail(frame, poly * poly) / below
    return Model(frame, _with_last(frame, y, rest), a.valuation // 2)


def compose(outer: Callable[[arb], arb_series], a: Model) -> Model:
    """f(a) from the Taylor series of f: at a(0), with the last coefficient over the range of a.

    Args:
        outer: Taylor coefficients of f at a ball, as many as the current series length.
        a: The argument.

    Raises:
        Undefined: If f is not analytic there.
    """
    frame = a.frame
    if a.valuation < 0:
        raise Undefined("a function of a value that tends to infinity")
    poly = a.polynomial()
    center = poly[0]
    poly[0] = 0
    at, over = outer(center), outer(_range(frame, poly) + center)
    coefficients = [at[k] for k in range(frame.order)] + [over[frame.order]]
    if not all(c.is_finite() for c in coefficients):
        raise Undefined("a function outside its domain")
    total = arb_poly([coefficients[-1]])
    for c in reversed(coefficients[:-1]):
        total = _fold(frame, total * poly) + c
    return normal(frame, total, 0)
