"""Enclosures of all float64 evaluations of a program on many intervals of arguments at once.

Rounding to nearest is monotone, so the float64 result of an operation on floats of two intervals
lies between the rounded ends of the exact range; every end is moved out by one more float, which
covers operations that are composed of several here but rounded once in code. Infinities stay in the
intervals as what they are, because code goes on with them: 1/(1/0) is 0. Arithmetic of intervals
with infinite ends: IEEE 1788-2015, section 10.
"""

from dataclasses import dataclass
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
#: Largest exponent of a power that is enclosed.
MOST_PRODUCTS = 16

Operand = Union["FloatIntervals", int]


@dataclass(frozen=True, eq=False)
class FloatIntervals:
    """Closed intervals of float64.

    Attributes:
        lo: float64[n], lower ends.
        hi: float64[n], upper ends.
        invalid: bool[n], whether some evaluation may be NaN.
        odd: bool[n], whether an operation on the way may have divided by zero, overflowed or left
            its domain; the result may be finite all the same.
    """

    lo: Floats
    hi: Floats
    invalid: Flags
    odd: Flags

    @staticmethod
    def of(lo: Floats, hi: Floats) -> "FloatIntervals":
        """Intervals of arguments."""
        quiet = np.zeros(len(lo), np.bool_)
        return FloatIntervals(lo, hi, quiet, quiet)

    @property
    def finite(self) -> Flags:
        """bool[n]: all evaluations are finite."""
        return ~self.invalid & np.isfinite(self.lo) & np.isfinite(self.hi)

    @property
    def calm(self) -> Flags:
        """bool[n]: all evaluations are finite, and so is everything on the way."""
        return self.finite & ~self.odd

    def _like(self, other: Operand) -> "FloatIntervals":
        if isinstance(other, FloatIntervals):
            return other
        value = np.full_like(self.lo, other)
        return FloatIntervals.of(value, value)

    def __neg__(self) -> "FloatIntervals":
        """The negative."""
        return FloatIntervals(-self.hi, -self.lo, self.invalid, self.odd)

    def __add__(self, other: Operand) -> "FloatIntervals":
        """Sum."""
        b = self._like(other)
        clash = (_top(self) & _bottom(b)) | (_bottom(self) & _top(b))
        with np.errstate(all="ignore"):
            return _made(self.lo + b.lo, self.hi + b.hi, clash, self, b)

    def __sub__(self, other: Operand) -> "FloatIntervals":
        """Difference."""
        if other is self:
            zero = np.zeros_like(self.lo)
            return _made(zero, zero, _top(self) | _bottom(self), self)
        return self + -self._like(other)

    def __mul__(self, other: Operand) -> "FloatIntervals":
        """Product."""
        b = self._like(other)
        if b is self:
            return _square(self)
        clash = (_zero(self) & _endless(b)) | (_endless(self) & _zero(b))
        return _made(*_corners(self, b, np.multiply), clash, self, b)

    def __truediv__(self, other: Operand) -> "FloatIntervals":
        """Quotient."""
        b = self._like(other)
        pole = _zero(b)
        clash = (_zero(self) & pole) | (_endless(self) & _endless(b))
        lo, hi = _corners(self, b, np.divide)
        lo, hi = np.where(pole, -np.inf, lo), np.where(pole, np.inf, hi)
        return _made(lo, hi, clash, self, b, odd=pole)

    def __pow__(self, exponent: int) -> "FloatIntervals":
        """Power with a small whole exponent, as products in any order; others may be anything."""
        if not isinstance(exponent, int) or not 1 <= exponent <= MOST_PRODUCTS:
            return _anything(self)
        found = self
        for _ in range(exponent - 1):
            found = found * self
        return found

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: Operand) -> "FloatIntervals":
        """Difference from an integer."""
        return self._like(other) - self

    def __rtruediv__(self, other: Operand) -> "FloatIntervals":
        """Quotient of an integer."""
        return self._like(other) / self


def _top(a: FloatIntervals) -> Flags:
    found: Flags = a.hi == np.inf
    return found


def _bottom(a: FloatIntervals) -> Flags:
    found: Flags = a.lo == -np.inf
    return found


def _endless(a: FloatIntervals) -> Flags:
    return _top(a) | _bottom(a)


def _zero(a: FloatIntervals) -> Flags:
    found: Flags = (a.lo <= 0.0) & (a.hi >= 0.0)
    return found


def _corners(a: FloatIntervals, b: FloatIntervals, run: Any) -> tuple[Floats, Floats]:
    with np.errstate(all="ignore"):
        ends = [run(p, q) for p in (a.lo, a.hi) for q in (b.lo, b.hi)]
    return np.fmin.reduce(ends), np.fmax.reduce(ends)


def _square(a: FloatIntervals) -> FloatIntervals:
    with np.errstate(all="ignore"):
        ends = np.square(a.lo), np.square(a.hi)
    lo = np.where(_zero(a), 0.0, np.minimum(*ends))
    return _made(lo, np.maximum(*ends), np.zeros_like(a.odd), a)


def _made(
    lo: Floats,
    hi: Floats,
    invalid: Flags,
    *operands: FloatIntervals,
    odd: Flags | None = None,
) -> FloatIntervals:
    """A result moved out by a float at each end, but not across zero: signs are exact."""
    with np.errstate(all="ignore"):
        below, above = np.nextafter(lo, -np.inf), np.nextafter(hi, np.inf)
    lo = np.where(lo >= 0.0, np.maximum(below, 0.0), below)
    hi = np.where(hi <= 0.0, np.minimum(above, 0.0), above)
    for operand in operands:
        invalid = invalid | operand.invalid
    invalid = invalid | np.isnan(lo) | np.isnan(hi)
    strange = invalid | ~np.isfinite(lo) | ~np.isfinite(hi)
    for flags in (odd, *(operand.odd for operand in operands)):
        strange = strange if flags is None else strange | flags
    return FloatIntervals(lo, hi, invalid, strange)


class _Functions:
    """What primitives need beyond operators."""

    def sqrt(self, a: FloatIntervals) -> FloatIntervals:
        """Square root; NaN below zero."""
        with np.errstate(all="ignore"):
            lo, hi = np.sqrt(np.maximum(a.lo, 0.0)), np.sqrt(np.maximum(a.hi, 0.0))
        return _made(lo, hi, a.lo < 0.0, a)

    def min(self, a: FloatIntervals, b: FloatIntervals) -> FloatIntervals:
        """The smaller of two."""
        none = np.zeros_like(a.odd)
        return _made(np.minimum(a.lo, b.lo), np.minimum(a.hi, b.hi), none, a, b)

    def max(self, a: FloatIntervals, b: FloatIntervals) -> FloatIntervals:
        """The larger of two."""
        return -self.min(-a, -b)

    def abs(self, a: FloatIntervals) -> FloatIntervals:
        """Absolute value."""
        ends = np.abs(a.lo), np.abs(a.hi)
        lo = np.where(_zero(a), 0.0, np.minimum(*ends))
        return _made(lo, np.maximum(*ends), np.zeros_like(a.odd), a)

    def select(self, c: FloatIntervals, a: FloatIntervals, b: FloatIntervals) -> FloatIntervals:
        """The second where the first is not negative, else the third, also where it is NaN."""
        first, second = (c.lo >= 0.0) & ~c.invalid, (c.hi < 0.0) & ~c.invalid
        lo = np.where(first, a.lo, np.where(second, b.lo, np.minimum(a.lo, b.lo)))
        hi = np.where(first, a.hi, np.where(second, b.hi, np.maximum(a.hi, b.hi)))
        invalid = (a.invalid & ~second) | (b.invalid & ~first)
        quiet = np.zeros_like(a.odd)
        found = _made(lo, hi, quiet)
        return FloatIntervals(
            found.lo, found.hi, invalid | found.invalid, found.odd | a.odd | b.odd | c.odd
        )

    def __getattr__(self, name: str) -> Any:
        """Of a function that is not known here nothing is said: its results may be anything."""
        if name.startswith("_"):
            raise AttributeError(name)
        return _anything


def _anything(a: FloatIntervals, *others: FloatIntervals) -> FloatIntervals:
    open_ends = np.full_like(a.lo, np.inf)
    return _made(-open_ends, open_ends, np.ones_like(a.odd), a, *others)


FIELD: Any = _Functions()
