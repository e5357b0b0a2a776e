"""The islands at work: epochs as jobs, migration round the ring, and what goes to the archive."""

import time
from collections import deque
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np

from elitemap.engine.events import Warned
from elitemap.engine.islands.migration import emigrants
from elitemap.engine.islands.state import IslandState, read_elites
from elitemap.engine.proving.certification import Prover, certify_deadline, certify_front
from elitemap.engine.proving.trial import AT, Trial, kept_for
from elitemap.engine.running.budget import (
    LEAST_EPOCH,
    allowance,
    endurance,
    limits,
    paced,
    patience,
    reserve,
    search_seconds,
    spent_share,
)
from elitemap.engine.running.context import SearchContext
from elitemap.engine.running.job import Job
from elitemap.engine.running.travel import MOST_KEPT
from elitemap.engine.running.worker import (
    EpochOrder,
    EpochResult,
    Texts,
    Tried,
    Unknown,
    epoch_task,
)
from elitemap.engine.search.exploration_session import ExplorationSession
from elitemap.engine.search.flushing import Flushes, Steps, progress
from elitemap.engine.search.quest import REACHING

#: Seconds that running epochs get to finish after a stop.
PATIENCE = 5.0

#: After so many workers in a row that did not have the state that changes begin with, as with jobs
#: of a batch system, states are sent whole at once.
STRANGERS = 8


def evolve(session: ExplorationSession, context: SearchContext) -> bool:
    """Leg after leg until the budget is spent or somebody stops the search; then certificates.

    A leg is what the islands do between two migrations, each at its own speed. What is certified
    is the front of the merged map.

    Returns:
        Whether nobody stopped it.

    Raises:
        SearchError: If workers keep dying; what was found has been saved.
    """
    flushes = Flushes(session, context)
    _look_ahead(session, context)
    try:
        _legs(flushes)
    finally:
        flushes.whole()
    if not context.halted():
        front, others = session.written_map.worth_certifying(session.elites())
        deadline = certify_deadline(session.config, session.elapsed)
        prover = Prover(session.run, session.spec, session.task, context)
        certify_front(prover, front, others, deadline, session.proving)
    return not context.halted()


def _look_ahead(session: ExplorationSession, context: SearchContext) -> None:
    """Keep of a budget in seconds what proofs are going to take, where a task can tell that."""
    if session.config.seconds is None or session.task.proving is None:
        return
    session.proving = session.task.proving()
    session.reserve, doubt = kept_for(session.proving, REACHING, session.config)
    if doubt:
        context.observer(Warned(doubt))


def _legs(flushes: Flushes) -> None:
    session, context = flushes.session, flushes.context
    while not context.halted():
        islands = [island for island in session.states if not _spent(session, island)]
        if not islands:
            return
        jobs = deque(_order(session, context, i) for i in islands if _in_leg(session, i))
        begun, used = session.elapsed, time.process_time()
        arrive = partial(_arrive, flushes, jobs)
        # What the last leg found is written while the workers are at the next one.
        with closing(_between(flushes, jobs)) as writing:
            context.dispatcher.work(jobs, arrive, context.halted, PATIENCE, writing)
        if not context.dispatcher.here:
            share = (time.process_time() - used) / max(session.elapsed - begun, 1e-3)
            session.stretch = paced(session.stretch, share)
        if not any(_in_leg(session, i) and not _spent(session, i) for i in session.states):
            _migrate(session)


def _in_leg(session: ExplorationSession, island: int) -> bool:
    """Whether the island has epochs to go before the next migration."""
    leg = session.config.migration_epochs
    return session.gauge.counters[island].epoch < (session.turn + 1) * leg


def _spent(session: ExplorationSession, island: int) -> bool:
    """Whether the island has used up its budget, or its space."""
    counters = session.gauge.counters[island]
    if session.quest is not None and session.quest.over(session.gauge.total().evaluations):
        return True
    left = search_seconds(session.config, session.reserve) - session.elapsed
    # An island that never ran must run once, or there would be nothing to show.
    if counters.epoch and left < LEAST_EPOCH:
        return True
    return bool(counters.exhausted) or allowance(session.config, island, counters) == 0


def _order(
    session: ExplorationSession, context: SearchContext, island: int, whole: bool = False
) -> Job:
    """The next epoch of an island; with its whole state, or with less if that will do."""
    config, counters = session.config, session.gauge.counters[island]
    kept = session.states[island]
    # In this process nothing travels, and workers do not keep more than they have room for.
    room = config.islands * len(kept.base or b"") <= MOST_KEPT
    brief = room and not context.dispatcher.here
    whole = whole or not brief or session.strangers >= STRANGERS
    order = EpochOrder(
        spec=session.spec,
        config=config,
        island=island,
        state=kept.parcel(whole),
        limits=limits(config, island, counters, session.elapsed, session.reserve, session.stretch),
        immigrants=session.pending.get(island),
        brief=brief,
        starts=session.starts[island :: config.islands][counters.started :],
    )
    name = f"epoch {counters.epoch + 1} of island {island}"
    waits = endurance(order.limits, session.longest)
    return Job(island, name, epoch_task, (order,), patience(order.limits), island, waits)


def _arrive(
    flushes: Flushes, jobs: deque[Job], job: Job, result: EpochResult | Tried | Texts | Unknown
) -> None:
    """Take in an epoch and order the island's next one, or take in what else a worker has done."""
    session, context, island = flushes.session, flushes.context, job.tag
    if isinstance(result, Texts):
        flushes.hear(result)
        return
    if isinstance(result, Tried):
        assert session.trial is not None
        session.trial.note(result)
        session.reserve = reserve(session.config, session.trial.needed)
        return
    parcel = job.arguments[0].state
    if isinstance(result, Unknown):
        session.strangers += 1
        jobs.appendleft(_order(session, context, island, whole=True))
        return
    args = session.task.space, session.task.evaluator, session.config, island
    if parcel is not None and parcel.whole is None:
        session.strangers = 0
    session.look_out(result.report)
    session.states[island].take(result.state, lambda: IslandState.fresh(*args).to_bytes())
    session.dirty = True
    session.pending.pop(island, None)
    session.displaced.append(result.report.displaced)
    elapsed = session.elapsed
    session.longest = max(session.longest, result.seconds)
    session.gauge.note(result.report, elapsed)
    session.crew.note(result.worker, result.proposals, result.seconds, elapsed)
    now = replace(
        progress(session),
        crew=session.crew.hands(),
        losses=context.dispatcher.losses,
        waited=context.dispatcher.waited,
    )
    context.observer(now)
    if session.quest is not None:
        session.quest.note(now.front, now.evaluations)
    if not context.halted() and _in_leg(session, island) and not _spent(session, island):
        jobs.append(_order(session, context, island))


def _migrate(session: ExplorationSession) -> None:
    """Send elites once round the ring; they compete at the start of the receiver's next epoch."""
    islands = session.config.islands
    counters = session.gauge.counters
    if any(allowance(session.config, island, counters[island]) == 0 for island in counters):
        session.part()
    session.turn += 1
    for island, kept in session.states.items():
        state = kept.latest
        target = (island + 1) % islands
        if state is not None and target != island and not _spent(session, target):
            elites = read_elites(state, session.task.space)
            session.pending[target] = emigrants(elites, session.config, island, session.turn)


def _between(flushes: Flushes, jobs: deque[Job]) -> Steps:
    """What is done while the workers are at a leg: writing, and once in a run trying proofs."""
    session = flushes.session
    trying = (
        session.config.seconds is not None
        and spent_share(session.config, session.elapsed) >= AT
        and session.trial is None
        and bool(session.gauge.reports)
    )
    if not trying:
        if flushes.due():
            yield from flushes.steps(jobs)
        return
    elites = session.elites()
    yield from flushes.steps(jobs)
    front, _ = session.written_map.worth_certifying(elites)
    asked = session.spec, front, session.config, jobs
    session.trial = Trial.begin(*asked, told=session.proving)
    if session.proving and session.quest is None:
        session.reserve = reserve(session.config, session.trial.needed)


def summarise(session: ExplorationSession) -> dict[str, float | int]:
    """Numbers about the run so far."""
    total = session.gauge.total()
    slots = np.flatnonzero(session.written_map.slots)
    return {
        "seconds": round(session.elapsed, 3),
        "proposals": total.proposals,
        "evaluations": total.evaluations,
        "screened": total.screened,
        "fitted": total.fitted,
        "failed": total.failed,
        "cache_hit_rate": total.hit_rate,
        "audits": total.audits,
        "audit_mismatches": total.mismatches,
        "cells": len(np.unique(slots // session.task.evaluator.depth)),
        **({"resampled": total.resampled} if session.task.evaluator.noise is not None else {}),
        **{f"seconds_to_{name}": price for name, price in session.gauge.prices().items()},
    }
