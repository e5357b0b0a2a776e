"""What an elite is after somebody has tried to prove it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from elitemap.archive.records import UNPROVED, EliteRecord
from elitemap.engine.protocols import Task, Unproved

#: Characters of a reason that are kept.
_LONGEST = 200

#: Reason of a certificate that is simply missing.
_LATE = Unproved("no certificate in the time given")


#: What the ``certify`` of a task returns.
Result = tuple[Mapping[str, Any], Mapping[str, Any], Any]


def late(result: Result) -> bool:
    """Whether an attempt failed for want of time."""
    return result[2] is None or (isinstance(result[2], Unproved) and not result[2].final)


def attempted(
    record: EliteRecord, task: Task, seconds: float
) -> tuple[EliteRecord, Unproved | None]:
    """Try to certify an elite here and now; see :func:`after`."""
    return after(record, task, task.certify(record.program, seconds))


def after(record: EliteRecord, task: Task, result: Result) -> tuple[EliteRecord, Unproved | None]:
    """The elite after an attempt.

    Args:
        record: The elite as it was.
        task: The task.
        result: What came of it.

    Returns:
        The elite with its certificate and None; or, where there is none, the elite as it was and
        why. A reason that more time will not change stays with the elite.
    """
    program, objectives, certificate = result
    if certificate is None:
        certificate = _LATE
    known = dict(record.objectives)
    if isinstance(certificate, Unproved):
        if not certificate.final:
            return record, certificate
        known[UNPROVED] = certificate.reason[:_LONGEST]
        return replace(record, objectives=known), certificate
    if UNPROVED in known:
        known[UNPROVED] = None
    proved = replace(
        record,
        program=program,
        source=task.space.source(program),
        objectives={**known, **objectives},
        status=task.grants(certificate),
        certificate=certificate,
    )
    return proved, None
