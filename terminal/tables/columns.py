"""Text in a given width: phrases that flow from line to line, and small tables side by side."""

import math
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from elitemap.archive.plain import one_line

#: Cells between two columns, and between two tables.
_GAP, _GUTTER = 2, 5

#: Cells of a column at most: a long text must not push the numbers out.
_WIDEST = 28


def flow(phrases: Sequence[str], width: int, style: str = "") -> list[Text]:
    """Phrases with commas between them, in lines that break only between two of them.

    Args:
        phrases: Texts, made harmless here.
        width: Cells of a line; a longer phrase is cut.
        style: Of all of them.
    """
    lines: list[str] = []
    for phrase in map(one_line, phrases):
        if lines and cell_len(f"{lines[-1]}, {phrase},") <= width:
            lines[-1] += f", {phrase}"
        else:
            lines.append(phrase)
    ends = [","] * (len(lines) - 1) + [""]
    return [fitted(line + end, width, style) for line, end in zip(lines, ends, strict=False)]


def fitted(text: str, width: int, style: str = "") -> Text:
    """One harmless line of text, cut visibly if it is too long."""
    return _cut(one_line(text), width, style)


def side_by_side(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, most: int
) -> list[Text]:
    """A table that goes on beside itself where there is room; numbers are aligned to the right.

    Args:
        heads: Names of the columns.
        rows: Texts, as many per row as there are heads.
        width: Cells of a line.
        most: Lines of the table at most, its heads included; if they do not suffice, some rows
            between the first and the last are left out.

    Returns:
        The lines; none without rows or room.
    """
    if not rows or most < 2:
        return []
    texts = [[_cell(text) for text in row] for row in (heads, *rows)]
    columns = list(zip(*texts, strict=True))
    widths = [max(map(cell_len, column)) for column in columns]
    words = [any(text[:1].isalpha() for text in column[1:]) for column in columns]
    whole = sum(widths) + _GAP * (len(widths) - 1)
    beside = max(1, (width + _GUTTER) // (whole + _GUTTER))
    head, *shown = [_aligned(row, widths, words) for row in texts]
    shown = spread(shown, beside * (most - 1))
    deep = math.ceil(len(shown) / beside)
    parts = [shown[k : k + deep] for k in range(0, len(shown), deep)]
    gutter = " " * _GUTTER
    lines = [_cut(gutter.join([head] * len(parts)), width, "dim")]
    for k in range(deep):
        lines.append(_cut(gutter.join(part[k] for part in parts if k < len(part)), width))
    return lines


def spread(items: Sequence[str], most: int) -> list[str]:
    """At most so many of them, evenly spread, both ends among them."""
    if len(items) <= most:
        return list(items)
    if most == 1:
        return [items[-1]]
    return [items[k * (len(items) - 1) // (most - 1)] for k in range(most)]


def _cut(line: str, width: int, style: str = "") -> Text:
    if cell_len(line) > width:
        line = f"{set_cell_size(line, max(width - 1, 0))}…"
    return Text(line, style=style, no_wrap=True, overflow="crop")


def _cell(text: str) -> str:
    return fitted(text, _WIDEST).plain


def _aligned(row: Sequence[str], widths: Sequence[int], words: Sequence[bool]) -> str:
    padding = [" " * (wide - cell_len(text)) for text, wide in zip(row, widths, strict=True)]
    cells = [
        text + space if left else space + text
        for text, space, left in zip(row, padding, words, strict=True)
    ]
    return (" " * _GAP).join(cells)
