"""What a whole function in float32 is worth: units of the last place at a cost in cycles."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Scores, Screen, Screened
from elitemap.evaluators.elementary.evaluator import binned, sampled
from elitemap.evaluators.elementary.fitting.fit import CHECKS, NODES, Samples, fit
from elitemap.evaluators.float32.arguments import Known, arguments
from elitemap.evaluators.float32.exchange import exchange
from elitemap.evaluators.float32.grid import BLOCK, Effort, Truth, settle
from elitemap.evaluators.float32.measures import ABSOLUTE, ULPS, Measure, objectives
from elitemap.evaluators.float32.placing import FAVOUR, SCREEN_PRICE, Cores, Placing
from elitemap.evaluators.float32.sensitivity import sensitivity
from elitemap.searchspaces.elementary.float32.batches import constants, wholes
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.programs.batch import Batch

Floats = NDArray[np.float64]

#: How often more than its cell's error a program's may be before its constants are tried.
_HOPE = 1.6

#: Errors from which on the rounding of constants is not what matters.
_NEAR = 64.0

#: Errors below which a search is about single units, and elites are looked at everywhere.
_CLOSE = 4.0

#: How long constants are tried in an evaluation, and where it matters.
_QUICK, _THOROUGH = Effort(2, 60), Effort(20, 3000)


@dataclass(frozen=True)
class Looks:
    """At how many arguments programs are looked at, in blocks of them.

    Attributes:
        few: Where constants are tried in an evaluation.
        many: Where its result is measured.
        pool: Where elites are worst.
    """

    few: int = 6
    many: int = 128
    pool: int = 1024


class SingleEvaluator:
    """Fits cores over the reals, then moves their constants on the float32 grid.

    Quality is -log10 of 2^-24 times the largest error in units of the measure: digits, 7.2 of them
    at one unit of the last place. The map's axes are the cost of the whole program, and of its core
    the constants and the divisions.
    """

    noise = None
    tolerance = 0.05
    depth = 8
    floor = 0.0

    def __init__(
        self,
        function: Single,
        placing: Placing,
        enough: float = 0.0,
        measure: Measure = ULPS,
        looks: Looks = Looks(),
    ) -> None:
        """Bind the evaluator.

        Args:
            function: What to approximate.
            placing: Of programs with the function's reduction.
            enough: Error below which nobody is better for being more accurate, as the measure sees
                it.
            measure: How errors count.
            looks: At how many arguments.
        """
        self.function, self.placing, self.looks = function, placing, looks
        self.enough, self.measure = enough / measure.grain, measure
        self.objectives = objectives(measure)
        self.screens = (Screen("screen", SCREEN_PRICE, self.screen),)
        self.axes = self.placing.axes

    @cached_property
    def nodes(self) -> Samples:
        """The core at the points of a fit over the reals, errors in units."""
        return _in_units(self.function, NODES, self.measure)

    @cached_property
    def check(self) -> Samples:
        """The core between them."""
        return _in_units(self.function, CHECKS, self.measure)

    @cached_property
    def known(self) -> Known:
        """What is approximated."""
        return Known(self.function, self.measure)

    @cached_property
    def pool(self) -> Truth:
        """The function at many arguments."""
        return self.known.at(arguments(self.function, self.looks.pool * BLOCK))

    @cached_property
    def few(self) -> Truth:
        """Those at which constants are tried in an evaluation."""
        return self.pool.take(slice(self.looks.few * BLOCK))

    @cached_property
    def many(self) -> Truth:
        """Those at which its result is measured."""
        return self.pool.take(slice(self.looks.many * BLOCK))

    def screen(self, batch: Batch, hurdle: Callable[[Floats], Floats]) -> Screened[Batch]:
        """A few steps of the fit over the reals."""
        return self.placing.screened(batch, self.nodes, hurdle)

    def evaluate(self, batch: Batch, hurdle: Callable[[Floats], Floats]) -> Scores[Batch]:
        """Fit every core, then its constants on the grid."""
        measures = self.placing.measures(batch)
        bars = hurdle(measures)
        fitted = fit(batch, bars - FAVOUR, self.nodes, self.check)
        reached = fitted.digits + FAVOUR > bars
        limits = np.where(reached, np.minimum(_HOPE * 10.0 ** (_DIGITS - bars), _NEAR), 0.0)
        whole = wholes(batch, self.function.reduction)
        ulp = settle(whole, self._free(whole, batch), self.few, limits, _QUICK)
        self._measure(whole, ulp, 10.0 ** (_DIGITS - bars))
        return self.scores(batch, measures, self._taken(batch, whole, ulp), fitted.evaluated)

    def _measure(self, whole: Batch, ulp: Floats, bars: Floats) -> None:
        """Raise the errors of what may enter a cell to those at more arguments, in place."""
        rows = np.flatnonzero(ulp <= bars)
        if len(rows):
            some = whole.take(rows)
            none = np.zeros((len(some), some.length), np.bool_)
            ulp[rows] = settle(some, none, self.many, np.zeros(len(rows)), _QUICK)

    def refine(self, batch: Batch) -> Scores[Batch]:
        """Constants as they are, tried for longer and where they are worst of many places."""
        measures = self.placing.measures(batch)
        whole = wholes(batch, self.function.reduction)
        free = self._free(whole, batch)
        ulp = settle(whole, free, self.many, np.full(len(batch), np.inf), _QUICK)
        rows = np.flatnonzero(ulp < _CLOSE)
        if len(rows):
            near = whole.take(rows)
            ulp[rows] = exchange(near, free[rows], self.few, self.pool, self.known, _THOROUGH)
            whole.constant[rows] = near.constant
        ulp = self._taken(batch, whole, ulp)
        scores = self.scores(batch, measures, ulp, np.ones(len(batch)))
        # What looks good at fewer arguments shall not stay for having been looked at less.
        return replace(scores, corrects=True)

    def errors(self, batch: Batch) -> Floats:
        """float64[n], the largest errors of cores with the constants that they have, in units."""
        whole = wholes(batch, self.function.reduction)
        none = np.zeros((len(whole), whole.length), np.bool_)
        return settle(whole, none, self.pool, np.zeros(len(whole)), _QUICK)

    def _taken(self, batch: Batch, whole: Batch, ulp: Floats) -> Floats:
        """The errors; the constants of whole programs become those of their cores."""
        constants(batch, whole, self.function.reduction)
        return np.where(self.placing.simplest(batch), ulp, np.inf)

    def _free(self, whole: Batch, cores: Batch) -> NDArray[np.bool_]:
        """Constants that belong to cores."""
        first = len(self.function.reduction.before)
        slots = np.arange(whole.length)
        inside = (slots >= first) & (slots < first + cores.size[:, None])
        literal = np.array([p.literal is not None for p in whole.dialect.primitives])
        found: NDArray[np.bool_] = inside & literal[whole.opcode]
        return found

    def scores(self, batch: Cores, measures: Floats, ulp: Floats, work: Floats) -> Scores[Cores]:
        """Scores of programs with these errors, in units."""
        with np.errstate(divide="ignore"):
            digits = _DIGITS - np.log10(np.maximum(ulp, self.enough))
            digits = np.where(ulp <= self.measure.most, digits, np.nan)
        unknown = np.full(len(batch), np.nan)
        return Scores(
            batch=batch,
            quality=digits,
            objectives={
                "cost": measures[:, 0],
                "max_ulp": unknown,
                "max_relative_error": unknown,
                "max_absolute_error": unknown,
                self.measure.seen.name: ulp * self.measure.grain,
                "ns": unknown,
                "ratio": unknown,
            },
            measures=measures,
            fingerprints=binned(digits),
            work=work,
        )


#: Digits at one unit of the last place.
_DIGITS = 24 * np.log10(2.0)


def _in_units(function: Single, n: int, measure: Measure) -> Samples:
    """A core at n points; errors in units of what it goes into, times 2^-24."""
    reduction = function.reduction
    samples = sampled(reduction.core, n)
    if measure is ABSOLUTE:
        return replace(samples, weight=sensitivity(function, samples.points))
    size = samples.high
    if reduction.size is not None:
        size, _ = reduction.size.sample(samples.points)
    return replace(samples, weight=2.0**-24 / measure.unit(size))
