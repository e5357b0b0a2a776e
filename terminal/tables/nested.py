"""A nested document as an indented list: names in one column, values in the next, in full.

Where lines must be broken, the rest of a value stays in its column. Nothing is padded at the end.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from elitemap.archive.plain import one_line
from elitemap.terminal.numbers import MISSING

#: Entries and levels that are shown; the JSON has all of them. Documents may come from strangers.
MOST, DEEPEST = 400, 8

_INDENT = 2
#: Columns of names at most, and of values at least before they move below their names.
_NAMES, _VALUES = 30, 24


class Entry(NamedTuple):
    """One line: a name with its value, or the heading of what lies deeper."""

    depth: int
    name: str
    value: str | None


@dataclass(frozen=True)
class NestedList:
    """What :func:`nested_list` draws.

    Attributes:
        entries: The lines.
        cut: Whether there are more that are not shown.
        indent: Columns before everything.
    """

    entries: tuple[Entry, ...]
    cut: bool
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it in the width that there is."""
        column, before = _column(self.entries), Text(" " * self.indent)
        for entry in self.entries:
            for line in _lines(entry, column, options.max_width - self.indent, console):
                yield before + line
        if self.cut:
            yield before + Text("and more, see --json", style="dim")


def nested_list(document: Mapping[str, Any], indent: int = 0) -> NestedList:
    """Lay out a JSON object; empty texts are left out.

    Numbers are told in full: rounding could make a proved bound false.

    Args:
        document: The object.
        indent: Columns before everything.
    """
    entries = tuple(islice(_entries(document, 0), MOST + 1))
    return NestedList(entries[:MOST], len(entries) > MOST, indent)


def _entries(document: Mapping[str, Any], depth: int) -> Iterator[Entry]:
    for name, value in document.items():
        if value == "":
            continue
        if isinstance(value, list) and any(isinstance(item, list | Mapping) for item in value):
            value = {str(number): item for number, item in enumerate(value, 1)}
        if not isinstance(value, Mapping):
            yield Entry(depth, one_line(name), one_line(exactly(value)))
        elif not value:
            yield Entry(depth, one_line(name), MISSING)
        elif depth == DEEPEST:
            yield Entry(depth, one_line(name), "nested deeper, see --json")
        else:
            yield Entry(depth, one_line(name), None)
            yield from _entries(value, depth + 1)


def exactly(value: Any) -> str:
    """A JSON value that is no object and holds none, with all digits of its numbers."""
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(exactly, value)) or MISSING
    return str(value)


def _column(entries: tuple[Entry, ...]) -> int:
    """Where values begin."""
    widths = [_INDENT * e.depth + len(e.name) for e in entries if e.value is not None]
    return min(max(widths, default=0), _NAMES) + _INDENT


def _lines(entry: Entry, column: int, width: int, console: Console) -> Iterator[Text]:
    head = Text(" " * (_INDENT * entry.depth))
    head.append(entry.name, style="dim")
    if entry.value is None:
        yield head
        return
    below = width - column < _VALUES
    start = _INDENT * (entry.depth + 1) if below else column
    if below:
        yield head
        head = Text()
    for line in Text(entry.value).wrap(console, max(width - start, 1), overflow="fold"):
        line.rstrip()
        head.append(" " * max(start - len(head), 1 if head else 0))
        head.append_text(line)
        yield head
        head = Text()
