"""Rungs of evaluation with a cache before each.

The cache of structures has been asked already. Every screen drops the hopeless; of the others those
are looked up whose screening led to where something has been before, and only what is new goes on
to the next rung.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.cache import Lookup, differ
from elitemap.engine.islands.competition import cleaned
from elitemap.engine.islands.proposals import Fresh
from elitemap.engine.islands.sampling import pooled, scored
from elitemap.engine.islands.state import Counters, IslandState
from elitemap.engine.map.grid import Grid
from elitemap.engine.protocols import B, Evaluator, Floats, Hurdle, Samples, Scores, Screen, Words

Indices = NDArray[np.intp]

#: Name under which the time of the last rung is told.
LAST = "evaluate"


@dataclass(frozen=True)
class Judged(Generic[B]):
    """The candidates that reached the last rung.

    Attributes:
        rows: intp[m], their rows among the fresh.
        scores: Their scores; failed ones have the quality NaN.
        cells: intp[m].
        reached: Per screen the rows among the fresh that it has seen.
        seen: intp[rungs], how many of the fresh reached each rung.
        seconds: float64[rungs], what that took: measured, and of no influence on the search.
    """

    rows: Indices
    scores: Scores[B]
    cells: Indices
    reached: tuple[Indices, ...]
    seen: Indices
    seconds: Floats


@dataclass
class _Climb(Generic[B]):
    """Candidates on their way up.

    Attributes:
        rows: intp[k], rows among the fresh that are still under way.
        batch: They themselves.
        quality: float64[n], of all fresh, as far as it is known.
        bars: float64[n], what their cells ask for.
        held: bool[n], rows that audit a cache: no later cache may stop them.
        repeated: bool[n], rows that became equal to another of the batch.
        lots: Whether rows draw lots behind screens that want it.
        marks: Per cache passed, its number, the rows and the keys to be remembered.
        audits: Rows and the qualities that a cache remembers of them.
        work: Evaluations spent.
        reached: Rows per rung so far.
        seconds: What they took.
    """

    rows: Indices
    batch: B
    quality: Floats
    bars: Floats
    held: NDArray[np.bool_]
    repeated: NDArray[np.bool_]
    lots: bool
    marks: list[tuple[int, Indices, Words]] = field(default_factory=list)
    audits: list[tuple[Indices, Floats]] = field(default_factory=list)
    work: float = 0.0
    reached: list[Indices] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def judge(
    evaluator: Evaluator[B],
    state: IslandState[B],
    fresh: Fresh[B],
    rng: np.random.Generator,
    least: float = -np.inf,
) -> Judged[B]:
    """Evaluate candidates as far as they deserve; caches and counters of the island are updated.

    Args:
        evaluator: The evaluator.
        state: The island.
        fresh: At least one candidate.
        rng: For the caches behind the screens.
        least: Quality that all must exceed whatever their cells ask for; who is judged by one draws
            no lots.
    """
    hurdle, climb = hurdle_of(state.grid, least), _begin(fresh, lots=least == -np.inf)
    for number, screen in enumerate(evaluator.screens, 1):
        _screen(climb, screen, number, state, hurdle, rng)
    known = _of_fresh(fresh)
    judged = _evaluate(evaluator, climb, hurdle, state.grid, known)
    drawn = _all_samples(judged, known)
    for number, rows, keys in climb.marks:
        alone = np.flatnonzero(~climb.repeated[rows])
        told = rows[alone]
        state.caches[number].remember(keys[alone], climb.quality[told], _samples_of(drawn, told))
    # Two samples of a noisy candidate differ without any fault of a cache.
    tolerance = evaluator.tolerance if evaluator.noise is None else np.inf
    for rows, expected in climb.audits:
        _audit(state.counters, tolerance, climb, rows, expected)
    told = np.flatnonzero(~climb.repeated)
    state.caches[0].remember(fresh.keys[told], climb.quality[told], _samples_of(drawn, told))
    _count(state.counters, climb, judged, climb.quality[told])
    return judged


def _begin(fresh: Fresh[B], lots: bool) -> _Climb[B]:
    n = len(fresh.batch)
    held = fresh.lookup.audited[fresh.lookup.fresh]
    audits = [(np.flatnonzero(held), fresh.lookup.known[fresh.lookup.fresh][held])]
    unknown = np.full(n, np.nan)
    nobody = np.zeros(n, bool)
    known = unknown, unknown.copy(), held.copy(), nobody
    return _Climb(np.arange(n), fresh.batch, *known, lots, audits=audits)


def _screen(
    climb: _Climb[B],
    screen: Screen[B],
    number: int,
    state: IslandState[B],
    hurdle: Hurdle,
    rng: np.random.Generator,
) -> None:
    """One screen, and the cache behind it."""
    rows, started = climb.rows, time.perf_counter()
    screened = screen.run(climb.batch, hurdle)
    _clock(climb, started)
    climb.work += float(screened.work.sum())
    climb.bars[rows] = hurdle(screened.measures)
    quality = np.where(np.isfinite(screened.quality), screened.quality, np.nan)
    goes_on = screened.promising & ~np.isnan(quality)
    if climb.lots:
        roomy = np.isneginf(climb.bars[rows])
        goes_on &= roomy | drawn_by_lot(screened.keys, screen.one_in)
    promising = np.flatnonzero(goes_on)
    # An audit asks what would have happened without the cache: it shall not end in another one.
    keys = np.where(climb.held[rows], np.uint64(0), screened.keys)
    lookup = state.caches[number].filter(keys[promising], rng)
    quality[promising] = lookup.known
    climb.quality[rows] = quality
    audited = rows[promising[lookup.audited]]
    climb.audits.append((audited, lookup.known[lookup.audited]))
    climb.held[audited] = True
    climb.repeated[rows[promising[lookup.repeated]]] = True
    _tally(state.counters, lookup)
    onwards = promising[lookup.fresh]
    climb.marks.append((number, rows[onwards], keys[onwards]))
    climb.rows, climb.batch = rows[onwards], screened.batch.take(onwards)


def drawn_by_lot(keys: Words, one_in: int) -> NDArray[np.bool_]:
    """bool[n], one row in so many; a row's lot is its own, whatever company it is in."""
    lots = (keys * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(40)
    return np.asarray(lots % np.uint64(one_in) == 0)


def _evaluate(
    evaluator: Evaluator[B], climb: _Climb[B], hurdle: Hurdle, grid: Grid, known: Samples | None
) -> Judged[B]:
    """The last rung; new samples join those that the cache of structures remembers."""
    rows, started = climb.rows, time.perf_counter()
    before = _samples_of(known, rows)
    scores = scored(evaluator, climb.batch, hurdle, None if before is None else before.count)
    _clock(climb, started)
    if evaluator.noise is not None and before is not None:
        remembered = np.full(len(climb.quality), np.nan)
        remembered[climb.audits[0][0]] = climb.audits[0][1]
        scores = pooled(evaluator.noise, scores, remembered[rows], before)
    scores = cleaned(scores)
    climb.work += float(scores.work.sum())
    climb.quality[rows] = scores.quality
    if not evaluator.screens:
        climb.bars[rows] = hurdle(scores.measures)
    cells = grid.locate(scores.measures)
    seen = np.array([len(each) for each in climb.reached], np.intp)
    reached = tuple(climb.reached[:-1])
    return Judged(rows, scores, cells, reached, seen, np.array(climb.seconds))


def _clock(climb: _Climb[B], started: float) -> None:
    climb.reached.append(climb.rows)
    climb.seconds.append(time.perf_counter() - started)


def _of_fresh(fresh: Fresh[Any]) -> Samples | None:
    """What the cache of structures remembers of the fresh rows: samples of those it audits."""
    drawn = fresh.lookup.drawn
    return None if drawn is None else _samples_of(drawn, fresh.lookup.fresh)


def _samples_of(samples: Samples | None, rows: Indices) -> Samples | None:
    return None if samples is None else Samples(samples.count[rows], samples.spread[rows])


def _all_samples(judged: Judged[Any], known: Samples | None) -> Samples | None:
    """Samples of every fresh row by now; None where evaluations are not noisy."""
    if known is None or judged.scores.samples is None:
        return None
    count, spread = known.count.copy(), known.spread.copy()
    count[judged.rows] = judged.scores.samples.count
    spread[judged.rows] = judged.scores.samples.spread
    return Samples(count, spread)


def _audit(
    counters: Counters, tolerance: float, climb: _Climb[Any], audited: Indices, expected: Floats
) -> None:
    """Count audited hits that would enter their cell with another quality than remembered.

    Below a cell's threshold an evaluator gives up early and thresholds rise, so a value found there
    says nothing about the cache: what matters is what the cache would have kept out.
    """
    found = climb.quality[audited]
    matters = found > climb.bars[audited]
    counters.audits += len(found)
    counters.mismatches += int(np.count_nonzero(matters & differ(expected, found, tolerance)))


def _tally(counters: Counters, lookup: Lookup) -> None:
    counters.function_hits += int(lookup.hit.sum())
    counters.duplicates += int(lookup.repeated.sum())


def _count(counters: Counters, climb: _Climb[Any], judged: Judged[Any], quality: Floats) -> None:
    counters.screened += len(climb.quality)
    counters.failed += int(np.isnan(quality).sum())
    counters.fitted += len(judged.rows)
    counters.evaluations += round(climb.work)


def hurdle_of(grid: Grid, least: float = -np.inf) -> Callable[[Floats], Floats]:
    """What a candidate of given measures must exceed, as evaluators ask for it."""
    return lambda measures: np.maximum(grid.threshold(grid.locate(measures)), least)
