"""Odd functions that tend to a limit, with constants of cores looked up piece by piece.

The magnitude plus a constant has in its first bits the number of a piece: pieces are even near 0
and as wide as they are far out beyond. Of a piece two more tables have a place near the middle and
the value there. That place is one whose value is nearly a float32, so that the value's rounding
does not count (Gal, Computing elementary functions, 1986); the core makes the difference quotient.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly, bits, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Piece,
    Reduction,
    Tables,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.float32.tables import LOOKED, choices
from elitemap.searchspaces.programs.instruction import Instruction

#: Entries of a table: two vector registers of 16.
ENTRIES = 32

#: Pieces are told apart by the exponent and so many bits of the fraction.
_FRACTIONS = (1, 2, 3, 4)

#: What is added to the magnitude: tried in such steps, up to a number.
_STEP, _MOST = 1.0 / 64.0, 4.0

#: Places that are tried for one whose value is nearly a float32.
_PLACES = 64

#: Pieces are compared by the rest of a polynomial of so many terms, from values at so many points.
_TERMS, _POINTS = 5, 8

#: Mantissa bits of a float32 behind the first.
_MANTISSA = 23


@dataclass(frozen=True)
class _Layout:
    """How arguments are cut into pieces.

    Attributes:
        function: In ``{}``; odd.
        limit: Where the last piece ends.
        added: To the magnitude.
        shift: How many bits of the sum stand below the number of a piece.
        ends_level: Whether the function is constant from there on.
    """

    function: str
    limit: float
    added: float
    shift: int
    ends_level: bool

    def number(self, magnitude: NDArray[np.float32]) -> NDArray[np.uint32]:
        """The numbers of the pieces in which magnitudes are."""
        total = magnitude + np.float32(self.added)
        found: NDArray[np.uint32] = total.view(np.uint32) >> np.uint32(self.shift)
        return found

    @property
    def numbers(self) -> range:
        """Those of all pieces."""
        ends = np.array([0.0, self.limit], np.float32)
        first, last = self.number(ends).tolist()
        return range(first, last + 1)

    @property
    def widened(self) -> "_Layout":
        """The same pieces with all of the last: the value at its end is nearer to a float32."""
        last = self.numbers[-1]
        low, high = bits(self.limit), bits(2.0 * self.limit)
        while low + 1 < high:
            middle = (low + high) // 2
            inside = self.number(np.array([middle], np.uint32).view(np.float32))[0] == last
            low, high = (middle, high) if inside else (low, middle)
        return replace(self, limit=float(np.array([low], np.uint32).view(np.float32)[0]))

    @property
    def ends(self) -> list[tuple[float, float]]:
        """The least and the largest magnitude of each piece."""
        wanted = np.array(self.numbers[1:], np.uint32)
        low, high = np.zeros(len(wanted), np.uint32), np.full(len(wanted), bits(self.limit), "u4")
        while (low < high).any():
            middle = low + (high - low) // 2
            beyond = self.number(middle.view(np.float32)) >= wanted
            low, high = np.where(beyond, low, middle + 1), np.where(beyond, middle, high)
        first = low.astype(np.uint32)
        lows = [0.0, *first.view(np.float32).tolist()]
        highs = [*(first - np.uint32(1)).view(np.float32).tolist(), self.limit]
        return list(zip(lows, highs, strict=True))

    @property
    def rests(self) -> list[float]:
        """What polynomials leave in each piece, in units of the last place."""
        return [self._left(*ends) for ends in self.ends]

    def _left(self, low: float, high: float) -> float:
        if low > 0.0 and (high - low) / 2 >= self.value((low + high) / 2):
            return math.inf
        nodes = np.cos(np.pi * (np.arange(_POINTS) + 0.5) / _POINTS)
        points = (low + high) / 2 + (high - low) / 2 * nodes
        values, _ = self._target("x", Fraction(low), Fraction(high)).sample(points)
        if low == 0.0:
            values = values / points
        terms = np.polynomial.chebyshev.chebfit(nodes, values, _POINTS - 1)
        return float(abs(terms[_TERMS])) / float(np.spacing(np.float32(values.min())))

    def value(self, x: float) -> float:
        """The function, to about float64."""
        found: float = self._target("x", Fraction(0), Fraction(1)).sample(np.array([x]))[0][0]
        return found

    def _target(self, form: str, low: Fraction, high: Fraction) -> Target:
        return core_target(self.function.format(form), low, high)

    def middle(self, low: float, high: float) -> tuple[float, float]:
        """A place near the middle of a piece, and the value there.

        Of a function that is constant beyond the last one it is the end, so that it is exact there.
        """
        if low == 0.0:
            return 0.0, 0.0
        if self.ends_level and high == self.limit:
            return high, rounded(self.value(high))
        first = bits(rounded((low + high) / 2))
        places = np.arange(first, first + _PLACES, dtype=np.uint32).view(np.float32)
        high_part, low_part = self._target("x", Fraction(0), Fraction(1)).sample(
            places.astype(np.float64)
        )
        values = high_part.astype(np.float32)
        off = np.abs((high_part - values + low_part) / np.spacing(values))
        best = int(np.argmin(off))
        return float(places[best]), float(values[best])

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
    layout = _layout(function, limit, ends_level)
    ends = layout.ends
    middles = [layout.middle(*both) for both in ends]
    pieces: list[Piece | None] = [None] * ENTRIES
    tables = [[middle] * ENTRIES for middle in middles[0]]
    for number, both, (middle, value) in zip(layout.numbers, ends, middles, strict=True):
        pieces[number % ENTRIES] = Piece(*both, _piece(layout, both, middle, value))
        for table, entry in zip(tables, (middle, value), strict=True):
            table[number % ENTRIES] = entry
    made, places = _whole(layout, tables, ends[-1], short=False)
    short, (place,) = _whole(layout, tables, ends[-1], short=True)
    main = layout.numbers[int(np.argmax(layout.rests))] % ENTRIES
    return replace(made, tables=Tables(places, tuple(pieces), short, place, main))


def _layout(function: str, limit: float, ends_level: bool) -> _Layout:
    """The one of those with few enough pieces that leaves least to polynomials."""
    found = []
    for fraction in _FRACTIONS:
        shift = _MANTISSA - fraction
        steps = np.arange(_STEP, _MOST, _STEP).tolist()
        tried = (_Layout(function, limit, added, shift, ends_level) for added in steps)
        fitting = next((one for one in tried if len(one.numbers) <= ENTRIES), None)
        if fitting is not None:
            found.append(fitting)
    best = min(found, key=lambda one: max(one.rests))
    return best.widened if ends_level else best


def _piece(layout: _Layout, ends: tuple[float, float], middle: float, value: float) -> Reduction:
    """With which a core is alone in a piece."""
    code = Assembly(1)
    reach = code.do("min", code.do("abs", 0), code.single(layout.limit))
    reduced = code.do("fsub", reach, code.single(middle))
    rest = after(code)
    _made_again(rest, rest.single(value), reduced)
    core, size = layout.core(*ends, middle)
    return joined("piece", code, reduced, rest, core, middle, size)


def _whole(
    layout: _Layout, tables: Sequence[Sequence[float]], last: tuple[float, float], short: bool
) -> tuple[Reduction, tuple[int, ...]]:
    """With choices and the bits of a place, or with look-ups and the place."""
    code = Assembly(1)
    reach = code.do("min", code.do("abs", 0), code.single(layout.limit))
    word = code.do("bits", code.do("fadd", reach, code.single(layout.added)))
    count = 1 if short else ENTRIES.bit_length() - 1
    by = [layout.shift] if short else [31 - layout.shift - k for k in range(count)]
    name = "ushr" if short else "shl"
    places = tuple(code.do(name, word, code.word(one)) for one in by)
    middles, values = tables
    reduced = code.do("fsub", reach, _table(code, middles, places))
    rest = after(code)
    _made_again(rest, _table(rest, values, places), reduced)
    core, size = layout.core(*last, middles[layout.numbers[-1] % ENTRIES])
    return joined("pieces", code, reduced, rest, core, size=size), places


def _table(code: Assembly, entries: Sequence[float], places: tuple[int, ...]) -> int:
    """A table; the number of its value."""
    first = code.first + len(code.rows)
    if len(places) > 1:
        code.rows += choices(entries, places, first)
    else:
        code.rows.append(Instruction(LOOKED.opcodes["table"], (), tuple(entries)))
        code.rows.append(Instruction(LOOKED.opcodes["look"], (first, *places)))
    return code.first + len(code.rows) - 1


def _made_again(code: Assembly, value: int, reduced: int) -> None:
    """The result: in the first piece the value is 0, which is less than the reduced argument."""
    start = code.do("max", value, reduced)
    code.do("copysign", code.do("fma", reduced, CORE, start), 0)
