"""Going through an enumeration: blocks as jobs, merged in order, streamed into the archive.

The result does not depend on workers, on the order in which jobs end, or on interruptions: blocks
are merged by ascending number, and what is saved is the number of the next.
"""

import time
from collections import deque
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.states import UNITED
from elitemap.engine.events import Covered
from elitemap.engine.proving.certification import Prover, certify_deadline, certify_each
from elitemap.engine.running.budget import flush_gap, unhurried
from elitemap.engine.running.context import SearchContext
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import BlocksResult, blocks_task
from elitemap.engine.search.catalogue import saved_counts
from elitemap.engine.search.enumeration_session import EnumerationSession
from elitemap.engine.search.exploration_session import COORDINATOR

#: Seconds that a job is to take, and the most blocks it may have; jobs grow by a factor of GROWTH.
JOB_SECONDS, MOST_BLOCKS, GROWTH = 0.5, 1000, 4

#: Jobs that may wait for an earlier one to end: they take memory.
AHEAD = 64

#: Seconds that running jobs get to finish after a stop.
PATIENCE = 5.0

#: Seconds between flushes, at least.
FLUSH_SECONDS = 2.0


@dataclass
class _Coverage:
    """The blocks on their way.

    Attributes:
        session: The run.
        context: What it works with.
        jobs: Jobs to start.
        ordered: Number of the first block that no job was made of.
        running: Jobs that have not ended.
        waiting: Results that wait for earlier ones, by first block.
        size: Blocks of the latest job.
        pace: Seconds per block of the latest job that ended.
        flushed: Seconds of the run at the last flush.
        cost: Seconds that it took.
    """

    session: EnumerationSession
    context: SearchContext
    ordered: int
    jobs: deque[Job] = field(default_factory=deque)
    running: int = 0
    waiting: dict[int, BlocksResult] = field(default_factory=dict)
    size: int = 1
    pace: float = JOB_SECONDS
    flushed: float = 0.0
    cost: float = 0.0


def go_through(session: EnumerationSession, archive: Path, context: SearchContext) -> bool:
    """Scan the blocks that are left, then certify every elite.

    Args:
        session: The run.
        archive: The file, for reading.
        context: What to work with.

    Returns:
        Whether all is done; else somebody stopped it or the time is up.

    Raises:
        SearchError: If workers keep dying; what was found has been saved.
    """
    session.census = context.writer.census(session.run)
    session.note()
    coverage = _Coverage(session, context, session.catalogue.upcoming, flushed=session.elapsed)
    _order(coverage)
    try:
        over = partial(_over, coverage)
        context.dispatcher.work(coverage.jobs, partial(_arrive, coverage), over, PATIENCE)
    finally:
        _flush(coverage)
    if context.halted() or not session.spent:
        return False
    return _certify(session, archive, context)


def _over(coverage: _Coverage) -> bool:
    return coverage.context.halted() or coverage.session.spent or coverage.session.overdue


def _order(coverage: _Coverage) -> None:
    """Keep as many jobs going as there are workers."""
    session, width = coverage.session, coverage.context.dispatcher.room
    blocks = session.enumeration.blocks
    while coverage.running < width and coverage.ordered < blocks and len(coverage.waiting) < AHEAD:
        # Smaller jobs towards the end, so that all workers end together.
        share = (blocks - coverage.ordered) // (2 * width)
        wanted = min(int(JOB_SECONDS / max(coverage.pace, 1e-9)), MOST_BLOCKS, share)
        coverage.size = max(1, min(wanted, GROWTH * coverage.size))
        arguments = (session.spec, coverage.ordered, coverage.size)
        name = f"the job of {coverage.size} blocks from {coverage.ordered}"
        waits = unhurried(coverage.pace * coverage.size)
        coverage.jobs.append(Job(coverage.ordered, name, blocks_task, arguments, endurance=waits))
        coverage.ordered += coverage.size
        coverage.running += 1


def _arrive(coverage: _Coverage, job: Job, result: BlocksResult) -> None:
    """Take in the blocks of a job, and of those that waited for it."""
    session = coverage.session
    catalogue = session.catalogue
    coverage.running -= 1
    candidates = sum(block.candidates for block in result.blocks)
    session.crew.note(result.worker, candidates, result.seconds, session.elapsed)
    coverage.pace = result.seconds / len(result.blocks)
    coverage.waiting[result.first] = result
    before = catalogue.upcoming
    while not session.spent and catalogue.upcoming in coverage.waiting:
        for block in coverage.waiting.pop(catalogue.upcoming).blocks:
            if not session.spent:
                catalogue.merge(block)
    if catalogue.upcoming > before:
        session.note()
        since = session.elapsed - coverage.flushed
        gap = flush_gap(coverage.cost, coverage.context.dispatcher.here)
        if since > max(FLUSH_SECONDS, gap):
            _flush(coverage)
        crew, losses = session.crew.hands(), coverage.context.dispatcher.losses
        coverage.context.observer(replace(covered(session), crew=crew, losses=losses))
    if not _over(coverage):
        _order(coverage)


def _flush(coverage: _Coverage) -> None:
    """Write what was found with the number of the next block, in one transaction."""
    session, catalogue = coverage.session, coverage.session.catalogue
    started = time.monotonic()
    coverage.context.writer.flush(
        session.run,
        [catalogue.elites[slot] for slot in sorted(catalogue.elites)],
        metrics=_metrics(session),
        state={COORDINATOR: catalogue.save(session.elapsed)},
        disguises=catalogue.members,
    )
    catalogue.flushed()
    session.census = coverage.context.writer.census(session.run)
    coverage.flushed, coverage.cost = session.elapsed, time.monotonic() - started


def _certify(session: EnumerationSession, archive: Path, context: SearchContext) -> bool:
    """Certify what is not certified, the best first; whether all were tried."""
    query = ElitesQuery(run=session.run, where="status != 'certified'", sort="-quality,slot")
    with ArchiveReader.open(archive) as reader:
        records = [view.record() for view in reader.elites(query)]
    deadline = certify_deadline(session.config, session.elapsed)
    prover = Prover(session.run, session.spec, session.task, context)
    tried = certify_each(prover, records, deadline)
    if tried and not context.halted():
        session.catalogue.unite(context.writer.unite(session.run))
    session.census = context.writer.census(session.run)
    return tried and not context.halted()


def covered(session: EnumerationSession) -> Covered:
    """The run at this moment."""
    catalogue, limit = session.catalogue, session.limit
    left, rate = max(0, limit - catalogue.candidates), session.rate
    return Covered(
        elapsed=session.elapsed,
        remaining=left / rate if rate else None,
        done=1.0 if session.spent else min(1.0, catalogue.candidates / max(1, limit)),
        candidates=catalogue.candidates,
        size=session.enumeration.size,
        rate=rate,
        members=session.census[2] + len(catalogue.members),
        classes=len(catalogue.slots),
        counts=dict(catalogue.counts),
    )


def _metrics(session: EnumerationSession) -> dict[str, float]:
    now = covered(session)
    names = ("elapsed", "done", "candidates", "rate", "members", "classes")
    return {name: float(getattr(now, name)) for name in names} | saved_counts(now.counts)


def leave(session: EnumerationSession) -> dict[int, bytes]:
    """What of the saved state changes when the run is done: one that is through needs none."""
    if session.catalogue.upcoming >= session.enumeration.blocks:
        return {COORDINATOR: b"", UNITED: b""}
    return {COORDINATOR: session.catalogue.save(session.elapsed)}


def summarise(session: EnumerationSession) -> dict[str, float | int]:
    """Numbers about the run so far."""
    catalogue = session.catalogue
    classes, cells, members = session.census
    return {
        "seconds": round(session.elapsed, 3),
        "proposals": catalogue.candidates,
        "evaluations": catalogue.candidates,
        "cache_hit_rate": 0.0,
        "cells": cells,
        "size": session.enumeration.size,
        "candidates": catalogue.candidates,
        "classes": classes,
        "members": members,
        **saved_counts(catalogue.counts),
    }
