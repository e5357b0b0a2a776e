"""Certificates for the Pareto front, in the time that is left."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from elitemap.archive.records import EliteRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.budget import LEAST_CERTIFY, UNHURRIED
from elitemap.engine.crew import Crew, Job
from elitemap.engine.events import Certified, Observer
from elitemap.engine.session import Session
from elitemap.engine.worker import certify_task

#: Seconds past the deadline until what runs is given up.
GRACE = 1.0


@dataclass
class _Queue:
    """Elites to certify and who has tried.

    Attributes:
        waiting: Elites not begun.
        total: How many there were.
        tried: How many are done.
        deadline: Clock at which time is up, or None.
    """

    waiting: deque[EliteRecord]
    total: int
    tried: int
    deadline: float | None


def certify_front(
    session: Session,
    writer: ArchiveWriter,
    crew: Crew,
    observer: Observer,
    halted: Callable[[], bool],
) -> None:
    """Try to certify every elite of the merged map's front and write what succeeds.

    Time that one elite leaves over goes to the others. A stop gives up what runs.

    Args:
        session: The run, just flushed.
        writer: Its archive.
        crew: Who does the work.
        observer: Told of every elite.
        halted: Whether to stop.
    """
    records = session.ledger.front(session.elites())
    queue = _Queue(deque(records), len(records), 0, _deadline(session))
    jobs: deque[Job] = deque()
    for _ in range(min(crew.width, len(records))):
        jobs.append(_job(session, queue, crew.width))

    def done(job: Job, result: Any) -> None:
        queue.tried += 1
        record = _certified(session, job.tag, result)
        if record.certificate is not None:
            writer.certify(session.run, record.slot, record)
        observer(Certified(record, queue.tried, queue.total))
        if queue.waiting:
            jobs.append(_job(session, queue, crew.width))

    crew.work(jobs, done, lambda: halted() or _overdue(queue), patience=0.0)


def _deadline(session: Session) -> float | None:
    if session.config.seconds is None:
        return None
    left = session.config.seconds - session.elapsed
    return time.monotonic() + max(left, min(LEAST_CERTIFY, session.config.seconds / 4))


def _overdue(queue: _Queue) -> bool:
    return queue.deadline is not None and time.monotonic() > queue.deadline + GRACE


def _job(session: Session, queue: _Queue, width: int) -> Job:
    """The next elite, with its part of the time left."""
    left = UNHURRIED
    if queue.deadline is not None:
        rounds = max(1.0, len(queue.waiting) / width)
        left = max(0.1, (queue.deadline - time.monotonic()) / rounds)
    record = queue.waiting.popleft()
    return Job(record, certify_task, (session.spec, record.program, left))


def _certified(session: Session, record: EliteRecord, result: Any) -> EliteRecord:
    """The elite with what the certificate says, or as it was if there is none."""
    program, objectives, certificate = result
    if certificate is None:
        return record
    return replace(
        record,
        program=program,
        source=session.task.space.source(program),
        objectives={**record.objectives, **objectives},
        status="certified",
        certificate=certificate,
    )
