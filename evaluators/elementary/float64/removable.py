"""Where the float64 evaluation of a program is in trouble: found, or shown to be nowhere.

The domain is halved, float by float in the end, until the enclosure of the evaluation on every
piece is finite. Pieces count floats and not lengths, so that they approach 0 and every other place
geometrically, down to the subnormal numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.elementary.float64.intervals import FIELD, Flags, FloatIntervals
from elitemap.evaluators.elementary.float64.ordinals import floats, nth, ordinal
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.program import Program

Pieces = NDArray[np.int64]

#: Pieces that may be open at once; where more are needed the search ends undecided, but a few of
#: them are halved on, to find out whether there is trouble at all.
_MOST, _FOLLOWED, _RUNS = 1 << 12, 1 << 8, 4
#: Floats between two runs that make them one.
_NEAR = 64


@dataclass(frozen=True)
class Run:
    """Neighbouring floats, the ends included."""

    low: float
    high: float


@dataclass(frozen=True)
class Trouble:
    """What was found.

    Attributes:
        places: Runs that hold every float at which a divisor vanishes, something overflows or
            leaves its domain on the way, or that could not be decided; the result may be finite.
        gaps: Runs in which the result is not finite.
        proved: Whether the result is finite for every float of the domain outside the gaps; if
            not, more gaps may have been missed.
    """

    places: tuple[Run, ...]
    gaps: tuple[Run, ...]
    proved: bool


def find_trouble(program: Program, low: float, high: float) -> Trouble:
    """Look at the float64 evaluation of a program for all floats from low to high.

    Args:
        program: One input, one output, no dead instructions; constants count with their leading
            part, as in exported code.
        low: First argument.
        high: Last argument.
    """
    program = leading(program)
    ends = ordinal(low), ordinal(high)
    parts = [(ends[0], min(-1, ends[1])), (0, 0), (max(1, ends[0]), ends[1])]
    whole = [(a, b) for a, b in parts if ends[0] <= a <= b <= ends[1]]

    def calm(a: Pieces, b: Pieces) -> Flags:
        return _enclosed(program, a, b).calm

    def finite(a: Pieces, b: Pieces) -> Flags:
        found = _enclosed(program, a, b).finite
        single = np.flatnonzero((a == b) & ~found)
        found[single] = _finite_at(program, a[single])
        return found

    odd, open_ = _halve(whole, calm)
    places = _merged([*odd, *open_])
    bad, undecided = _halve(places, finite)
    return Trouble(_runs(places), _runs(_merged(bad)), not undecided)


def leading(program: Program) -> Program:
    """The program with the constants of exported code, exact as they are there."""
    pairs = [(i.constant[0], 0.0) for i in program.instructions if program.is_constant(i)]
    return program.with_constants(pairs)


def _enclosed(program: Program, a: Pieces, b: Pieces) -> FloatIntervals:
    x = FloatIntervals.of(floats(a), floats(b))

    def constant(value: object) -> FloatIntervals:
        filled = np.full_like(x.lo, float(value))  # type: ignore[arg-type]
        return FloatIntervals.of(filled, filled)

    found: FloatIntervals = program.run(FIELD, [x], constant)[0]
    return found


def _finite_at(program: Program, numbers: Pieces) -> Flags:
    """Whether the evaluation is finite, for 0 with either sign."""
    xs = floats(numbers)
    found: Flags = np.isfinite(evaluate(program, xs))
    zero = xs == 0.0
    if zero.any():
        found[zero] &= np.isfinite(evaluate(program, np.array([-0.0])))[0]
    return found


def _halve(
    starts: Sequence[tuple[int, int]], good: Callable[[Pieces, Pieces], Flags]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pieces without a good part, and pieces that were given up undecided."""
    pieces = np.array(starts, np.int64).reshape(-1, 2)
    bad: list[tuple[int, int]] = []
    undecided: list[tuple[int, int]] = []
    most = _MOST
    while len(pieces):
        pieces = pieces[~good(pieces[:, 0], pieces[:, 1])]
        hopeless = _hopeless(pieces, good)
        bad += [(int(a), int(b)) for a, b in pieces[hopeless]]
        pieces = pieces[~hopeless]
        if len(pieces) > most:
            # A few are followed to the end, and lead to where the trouble is.
            undecided += [(int(a), int(b)) for a, b in pieces]
            pieces, most = _followed(pieces), 4 * _FOLLOWED
        a, b = pieces[:, 0], pieces[:, 1]
        middle = a + (b - a) // 2
        pieces = np.concatenate([np.stack([a, middle], 1), np.stack([middle + 1, b], 1)])
    return bad, undecided


def _followed(pieces: Pieces) -> Pieces:
    """Some pieces: from all over, and the middles of the longest runs, where causes mostly lie."""
    pieces = pieces[np.argsort(pieces[:, 0])]
    starts = np.flatnonzero(pieces[1:, 0] - pieces[:-1, 1] > _NEAR) + 1
    runs = np.split(np.arange(len(pieces)), starts)
    longest = sorted(runs, key=len, reverse=True)[:_RUNS]
    share = _FOLLOWED // (2 * _RUNS)
    middles = [run[max(0, len(run) // 2 - share) : len(run) // 2 + share] for run in longest]
    everywhere = np.arange(0, len(pieces), -(-len(pieces) // _FOLLOWED))
    chosen: Pieces = pieces[np.unique(np.concatenate([everywhere, *middles]))]
    return chosen


def _hopeless(pieces: Pieces, good: Callable[[Pieces, Pieces], Flags]) -> Flags:
    """Single floats, and pieces of which five floats are not good."""
    a, b = pieces[:, 0], pieces[:, 1]
    quarters = [a, *(a + (b - a) // 4 * k for k in (1, 2, 3)), b]
    tried = np.concatenate(quarters)
    five = good(tried, tried).reshape(len(quarters), -1)
    return np.asarray(~five.any(axis=0))


def _merged(pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pieces in order, near ones united."""
    merged: list[tuple[int, int]] = []
    for a, b in sorted(pieces):
        if merged and a - merged[-1][1] <= _NEAR:
            merged[-1] = merged[-1][0], max(b, merged[-1][1])
        else:
            merged.append((a, b))
    return merged


def _runs(pieces: Sequence[tuple[int, int]]) -> tuple[Run, ...]:
    return tuple(Run(nth(a), nth(b)) for a, b in pieces)
