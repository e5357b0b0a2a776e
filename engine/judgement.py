"""Two rungs of evaluation with a cache before each.

The structural cache has been asked already. What is left is screened; the promising are looked up
by what the screening led to, and only functions never seen before get the full evaluation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.grid import Grid
from elitemap.engine.cache import Lookup, differ
from elitemap.engine.competition import cleaned
from elitemap.engine.proposals import Fresh
from elitemap.engine.protocols import B, Evaluator, Floats, Scores, Screened
from elitemap.engine.state import Counters, IslandState


@dataclass(frozen=True)
class Judged(Generic[B]):
    """The candidates that got the full evaluation.

    Attributes:
        rows: intp[m], their rows among the fresh.
        scores: Their scores; failed ones have the quality NaN.
        cells: intp[m].
    """

    rows: NDArray[np.intp]
    scores: Scores[B]
    cells: NDArray[np.intp]


def judge(
    evaluator: Evaluator[B], state: IslandState[B], fresh: Fresh[B], rng: np.random.Generator
) -> Judged[B]:
    """Evaluate candidates as far as they deserve; caches and counters of the island are updated.

    Args:
        evaluator: The evaluator.
        state: The island.
        fresh: At least one candidate.
        rng: For the cache of functions.
    """
    hurdle = hurdle_of(state.grid)
    screened = evaluator.screen(fresh.batch, hurdle)
    bars = hurdle(screened.measures)
    quality = np.where(np.isfinite(screened.quality), screened.quality, np.nan)
    promising = np.flatnonzero(screened.promising & ~np.isnan(quality))
    audited = fresh.lookup.audited[fresh.lookup.fresh]
    # An audit asks what would have happened without the cache: it shall not end in the other one.
    keys = np.where(audited, np.uint64(0), screened.keys)
    lookup = state.functions.filter(keys[promising], rng)
    quality[promising] = lookup.known
    judged = _evaluate(evaluator, screened, promising[lookup.fresh], hurdle, state.grid)
    quality[judged.rows] = judged.scores.quality
    state.functions.remember(keys[judged.rows], judged.scores.quality)
    known = fresh.lookup.known[fresh.lookup.fresh]
    audit = partial(_audit, state.counters, evaluator.tolerance, bars, quality)
    audit(audited, known[audited])
    audit(promising[lookup.audited], lookup.known[lookup.audited])
    told = np.delete(np.arange(len(quality)), promising[lookup.repeated])
    state.structures.remember(fresh.keys[told], quality[told])
    _count(state.counters, screened, lookup, judged, quality[told])
    return judged


def _evaluate(
    evaluator: Evaluator[B],
    screened: Screened[B],
    rows: NDArray[np.intp],
    hurdle: Callable[[Floats], Floats],
    grid: Grid,
) -> Judged[B]:
    scores = cleaned(evaluator.evaluate(screened.batch.take(rows), hurdle))
    return Judged(rows, scores, grid.locate(scores.measures))


def _audit(
    counters: Counters,
    tolerance: float,
    bars: Floats,
    quality: Floats,
    audited: NDArray[Any],
    expected: Floats,
) -> None:
    """Count audited hits that would enter their cell with another quality than remembered.

    Below a cell's threshold an evaluator gives up early and thresholds rise, so a value found there
    says nothing about the cache: what matters is what the cache would have kept out.
    """
    found = quality[audited]
    matters = found > bars[audited]
    counters.audits += len(found)
    counters.mismatches += int(np.count_nonzero(matters & differ(expected, found, tolerance)))


def _count(
    counters: Counters,
    screened: Screened[B],
    lookup: Lookup,
    judged: Judged[B],
    quality: Floats,
) -> None:
    counters.screened += len(screened.work)
    counters.function_hits += int(lookup.hit.sum())
    counters.duplicates += int(lookup.repeated.sum())
    counters.failed += int(np.isnan(quality).sum())
    counters.fitted += len(judged.rows)
    counters.evaluations += round(float(screened.work.sum() + judged.scores.work.sum()))


def hurdle_of(grid: Grid) -> Callable[[Floats], Floats]:
    """What a candidate of given measures must exceed, as evaluators ask for it."""
    return lambda measures: grid.threshold(grid.locate(measures))
