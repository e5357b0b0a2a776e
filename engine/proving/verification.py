"""Certificates of an archive proved again: nothing that the archive says is taken on trust."""

from elitemap.archive.identity import identity
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Task, Verdict


def checked(view: EliteView, task: Task, seconds: float) -> Verdict:
    """Prove an elite's certificate again, and compare what its table shows with that.

    Args:
        view: The elite.
        task: The task of its run.
        seconds: Time to take.

    Raises:
        ArchiveError: If its document is none of the space.
    """
    if identity(view.program) != view.id:
        return Verdict("failed", "the program does not match its id")
    if view.certificate is None:
        return Verdict("failed", "there is no certificate")
    if task.verify is None:
        return Verdict("could not", f"the space {view.space} does not know how to")
    found = task.verify(view.program, view.certificate, seconds)
    if found.outcome != "verified" or found.certificate is None:
        return found
    for one in (*task.evaluator.objectives, *task.objectives):
        shown, proved = view.objectives.get(one.name), found.certificate.get(one.name)
        told = one.vouched == "proved" and one.name in found.certificate
        if told and shown is not None and not _no_better(shown, proved, one.direction):
            reason = f"{one.name} of the elite is {shown!r}, of its certificate {proved!r}"
            return Verdict("failed", reason, found.certificate)
    return found


def _no_better(shown: object, proved: object, direction: int) -> bool:
    """Whether what is shown promises no more than what was proved."""
    if isinstance(shown, str):
        return True
    if not (isinstance(shown, int | float) and isinstance(proved, int | float)):
        return False
    return shown * direction <= proved * direction
