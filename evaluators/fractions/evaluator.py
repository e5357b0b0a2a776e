"""What a continued fraction is worth to evolution: reduction, then a relation to the constants."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Objective, Scores, Screen, Screened
from elitemap.evaluators.fractions.factorial import (
    FEW,
    KERNEL,
    MANY,
    Growth,
    growth,
    irrationality,
    reduction,
)
from elitemap.evaluators.fractions.suspicion import RATIONAL, suspected
from elitemap.evaluators.fractions.values import deep
from elitemap.evaluators.fractions.values.identify import Identified, identify
from elitemap.evaluators.fractions.values.irrationality import measure
from elitemap.searchspaces.fractions.batch import MOST_RELATED, FractionBatch
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.variation import keys, roots

__all__ = ["KERNEL", "FractionEvaluator"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

#: Quality of full reduction, what a relation adds, and what a digit of the coefficients costs.
FULL, RELATED, SIZE = 10.0, 10.0, 0.6

#: A share of reduction from which on it counts as full and the value is looked at.
ENOUGH = 0.95

#: How far below its cell's bar a fraction of factorial convergence may lie for a look at its value.
NEAR = 1.0

#: Digits to which values are identified, and the rates below which that would take too many terms.
DIGITS, SLOWEST = 40, 0.04

#: How many fractions were tried, roughly, before one is identified: significance is net of it.
TRIED = 1e6

#: Depth at which the irrationality measure is estimated.
DEPTH = 60

#: What a screening costs emitters and operators, in full evaluations.
SCREEN_PRICE = 0.2

#: What a full evaluation, a look at a value and an identification cost, in screenings.
COST, LOOK, DEEP = 2.0, 3.0, 100.0


class FractionEvaluator:
    """Climbs to factorial reduction and identifies the values of what has it.

    Quality is ten times the share of factorial reduction that the first primes show, plus the
    irrationality measure, less a little for large coefficients. The share is a mean over primes of
    what depends on residues modulo their powers alone: that is the slope to climb. A fraction with
    full reduction (or factorial convergence, which needs none) is evaluated: a relation to a
    constant is worth ten more, a rational value nothing at all.
    """

    objectives = (
        Objective("digits", +1, "proved", "cut", label="digits ≥"),
        Objective("significance", +1, steers=True),
        Objective("digits_per_term", +1, steers=True),
        Objective("delta", +1, steers=True),
    )
    noise = None
    tolerance = 0.05
    depth = 16
    floor = 0.0

    def __init__(self, constants: Sequence[Constant], degrees: tuple[int, int]) -> None:
        """Bind the constants.

        Args:
            constants: What values may be related to, each on its own.
            degrees: Largest degrees of a(n) and b(n).
        """
        self.screens = (Screen("screen", SCREEN_PRICE, self.screen),)
        self.constants = tuple(constants)
        self.names = [one.text for one in constants]
        self.axes = (
            Axis("constant", tuple(np.arange(0.5, len(constants) + 0.5))),
            Axis("degree", tuple(np.arange(0.5, degrees[1] + 0.5))),
            Axis("class", (0.5, 1.5)),
            Axis("roots", (1.5, 2.5)),
            Axis("rate", tuple(np.arange(1, 91) / 20)),
        )

    def measures(self, batch: FractionBatch, grown: Growth) -> Floats:
        """float64[n, 5]: constant, degree of b, class of convergence, roots of b, rate.

        The constant is 0 as long as none is known. Classes are 0 factorial, 1 exponential with
        rational and 2 exponential with irrational growth. Of b it counts how many different roots
        it has, 0 if it is no product of linear polynomials. The rate is digits per term, or the k
        of r(n) ~ n**-k where convergence is factorial.
        """
        kind = np.where(grown.factorial, 0, np.where(grown.irrational, 2, 1))
        rate = np.where(grown.factorial, 2 * grown.degree_a - grown.degree_b, grown.rate)
        columns = batch.constant + 1, grown.degree_b, kind, roots(batch), rate
        return np.stack(columns, axis=1).astype(np.float64)

    def screen(
        self, batch: FractionBatch, hurdle: Callable[[Floats], Floats]
    ) -> Screened[FractionBatch]:
        """Reduction at a few primes; the values of those that have it are identified."""
        grown = growth(batch)
        batch.forget(np.arange(len(batch)))
        measures = self.measures(batch, grown)
        bars = hurdle(measures)
        hopeful = np.minimum((bars + _burden(batch) - 1.0) / FULL, ENOUGH)
        share = _share(batch, grown, FEW, hopeful)
        quality = _quality(batch, grown, share, measures)
        full = np.where(grown.factorial, quality > bars - NEAR, share >= ENOUGH)
        rows = np.flatnonzero(full & ~np.isnan(quality) & (grown.rate >= SLOWEST))
        quality[rows] += self._identify(batch, grown, rows)
        measures[:, 0] = batch.constant + 1
        work = np.ones(len(batch))
        work[rows] += LOOK
        promising = ~np.isnan(quality) & (quality > hurdle(measures))
        return Screened(batch, quality, measures, promising, keys(batch), work)

    def _identify(self, batch: FractionBatch, grown: Growth, rows: Rows) -> Floats:
        """Note relations in the batch; what they add to the quality, NaN for rational values."""
        verdicts = suspected(batch.take(rows), grown.taken(rows), self.constants)
        gain = np.where(verdicts == RATIONAL, np.nan, 0.0)
        for k in np.flatnonzero(verdicts >= 0).tolist():
            row = int(rows[k])
            found = self._identified(batch, row)
            if found is None or found.relation.height > MOST_RELATED:
                continue
            if not found.relation.constants:
                gain[k] = np.nan
                continue
            gain[k] = RELATED
            batch.constant[row] = self.names.index(found.relation.constants[0])
            batch.coefficient[row] = found.relation.numerator + found.relation.denominator
        return gain

    def _identified(self, batch: FractionBatch, row: int) -> Identified | None:
        limit = deep.limit(batch.fraction(row), DIGITS)
        return None if limit is None else identify(limit, self.constants, TRIED)

    def evaluate(
        self, batch: FractionBatch, hurdle: Callable[[Floats], Floats]
    ) -> Scores[FractionBatch]:
        """Reduction at more primes; see :class:`elitemap.engine.protocols.Evaluator`."""
        return self._score(batch)

    def refine(self, batch: FractionBatch) -> Scores[FractionBatch]:
        """As :meth:`evaluate`."""
        return self._score(batch)

    def _score(self, batch: FractionBatch) -> Scores[FractionBatch]:
        grown = growth(batch)
        measures = self.measures(batch, grown)
        share = _share(batch, grown, MANY, np.full(len(batch), -np.inf))
        quality = _quality(batch, grown, share, measures)
        significance, delta = np.full(len(batch), np.nan), irrationality(grown, share)
        related = np.flatnonzero(batch.constant >= 0)
        for row in related.tolist():
            found = self._identified(batch, row)
            significance[row] = np.nan if found is None else found.significance
            measured = measure(batch.fraction(row), DEPTH)
            delta[row] = delta[row] if measured is None else measured.delta
        quality[related] += RELATED
        work = np.full(len(batch), COST)
        work[related] += DEEP
        return Scores(
            batch=batch,
            quality=quality,
            objectives={
                "digits": np.full(len(batch), np.nan),
                "significance": significance,
                "digits_per_term": grown.rate,
                "delta": delta,
            },
            measures=measures,
            fingerprints=keys(batch),
            work=work,
        )


def _share(batch: FractionBatch, grown: Growth, primes: NDArray[np.int32], bar: Floats) -> Floats:
    """The share of reduction of exponentially convergent rows; 0 for the others."""
    return reduction(batch, primes, np.where(grown.factorial, np.inf, bar))


def _quality(batch: FractionBatch, grown: Growth, share: Floats, measures: Floats) -> Floats:
    """Quality without a relation; factorial convergence is good enough without reduction.

    An irreducible factor of b has one root modulo a prime on the average, whatever its degree, so
    only where all are linear can reduction be full; the others are no use.
    """
    reached = np.where(grown.factorial, FULL, FULL * share)
    reached[(measures[:, 3] == 0) & ~grown.factorial] = np.nan
    quality: Floats = reached + np.clip(irrationality(grown, share), -1.0, 1.0) - _burden(batch)
    return quality


def _burden(batch: FractionBatch) -> Floats:
    """What large coefficients take from the quality: among many, some reduce by chance."""
    sizes = (np.log10(1.0 + np.abs(side)).sum(axis=1) for side in (batch.a, batch.b))
    burden: Floats = SIZE * sum(sizes)
    return burden
