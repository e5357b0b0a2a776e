"""Odd functions that tend to a limit, with constants of cores looked up piece by piece."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np

from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly, rounded
from elitemap.searchspaces.elementary.float32.reduction import Reduction, core_target
from elitemap.searchspaces.elementary.float32.reductions.cuts import best
from elitemap.searchspaces.elementary.float32.reductions.tabled import (
    ENTRIES,
    Way,
    near_float,
    tabled,
)
from elitemap.searchspaces.elementary.targets import Target

#: Pieces are compared by the rest of a polynomial of so many terms, from values at so many points.
_TERMS, _POINTS = 5, 8


@dataclass(frozen=True)
class _Odd:
    """A function.

    Attributes:
        function: In ``{}``; odd.
        level: From where on it is constant; None where arguments end before.
    """

    function: str
    level: float | None

    def value(self, x: float) -> float:
        """The function, to about float64."""
        found: float = self._target("x", Fraction(0), Fraction(1)).sample(np.array([x]))[0][0]
        return found

    def _target(self, form: str, low: Fraction, high: Fraction) -> Target:
        return core_target(self.function.format(form), low, high)

    def left(self, low: float, high: float) -> float:
        """What a polynomial leaves in a piece, in units of the last place."""
        if low > 0.0 and (high - low) / 2 >= self.value((low + high) / 2):
            return math.inf
        nodes = np.cos(np.pi * (np.arange(_POINTS) + 0.5) / _POINTS)
        points = (low + high) / 2 + (high - low) / 2 * nodes
        values, _ = self._target("x", Fraction(low), Fraction(high)).sample(points)
        if low == 0.0:
            values = values / points
        terms = np.polynomial.chebyshev.chebfit(nodes, values, _POINTS - 1)
        return float(abs(terms[_TERMS])) / float(np.spacing(np.float32(values.min())))

    def middle(self, low: float, high: float) -> tuple[float, float]:
        """A place near the middle of a piece, and the value there.

        Of a function that is constant beyond the last one it is the end, so that it is exact there.
        """
        if low == 0.0:
            return 0.0, 0.0
        if high == self.level:
            return high, rounded(self.value(high))
        return near_float(self.function.format("x"), (low + high) / 2)

    def core(self, low: float, high: float, middle: float) -> tuple[Target, Target]:
        """What a core is about, and what is as large as the result over the core's argument."""
        ends = Fraction(low) - Fraction(middle), Fraction(high) - Fraction(middle)
        there = self.function.format(f"(x + {Fraction(middle)})")
        # In the first piece the argument itself is where the others have the value.
        less = "x" if middle == 0.0 else self.function.format(f"({Fraction(middle)})")
        wanted, size = (f"({form}) / x" for form in (f"{there} - {less}", there))
        return core_target(wanted, *ends), core_target(size, *ends)


@lru_cache(maxsize=16)
def by_pieces(function: str, limit: float, ends_level: bool) -> Reduction:
    """The reduction of an odd function.

    Args:
        function: With ``{}`` for its argument.
        limit: From where on the value is that at the limit; a float32.
        ends_level: Whether it is so, or arguments end there.
    """
    cut, left = best(limit, ENTRIES, _Odd(function, None).left)
    if ends_level:
        # The value at the new end is nearer to a float32.
        cut = cut.widened
    odd = _Odd(function, cut.limit if ends_level else None)
    way = Way("pieces", odd.core, _magnitude, _made_again)
    return tabled(way, cut, left, [odd.middle(*ends) for ends in cut.ends])


def _magnitude(code: Assembly, limit: float) -> int:
    return code.do("min", code.do("abs", 0), code.single(limit))


def _made_again(code: Assembly, value: int, magnitude: int, reduced: int) -> None:
    """The result: in the first piece the value is 0, which is less than the reduced argument."""
    start = code.do("max", value, reduced)
    code.do("copysign", code.do("fma", reduced, CORE, start), 0)
