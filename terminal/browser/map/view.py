"""The map of elites as a widget: a heat map with a cursor for keys and mouse."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.terminal.browser.drawing.colours import Depth, Palette
from elitemap.terminal.browser.drawing.sheet import Sheet
from elitemap.terminal.browser.drawing.sketch import Sketch
from elitemap.terminal.browser.map.drawing import draw_map
from elitemap.terminal.browser.map.heatmap import best_cell, same_place
from elitemap.terminal.browser.map.layout import Layout, arrange, chosen


class MapView(Widget, can_focus=True):
    """Shows a :class:`Heatmap`; tells which cell is under the cursor and which was chosen."""

    DEFAULT_CSS = "MapView { width: 1fr; height: 1fr; background: $background; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1, 0)", "Left", show=False, id="map.left"),
        Binding("right,l", "move(1, 0)", "Right", show=False, id="map.right"),
        Binding("up,k", "move(0, 1)", "Up", show=False, id="map.up"),
        Binding("down,j", "move(0, -1)", "Down", show=False, id="map.down"),
        Binding("home", "edge(-1)", "First column", show=False, id="map.first"),
        Binding("end", "edge(1)", "Last column", show=False, id="map.last"),
        Binding("pageup", "page(1)", "A page up", show=False, id="map.page_up"),
        Binding("pagedown", "page(-1)", "A page down", show=False, id="map.page_down"),
        Binding("b", "best", "Best", tooltip="Go to the best elite", id="map.best"),
        Binding("z", "zoom", "Zoom", tooltip="Single cells of a large map", id="map.zoom"),
        Binding("enter", "choose", "Open", tooltip="Open this cell's elites", id="map.choose"),
    ]

    heatmap: reactive[Heatmap | None] = reactive(None, always_update=True)
    """What is shown; assign a new one for live updates: the cursor stays where it is."""

    cursor: reactive[tuple[int, int]] = reactive((0, 0))
    """The cell (x, y) under the cursor."""

    zoomed: reactive[bool] = reactive(False)
    """Whether single cells are shown, however many there are."""

    pointed: reactive[tuple[int, int] | None] = reactive(None)
    """The block (x, y) under the mouse pointer, None where there is none."""

    class CellHighlighted(Message):
        """The cursor has come to a cell."""

        def __init__(self, view: "MapView", x: int, y: int) -> None:
            """A message about cell (x, y) of the heat map of this view."""
            super().__init__()
            self.view = view
            self.x = x
            self.y = y

        @property
        def control(self) -> "MapView":
            """The view, for selectors of ``on``."""
            return self.view

    class CellChosen(CellHighlighted):
        """A cell was chosen by enter or a double click."""

    def __init__(self, heatmap: Heatmap | None = None, depth: Depth | None = None) -> None:
        """A view of a map.

        Args:
            heatmap: What to show; None until there is something.
            depth: How many colours to use; None asks the terminal.
        """
        super().__init__()
        self._sheet = Sheet(self, depth)
        self._layout: Layout | None = None
        self._arranged_for: tuple[object, ...] | None = None
        self.set_reactive(MapView.heatmap, heatmap)
        if heatmap is not None and heatmap.filled.any():
            self.set_reactive(MapView.cursor, _best(heatmap))

    def on_mount(self) -> None:
        """Tell where the cursor starts."""
        self._highlight()

    def validate_cursor(self, cursor: tuple[int, int]) -> tuple[int, int]:
        """Keep the cursor on the map."""
        if self.heatmap is None:
            return 0, 0
        return (
            min(max(cursor[0], 0), max(self.heatmap.columns - 1, 0)),
            min(max(cursor[1], 0), max(self.heatmap.rows - 1, 0)),
        )

    def watch_cursor(self) -> None:
        """Tell where the cursor has come to."""
        self._highlight()

    def watch_heatmap(self, before: Heatmap | None, after: Heatmap | None) -> None:
        """Keep the cursor, or start at the best elite of the first map that has any."""
        had = before is not None and before.filled.any()
        if after is not None and after.filled.any() and not had:
            self._put(_best(after))
        elif before is not None and after is not None:
            self._put(same_place(before, after, self.cursor))

    def notify_style_update(self) -> None:
        """Take the colours of the theme."""
        super().notify_style_update()
        self._sheet.restyled()

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        layout = self._arranged()

        def draw(colours: Palette) -> Sketch:
            return draw_map(self.heatmap, layout, self.size, self.cursor, colours, self.pointed)

        return self._sheet.line(y, (self.heatmap, layout, self.cursor, self.pointed), draw)

    def action_move(self, right: int, up: int) -> None:
        """Move the cursor by so many blocks."""
        layout = self._arranged()
        if self.heatmap is not None and layout is not None:
            x, y = layout.across.moved(self.cursor[0], right), layout.up.moved(self.cursor[1], up)
            if (x, y) != (self.cursor[0] // layout.across.step, self.cursor[1] // layout.up.step):
                self.cursor = chosen(self.heatmap, layout, (x, y))

    def action_edge(self, side: int) -> None:
        """Move to the first (-1) or last (1) column."""
        if self.heatmap is not None:
            self.action_move(side * self.heatmap.columns, 0)

    def action_page(self, up: int) -> None:
        """Move up (1) or down (-1) by as many rows as are in view."""
        layout = self._arranged()
        if layout is not None:
            self.action_move(0, up * max(1, layout.up.shown - 1))

    def action_best(self) -> None:
        """Move to the best elite."""
        if self.heatmap is not None and self.heatmap.filled.any():
            self.cursor = _best(self.heatmap)

    def action_zoom(self) -> None:
        """Change between blocks and single cells of a large map."""
        self.zoomed = not self.zoomed

    def action_choose(self) -> None:
        """Choose the cell under the cursor."""
        if self.heatmap is not None and self.heatmap.filled.any():
            self.post_message(self.CellChosen(self, *self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; the second of two chooses."""
        layout, block = self._arranged(), self._hit(event)
        if self.heatmap is None or layout is None or block is None:
            return
        event.stop()
        self.cursor = chosen(self.heatmap, layout, block)
        if event.chain == 2:
            self.action_choose()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Name the cell under the pointer."""
        self.pointed = self._hit(event)

    def on_leave(self) -> None:
        """Name the cell under the cursor again."""
        self.pointed = None

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the cursor."""
        event.stop()
        self.action_move(0, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the cursor."""
        event.stop()
        self.action_move(0, -1)

    def _hit(self, event: events.MouseEvent) -> tuple[int, int] | None:
        """The block under the mouse."""
        layout, offset = self._arranged(), event.get_content_offset(self)
        return None if layout is None or offset is None else layout.hit(offset.x, offset.y)

    def _arranged(self) -> Layout | None:
        """Where the cells are now."""
        state = (self.heatmap, self.size, self.cursor, self.zoomed)
        if self.heatmap is not None and state != self._arranged_for:
            before, self._arranged_for = self._layout, state
            self._layout = arrange(self.heatmap, self.size, self.cursor, self.zoomed, before)
        return None if self.heatmap is None else self._layout

    def _put(self, cursor: tuple[int, int]) -> None:
        """Put the cursor on a cell of a new map, and tell which even if its number is the same."""
        cursor = self.validate_cursor(cursor)
        if cursor == self.cursor:
            self._highlight()
        self.cursor = cursor

    def _highlight(self) -> None:
        if self.is_running and self.heatmap is not None and self.heatmap.filled.any():
            self.post_message(self.CellHighlighted(self, *self.cursor))


def _best(heatmap: Heatmap) -> tuple[int, int]:
    return best_cell(heatmap, range(heatmap.columns), range(heatmap.rows))
