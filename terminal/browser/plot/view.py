"""The Pareto plot as a widget: points with a cursor for keys and mouse."""

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from elitemap.terminal.browser.drawing.colours import Depth
from elitemap.terminal.browser.drawing.frame import Frame
from elitemap.terminal.browser.drawing.sheet import Sheet
from elitemap.terminal.browser.drawing.sketch import Sketch
from elitemap.terminal.browser.plot.cloud import Cloud, along_front, visits
from elitemap.terminal.browser.plot.drawing import draw_plot, nearest

#: Points that a page key passes.
_PAGE = 20


class ParetoView(Widget, can_focus=True):
    """Shows a :class:`Cloud`; tells which point is under the cursor and which was chosen."""

    DEFAULT_CSS = "ParetoView { width: 1fr; height: 1fr; background: $background; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "along(-1)", "Left on the front", show=False, id="plot.left"),
        Binding("right,l", "along(1)", "Right on the front", show=False, id="plot.right"),
        Binding("up,k", "visit(1)", "Next point up", show=False, id="plot.up"),
        Binding("down,j", "visit(-1)", "Next point down", show=False, id="plot.down"),
        Binding("home", "end(0)", "Start of the front", show=False, id="plot.first"),
        Binding("end", "end(-1)", "End of the front", show=False, id="plot.last"),
        Binding("pageup", f"visit({_PAGE})", "Many points up", show=False, id="plot.page_up"),
        Binding(
            "pagedown", f"visit(-{_PAGE})", "Many points down", show=False, id="plot.page_down"
        ),
        Binding("enter", "choose", "Open", tooltip="Open this elite", id="plot.choose"),
    ]

    cloud: reactive[Cloud | None] = reactive(None, always_update=True)
    """What is shown; assign a new one for live updates: the cursor stays on its program."""

    cursor: reactive[int] = reactive(0)
    """Index of the point under the cursor."""

    pointed: reactive[int | None] = reactive(None)
    """Index of the point at the mouse pointer, None where there is none."""

    class PointHighlighted(Message):
        """The cursor has come to a point."""

        def __init__(self, view: "ParetoView", id: str) -> None:
            """A message about the point of the program with this id."""
            super().__init__()
            self.view = view
            self.id = id

        @property
        def control(self) -> "ParetoView":
            """The view, for selectors of ``on``."""
            return self.view

    class PointChosen(PointHighlighted):
        """A point was chosen by enter or a double click."""

    def __init__(self, cloud: Cloud | None = None, depth: Depth | None = None) -> None:
        """A view of points.

        Args:
            cloud: What to show; None until there is something.
            depth: How many colours to use; None asks the terminal.
        """
        super().__init__()
        self._sheet = Sheet(self, depth)
        self._frame: Frame | None = None
        self._framed_for: tuple[object, ...] | None = None
        self._order: NDArray[np.intp] = np.array([], dtype=np.intp)
        self._ordered_for: tuple[object, ...] | None = None
        self.set_reactive(ParetoView.cloud, cloud)
        self.set_reactive(ParetoView.cursor, _start(cloud))

    def on_mount(self) -> None:
        """Tell where the cursor starts."""
        self._highlight()

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on the points."""
        return min(max(cursor, 0), max(len(self.cloud) - 1, 0)) if self.cloud is not None else 0

    def watch_cursor(self) -> None:
        """Tell where the cursor has come to."""
        self._highlight()

    def watch_cloud(self, before: Cloud | None, after: Cloud | None) -> None:
        """Keep the cursor on its program if that is still shown."""
        self.pointed = None
        cursor = _start(after)
        if before is not None and after is not None and self.cursor < len(before):
            program = before.ids[self.cursor]
            cursor = next((i for i, name in enumerate(after.ids) if name == program), cursor)
        if cursor == self.cursor:
            self._highlight()
        self.cursor = cursor

    def notify_style_update(self) -> None:
        """Take the colours of the theme."""
        super().notify_style_update()
        self._sheet.restyled()

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        made_from = (self.cloud, self.cursor, self.pointed)
        return self._sheet.line(y, made_from, lambda colours: self._draw())

    def action_along(self, right: int) -> None:
        """Move along the front to the right (1) or left (-1)."""
        if self.cloud is not None and len(self.cloud):
            self.cursor = along_front(self.cloud, self.cursor, right)

    def action_visit(self, up: int) -> None:
        """Move by so many points, column by column."""
        frame = self._framed()
        if self.cloud is None or frame is None or not len(self.cloud):
            return
        if self._ordered_for != self._framed_for:
            self._order = visits(frame.columns(self.cloud.x), self.cloud.y)
            self._ordered_for = self._framed_for
        order = self._order
        place = int((order == self.cursor).argmax()) + up
        self.cursor = int(order[min(max(place, 0), len(order) - 1)])

    def action_end(self, place: int) -> None:
        """Move to the start (0) or the end (-1) of the front."""
        if self.cloud is not None and len(self.cloud):
            self.cursor = int(self.cloud.front[place])

    def action_choose(self) -> None:
        """Choose the point under the cursor."""
        if self.cloud is not None and len(self.cloud):
            self.post_message(self.PointChosen(self, self.cloud.ids[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; the second of two chooses."""
        index = self._hit(event)
        if index is not None:
            event.stop()
            self.cursor = index
            if event.chain == 2:
                self.action_choose()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Name the point at the pointer."""
        self.pointed = self._hit(event)

    def on_leave(self) -> None:
        """Name the point under the cursor again."""
        self.pointed = None

    def _hit(self, event: events.MouseEvent) -> int | None:
        """The point at the mouse."""
        frame, offset = self._framed(), event.get_content_offset(self)
        if self.cloud is None or frame is None or offset is None:
            return None
        return nearest(self.cloud, frame, offset.x, offset.y)

    def _draw(self) -> Sketch:
        sketch, self._frame = draw_plot(self.cloud, self.size, self.cursor, self.pointed)
        self._framed_for = (self.cloud, self.size)
        return sketch

    def _framed(self) -> Frame | None:
        """Where the points are, drawn first if need be."""
        if self._framed_for != (self.cloud, self.size):
            self._draw()
        return self._frame

    def _highlight(self) -> None:
        if self.is_running and self.cloud is not None and len(self.cloud):
            self.post_message(self.PointHighlighted(self, self.cloud.ids[self.cursor]))


def _start(cloud: Cloud | None) -> int:
    """The point at which a cursor starts: the first of the front."""
    return int(cloud.front[0]) if cloud is not None and len(cloud) else 0
