"""What a whole function of 16-bit numbers is worth: how near to right rounding, at which cost."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Objective, Scores, Screen, Screened
from elitemap.evaluators.elementary.evaluator import binned, sampled
from elitemap.evaluators.elementary.fitting.fit import CHECKS, NODES, Samples, fit
from elitemap.evaluators.float32.grid import BLOCK, Effort, Truth, settle
from elitemap.evaluators.float32.measures import ABSOLUTE, ULPS
from elitemap.evaluators.float32.placing import SCREEN_PRICE, Placing
from elitemap.evaluators.halves.exchange import exchange
from elitemap.evaluators.halves.intervals import Intervals, Limit, intervals
from elitemap.evaluators.halves.polishing import polish
from elitemap.searchspaces.elementary.float32.batches import constants, wholes
from elitemap.searchspaces.elementary.float32.reductions.magnitudes import plain
from elitemap.searchspaces.elementary.halves.functions import Half
from elitemap.searchspaces.programs.batch import Batch

Floats = NDArray[np.float64]

#: Digits by which constants in intervals may be better than the fit over the reals: where arguments
#: are few, intervals leave more room than the least error needs.
_FAVOUR = 0.5

#: How far beyond an interval's end, as a share of its half, so few values are that a certificate
#: sets them right.
_SET_RIGHT = 2.0**-11

#: How often more than its cell's error a program's may be before its constants are tried.
_HOPE = 4.0

#: Errors, in units of the last place, from which on constants are not tried.
_FAR = 32.0

#: Nobody is better for coming nearer: results are right, or as good as that.
_ENOUGH = 2.0**-12

#: Blocks of reduced arguments in an evaluation, and how long constants are tried in one and where
#: it matters.
_FEW = 6
_QUICK, _THOROUGH = Effort(2, 60, 9), Effort(12, 2000, 12)

#: Programs that are wrong by more units are nothing.
_MOST = 2.0**7

#: Errors of the core, 1 at an interval's end, from which on linear programming is put off.
_NEARLY = 2.0

#: Of cores with the same measures, how many are polished in an evaluation, and how many of all: a
#: generation shall not take minutes.
_OF_EACH, _OF_ALL = 3, 32

#: Reduced arguments on either side of a node that say how wide intervals are there.
_AROUND = 8


class HalfEvaluator:
    """Fits cores over the reals, then moves their constants until results are rounded correctly.

    A core that is within all intervals makes a correctly rounded function. Otherwise some result is
    wrong by half a unit and what the core is outside of its interval, at most; quality is -log10 of
    that, times 2^-p for p bits of precision.
    """

    noise = None
    tolerance = 0.05
    depth = 8
    floor = 0.0

    def __init__(self, half: Half, placing: Placing, limit: Limit) -> None:
        """Bind the evaluator.

        Args:
            half: What to approximate.
            placing: Of programs with the function's reduction.
            limit: The largest error that is asked for.
        """
        self.half, self.placing, self.limit = half, placing, limit
        self.axes = self.placing.axes
        self.screens = (Screen("screen", SCREEN_PRICE, self.screen),)
        self.seen = ABSOLUTE.seen if limit.absolute else ULPS.seen
        self.objectives = (
            Objective("cost", -1, "proved", label="cycles", steers=True),
            Objective("misrounded", 0 if limit.absolute else -1, "proved", "count"),
            Objective("max_ulp", 0 if limit.absolute else -1, "proved", "cut", label="ULP ≤"),
            Objective(
                "max_absolute_error",
                -1 if limit.absolute else 0,
                "proved",
                "scientific",
                label="absolute ≤",
            ),
            self.seen,
            Objective("ns", 0, "measured", unit="ns"),
            Objective("ratio", 0, "measured"),
        )
        self.digits = half.number.precision * np.log10(2.0)

    @cached_property
    def intervals(self) -> Intervals:
        """Where the core's values must be."""
        return intervals(self.half, self.limit)

    @cached_property
    def widths(self) -> Floats:
        """float64[n], half of what intervals usually have around each of them."""
        found = self.intervals
        order = np.argsort(found.points, kind="stable")
        half = np.pad((found.high - found.low)[order] / 2, _AROUND, mode="edge")
        usual = np.median(np.lib.stride_tricks.sliding_window_view(half, 2 * _AROUND + 1), axis=1)
        widths = np.empty(len(order))
        widths[order] = usual
        return widths

    def _samples(self, many: int) -> Samples:
        """The core at points, with errors that count in units of the result's last place."""
        samples = sampled(self.half.reduction.core, many)
        found = self.intervals
        order = np.argsort(found.points, kind="stable")
        at = np.searchsorted(found.points[order], samples.points).clip(0, len(order) - 1)
        scale = 2.0 ** -(self.half.number.precision + 1)
        return replace(samples, weight=scale / self.widths[order][at])

    @cached_property
    def nodes(self) -> Samples:
        """Points of a fit over the reals."""
        return self._samples(NODES)

    @cached_property
    def check(self) -> Samples:
        """Points between them."""
        return self._samples(CHECKS)

    @cached_property
    def every(self) -> Truth:
        """Middles of the intervals, what is nearest to an end in front; an error of 1 is an end."""
        found = self.intervals
        middle, half = (found.low + found.high) / 2, (found.high - found.low) / 2
        # An interval of one float has the room of its rounding.
        half = np.maximum(half, np.spacing(np.abs(middle).astype(np.float32)) / 4.0)
        room = np.minimum(found.core - found.low, found.high - found.core)
        room /= np.maximum(self.widths, np.finfo(np.float64).tiny)
        order = np.argsort(room, kind="stable")
        order = np.resize(order, -(-len(order) // BLOCK) * BLOCK)
        return Truth(found.points[order], middle[order], (1 - 2.0**-40) / half[order])

    def _some(self, blocks: int) -> Truth:
        """What is nearest to an end, and as many others evenly spread over the arguments."""
        every = self.every
        many = min(blocks * BLOCK, len(every.points))
        near = many // 2
        others = near + np.argsort(every.points[near:], kind="stable")
        spread = others[np.linspace(0, len(others) - 1, many - near).astype(np.intp)]
        rows = np.concatenate([np.arange(near), spread])
        return Truth(every.points[rows], every.values[rows], every.scale[rows])

    @cached_property
    def few(self) -> Truth:
        """Arguments of an evaluation."""
        return self._some(_FEW)

    def screen(self, batch: Batch, hurdle: Callable[[Floats], Floats]) -> Screened[Batch]:
        """A few steps of the fit over the reals."""
        return self.placing.screened(batch, self.nodes, hurdle)

    def evaluate(self, batch: Batch, hurdle: Callable[[Floats], Floats]) -> Scores[Batch]:
        """Fit every core, then move its constants towards the middles of intervals."""
        measures = self.placing.measures(batch)
        bars = hurdle(measures)
        fitted = fit(batch, bars - _FAVOUR, self.nodes, self.check)
        wanted = 1.0 + 2.0 * _HOPE * 10.0 ** (self.digits - bars)
        reached = fitted.digits + _FAVOUR > bars
        limits = np.where(reached, np.minimum(wanted, 2 * _FAR), 0.0)
        made, free = self._cores(batch)
        error = settle(made, free, self.few, limits, _QUICK)
        self._measure(made, error, bars)
        error = self._taken_over(batch, made, error)
        self._polished(batch, error, bars, measures)
        return self._scores_of(batch, measures, error, fitted.evaluated)

    def _polished(self, batch: Batch, error: Floats, bars: Floats, measures: Floats) -> None:
        """Constants by linear programming where results are nearly right and may become so.

        Of a cell only the best few: what comes with them would leave it again.
        """
        near = (self._quality(error) > bars) & (error > 1.0 + _SET_RIGHT) & (error < _NEARLY)
        rows = few_of_each(np.flatnonzero(near), error, measures)
        if not len(rows):
            return
        some = batch.take(rows)
        polish(some, self.every, 1.0 + _SET_RIGHT)
        made, free = self._cores(some)
        found = exchange(made, free, self.few, self.every, _QUICK)
        constants(some, made, plain(self.half.reduction.core))
        better = found < error[rows]
        batch.constant[rows[better]] = some.constant[better]
        error[rows[better]] = found[better]

    def refine(self, batch: Batch) -> Scores[Batch]:
        """Constants by linear programming, then tried for longer against all arguments."""
        measures = self.placing.measures(batch)
        polish(batch, self.every)
        made, free = self._cores(batch)
        error = exchange(made, free, self.few, self.every, _THOROUGH)
        error = self._taken_over(batch, made, error)
        return self._scores_of(batch, measures, error, np.ones(len(batch)))

    def _cores(self, batch: Batch) -> tuple[Batch, NDArray[np.bool_]]:
        """Cores alone, as they round, and which of their instructions are constants."""
        made = wholes(batch, plain(self.half.reduction.core))
        literal = np.array([p.literal is not None for p in made.dialect.primitives])
        return made, literal[made.opcode] & (np.arange(made.length) < made.size[:, None])

    def _taken_over(self, batch: Batch, made: Batch, error: Floats) -> Floats:
        """The errors; constants that have been moved become those of the cores."""
        constants(batch, made, plain(self.half.reduction.core))
        return np.where(self.placing.simplest(batch), error, np.inf)

    def _measure(self, whole: Batch, ulp: Floats, bars: Floats) -> None:
        """Raise the errors of what may enter a cell to those at all arguments, in place."""
        rows = np.flatnonzero(self._quality(ulp) > bars)
        if len(rows):
            some = whole.take(rows)
            still = np.zeros((len(some), some.length), np.bool_)
            found = settle(some, still, self.every, np.zeros(len(rows)), _QUICK)
            ulp[rows] = np.maximum(ulp[rows], found)

    def _scores_of(
        self, batch: Batch, measures: Floats, error: Floats, work: Floats
    ) -> Scores[Batch]:
        quality = self._quality(error)
        unknown = np.full(len(batch), np.nan)
        return Scores(
            batch=batch,
            quality=quality,
            objectives={
                "cost": measures[:, 0],
                "misrounded": unknown,
                "max_ulp": unknown,
                "max_absolute_error": unknown,
                self.seen.name: self._seen(error),
                "ns": unknown,
                "ratio": unknown,
            },
            measures=measures,
            fingerprints=binned(quality),
            work=work,
        )

    def _seen(self, error: Floats) -> Floats:
        """Errors of results, about, of what cores are outside of intervals."""
        beyond = np.maximum(error - 1.0 - _SET_RIGHT, 0.0)
        if self.limit.absolute:
            return self.limit.most * (1.0 + beyond)
        return self.limit.most + beyond / 2

    def _quality(self, error: Floats) -> Floats:
        """Digits; NaN for what is far from the function."""
        outside = (error - 1.0 - _SET_RIGHT) / 2
        digits = self.digits - np.log10(np.maximum(outside, _ENOUGH))
        return np.where(outside <= _MOST, digits, np.nan)


def few_of_each(rows: NDArray[np.intp], error: Floats, measures: Floats) -> NDArray[np.intp]:
    """Those of the least errors: of the same measures, and of all, no more than so many.

    The same measures and the same error are the same program, which counts once: copies of it come
    to the same.
    """
    ordered = rows[np.argsort(error[rows], kind="stable")]
    _, kinds = np.unique(measures[ordered], axis=0, return_inverse=True)
    seen: dict[int, set[float]] = {}
    kept: list[int] = []
    programs: set[tuple[int, float]] = set()
    for row, kind in zip(ordered.tolist(), kinds.ravel().tolist(), strict=True):
        level = float(error[row])
        seen.setdefault(kind, set()).add(level)
        if len(seen[kind]) > _OF_EACH:
            continue
        programs.add((kind, level))
        if len(programs) > _OF_ALL:
            break
        kept.append(row)
    return np.array(sorted(kept), np.intp)
