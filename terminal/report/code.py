"""Elites as code for a page: every language of their task, with colours."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound

from elitemap.archive.errors import ElitemapError
from elitemap.archive.records import RunRecord
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Task
from elitemap.searchspaces.programs.program import ProgramError
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.page import plain_lines

#: Styles of Pygments for light and for dark pages.
LIGHT, DARK = "friendly", "github-dark"

#: Characters of a file that a page shows.
LONGEST = 60_000


@dataclass(frozen=True)
class SourceFile:
    """A file: its name, its text as safe HTML, and how many characters were left out."""

    name: str
    html: Markup
    missing: int


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
        files = task.export(view.program, view.certificate, view.target, name)
    except (ElitemapError, ProgramError) as error:
        return Language(name, (), str(error))
    return Language(name, tuple(coloured(file, text) for file, text in files.items()))


def coloured(file: str, text: str) -> SourceFile:
    """A file with syntax colours; every character that is not code is escaped."""
    shown = plain_lines(text[:LONGEST])
    html = highlight(shown, _lexer(file), HtmlFormatter(nowrap=True))
    return SourceFile(file, Markup(html), max(0, len(text) - LONGEST))  # escaped by Pygments


def _lexer(file: str) -> Lexer:
    try:
        return get_lexer_for_filename(file, stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)


def colours() -> Mapping[str, str]:
    """Style sheets of the code for light and dark pages."""
    return {
        name: str(HtmlFormatter(style=style).get_style_defs(".code"))
        for name, style in (("light", LIGHT), ("dark", DARK))
    }
