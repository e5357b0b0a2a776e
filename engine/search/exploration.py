"""The islands at work: epochs as jobs, migration round the ring, and what goes to the archive."""

import time
from collections import deque
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from elitemap.engine.events import Progress
from elitemap.engine.islands.migration import emigrants
from elitemap.engine.islands.state import IslandState, read_elites
from elitemap.engine.proving.certification import Prover, certify_deadline, certify_front
from elitemap.engine.proving.trial import AT, Trial
from elitemap.engine.running.budget import (
    LEAST_EPOCH,
    allowance,
    endurance,
    flush_gap,
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
from elitemap.engine.running.worker import EpochOrder, EpochResult, Tried, Unknown, epoch_task
from elitemap.engine.search.exploration_session import ExplorationSession
from elitemap.engine.search.outlook import outlook

#: Seconds that running epochs get to finish after a stop.
PATIENCE = 5.0

#: After so many workers in a row that did not have the state that changes begin with, as with jobs
#: of a batch system, states are sent whole at once.
STRANGERS = 8


@dataclass
class _Drive:
    """What the steps of a search share.

    Attributes:
        session: The run.
        context: What it works with.
        flushed: Seconds of the run at the end of the last flush.
        cost: Seconds that it took.
    """

    session: ExplorationSession
    context: SearchContext
    flushed: float = 0.0
    cost: float = 0.0


def evolve(session: ExplorationSession, context: SearchContext) -> bool:
    """Leg after leg until the budget is spent or somebody stops the search; then certificates.

    A leg is what the islands do between two migrations, each at its own speed. What is certified
    is the front of the merged map.

    Returns:
        Whether nobody stopped it.

    Raises:
        SearchError: If workers keep dying; what was found has been saved.
    """
    drive = _Drive(session, context)
    try:
        _legs(drive)
    finally:
        _flush(drive)
    if not context.halted():
        front, others = session.written_map.worth_certifying(session.elites())
        deadline = certify_deadline(session.config, session.elapsed)
        prover = Prover(session.run, session.spec, session.task, context)
        certify_front(prover, front, others, deadline)
    return not context.halted()


def _legs(drive: _Drive) -> None:
    session = drive.session
    while not drive.context.halted():
        islands = [island for island in session.states if not _spent(session, island)]
        if not islands:
            return
        jobs = deque(_order(drive, island) for island in islands if _in_leg(session, island))
        # What the last leg found is written while the workers are at the next one.
        arrive, write = partial(_arrive, drive, jobs), partial(_between, drive, jobs)
        begun, used = session.elapsed, time.process_time()
        drive.context.dispatcher.work(jobs, arrive, drive.context.halted, PATIENCE, write)
        if not drive.context.dispatcher.here:
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


def _order(drive: _Drive, island: int, whole: bool = False) -> Job:
    """The next epoch of an island; with its whole state, or with less if that will do."""
    session = drive.session
    config, counters = session.config, session.gauge.counters[island]
    kept = session.states[island]
    # In this process nothing travels, and workers do not keep more than they have room for.
    room = config.islands * len(kept.base or b"") <= MOST_KEPT
    brief = room and not drive.context.dispatcher.here
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
    drive: _Drive, jobs: deque[Job], job: Job, result: EpochResult | Tried | Unknown
) -> None:
    """Take in an epoch and order the island's next one, or take in a proof that was tried."""
    session, island = drive.session, job.tag
    if isinstance(result, Tried):
        assert session.trial is not None
        session.trial.note(result)
        session.reserve = reserve(session.config, session.trial.needed)
        return
    parcel = job.arguments[0].state
    if isinstance(result, Unknown):
        session.strangers += 1
        jobs.appendleft(_order(drive, island, whole=True))
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
        _progress(session),
        crew=session.crew.hands(),
        losses=drive.context.dispatcher.losses,
    )
    drive.context.observer(now)
    if session.quest is not None:
        session.quest.note(now.front, now.evaluations)
    if not drive.context.halted() and _in_leg(session, island) and not _spent(session, island):
        jobs.append(_order(drive, island))


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


def _between(drive: _Drive, jobs: deque[Job]) -> None:
    """What is done while the workers are at a leg: writing, and once in a run trying proofs."""
    session = drive.session
    if session.config.seconds is None or spent_share(session.config, session.elapsed) < AT:
        return _flush_if_due(drive)
    if session.trial is not None or not session.gauge.reports:
        return _flush_if_due(drive)
    _flush(drive)
    front, _ = session.written_map.worth_certifying(session.elites())
    session.trial = Trial.begin(session.spec, front, session.config, jobs)


def _flush_if_due(drive: _Drive) -> None:
    """Write, unless that would take too much of the time.

    Under a budget in evaluations always, so that the ancestors stored do not depend on time.
    """
    since = drive.session.elapsed - drive.flushed
    gap = flush_gap(drive.cost, drive.context.dispatcher.here)
    if drive.session.config.seconds is None or since > gap:
        _flush(drive)


def _flush(drive: _Drive) -> None:
    """Write the merged map, its ancestry and the state."""
    session = drive.session
    if not session.gauge.reports or not session.dirty:
        return
    started = time.monotonic()
    session.dirty = False
    session.written_map.bury(session.displaced)
    session.displaced.clear()
    changes = session.written_map.update(session.elites(), list(session.pending.values()))
    drive.context.writer.flush(
        session.run,
        changes.elites,
        changes.removed,
        changes.ancestors,
        {**_metrics(session), **outlook(session.task, session.elites(), session.beyond)},
        session.save(),
    )
    drive.flushed, drive.cost = session.elapsed, time.monotonic() - started


def _progress(session: ExplorationSession) -> Progress:
    config, total, elapsed = session.config, session.gauge.total(), session.elapsed
    if config.seconds is not None:
        remaining = max(0.0, config.seconds - elapsed)
        return session.gauge.progress(elapsed, remaining, spent_share(config, elapsed))
    assert config.evaluations is not None
    return session.gauge.progress(elapsed, None, min(1.0, total.evaluations / config.evaluations))


def _metrics(session: ExplorationSession) -> dict[str, float]:
    """The numbers of the moment, as they are stored over time."""
    now = _progress(session)
    numbers = {
        name: float(value)
        for name, value in vars(now).items()
        if isinstance(value, int | float) and name != "remaining"
    }
    shares = {f"operator.{name}": share for name, share in now.operators.items()}
    return numbers | shares | {f"emitter.{name}": share for name, share in now.emitters.items()}


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
