"""The difference of two sources, side by side where there is room, else one below the other."""

import difflib
from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from elitemap.terminal.tables.page import plain_lines

#: Columns from which two sources are shown beside each other.
WIDE = 90

#: Styles of what only the first and only the second has; signs at the margin say the same.
_GONE, _NEW = "red", "green"


class Difference:
    """Two sources and what differs."""

    def __init__(self, first: str, second: str) -> None:
        """The sources, of any kind: they are made safe here."""
        self._first = plain_lines(first).split("\n")
        self._second = plain_lines(second).split("\n")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it in the width that there is."""
        if options.max_width < WIDE:
            yield from unified(self._first, self._second)
        else:
            yield side_by_side(self._first, self._second)


def unified(first: Sequence[str], second: Sequence[str]) -> Iterator[Text]:
    """Every line of both: with a minus what only the first has, with a plus what the second."""
    for tag, a, b in _blocks(first, second):
        if tag == "equal":
            yield from (_line("  ", line, "") for line in a)
        else:
            yield from (_line("- ", line, _GONE) for line in a)
            yield from (_line("+ ", line, _NEW) for line in b)


def side_by_side(first: Sequence[str], second: Sequence[str]) -> Table:
    """Two columns, with equal lines in the same row."""
    table = Table.grid(expand=True, padding=(0, 2, 0, 0))
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for tag, a, b in _blocks(first, second):
        if tag == "equal":
            rows = [(_line("  ", x, ""), _line("  ", y, "")) for x, y in zip(a, b, strict=True)]
        else:
            height = max(len(a), len(b))
            left = [_line("- ", line, _GONE) for line in a] + [Text()] * (height - len(a))
            right = [_line("+ ", line, _NEW) for line in b] + [Text()] * (height - len(b))
            rows = list(zip(left, right, strict=True))
        for row in rows:
            table.add_row(*row)
    return table


def _blocks(
    first: Sequence[str], second: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    matcher = difflib.SequenceMatcher(None, first, second, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        yield tag, first[a:b], second[c:d]


def _line(sign: str, text: str, style: str) -> Text:
    return Text(sign + text, style, overflow="fold")
