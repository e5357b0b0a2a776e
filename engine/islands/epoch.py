"""An epoch of one island: generations of offspring competing for the cells of its map.

Without a limit in seconds an epoch is a function of its arguments: any process may run it, in any
order with the epochs of other islands, and the result is the same.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.challenging import challenged
from elitemap.engine.islands.competition import ancestral, births, cleaned, insert
from elitemap.engine.islands.emitters import first_front, wonder
from elitemap.engine.islands.fronts import chosen, favoured, renewed
from elitemap.engine.islands.judgement import Judged, judge
from elitemap.engine.islands.proposals import (
    Fresh,
    Proposals,
    descent,
    given_proposals,
    offspring,
    random_proposals,
    sift,
)
from elitemap.engine.islands.resampling import resample
from elitemap.engine.islands.state import Counters, IslandState
from elitemap.engine.islands.tuning import best_kinds, due, pursued, tunable
from elitemap.engine.map.elites import REFINE, Elites, columns_of, from_scores
from elitemap.engine.protocols import B, Evaluator, Floats, Space, Tunable, steering
from elitemap.engine.streams import Purpose, stream

#: What a proposal that is not evaluated costs, in evaluations: variation, canonical form, hashing.
PROPOSAL_COST = 0.05

#: Credit by AddStatus: a better version of a function that is there already is no discovery.
REWARD = np.array([0.0, 0.0, 1.0, 2.0])

#: Generations are not made smaller than this to meet a limit.
LEAST_BATCH = 64

#: The first generation of an island under a limit in seconds, when its pace is not known.
FIRST_BATCH = 512


@dataclass(frozen=True)
class Limits:
    """When an epoch ends: at the first limit reached.

    Attributes:
        proposals: Candidates to propose.
        evaluations: Evaluations to spend, or None; the last generation may exceed it.
        seconds: Wall-clock time, or None; the last generation may exceed it.
    """

    proposals: int
    evaluations: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class EpochReport(Generic[B]):
    """What the coordinator learns from an epoch.

    Attributes:
        island: Which island.
        counters: Of the island, so far.
        best: float64[cells], best quality per cell, -inf where empty.
        front: Objectives of the elites that no other elite of the island dominates, by name.
        displaced: Former elites that are ancestors of something.
        operators: Share of the proposals that each operator has now.
        emitters: The same for emitters.
        seen: intp[rungs], candidates that reached each rung in this epoch.
        seconds: float64[rungs], what they took there, as timed.
        took: Seconds that its generations took.
        sound: Births on the island before the first generation that the limit in evaluations made
            smaller; None if it made none so.
    """

    island: int
    counters: Counters
    best: Floats
    front: dict[str, Floats]
    displaced: Elites[B]
    operators: Floats
    emitters: Floats
    seen: NDArray[np.intp]
    seconds: Floats
    took: float = 0.0
    sound: int | None = None


@dataclass
class _Epoch(Generic[B]):
    """What the steps of an epoch share."""

    space: Space[B]
    evaluator: Evaluator[B]
    config: SearchConfig
    state: IslandState[B]
    displaced: list[Elites[B]]
    front: NDArray[np.intp]
    seen: NDArray[np.intp]
    seconds: Floats
    took: float = 0.0
    sound: int | None = None


def run_epoch(
    space: Space[B],
    evaluator: Evaluator[B],
    config: SearchConfig,
    state: IslandState[B],
    limits: Limits,
    immigrants: Elites[B] | None,
    starts: Sequence[Mapping[str, Any]] = (),
) -> tuple[IslandState[B], EpochReport[B]]:
    """Advance an island.

    Args:
        space: What candidates are.
        evaluator: What they are worth.
        config: Settings; of the budgets and workers nothing is used.
        state: The island; it is used up, go on with the one returned.
        limits: How long.
        immigrants: Elites of another island that compete first.
        starts: Candidates that are tried before the island goes on; with a limit in seconds perhaps
            not all of them.

    Returns:
        The island after the epoch, and what to tell about it.
    """
    rungs = len(evaluator.screens) + 1
    idle = np.zeros(rungs, np.intp), np.zeros(rungs)
    epoch = _Epoch(space, evaluator, config, state, [], np.empty(0, np.intp), *idle)
    before = replace(state.counters)
    if immigrants is not None:
        insert(state, _tried(epoch, immigrants), epoch.displaced)
    started = time.monotonic()
    _begin(epoch, starts, limits, started)
    free = replace(limits, evaluations=None)
    while True:
        told = state.counters, before, config
        elapsed = time.monotonic() - started
        n = _size(*told, limits, elapsed)
        if epoch.sound is None and n != _size(*told, free, elapsed):
            epoch.sound = state.counters.births
        if not n:
            epoch.took = elapsed
            break
        _generation(epoch, n)
    _refine(epoch)
    if evaluator.noise is not None:
        fitted = state.counters.fitted - before.fitted
        resample(evaluator.noise, state, _select(epoch), fitted, epoch.displaced, space.keys)
    state.counters.epoch += 1
    # An epoch that had no time for a generation says nothing about the space.
    tried = state.counters.proposals > before.proposals
    state.counters.exhausted = int(tried and state.counters.screened == before.screened)
    return state, _report(epoch, before.births)


def _size(
    counters: Counters, before: Counters, config: SearchConfig, limits: Limits, elapsed: float
) -> int:
    """Proposals of the next generation: a full batch, fewer near a limit, 0 at the end."""
    done = counters.proposals - before.proposals
    n = min(config.batch, limits.proposals - done)
    if limits.evaluations is not None:
        left = limits.evaluations - (counters.evaluations - before.evaluations)
        each = counters.evaluations / counters.proposals if counters.proposals else 1.0
        n = _at_most(n, left, each)
    if limits.seconds is not None:
        n = _at_most(n, limits.seconds - elapsed, elapsed / done if done else 0.0)
        n = min(n, config.batch if counters.proposals else FIRST_BATCH)
    return n


def _at_most(n: int, left: float, each: float) -> int:
    """As many of n as cost no more than what is left, at so much each; 0 if nothing is left."""
    if left <= 0 or n <= 0:
        return 0
    return min(n, max(LEAST_BATCH, math.ceil(min(n, left / max(each, 1e-12)))))


def _generation(epoch: _Epoch[B], n: int) -> None:
    state, counters = epoch.state, epoch.state.counters
    rng = stream(epoch.config.seed, Purpose.GENERATION, state.island, counters.generation)
    filled = state.grid.filled()
    if counters.generation < epoch.config.random_generations or not len(filled):
        proposals = random_proposals(epoch.space, n, rng)
    elif tunable(epoch.space) and due(counters):
        _pursue(epoch, epoch.space, rng)
        return
    else:
        proposals = offspring(epoch.space, state, _front(epoch), epoch.config, n, rng)
    before = counters.evaluations
    _learn(epoch, proposals, _try(epoch, proposals, rng))
    if (proposals.emitters >= 0).any():
        counters.bred += counters.evaluations - before
    counters.generation += 1


def _pursue(epoch: _Epoch[B], space: Tunable[B], rng: np.random.Generator) -> None:
    """A generation of the best kinds: with other constants, or changed a little.

    Nobody learns from it: what becomes of the best says little of all other elites.
    """
    state, counters = epoch.state, epoch.state.counters
    before, kinds = counters.evaluations, best_kinds(space, state)
    proposals = pursued(space, state, kinds, epoch.config.least_weight, rng)
    _try(epoch, proposals, rng, kinds.least(state.grid))
    counters.tuned += counters.evaluations - before
    counters.generation += 1


def _begin(
    epoch: _Epoch[B], starts: Sequence[Mapping[str, Any]], limits: Limits, started: float
) -> None:
    """Try what the search is to begin with, a part at a time, whatever the other limits are."""
    counters = epoch.state.counters
    for first in range(0, len(starts), LEAST_BATCH):
        if limits.seconds is not None and first and time.monotonic() - started > limits.seconds:
            return
        part = starts[first : first + LEAST_BATCH]
        key = epoch.state.island, counters.started
        given = given_proposals(epoch.space, part)
        tried = _try(epoch, given, stream(epoch.config.seed, Purpose.START, *key))
        _learn(epoch, given, tried)
        counters.started += len(part)


class _Tried(NamedTuple):
    """What became of proposals: rows that were screened, reward and cost of each proposal."""

    screened: NDArray[np.intp]
    reward: Floats
    trials: Floats


def _try(
    epoch: _Epoch[B], proposals: Proposals[B], rng: np.random.Generator, least: float = -np.inf
) -> _Tried:
    """Let proposals climb the rungs and compete, those that are better than ``least``."""
    state, counters, n = epoch.state, epoch.state.counters, len(proposals.parents)
    fresh = sift(epoch.space, state, proposals, rng)
    reward, trials = np.zeros(n), np.full(n, PROPOSAL_COST)
    if len(fresh.rows):
        judged = judge(epoch.evaluator, state, fresh, rng, least)
        _charge(epoch, trials, fresh, judged)
        rows = fresh.rows[judged.rows]
        reward[rows] = REWARD[_compete(epoch, proposals, fresh, judged, least)]
    counters.proposals += n
    counters.invalid += fresh.invalid
    counters.hits += int(fresh.lookup.hit.sum())
    counters.duplicates += int(fresh.lookup.repeated.sum())
    return _Tried(fresh.rows, reward, trials)


def _charge(epoch: _Epoch[B], trials: Floats, fresh: Fresh[B], judged: Judged[B]) -> None:
    """Add to the trials what each proposal has cost on the rungs that it reached."""
    for screen, rows in zip(epoch.evaluator.screens, judged.reached, strict=True):
        trials[fresh.rows[rows]] += screen.price
    trials[fresh.rows[judged.rows]] += 1
    epoch.seen = epoch.seen + judged.seen
    epoch.seconds = epoch.seconds + judged.seconds


def _front(epoch: _Epoch[B]) -> NDArray[np.intp]:
    """Slots of the Pareto emitter."""
    epoch.front = renewed(epoch.state, epoch.evaluator, epoch.config.front, epoch.front)
    return favoured(epoch.state, epoch.evaluator, epoch.front)


def _select(epoch: _Epoch[B]) -> NDArray[np.intp]:
    return chosen(epoch.state, epoch.evaluator, epoch.config.front)


def _compete(
    epoch: _Epoch[B], proposals: Proposals[B], fresh: Fresh[B], judged: Judged[B], least: float
) -> NDArray[np.uint8]:
    rows, quality = fresh.rows[judged.rows], judged.scores.quality
    # What was given up at a hurdle is not known well enough for a cell, though it has room.
    scores = replace(judged.scores, quality=np.where(quality > least, quality, np.nan))
    parents, operators = descent(proposals, rows)
    uids = births(epoch.state, len(rows))
    elites = from_scores(scores, judged.cells, (uids, parents, operators))
    return insert(epoch.state, _tried(epoch, elites), epoch.displaced)


def _tried(epoch: _Epoch[B], newcomers: Elites[B]) -> Elites[B]:
    """Newcomers as they may compete: where evaluations are noisy, no luckier than residents."""
    noise = epoch.evaluator.noise
    if noise is None:
        return newcomers
    return challenged(noise, epoch.state, newcomers, epoch.space.keys)


def _learn(epoch: _Epoch[B], proposals: Proposals[B], tried: _Tried) -> None:
    """Credit emitters, operators and parents with what became of the generation."""
    state, keep = epoch.state, epoch.config.adaptation
    screened, reward, trials = tried
    state.operators = state.operators.learn(proposals.operators, reward, trials, keep)
    state.emitters = state.emitters.learn(proposals.emitters, reward, trials, keep)
    parents, lineage = proposals.parents[screened], proposals.lineage[screened]
    # A parent that its own offspring displaced has left its slot to somebody else.
    bred = screened[(parents >= 0) & (state.elites.uid[parents] == lineage)]
    wonder(state.curiosity, proposals.parents[bred], reward[bred] > 0)


def _refine(epoch: _Epoch[B]) -> None:
    """Score the elites that matter thoroughly; who gains, or is corrected, replaces its origin."""
    state, grid = epoch.state, epoch.state.grid
    slots = _select(epoch)
    slots = slots[~state.refined[slots]]
    if not len(slots):
        return
    scores = cleaned(epoch.evaluator.refine(state.elites.batch.take(slots)))
    cells = grid.locate(scores.measures)
    state.refined[slots] = True
    state.counters.evaluations += round(float(scores.work.sum()))
    uids = births(state, len(slots))
    operators = np.full(len(slots), REFINE, np.int16)
    refined = from_scores(scores, cells, (uids, state.elites.uid[slots], operators))
    refined = _tried(epoch, refined)
    # Of the same function the one sampled more often counts.
    luck = (refined.fingerprint == grid.fingerprint[slots]) & (
        refined.count < state.elites.count[slots]
    )
    gains = refined.quality > grid.quality[slots]
    if scores.corrects:
        gains = np.isfinite(refined.quality)
    better = np.flatnonzero(gains & ~luck)
    home = better[refined.cell[better] == slots[better] // grid.depth]
    insert(state, refined.take(better), epoch.displaced, slots[home])


def _report(epoch: _Epoch[B], born: int) -> EpochReport[B]:
    state, config = epoch.state, epoch.config
    slots = state.grid.filled()
    elites = state.elites.take(slots)
    columns = elites.named(columns_of(epoch.evaluator))
    front = first_front(columns, steering(epoch.evaluator.objectives))
    return EpochReport(
        state.island,
        replace(state.counters),
        state.grid.best(),
        {name: column[front] for name, column in columns.items()},
        ancestral(epoch.displaced, elites, state.island, born),
        state.operators.probabilities(config.least_weight),
        state.emitters.probabilities(config.least_weight),
        epoch.seen,
        epoch.seconds,
        epoch.took,
        epoch.sound,
    )
