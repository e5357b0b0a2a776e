"""Elites as code for a page: every language of their task.

The page colours code itself, when that is opened: coloured here, it filled more than half of it.
"""

from dataclasses import dataclass

from elitemap.archive.errors import ElitemapError
from elitemap.archive.records import RunRecord
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Task
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.tables.standing import recorded

#: Characters of a file that a page shows, and of one that holds nothing but recorded cases.
LONGEST, LONGEST_CASES = 60_000, 400

#: End of the name of such a file.
CASES = "_cases.inc"


@dataclass(frozen=True)
class SourceFile:
    """A file: its name, its text, and how many characters were left out."""

    name: str
    text: str
    missing: int

    @property
    def kind(self) -> str:
        """The end of its name, by which the page knows how to colour it."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True)
class Language:
    """An elite in one language: its files, or why there are none."""

    name: str
    files: tuple[SourceFile, ...]
    refusal: str = ""


def task_of(run: RunRecord) -> tuple[Task | None, str]:
    """The task of a run, or None and the reason."""
    try:
        return recorded_task(run), ""
    except ElitemapError as error:
        return None, str(error)


def languages(view: EliteView, task: Task) -> tuple[Language, ...]:
    """An elite in all languages of its task."""
    return tuple(_language(view, task, name) for name in task.languages)


def _language(view: EliteView, task: Task, name: str) -> Language:
    try:
        files = task.export(view.program, recorded(view.certificate), view.target, name)
    except ElitemapError as error:
        return Language(name, (), str(error))
    texts = {file: text for file, text in files.items() if isinstance(text, str)}
    return Language(name, tuple(_file(file, text) for file, text in texts.items()))


def _file(name: str, text: str) -> SourceFile:
    longest = LONGEST_CASES if name.endswith(CASES) else LONGEST
    return SourceFile(name, text[:longest], max(0, len(text) - longest))
