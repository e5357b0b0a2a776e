"""The code of a program in every language of its task, as a listing with syntax colours."""

from collections.abc import Mapping

from textual.content import Content
from textual.highlight import highlight

from elitemap.engine.protocols import Task
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.tables.page import plain_lines
from elitemap.terminal.tables.standing import recorded

#: The form in which the archive keeps programs; it needs no task.
OWN = "source"

#: Lines of a file that a listing shows; an export writes all of them.
MOST_LINES = 400

#: Names of lexers by the end of a file name, longest first.
_LEXERS = {".tex": "latex", ".c": "c", ".h": "c", ".inc": "c", ".py": "python", ".lean": "lean"}
_LEXERS |= {".gp": "gp"}


def languages(dossier: Dossier) -> tuple[str, ...]:
    """The languages that a program can be exported to.

    Raises:
        UsageError: If its space is not installed here, or does not take the settings of its run.
    """
    return recorded_task(dossier.run).languages


def code(dossier: Dossier, language: str, name: str | None = None) -> Mapping[str, str | bytes]:
    """The text of each file by file name, or its bytes where it is none.

    Args:
        dossier: The program.
        language: Its own form, or a language of its task.
        name: Name of the function; None takes the target's.

    Raises:
        ElitemapError: If the program cannot be said in this language, or its space is not
            installed here.
    """
    elite = dossier.elite
    if language == OWN:
        return {"": elite.source}
    task: Task = recorded_task(dossier.run)
    return task.export(elite.program, recorded(elite.certificate), name or elite.target, language)


def listing(files: Mapping[str, str | bytes]) -> Content:
    """All files below each other, made safe, with syntax colours."""
    parts: list[Content] = []
    for name, text in files.items():
        if isinstance(text, bytes):
            told = f"── {plain_lines(name)}, {len(text):,} bytes that are no text ──"
            parts.append(Content.styled(told, "$text-muted"))
            continue
        lines = text.expandtabs(4).rstrip("\n").split("\n")
        shown = plain_lines("\n".join(lines[:MOST_LINES]))
        if name:
            parts.append(Content.styled(f"── {plain_lines(name)} ──", "$text-muted"))
        parts.append(highlight(shown, language=_lexer(name)))
        if len(lines) > MOST_LINES:
            more = f"and {len(lines) - MOST_LINES:,} more lines, which an export writes"
            parts.append(Content.styled(more, "$text-muted"))
    return Content("\n").join(parts)


def _lexer(name: str) -> str:
    """The name of a lexer; what has none is shown without colours."""
    if not name:
        return "python"
    return next((lexer for end, lexer in _LEXERS.items() if name.endswith(end)), "text")
