"""Odd functions that tend to a limit, with constants of cores looked up piece by piece.

Of a piece two more tables have a place near the middle and the value there. That place is one whose
value is nearly a float32, so that the value's rounding does not count (Gal, Computing elementary
functions, 1986); the core makes the difference quotient.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np

from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly, bits, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Piece,
    Reduction,
    Tables,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.cuts import Cut, best, places, table
from elitemap.searchspaces.elementary.targets import Target

#: Entries of a table: two vector registers of 16.
ENTRIES = 32

#: Places that are tried for one whose value is nearly a float32.
_PLACES = 64

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
        first = bits(rounded((low + high) / 2))
        tried = np.arange(first, first + _PLACES, dtype=np.uint32).view(np.float32)
        parts = self._target("x", Fraction(0), Fraction(1)).sample(tried.astype(np.float64))
        values = parts[0].astype(np.float32)
        off = np.abs((parts[0] - values + parts[1]) / np.spacing(values))
        nearest = int(np.argmin(off))
        return float(tried[nearest]), float(values[nearest])

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
    ends = cut.ends
    middles = [odd.middle(*both) for both in ends]
    pieces: list[Piece | None] = [None] * ENTRIES
    entries = [[middle] * ENTRIES for middle in middles[0]]
    for number, both, (middle, value) in zip(cut.numbers, ends, middles, strict=True):
        pieces[number % ENTRIES] = Piece(*both, _piece(odd, cut.limit, both, middle, value))
        for one, entry in zip(entries, (middle, value), strict=True):
            one[number % ENTRIES] = entry
    last = odd.core(*ends[-1], middles[-1][0])
    made, where = _whole(cut, entries, last, short=False)
    short, (place,) = _whole(cut, entries, last, short=True)
    main = cut.numbers[int(np.argmax(left))] % ENTRIES
    return replace(made, tables=Tables(where, tuple(pieces), short, place, main))


def _piece(
    odd: _Odd, limit: float, ends: tuple[float, float], middle: float, value: float
) -> Reduction:
    """With which a core is alone in a piece."""
    code = Assembly(1)
    reach = code.do("min", code.do("abs", 0), code.single(limit))
    reduced = code.do("fsub", reach, code.single(middle))
    rest = after(code)
    _made_again(rest, rest.single(value), reduced)
    core, size = odd.core(*ends, middle)
    return joined("piece", code, reduced, rest, core, middle, size)


def _whole(
    cut: Cut, entries: Sequence[Sequence[float]], last: tuple[Target, Target], short: bool
) -> tuple[Reduction, tuple[int, ...]]:
    """With choices and the bits of a place, or with look-ups and the place."""
    code = Assembly(1)
    reach = code.do("min", code.do("abs", 0), code.single(cut.limit))
    word = code.do("bits", code.do("fadd", reach, code.single(cut.added)))
    where = places(code, word, cut, ENTRIES, short)
    middles, values = entries
    reduced = code.do("fsub", reach, table(code, middles, where))
    rest = after(code)
    _made_again(rest, table(rest, values, where), reduced)
    core, size = last
    return joined("pieces", code, reduced, rest, core, size=size), where


def _made_again(code: Assembly, value: int, reduced: int) -> None:
    """The result: in the first piece the value is 0, which is less than the reduced argument."""
    start = code.do("max", value, reduced)
    code.do("copysign", code.do("fma", reduced, CORE, start), 0)
