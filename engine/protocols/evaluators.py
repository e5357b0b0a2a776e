"""What a candidate is worth: rungs of evaluation, each dearer than the one before.

A candidate climbs: every :class:`Screen` sees fewer candidates than the one before, the evaluation
proper comes last. Between rungs stand a hurdle (what the candidate's cell asks for) and a cache
(has something been there that would be evaluated alike?).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols.batches import B, Counts, Floats, Words
from elitemap.engine.protocols.objectives import Objective

#: Given measures (float64[m, axes]) the quality that a row must exceed to enter its cell, -inf
#: for a cell with room; rows that will not may be given up early.
Hurdle = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Axis:
    """One axis of the map: a measure, cut at fixed edges.

    A value v falls in bin ``searchsorted(edges, v, side="right")``: len(edges) + 1 bins.

    Attributes:
        name: Of the measure.
        edges: Ascending.
        frugal: Whether who is as good with less of it promises more: such elites are parents more
            often.
    """

    name: str
    edges: tuple[float, ...]
    frugal: bool = False


@dataclass(frozen=True)
class Screened(Generic[B]):
    """What a rung before the last says; rows follow the batch that was given.

    Attributes:
        batch: The candidates, perhaps changed.
        quality: float64[n], as far as it is known; NaN marks a failed evaluation.
        measures: float64[n, axes], the map's coordinates.
        promising: bool[n], rows that go on to the next rung.
        keys: uint64[n], functional hash of where the rung has led; rows with equal keys would be
            evaluated alike from here. 0 for rows that cannot be recognised.
        work: float64[n], evaluations this row has cost.
    """

    batch: B
    quality: Floats
    measures: Floats
    promising: NDArray[np.bool_]
    keys: Words
    work: Floats


@dataclass(frozen=True)
class Screen(Generic[B]):
    """A rung before the last.

    Attributes:
        name: What it does, in a word; the time that it takes is recorded under this name.
        price: What a candidate costs here, in evaluations of the last rung. Emitters and operators
            pay it for what they propose. It is declared and not timed, because what a search does
            must not depend on the clock; what the rung takes in seconds is measured beside it.
        run: Looks at a batch; a function of the batch and the hurdle alone.
        one_in: Of the promising ones whose cell is full, one in so many goes on, by lot of its key:
            where a look is next to free, many are looked at on the way to cells that are empty.
            Constants of the best elites that are tuned draw no lots.
    """

    name: str
    price: float
    run: Callable[[B, Hurdle], Screened[B]]
    one_in: int = 1


@dataclass(frozen=True)
class Samples:
    """How often quality was drawn, where evaluations are noisy; the quality itself is the mean.

    Attributes:
        count: int64[n], whole samples drawn. 0 where the evaluation failed, or stopped at the
            hurdle before there was one; the quality is then what it might have been at most.
        spread: float64[n], sum of the squared deviations of the samples from their mean.
    """

    count: Counts
    spread: Floats


@dataclass(frozen=True)
class Scores(Generic[B]):
    """What an evaluation returns; rows follow the batch that was given.

    Attributes:
        batch: The candidates, perhaps changed (fitted constants).
        quality: float64[n], higher is better; NaN marks a failed evaluation.
        objectives: float64[n] by name.
        measures: float64[n, axes], the map's coordinates.
        fingerprints: uint64[n], functional hash of the evaluated candidate; de-duplicates cells.
        work: float64[n], evaluations this row has cost (for rates and budgets).
        samples: What was drawn in this evaluation; None where it is not noisy.
        corrects: Of :meth:`Evaluator.refine`: whether rows stand for their origins even where they
            are worse, because evaluations flatter.
    """

    batch: B
    quality: Floats
    objectives: Mapping[str, Floats]
    measures: Floats
    fingerprints: Words
    work: Floats
    samples: Samples | None = None
    corrects: bool = False


@dataclass(frozen=True)
class Noise(Generic[B]):
    """How a noisy evaluator is asked more than once.

    Attributes:
        sample: The evaluation with fresh luck: ``(batch, hurdle, drawn) -> Scores``. ``drawn``
            (int64[n]) says how many samples of each row were drawn before. The seed of a sample is
            a function of the candidate and its number, of nothing else: so a search repeats, and
            candidates that are compared may share their luck.
        restate: ``(quality, samples) -> objectives``: those objectives (float64[n] by name) that
            follow from all samples together, such as a mean and its interval. They replace what
            the latest evaluation said.
        enough: Samples from which on an elite is not sampled again unasked, and the most that a
            newcomer needs to displace one.
        share: Part of the last rung's evaluations that goes into sampling elites again. What
            newcomers need that would displace an elite comes on top; both count as evaluations.
    """

    sample: Callable[[B, Hurdle, Counts], Scores[B]]
    restate: Callable[[Floats, Samples], Mapping[str, Floats]]
    enough: int
    share: float


class Evaluator(Protocol[B]):
    """What a candidate is worth."""

    axes: tuple[Axis, ...]
    #: What :meth:`evaluate` returns, declared.
    objectives: tuple[Objective, ...]
    #: The rungs before :meth:`evaluate`, the cheapest first; empty where evaluation is cheap.
    screens: tuple[Screen[B], ...]
    #: How to ask again; None where an evaluation always says the same.
    noise: Noise[B] | None
    #: Qualities that differ by no more than this count as equal when the cache is audited.
    tolerance: float
    #: Elites kept per cell.
    depth: int
    #: Quality that counts as nothing in the QD score.
    floor: float

    def evaluate(self, batch: B, hurdle: Hurdle) -> Scores[B]:
        """The last rung: score a batch; a function of the batch and the hurdle alone.

        Of a noisy evaluator it is the first sample.
        """

    def refine(self, batch: B) -> Scores[B]:
        """Score more thoroughly (once per epoch, for the few elites that matter).

        Rows that come back with a higher quality replace their origin; see also
        :attr:`Scores.corrects`. Rows without a quality (NaN) leave it as it is: an evaluator that
        has nothing to add returns such rows, at no work.
        """
