"""What a core may be, so that the result is the right one: an interval at each reduced argument.

For each 16-bit argument (of tiny ones for some) there is an interval of float32 values of the core
that the rest of the program turns into the correctly rounded result, or into one within the asked
number of units. Arguments with the same reduced argument share one (Lim and Nagarakatte, "High
performance correctly rounded math libraries for 32-bit floating point representations", PLDI 2021,
who call them reduced inputs and intervals). They are found by trying the rest of the program, so
whatever it rounds is in them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.cores import core_values
from elitemap.evaluators.halves.truth import Truth, rounded, truth
from elitemap.searchspaces.elementary.float32.parts import reducing, rest, run
from elitemap.searchspaces.elementary.halves.formats import Format
from elitemap.searchspaces.elementary.halves.functions import Half

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Places = NDArray[np.int64]
Bits = NDArray[np.bool_]

#: Half of an interval is at most so many times the core's value: the rest of a long one is as good.
_REACH = 2.0

#: How far from the true value a core's may have to be because of roundings: so many doublings of
#: the distance, in floats.
_NEAR = 18

#: Numbers beyond those that are whole units away which may still be within an error.
_CLOSER = 4

_SIGN = 0x80000000


@dataclass(frozen=True)
class Limit:
    """What a result may be wrong by.

    Attributes:
        most: The largest error; in units of the last place at least 1/2, which is correct rounding.
        absolute: Whether it is a difference, and not in units of the last place.
    """

    most: float = 0.5
    absolute: bool = False


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals of the core's value.

    Attributes:
        points: float32[n], reduced arguments, rising; some twice, where no value is right for all
            arguments that share one.
        low: float64[n], the least float32 that gives the right results.
        high: float64[n], the largest.
        core: float64[n], what the core approximates there.
        hopeless: Arguments at which no value near the core's is right.
    """

    points: Singles
    low: Floats
    high: Floats
    core: Floats
    hopeless: int


def intervals(half: Half, limit: Limit) -> Intervals:
    """The intervals of a function.

    Args:
        half: The function.
        limit: What results may be wrong by.

    Raises:
        SearchError: If the function or its core has no value somewhere.
    """
    true = truth(half, thinned=True)
    finite = np.isfinite(half.number.values(true.words)) & ~np.isnan(true.values)
    words = true.words[finite].astype(np.int32)
    least, most = (ends[finite] for ends in allowed(true, half.number, limit))
    reduced = run(reducing(half.reduction), words.view(np.float32)[None])
    points, back = np.unique(reduced, return_inverse=True)
    values = core_values(half.reduction.core, points)
    core = values[back].astype(np.float32)
    ways = [(rest(half.reduction), np.ones(len(words), np.bool_))]
    if half.fast_reduction is not None:
        ways.append((rest(half.fast_reduction), half.plain(true.words[finite])))

    def right(places: Places, rows: NDArray[np.intp]) -> Bits:
        inputs = np.stack([words[rows].view(np.float32), _numbers(places)])
        inside = np.ones(len(rows), np.bool_)
        for program, asked in ways:
            some = asked[rows]
            results = run(program, inputs[:, some]).view(np.int32).astype(np.uint16)
            got, chosen = half.number.places(results), rows[some]
            fine = (least[chosen] <= got) & (got <= most[chosen])
            inside[some] &= fine & ~half.number.is_nan(results)
        return inside

    start, hopeless = _started(_places(core), right)
    ends = [_end(start, core, way, right) for way in (-1, 1)]
    low, high = (_numbers(e).astype(np.float64) for e in ends)
    which, low, high = _merged(back, low, high)
    return Intervals(points[which], low, high, values[which], int(hopeless.sum()))


def allowed(true: Truth, number: Format, limit: Limit) -> tuple[Places, Places]:
    """The places of the least and the largest result within a limit of the true value.

    The correctly rounded result is always one of them.
    """
    own = number.places(true.results)
    if limit.most <= 0.5 and not limit.absolute:
        return own, own
    top = 2.0 ** (number.most + 1)
    inside = np.nan_to_num(np.clip(true.values, -top, top))
    # Values are float64, which must not make the difference.
    most = limit.most * (1 - 2.0**-30) if limit.absolute else limit.most - 2.0**-30
    apart = np.full(len(own), most) if limit.absolute else most * number.units(inside)
    ends = []
    for way in (-1, 1):
        end = number.places(rounded(number, inside + way * apart))
        # Rounded outwards it is too far; below a power of two numbers lie closer.
        end -= np.where(np.abs(number.numbers(end) - inside) > apart, way, 0)
        for _ in range(_CLOSER):
            far = number.numbers(end + way)
            end += np.where(np.abs(far - inside) <= apart, way, 0)
        ends.append(end)
    return np.minimum(ends[0], own), np.maximum(ends[1], own)


def _places(values: Singles) -> Places:
    """Floats as whole numbers in their order."""
    word = values.view(np.uint32).astype(np.int64)
    return np.where(word >= _SIGN, _SIGN - word, word)


def _numbers(places: Places) -> Singles:
    """The inverse of :func:`_places`."""
    found: Singles = np.where(places < 0, _SIGN - places, places).astype(np.uint32).view(np.float32)
    return found


Right = Callable[[Places, NDArray[np.intp]], Bits]


def _started(core: Places, right: Right) -> tuple[Places, Bits]:
    """Places near the core's value at which results are right, and where there is none."""
    start, every = core.copy(), np.arange(len(core))
    left = every[~right(core, every)]
    for doubling in range(_NEAR):
        for way in (-(1 << doubling), 1 << doubling):
            found = left[right(core[left] + way, left)]
            start[found] = core[found] + way
            left = np.setdiff1d(left, found, assume_unique=True)
    hopeless = np.zeros(len(core), np.bool_)
    hopeless[left] = True
    return start, hopeless


def _end(start: Places, core: Singles, way: int, right: Right) -> Places:
    """The last place, going one way, up to which results are right."""
    with np.errstate(over="ignore"):
        limit = core * np.float32(1.0 + way * np.copysign(_REACH, core))
    limit = np.where(core == 0.0, np.float32(way), np.clip(limit, -3e38, 3e38)).astype(np.float32)
    most = np.maximum(way * (_places(limit) - start), 0)
    good, bad = np.zeros(len(start), np.int64), most + 1
    step = np.ones(len(start), np.int64)
    open_ = np.flatnonzero(most > 0)
    while len(open_):
        reach = np.minimum(step[open_], most[open_])
        fine = right(start[open_] + way * reach, open_)
        good[open_[fine]], bad[open_[~fine]] = reach[fine], reach[~fine]
        open_ = open_[fine & (reach < most[open_])]
        step[open_] *= 2
    while len(open_ := np.flatnonzero(bad - good > 1)):
        middle = (good[open_] + bad[open_]) // 2
        fine = right(start[open_] + way * middle, open_)
        good[open_[fine]], bad[open_[~fine]] = middle[fine], middle[~fine]
    return start + way * good


def _merged(
    back: NDArray[np.intp], low: Floats, high: Floats
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """What is right for all arguments that share a reduced one; their own where nothing is.

    Args:
        back: Number of the reduced argument of each.
        low: The ends of their intervals.
        high: The same above.

    Returns:
        Numbers of reduced arguments, and the ends.
    """
    many = int(back.max()) + 1
    least, most = np.full(many, -np.inf), np.full(many, np.inf)
    np.maximum.at(least, back, low)
    np.minimum.at(most, back, high)
    empty = (least > most)[back]
    kept = np.flatnonzero(least <= most)
    return (
        np.concatenate([kept, back[empty]]),
        np.concatenate([least[kept], low[empty]]),
        np.concatenate([most[kept], high[empty]]),
    )
