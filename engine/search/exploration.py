"""The islands at work: epochs as jobs, migration round the ring, and what goes to the archive."""

from collections import deque
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np

from elitemap.engine.events import Warned
from elitemap.engine.islands.state import IslandState
from elitemap.engine.proving.certification import Prover, certify_deadline, certify_front
from elitemap.engine.proving.trial import AT, Trial, kept_for
from elitemap.engine.running.budget import endurance, limits, patience, reserve, spent_share
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
from elitemap.engine.search.legs import advance, begin, between, ended, leg, may_go_on
from elitemap.engine.search.quest import REACHING

#: Seconds that running epochs get to finish after a stop.
PATIENCE = 5.0

#: After so many workers in a row that did not have the state that changes begin with, as with jobs
#: of a batch system, states are sent whole at once.
STRANGERS = 8


def evolve(session: ExplorationSession, context: SearchContext) -> bool:
    """Epoch after epoch until the budget is spent or somebody stops the search; then certificates.

    What is certified is the front of the merged map.

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
    """Epochs of all islands, each as soon as it may begin, until none may."""
    session, context = flushes.session, flushes.context
    while not context.halted():
        session.out.clear()
        _turns(flushes)
        jobs: deque[Job] = deque()
        _go_on(session, context, jobs)
        if not jobs:
            return
        arrive = partial(_arrive, flushes, jobs)
        # What was found is written while the workers search.
        with closing(_beside(flushes, jobs)) as beside:
            context.dispatcher.work(jobs, arrive, context.halted, PATIENCE, beside)


def _go_on(session: ExplorationSession, context: SearchContext, jobs: deque[Job]) -> None:
    """Order the next epochs of islands that may go on, the slowest first, for workers without one.

    None is ordered before there is a worker for it: by then less time may be left.
    """
    free = context.dispatcher.room - len(session.out)
    if free <= 0:
        return
    idle = [k for k in session.states if k not in session.out and may_go_on(session, k)]
    for island in sorted(idle, key=lambda k: session.gauge.counters[k].epoch)[:free]:
        if between(session, island):
            begin(session, island)
        session.out.add(island)
        jobs.append(_order(session, context, island))


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
        immigrants=session.pending.get((island, leg(session, island))),
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
    session.pending.pop((island, leg(session, island)), None)
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
    session.out.discard(island)
    ended(session, island)
    _turns(flushes)
    if not context.halted():
        _go_on(session, context, jobs)


def _turns(flushes: Flushes) -> None:
    """Count legs that all islands have ended; after some of them things are written."""
    session = flushes.session
    while (cut := advance(session)) is not None:
        if not flushes.context.dispatcher.here:
            session.keep_pace()
        if flushes.due():
            flushes.waiting.append(cut)


def _beside(flushes: Flushes, jobs: deque[Job]) -> Steps:
    """What is done while the workers search: writing, and once in a run trying proofs."""
    session, halted = flushes.session, flushes.context.halted
    while not halted() and (flushes.waiting or session.out):
        if _trying(session):
            yield from _trial(flushes, jobs)
        elif flushes.waiting:
            yield from flushes.steps(flushes.waiting.popleft(), jobs)
        else:
            # Somebody may have joined.
            _go_on(session, flushes.context, jobs)
            yield True


def _trying(session: ExplorationSession) -> bool:
    """Whether it is time to try how long proofs take."""
    return (
        session.config.seconds is not None
        and session.trial is None
        and bool(session.gauge.reports)
        and spent_share(session.config, session.elapsed) >= AT
    )


def _trial(flushes: Flushes, jobs: deque[Job]) -> Steps:
    """Write how things stand, and let workers try proofs of it."""
    session = flushes.session
    now = session.now()
    elites = now.elites(session.task.space)
    yield from flushes.steps(now, jobs)
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
