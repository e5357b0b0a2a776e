"""Certificates for elites, several at a time, in the time that is left."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from elitemap.archive.records import EliteRecord
from elitemap.engine.budget import LEAST_CERTIFY, UNHURRIED
from elitemap.engine.config import SearchConfig
from elitemap.engine.context import SearchContext
from elitemap.engine.dispatch import Job
from elitemap.engine.events import Certified
from elitemap.engine.protocols import Task
from elitemap.engine.tasks import TaskSpec
from elitemap.engine.worker import certify_task

#: Seconds past the deadline until what runs is given up.
GRACE = 1.0


@dataclass
class _Queue:
    """Elites to certify and who has tried.

    Attributes:
        records: The elites.
        deadline: Clock at which time is up, or None.
        begun: How many have been begun.
        tried: How many are done.
        written: How many are written, or found to have no certificate.
        waiting: By place in the queue, elites that wait for an earlier one to be written.
    """

    records: Sequence[EliteRecord]
    deadline: float | None
    begun: int = 0
    tried: int = 0
    written: int = 0
    waiting: dict[int, EliteRecord] = field(default_factory=dict)


def certify_each(
    run: str,
    spec: TaskSpec,
    task: Task,
    records: Sequence[EliteRecord],
    deadline: float | None,
    context: SearchContext,
) -> bool:
    """Try to certify elites and write what succeeds.

    Time that one elite leaves over goes to the others. A stop gives up what runs. Elites that
    become the same program are written in the order of the queue, so that the program's origin
    and certificate do not depend on who was faster.

    Args:
        run: Id of the run.
        spec: What names the task.
        task: The task.
        records: The elites, as the archive holds them.
        deadline: Clock at which time is up, or None.
        context: Who does it and is told.

    Returns:
        Whether every elite was tried.
    """
    queue = _Queue(records, deadline)
    width = context.dispatcher.width
    jobs = deque(_job(spec, queue, width) for _ in range(min(width, len(records))))

    def done(job: Job, result: Any) -> None:
        queue.tried += 1
        queue.waiting[job.tag] = record = _certified(task, records[job.tag], result)
        while queue.written in queue.waiting:
            _write(run, queue.waiting.pop(queue.written), context)
            queue.written += 1
        context.observer(Certified(record, queue.tried, len(records)))
        if queue.begun < len(records):
            jobs.append(_job(spec, queue, width))

    context.dispatcher.work(jobs, done, lambda: context.halted() or _overdue(queue), patience=0.0)
    for _, record in sorted(queue.waiting.items()):
        _write(run, record, context)
    return queue.tried == len(records)


def certify_deadline(config: SearchConfig, elapsed: float) -> float | None:
    """Clock at which a run that has taken so many seconds must have its certificates."""
    if config.seconds is None:
        return None
    left = config.seconds - elapsed
    return time.monotonic() + max(left, min(LEAST_CERTIFY, config.seconds / 4))


def _overdue(queue: _Queue) -> bool:
    return queue.deadline is not None and time.monotonic() > queue.deadline + GRACE


def _job(spec: TaskSpec, queue: _Queue, width: int) -> Job:
    """The next elite, with its part of the time left."""
    left = UNHURRIED
    if queue.deadline is not None:
        rounds = max(1.0, (len(queue.records) - queue.begun) / width)
        left = max(0.1, (queue.deadline - time.monotonic()) / rounds)
    place = queue.begun
    queue.begun += 1
    name = f"the certificate of elite {place + 1}"
    return Job(place, name, certify_task, (spec, queue.records[place].program, left))


def _write(run: str, record: EliteRecord, context: SearchContext) -> None:
    if record.certificate is not None:
        context.writer.certify(run, record.slot, record)


def _certified(task: Task, record: EliteRecord, result: Any) -> EliteRecord:
    """The elite with what the certificate says, or as it was if there is none."""
    program, objectives, certificate = result
    if certificate is None:
        return record
    return replace(
        record,
        program=program,
        source=task.space.source(program),
        objectives={**record.objectives, **objectives},
        status=task.grants(certificate),
        certificate=certificate,
    )
