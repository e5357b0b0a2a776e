"""Tasks of recorded runs, built again from what the archive says about them."""

from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Task
from elitemap.engine.search.runs import recorded_spec
from elitemap.engine.tasks import load_task


def recorded_task(run: RunRecord) -> Task:
    """The task of a run.

    Raises:
        ArchiveError: If the archive does not tell the settings as texts.
        UsageError: If the space is not installed here or does not take the settings.
        ElitemapError: If the space cannot be loaded.
    """
    return load_task(recorded_spec(run))
