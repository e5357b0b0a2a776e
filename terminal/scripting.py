"""Searches from Python: ``elitemap.search(...)`` in scripts and notebooks, and what it returns."""

import html
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from elitemap.archive.errors import UsageError
from elitemap.archive.objectives import recorded
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import EliteView
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
from elitemap.terminal.live.view import live_view
from elitemap.terminal.objectives import Declared
from elitemap.terminal.settings import as_text
from elitemap.terminal.signals import stop_requests
from elitemap.terminal.tables.tables import elites_table


@dataclass(frozen=True, eq=False)
class Found:
    """One program that a search found.

    Attributes:
        view: The elite as the archive has it.
        task: What it was found for.
    """

    view: EliteView = field(repr=False)
    task: Task = field(repr=False)

    @property
    def id(self) -> str:
        """SHA-256 of the program, as commands take it."""
        return self.view.id

    @property
    def objectives(self) -> Mapping[str, float | str | None]:
        """What it is worth, by name; None where not known."""
        return self.view.objectives

    @property
    def certificate(self) -> Mapping[str, Any] | None:
        """What was proved, or None."""
        return self.view.certificate

    def files(self, language: str, name: str | None = None) -> Mapping[str, str]:
        """The program in a language: texts by file name.

        Args:
            language: One of the task's languages, such as ``c``, ``python`` or ``rust``.
            name: Of the function; None takes the target's.

        Raises:
            UsageError: If the language is unknown.
        """
        if language not in self.task.languages:
            known = ", ".join(self.task.languages)
            raise UsageError(f"expected a language among {known}, got {language[:40]!r}")
        name = name or self.view.target
        return self.task.export(self.view.program, self.view.certificate, name, language)

    def source(self, language: str | None = None, name: str | None = None) -> str:
        """The program as text: as tables show it, or the code of a language.

        Of several files it is the one with the code; :meth:`files` has all.

        Raises:
            UsageError: If the language is unknown.
        """
        if language is None:
            return self.view.source
        files = self.files(language, name)
        return max(files.items(), key=lambda item: item[0].endswith((".c", ".py", ".rs")))[1]

    def __repr__(self) -> str:
        """Its worth and its text."""
        worth = ", ".join(f"{k}={v!r}" for k, v in self.objectives.items() if v is not None)
        return f"<{self.id[:10]} {worth}: {'; '.join(self.view.source.splitlines())}>"


@dataclass(frozen=True, eq=False)
class Result:
    """How a search ended.

    Attributes:
        run: Its id.
        archive: The file that holds everything; a temporary one lasts as long as this object.
        done: Whether it came to its end; else it was interrupted.
        front: The Pareto front, the cheapest first.
        best: What was asked for: the cheapest that is proved to keep the bound. Without a bound, or
            if none keeps it, the one of the highest quality that is proved, or None.
        told: What the command line would tell at the end, one line each.
    """

    run: str
    archive: Path
    done: bool
    front: tuple[Found, ...]
    best: Found | None
    told: tuple[str, ...]
    declared: Declared = field(repr=False)

    def __rich__(self) -> RenderableType:
        """The table of the command line."""
        if not self.front:
            return "nothing was found"
        return elites_table([found.view.to_json() for found in self.front], self.declared)

    def _repr_html_(self) -> str:
        """The table for notebooks."""
        names = self.declared.in_order({n for f in self.front for n in f.objectives})
        head = "".join(f"<th>{html.escape(self.declared.head(n))}</th>" for n in names)
        rows = "".join(f"<tr>{_cells(found, names, self.declared)}</tr>" for found in self.front)
        told = "".join(f"<p>{html.escape(line)}</p>" for line in self.told)
        return f"<table><tr>{head}<th>program</th></tr>{rows}</table>{told}"


def _cells(found: Found, names: Sequence[str], declared: Declared) -> str:
    texts = [declared.text(name, found.objectives.get(name)) for name in names]
    code = html.escape("; ".join(found.view.source.splitlines()))
    return "".join(f"<td>{html.escape(t)}</td>" for t in texts) + f"<td><code>{code}</code></td>"


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
    quiet: bool = False,
    **settings: Any,
) -> Result:
    """Search a space, as ``elitemap search`` does.

    With more than one worker a script must be importable: call this under ``if __name__ ==
    "__main__":``. Ctrl-C (or the notebook's stop) saves and returns what was found so far.

    Args:
        space: Name of the space, such as ``elementary``.
        target: Name of a target, or an expression.
        seconds: Budget; 60 where nothing else is said and the space does not end by itself.
        evaluations: Budget that repeats, instead of seconds.
        seed: The same seed, evaluations and islands give the same result.
        workers: Processes; one per core if left out.
        islands: Populations that exchange elites; one per core if left out.
        archive: The file to keep; a temporary one if left out.
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
    path = Path(archive or Path(tempfile.mkdtemp(prefix="elitemap-"), "elitemap.db"))
    with _stopping() as halted, live_view(quiet) as observer:
        outcome = engine.search(path, spec, config, observer, halted)
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
    declared = Declared.of(recorded(record.space, record.config))
    best = [view.to_json() for view in views]
    told = answer_lines(best, task.goal, declared)
    if not outcome.enumerated:
        told += rivalry_lines(best, known_before(record, task), declared, task.goal is None)
    front = tuple(Found(view, task) for view in views)
    chosen = _best(front, task.goal)
    return Result(outcome.run, path, outcome.done, front, chosen, tuple(told), declared)


def _best(front: Sequence[Found], goal: Goal | None) -> Found | None:
    proved = [found for found in front if found.view.status != "candidate"]
    if goal is not None:
        worth = {f: f.objectives.get(goal.proved) for f in proved}
        keeping = [f for f, w in worth.items() if isinstance(w, float) and w >= goal.least]
        if keeping:
            return min(keeping, key=lambda f: float(f.objectives[goal.cost] or 0.0))
    return max(proved, key=lambda found: found.view.quality, default=None)
