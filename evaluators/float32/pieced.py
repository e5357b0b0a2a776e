"""What a core with tables is worth: fitted piece by piece, and as good as in the worst of them."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Scores, Screen, Screened
from elitemap.evaluators.float32.evaluator import Looks, SingleEvaluator
from elitemap.evaluators.float32.measures import ULPS, Measure
from elitemap.evaluators.float32.placing import SCREEN_PRICE, Placing
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.elementary.float32.pieced import PiecedCores
from elitemap.searchspaces.elementary.float32.reduction import Tables
from elitemap.searchspaces.programs.batch import Batch

Floats = NDArray[np.float64]

#: Of the largest error, from which share on that of a piece decides.
_DECIDES = 0.8

#: Arguments of a piece: together about as many as of a function without tables.
_LOOKS = Looks(2, 8, 64)


class PiecedEvaluator:
    """Fits the constants of cores in each piece for itself, as numbers; these are the entries.

    The main piece comes first, and cores that are not good enough there are not fitted elsewhere.
    An evaluation counts what it does for cores without tables, so that budgets mean the same: the
    main piece, or one where a core is refined.
    """

    noise = None
    tolerance, depth, floor = SingleEvaluator.tolerance, SingleEvaluator.depth, 0.0

    def __init__(
        self,
        function: Single,
        placing: Placing,
        enough: float = 0.0,
        measure: Measure = ULPS,
    ) -> None:
        """Bind the evaluator; see :class:`.evaluator.SingleEvaluator`.

        Args:
            function: What to approximate, with tables in its reduction.
            placing: Of programs with that.
            enough: Error below which nobody is better for being more accurate.
            measure: How errors count.
        """
        self.function, self.placing, self.measure = function, placing, measure
        self._enough = enough
        self._whole = SingleEvaluator(function, placing, enough, measure)
        self.objectives, self.axes = self._whole.objectives, placing.axes
        self.screens = (Screen("screen", SCREEN_PRICE, self.screen),)

    @property
    def tables(self) -> Tables:
        """Those of the reduction."""
        assert self.function.reduction.tables is not None
        return self.function.reduction.tables

    @cached_property
    def pieces(self) -> dict[int, SingleEvaluator]:
        """An evaluator for each piece, by place; the main one first."""
        main = self.tables.main
        ordered = sorted(self.tables.used, key=lambda used: used[0] != main)
        return {place: self._alone(place) for place, _ in ordered}

    def _alone(self, place: int) -> SingleEvaluator:
        """The evaluator of a piece."""
        piece = self.tables.pieces[place]
        assert piece is not None
        low, high = piece.low, piece.high
        # What lies beyond the last piece is reduced to its end.
        if low < 0.0 and low == min(other.low for _, other in self.tables.used):
            low = min(low, self.function.domain[0])
        if high > 0.0 and high == max(other.high for _, other in self.tables.used):
            high = max(high, *map(abs, self.function.domain))
        single = replace(
            self.function,
            domain=(low, high),
            reduction=piece.reduction,
            below=None,
            above=None,
            specials=(),
        )
        placing = replace(self.placing, tabled=place != self.tables.main)
        return SingleEvaluator(single, placing, self._enough, self.measure, _LOOKS)

    def screen(
        self, batch: PiecedCores, hurdle: Callable[[Floats], Floats]
    ) -> Screened[PiecedCores]:
        """A few steps of the fit over the reals, in the main piece."""
        return self.placing.screened(batch, self.pieces[self.tables.main].nodes, hurdle)

    def evaluate(
        self, batch: PiecedCores, hurdle: Callable[[Floats], Floats]
    ) -> Scores[PiecedCores]:
        """Fit every core in each piece."""
        bars = hurdle(self.placing.measures(batch))
        left = np.arange(len(batch))
        found = _Found(len(batch))
        for place, one in self.pieces.items():
            scores = one.evaluate(batch.cores.take(left), hurdle)
            self._put(batch, place, left, scores)
            found.add(left, self._error(scores))
            if place == self.tables.main:
                found.work = scores.work
            left = left[~(scores.quality <= bars[left]) & np.isfinite(self._error(scores))]
            if not len(left):
                break
        return self._scores(batch, found)

    def refine(self, batch: PiecedCores) -> Scores[PiecedCores]:
        """Tables as they are, tried for longer in the pieces that decide."""
        every = np.arange(len(batch))
        errors = np.array([one.errors(batch.at(k, every)) for k, one in self.pieces.items()])
        least = np.maximum(_DECIDES * errors.max(axis=0), self._enough / self.measure.grain)
        found = _Found(len(batch))
        found.error = np.where(errors < least, errors, 0.0).max(axis=0) * self.measure.grain
        for (place, one), error in zip(self.pieces.items(), errors, strict=True):
            rows = np.flatnonzero(error >= least)
            if len(rows):
                scores = one.refine(batch.at(place, rows))
                self._put(batch, place, rows, scores)
                found.add(rows, self._error(scores))
        return replace(self._scores(batch, found), corrects=True)

    def _error(self, scores: Scores[Batch]) -> Floats:
        seen: Floats = scores.objectives[self.measure.seen.name]
        return seen

    def _put(
        self, batch: PiecedCores, place: int, rows: NDArray[np.intp], scores: Scores[Batch]
    ) -> None:
        """Take the constants of a piece as entries, in place."""
        entries = scores.batch.constant[:, :, 0].astype(np.float32)
        literal = np.array([p.literal is not None for p in batch.dialect.primitives])
        entries = np.where(literal[batch.opcode[rows]], entries, 0.0)
        batch.entries[rows, :, place] = entries
        if place == self.tables.main:
            batch.constant[rows] = scores.batch.constant
            # Where no argument leads, any entry will do.
            for empty, piece in enumerate(self.tables.pieces):
                if piece is None:
                    batch.entries[rows, :, empty] = entries

    def _scores(self, batch: PiecedCores, found: "_Found") -> Scores[PiecedCores]:
        measures = self.placing.measures(batch)
        return self._whole.scores(batch, measures, found.error / self.measure.grain, found.work)


class _Found:
    """The largest errors so far, and what counts as done for them."""

    def __init__(self, n: int) -> None:
        self.error, self.work = np.zeros(n), np.ones(n)

    def add(self, rows: NDArray[np.intp], error: Floats) -> None:
        self.error[rows] = np.maximum(self.error[rows], error)
