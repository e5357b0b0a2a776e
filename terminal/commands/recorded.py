"""Tasks of recorded runs, built again from what the archive says about them."""

from collections.abc import Mapping
from typing import Any

from elitemap.archive.errors import ArchiveError, ElitemapError
from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Baseline, Curve, Surface, Task
from elitemap.engine.search.runs import recorded_rivals, recorded_spec
from elitemap.engine.settling import placed
from elitemap.engine.tasks import load_task


def recorded_task(run: RunRecord, given: Mapping[str, str] | None = None) -> Task:
    """The task of a run; functions that it brings cannot be called.

    Args:
        run: The run.
        given: Where arrays that it brings are now, by option.

    Raises:
        ArchiveError: If the archive does not tell the settings as texts.
        UsageError: If the space is not installed here or does not take the settings, or arrays that
            it needs cannot be read.
        ElitemapError: If the space cannot be loaded.
    """
    return load_task(placed(recorded_spec(run), given or {}, run.id))


def all_curves(task: Task, program: Mapping[str, Any]) -> tuple[Curve | Surface, ...]:
    """The curves of a program, how good it is first.

    Raises:
        ElitemapError: If the program cannot be followed.
    """
    try:
        first = task.curve(program)
        return (*([] if first is None else [first]), *task.analysis(program))
    except ValueError as error:
        raise ArchiveError(
            f"the archive is damaged, a program is none of its run: {error}"
        ) from None


def known_before(run: RunRecord, task: Task | None = None) -> tuple[Baseline, ...]:
    """The baselines of a run: those of its task, if that can be built here, and those computed.

    Args:
        run: The run.
        task: Its task, if it has been built; else it is tried.
    """
    if task is None:
        try:
            task = recorded_task(run)
        except ElitemapError:
            return recorded_rivals(run)
    return (*task.baselines, *recorded_rivals(run))
