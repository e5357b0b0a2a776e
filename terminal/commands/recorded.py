"""Tasks of recorded runs, built again from what the archive says about them."""

from elitemap.archive.errors import ArchiveError
from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Task
from elitemap.engine.tasks import TaskSpec, load_task


def recorded_spec(run: RunRecord) -> TaskSpec:
    """What names the task of a run.

    Raises:
        ArchiveError: If the archive does not tell the settings as texts.
    """
    settings = run.config.get("settings")
    if not isinstance(settings, dict) or not all(isinstance(v, str) for v in settings.values()):
        raise ArchiveError(
            f"expected the settings of run {run.id} as texts, got {settings!r}: "
            "the archive is damaged, restore it from a copy"
        )
    return TaskSpec.of(run.space, run.target, settings)


def recorded_task(run: RunRecord) -> Task:
    """The task of a run.

    Raises:
        ArchiveError: If the archive does not tell the settings as texts.
        UsageError: If the space is not installed here or does not take the settings.
    """
    return load_task(recorded_spec(run))
