"""Where the columns of the table are, also where they are wider than the window."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from elitemap.terminal.browser.table.rows import Head, Row

#: Blank columns between two columns of the table.
GAP = 2

#: Columns of the screen that a key moves within a column wider than the window.
_STEP = 16


@dataclass(frozen=True)
class Columns:
    """The columns and their widths, which only ever grow while one listing is shown."""

    heads: tuple[Head, ...] = ()
    widths: tuple[int, ...] = ()

    @classmethod
    def of(cls, heads: Sequence[Head]) -> "Columns":
        """Columns as wide as their titles with an arrow for the order."""
        return cls(tuple(heads), tuple(cell_len(head.title) + 1 for head in heads))

    def fitted(self, rows: Iterable[Row]) -> "Columns":
        """The same, wide enough for these rows."""
        widths = list(self.widths)
        for row in rows:
            for number, text in enumerate(row.cells):
                widths[number] = max(widths[number], cell_len(text))
        return Columns(self.heads, tuple(widths))

    @property
    def starts(self) -> list[int]:
        """The first place of every column, and the end of the last."""
        return list(accumulate((width + GAP for width in self.widths), initial=0))

    def hit(self, x: int) -> int | None:
        """The column at a place, None right of all."""
        inside = (number for number, end in enumerate(self.starts[1:]) if x < end)
        return next(inside, None)

    def moved(self, column: int, steps: int, left: int, room: int) -> tuple[int, int]:
        """Where a key leads to: to another column, or on within one that is wider than the window.

        Args:
            column: The column under the cursor.
            steps: Columns to the right, negative to the left.
            left: The first place in view.
            room: Width of the window.

        Returns:
            The column under the cursor, and the first place in view.
        """
        start, end = self.starts[column], self.starts[column + 1]
        if steps > 0 and end - left > room and left >= start - _STEP:
            return column, min(left + _STEP, end - room)
        if steps < 0 and left > start and end - start > room:
            return column, max(left - _STEP, start)
        column = min(max(column + steps, 0), len(self.heads) - 1)
        return column, self._showing(column, left, room)

    def _showing(self, column: int, left: int, room: int) -> int:
        """The first place in view with a column in view, as near to ``left`` as can be."""
        start, end = self.starts[column], self.starts[column + 1]
        if start < left or end - start > room:
            return start
        return end - room if end > left + room else left

    def line(self, texts: Sequence[str], styles: Sequence[Style], gap: Style) -> list[Segment]:
        """One line: every text in its column, each with its style."""
        segments = []
        for head, width, text, style in zip(self.heads, self.widths, texts, styles, strict=True):
            blank = " " * max(0, width - cell_len(text))
            padded = blank + text if head.right else text + blank
            segments.append(Segment(set_cell_size(padded, width), style))
            segments.append(Segment(" " * GAP, gap))
        return segments

    def titles(self, sort: str) -> list[str]:
        """The titles, with an arrow at the columns that give the order."""
        arrows = {}
        for part in sort.split(","):
            name = part.strip()
            arrows[name.lstrip("+-").strip()] = "▼" if name.startswith("-") else "▲"
        return [
            f"{head.title}{arrows[head.name]}" if head.name in arrows else head.title
            for head in self.heads
        ]


def next_order(sort: str, head: Head) -> str:
    """The order after a column was asked for: the better end first, the other, the best first."""
    rising, falling = head.name, f"-{head.name}"
    first, second = (falling, rising) if head.falling else (rising, falling)
    return {first: second, second: ""}.get(sort, first)
