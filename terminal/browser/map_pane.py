"""The map's pane: brings the heat map of a scope on two axes into the view."""

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from elitemap.terminal.browser.answers import Map, map_of
from elitemap.terminal.browser.axes import next_axis
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.map_view import MapView
from elitemap.terminal.browser.pane import Answered, EliteShown, Moment, reporting


class MapPane(Vertical):
    """A heat map and the lane that fills it."""

    DEFAULT_CSS = "MapPane { width: 1fr; height: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "axis('x', 1)", "x axis", tooltip="Another axis to the right", id="map.x"),
        Binding("y", "axis('y', 1)", "y axis", tooltip="Another axis upwards", id="map.y"),
        Binding("X", "axis('x', -1)", "x axis back", show=False, id="map.x_back"),
        Binding("Y", "axis('y', -1)", "y axis back", show=False, id="map.y_back"),
    ]

    def __init__(self, lane: Lane, x: str = "", y: str = "") -> None:
        """A pane with nothing to show yet; ``x`` and ``y`` are axes to show if there are such."""
        super().__init__(id="map")
        self._lane = lane
        self.x, self.y = x, y
        self._map: Map | None = None
        self._asked: tuple[Moment, str, str] | None = None

    def compose(self) -> ComposeResult:
        """The map."""
        yield MapView()

    @property
    def remark(self) -> str:
        """What to say beside the tabs."""
        heatmap = None if self._map is None else self._map.heatmap
        return "" if heatmap is None else f"{heatmap.x_name} × {heatmap.y_name}"

    def look(self, moment: Moment) -> None:
        """Show a part of the archive at a time, unless that is shown already."""
        asked = (moment, self.x, self.y)
        if self._asked != asked:
            self._asked = asked
            self._load(moment)

    def forget(self) -> None:
        """Ask again at the next look."""
        self._asked = None

    @work(exclusive=True, group="map")
    async def _load(self, moment: Moment) -> None:
        question = partial(map_of, scope=moment.scope, x=self.x, y=self.y)
        with reporting(self, moment):
            try:
                self._map = await self._lane.ask(question)
            except BaseException:
                self.forget()
                raise
            self.query_one(MapView).heatmap = self._map.heatmap
            self.post_message(Answered(moment))

    def action_axis(self, which: str, step: int) -> None:
        """Take the next (1) or last (-1) axis for ``x`` or ``y``."""
        if self._map is None or self._map.heatmap is None or self._asked is None:
            return
        x, y = self._map.heatmap.x_name, self._map.heatmap.y_name
        if which == "x":
            self.x, self.y = next_axis(self._map.axes, x, y, step), y
        else:
            self.x, self.y = x, next_axis(self._map.axes, y, x, step)
        self.look(self._asked[0])

    @on(MapView.CellHighlighted)
    def _highlighted(self, event: MapView.CellHighlighted) -> None:
        event.stop()
        if self._map is None or self._map.heatmap is not event.view.heatmap:
            return
        rows, columns = self._map.ids.shape
        name = str(self._map.ids[event.y, event.x]) if event.y < rows and event.x < columns else ""
        if name:
            self.post_message(EliteShown(name, None, isinstance(event, MapView.CellChosen)))
