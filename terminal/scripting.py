"""Searches from Python: ``elitemap.search(...)`` in scripts and notebooks, and what it returns."""

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elitemap.archive.objectives import recorded
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import Goal, Task
from elitemap.engine.search import coordinator as engine
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.commands.answers import answer_lines
from elitemap.terminal.commands.fronts import best_of
from elitemap.terminal.commands.recorded import known_before
from elitemap.terminal.commands.rivalry import rivalry_lines
from elitemap.terminal.commands.search import SECONDS
from elitemap.terminal.commands.starting import told_starts
from elitemap.terminal.live.view import live_view
from elitemap.terminal.objectives import Declared
from elitemap.terminal.results import Found, Result
from elitemap.terminal.settings import as_text
from elitemap.terminal.signals import stop_requests


def search(
    space: str,
    target: str,
    *,
    seconds: float | None = None,
    evaluations: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    islands: int | None = None,
    archive: str | Path | None = None,
    starts: Sequence[str] = (),
    starts_from: Sequence[str | Path] = (),
    quiet: bool = False,
    **settings: Any,
) -> Result:
    """Search a space, as ``elitemap search`` does.

    Ctrl-C (or the notebook's stop) saves and returns what was found so far.

    Args:
        space: Name of the space, such as ``elementary``.
        target: Name of a target, or an expression.
        seconds: Budget; 60 where nothing else is said and the space does not end by itself.
        evaluations: Budget that repeats, instead of seconds.
        seed: The same seed, evaluations and islands give the same result.
        workers: Processes; one per core if left out.
        islands: Populations that exchange elites; one per core if left out.
        archive: The file to keep; a temporary one if left out.
        starts: Candidates to begin with, such as ``["x/(1+abs(x))"]``; ``--start`` of the command.
        starts_from: Archives whose elites to begin with, each as ``ARCHIVE`` or
            ``ARCHIVE:FILTER``; ``--from`` of the command.
        quiet: Show no progress.
        settings: Options of the space, such as ``domain=(-8, 8)`` or ``bound="error<=2**-11"``.

    Raises:
        UsageError: For anything unknown or impossible, with the cure.
        ElitemapError: If the archive cannot be written or workers keep dying.
    """
    texts = {key: _text(key, value) for key, value in settings.items()}
    spec = settled(TaskSpec.of(space, target, texts))
    task = load_task(spec)
    if seconds is None and evaluations is None and task.enumeration is None:
        seconds = SECONDS
    numbers = {"workers": workers, "islands": islands}
    chosen = {name: number for name, number in numbers.items() if number is not None}
    config = SearchConfig(seed=seed, seconds=seconds, evaluations=evaluations, **chosen)
    begun = told_starts(task, space, [str(one) for one in starts_from], starts, None)
    path = Path(archive or Path(tempfile.mkdtemp(prefix="elitemap-"), "elitemap.db"))
    with _stopping() as halted, live_view(quiet) as observer:
        outcome = engine.search(path, spec, config, observer, halted, starts=begun)
    result = _result(path, outcome, task)
    if archive is None:
        weakref.finalize(result, shutil.rmtree, path.parent, ignore_errors=True)
    return result


def _text(key: str, value: Any) -> str:
    """A value as the text that ``--set`` takes."""
    return as_text(Path("search"), key, list(value) if isinstance(value, tuple) else value)


@contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Ctrl-C as a request to stop; only the main thread hears of it."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    with stop_requests() as halted:
        yield halted


def _result(path: Path, outcome: engine.Outcome, task: Task) -> Result:
    with ArchiveReader.open(path) as reader:
        record = reader.run(outcome.run)
        views = best_of(reader, record)
        axes = [axis.name for axis in task.evaluator.axes] if task.enumeration is None else []
        cells = None
        if len(axes) > 1:
            cells = reader.heatmap(ElitesQuery(run=record.id), axes[0], axes[-1])
    known = known_before(record, task)
    declared = Declared.of(recorded(record.space, record.config))
    best = [view.to_json() for view in views]
    told = answer_lines(best, task.goal, declared)
    if not outcome.enumerated:
        told += rivalry_lines(best, known, declared, task.goal is None)
    front = tuple(Found(view, task) for view in views)
    chosen = _best(front, task.goal)
    return Result(
        outcome.run, path, outcome.done, front, chosen, tuple(told), declared, tuple(known), cells
    )


def _best(front: Sequence[Found], goal: Goal | None) -> Found | None:
    proved = [found for found in front if found.proved]
    if goal is not None:
        worth = {f: f.objectives.get(goal.proved) for f in proved}
        keeping = [f for f, w in worth.items() if isinstance(w, float) and w >= goal.least]
        if keeping:
            return min(keeping, key=lambda f: float(f.objectives[goal.cost] or 0.0))
    return max(proved, key=lambda found: found.view.quality, default=None)
