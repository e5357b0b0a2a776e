"""Reductions to a place in a piece of the magnitudes, with constants looked up piece by piece.

Of a piece two more tables have a place near the middle and the value there. That place is one whose
value is nearly a float32, so that the value's rounding does not count (Gal, Computing elementary
functions, 1986); the core makes the difference quotient.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from elitemap.searchspaces.elementary.float32.assembly import Assembly, bits, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Piece,
    Reduction,
    Tables,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.cuts import Cut, places, table
from elitemap.searchspaces.elementary.targets import Target

#: Entries of a table: two vector registers of 16.
ENTRIES = 32

#: Places that are tried for one whose value is nearly a float32.
_PLACES = 64


@dataclass(frozen=True)
class Way:
    """How a function is made of a core and a table's value.

    Attributes:
        name: Of the reduction.
        core: What a core is about in a piece, and what is as large as what it goes into over the
            core's argument; by the ends of the piece and the place in it.
        magnitude: Writes what is cut into pieces, and is nowhere larger than their limit.
        again: Writes the result: after a core, of a piece's value, the magnitude and what is left
            of it without the piece's place.
        sign: Of the arguments at which errors are largest, +1 or -1.
    """

    name: str
    core: Callable[[float, float, float], tuple[Target, Target]]
    magnitude: Callable[[Assembly, float], int]
    again: Callable[[Assembly, int, int, int], None]
    sign: int = 1


def near_float(function: str, near: float) -> tuple[float, float]:
    """A place beside another one where a function is nearly a float32, and that.

    Args:
        function: In ``x``.
        near: The other one.
    """
    first = bits(rounded(near))
    tried = np.arange(first, first + _PLACES, dtype=np.uint32).view(np.float32)
    target = core_target(function, Fraction(0), Fraction(1))
    high, low = target.sample(tried.astype(np.float64))
    values = high.astype(np.float32)
    off = np.abs((high - values + low) / np.spacing(values))
    nearest = int(np.argmin(off))
    return float(tried[nearest]), float(values[nearest])


def tabled(
    way: Way, cut: Cut, left: Sequence[float], middles: Sequence[tuple[float, float]]
) -> Reduction:
    """The reduction of a function.

    Args:
        way: How it is made.
        cut: Into pieces.
        left: What a core leaves in each, by which the main one is chosen.
        middles: A place in each, and the value there.
    """
    pieces: list[Piece | None] = [None] * ENTRIES
    entries = [[middle] * ENTRIES for middle in middles[0]]
    for number, both, middle in zip(cut.numbers, cut.ends, middles, strict=True):
        alone = _alone(way, cut.limit, both, *middle)
        low, high = sorted(way.sign * end for end in both)
        pieces[number % ENTRIES] = Piece(low, high, alone)
        for one, entry in zip(entries, middle, strict=True):
            one[number % ENTRIES] = entry
    last = way.core(*cut.ends[-1], middles[-1][0])
    made, where = _whole(way, cut, entries, last, short=False)
    short, (place,) = _whole(way, cut, entries, last, short=True)
    main = cut.numbers[int(np.argmax(left))] % ENTRIES
    return replace(made, tables=Tables(where, tuple(pieces), short, place, main))


def _alone(
    way: Way, limit: float, ends: tuple[float, float], middle: float, value: float
) -> Reduction:
    """With which a core is alone in a piece."""
    code = Assembly(1)
    magnitude = way.magnitude(code, limit)
    reduced = code.do("fsub", magnitude, code.single(middle))
    rest = after(code)
    way.again(rest, rest.single(value), magnitude, reduced)
    core, size = way.core(*ends, middle)
    reach = (-ends[1], -ends[0]) if way.sign < 0 else None
    return joined(way.name, code, reduced, rest, core, way.sign * middle, size, reach)


def _whole(
    way: Way,
    cut: Cut,
    entries: Sequence[Sequence[float]],
    last: tuple[Target, Target],
    short: bool,
) -> tuple[Reduction, tuple[int, ...]]:
    """With choices and the bits of a place, or with look-ups and the place."""
    code = Assembly(1)
    magnitude = way.magnitude(code, cut.limit)
    word = code.do("bits", code.do("fadd", magnitude, code.single(cut.added)))
    where = places(code, word, cut, ENTRIES, short)
    middles, values = entries
    reduced = code.do("fsub", magnitude, table(code, middles, where))
    rest = after(code)
    way.again(rest, table(rest, values, where), magnitude, reduced)
    core, size = last
    return joined(way.name, code, reduced, rest, core, size=size), where
