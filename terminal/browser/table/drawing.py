"""The lines of the table drawn: its head, and one line per row."""

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style

from elitemap.archive.records import STATUSES
from elitemap.terminal.browser.table.layout import Columns
from elitemap.terminal.browser.table.rows import Window

#: Shown where the archive has not answered yet.
WAITING = "·"

#: Names of the styles that lines are drawn in.
STYLES = ("head", "head-cursor", "row", "cursor", "cursor-blurred", "stale", *STATUSES)

#: A line, and the style in which it goes on to the right.
Line = tuple[list[Segment], Style]


def head_line(
    columns: Columns, sort: str, under: int | None, style: Callable[[str], Style]
) -> Line:
    """The titles.

    Args:
        columns: The columns.
        sort: The order, as ``--sort`` takes it.
        under: Number of the column under the cursor, None if it is not to be seen.
        style: Gives the style for one of :data:`STYLES`.
    """
    base = style("head")
    styles = [base] * len(columns.heads)
    if styles and under is not None:
        styles[under] = style("head-cursor")
    return columns.line(columns.titles(sort), styles, base), base


def row_line(
    columns: Columns, window: Window, number: int, look: str, style: Callable[[str], Style]
) -> Line:
    """One row; one of another listing until this one's page is there.

    Args:
        columns: The columns.
        window: What is known of the rows.
        number: Which row.
        look: One of :data:`STYLES`; ``row`` where the cursor is not.
        style: Gives the style for one of :data:`STYLES`.
    """
    row, heads = window.known(number), columns.heads
    if look == "row" and window.fresh(number) is None:
        look = "stale"
    base = style(look)
    if row is None:
        return columns.line([WAITING] * len(heads), [base] * len(heads), base), base
    styles = [base] * len(heads)
    if look == "row" and row.status in STATUSES:
        status = style(row.status)
        styles = [status if head.name == "status" else base for head in heads]
    return columns.line(row.cells, styles, base), base
