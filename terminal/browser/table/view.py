"""The table of elites: a window on a listing of any length.

It holds the pages near the window and asks for others by a message; until they come it shows what
was there before, dimmed. So it answers any key at once, however long the listing is.
"""

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from elitemap.terminal.browser.table.drawing import STYLES, head_line, row_line
from elitemap.terminal.browser.table.layout import Columns
from elitemap.terminal.browser.table.rows import Head, Row, Window


class EliteTable(ScrollView, can_focus=True):
    """Shows rows of a listing; tells which is under the cursor and which pages it lacks."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{name}" for name in STYLES}

    DEFAULT_CSS = """
    EliteTable {
        width: 1fr; height: 1fr; background: $background; scrollbar-size-vertical: 1;
        & > .table--head { color: $foreground; background: $panel; text-style: bold; }
        & > .table--head-cursor {
            color: $foreground; background: $panel; text-style: bold underline;
        }
        & > .table--row { color: $foreground; }
        & > .table--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: bold;
        }
        & > .table--cursor-blurred { background: $primary-muted; color: $foreground; }
        & > .table--stale { color: $text-muted; }
        & > .table--certified { color: $text-success; }
        & > .table--confirmed { color: $text-warning; }
        & > .table--candidate { color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("left,h", "column(-1)", "Column to the left", show=False, id="table.left"),
        Binding("right,l", "column(1)", "Column to the right", show=False, id="table.right"),
        Binding("pageup", "page(-1)", "A page up", show=False, id="table.page_up"),
        Binding("pagedown,space", "page(1)", "A page down", show=False, id="table.page_down"),
        Binding("home", "edge(0)", "First row", show=False, id="table.first"),
        Binding("end,G", "edge(-1)", "Last row", show=False, id="table.last"),
        Binding("s", "sort", "Sort", tooltip="Sort by this column", id="table.sort"),
        Binding("enter", "choose", "Open", tooltip="Open this elite", id="table.choose"),
    ]

    cursor: reactive[int] = reactive(0)
    """Number of the row under the cursor."""

    column: reactive[int] = reactive(0)
    """Number of the column under the cursor."""

    class PagesWanted(Message):
        """Rows are in view that are not there: :meth:`wanted` tells which pages."""

    class RowHighlighted(Message):
        """The cursor has come to a row."""

        def __init__(self, row: Row) -> None:
            """A message about this row."""
            super().__init__()
            self.row = row

    class RowChosen(RowHighlighted):
        """A row was chosen by enter or a double click."""

    class SortWanted(Message):
        """The order is to change by a column."""

        def __init__(self, head: Head) -> None:
            """A message about this column."""
            super().__init__()
            self.head = head

    def __init__(self, *, id: str | None = None) -> None:
        """An empty table."""
        super().__init__(id=id)
        self._columns = Columns()
        self._sort, self._window = "", Window()
        self._told: Row | None = None

    @property
    def total(self) -> int:
        """Number of rows."""
        return self._window.total

    @property
    def current(self) -> Row | None:
        """The row under the cursor, None where it has not come yet."""
        return self._window.fresh(self.cursor)

    @property
    def top(self) -> int:
        """Number of the first row in view."""
        return round(self.scroll_y)

    def show(self, total: int, heads: Sequence[Head], sort: str, cursor: int) -> None:
        """Show another listing, or another state of one.

        Args:
            total: Number of its rows.
            heads: Its columns.
            sort: Its order, as ``--sort`` takes it.
            cursor: Row of the cursor; it stays at the same height of the window if it can.
        """
        height, same = self.cursor - self.top, tuple(heads) == self._columns.heads
        self._window = self._window.followed(total, self._in_view() if same else ())
        self._columns = self._columns if same else Columns.of(heads)
        self._sort, self._told = sort, None
        self._resize()
        self.column = self.column
        self.set_reactive(EliteTable.cursor, self.validate_cursor(cursor))
        self._scroll_rows(self.cursor - height)
        self._settle()

    def put(self, page: int, rows: Sequence[Row]) -> None:
        """Take a page of the listing that is shown."""
        self._window.put(page, rows)
        self._columns = self._columns.fitted(rows)
        self._resize()
        self._highlight()
        self.refresh()

    def wanted(self) -> list[int]:
        """Pages in view, and that of the cursor, that are not there."""
        return self._window.missing([*self._in_view(), *([self.cursor] if self.total else [])])

    def jump(self, row: int) -> None:
        """Put the cursor on a row, in the middle of the window if it was out of it."""
        row = self.validate_cursor(row)
        if row not in self._in_view():
            self._scroll_rows(row - self._room() // 2)
        self.cursor = row

    def jump_to(self, text: str) -> None:
        """Put the cursor on the row with this number, from 1; what is no number is passed over."""
        digits = text.strip().replace(",", "")
        if digits.isdecimal() and len(digits) < 12:
            self.jump(int(digits) - 1)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on the rows."""
        return min(max(cursor, 0), max(self.total - 1, 0))

    def validate_column(self, column: int) -> int:
        """Keep the cursor on the columns."""
        return min(max(column, 0), max(len(self._columns.heads) - 1, 0))

    def watch_cursor(self) -> None:
        """Bring the cursor into view, and tell where it has come to."""
        if self.cursor < self.top:
            self._scroll_rows(self.cursor)
        elif self.cursor >= self.top + self._room():
            self._scroll_rows(self.cursor - self._room() + 1)
        self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for what has come into view."""
        super().watch_scroll_y(old_value, new_value)
        self._settle()

    def on_resize(self) -> None:
        """Keep the cursor in view, and ask for what has come into view."""
        self._resize()
        self.watch_cursor()

    def on_focus(self) -> None:
        """Draw the cursor as the one that keys move."""
        self.refresh()

    def on_blur(self) -> None:
        """Draw the cursor as one that keys do not move."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line: the head, then the rows in view."""
        width, left = self.size.width, round(self.scroll_x)
        number, styles = self.top + y - 1, self._style
        if y == 0:
            under = self.column if self.has_focus else None
            segments, base = head_line(self._columns, self._sort, under, styles)
        elif number < self.total:
            segments, base = row_line(
                self._columns, self._window, number, self._look(number), styles
            )
        else:
            return Strip.blank(width, self.rich_style)
        strip = Strip(segments).extend_cell_length(max(self.virtual_size.width, width), base)
        return strip.crop(left, left + width)

    def action_move(self, down: int) -> None:
        """Move by so many rows."""
        self.cursor += down

    def action_page(self, down: int) -> None:
        """Move by as many rows as are in view."""
        step = down * max(1, self._room() - 1)
        self._scroll_rows(self.top + step)
        self.cursor += step

    def action_edge(self, row: int) -> None:
        """Move to the first (0) or the last row (-1)."""
        self.cursor = row % max(self.total, 1)

    def action_column(self, right: int) -> None:
        """Move by so many columns, or on within one that is wider than the window."""
        if self._columns.heads:
            room, left = self.size.width, round(self.scroll_x)
            self.column, left = self._columns.moved(self.column, right, left, room)
            self.scroll_to(x=left, animate=False)

    def action_sort(self) -> None:
        """Sort by the column under the cursor."""
        if self._columns.heads:
            self.post_message(self.SortWanted(self._columns.heads[self.column]))

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.current is not None:
            self.post_message(self.RowChosen(self.current))

    def on_click(self, event: events.Click) -> None:
        """A click on the head sorts, one on a row moves the cursor, the second of two chooses."""
        offset = event.get_content_offset(self)
        column = None if offset is None else self._columns.hit(offset.x + round(self.scroll_x))
        if offset is None:
            return
        event.stop()
        if offset.y == 0 and column is not None:
            self.column = column
            self.action_sort()
        elif 0 < offset.y <= self.total - self.top:
            self.cursor = self.top + offset.y - 1
            self.column = self.column if column is None else column
            if event.chain == 2:
                self.action_choose()

    def _room(self) -> int:
        """Rows that the window has room for."""
        return max(1, self.scrollable_content_region.height - 1)

    def _in_view(self) -> range:
        return range(self.top, min(self.top + self._room(), self.total))

    def _resize(self) -> None:
        self.virtual_size = Size(self._columns.starts[-1], self.total + 1)

    def _scroll_rows(self, top: int) -> None:
        last = max(0, self.total - self._room())
        self.scroll_to(y=min(max(top, 0), last), animate=False, force=True)

    def _settle(self) -> None:
        """Ask for what is missing, and tell the row under the cursor."""
        if self.wanted():
            self.post_message(self.PagesWanted())
        self._highlight()
        self.refresh()

    def _highlight(self) -> None:
        row = self.current
        if row is not None and row != self._told:
            self._told = row
            self.post_message(self.RowHighlighted(row))

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"table--{name}")

    def _look(self, number: int) -> str:
        """How a row looks apart from what is in it: as the cursor's, or as any other."""
        if number != self.cursor:
            return "row"
        return "cursor" if self.has_focus else "cursor-blurred"
