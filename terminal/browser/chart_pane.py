"""The pane of the map and that of the plot: brings a chart of a scope on two axes into the view."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from elitemap.archive.heatmaps import Heatmap
from elitemap.archive.reader import ArchiveReader
from elitemap.engine.protocols import Baseline
from elitemap.terminal.browser.answers import Chart, with_baselines
from elitemap.terminal.browser.axes import next_axis
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.map_view import MapView
from elitemap.terminal.browser.pane import Answered, EliteShown, Moment, reporting
from elitemap.terminal.browser.plot_view import ParetoView
from elitemap.terminal.browser.scope import Scope

#: What the pane asks: reader, scope and the names of the two axes to show if there are such.
Question = Callable[[ArchiveReader, Scope, tuple[str, str]], Chart]


class ChartPane(Vertical):
    """A view of a chart and the lane that fills it."""

    DEFAULT_CSS = "ChartPane { width: 1fr; height: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "axis('x', 1)", "Across", tooltip="Another axis to the right", id="axis.x"),
        Binding("u", "axis('y', 1)", "Upwards", tooltip="Another axis upwards", id="axis.y"),
        Binding("A", "axis('x', -1)", "The axis before to the right", show=False, id="axis.x_back"),
        Binding("U", "axis('y', -1)", "The axis before upwards", show=False, id="axis.y_back"),
    ]

    def __init__(
        self,
        lane: Lane,
        view: MapView | ParetoView,
        question: Question,
        axes: tuple[str, str],
        id: str,
    ) -> None:
        """A pane with nothing to show yet.

        Args:
            lane: To the archive.
            view: Draws the chart.
            question: What it asks for.
            axes: Names of the axes to show, where elites have them.
            id: Of the widget.
        """
        super().__init__(id=id)
        self._lane, self._question = lane, question
        self.view = view
        self._axes = axes
        self._chart: Chart | None = None
        self._of: Scope | None = None
        self._baselines: Sequence[Baseline] = ()
        self._asked: tuple[Moment, tuple[str, str]] | None = None

    def compose(self) -> ComposeResult:
        """The view."""
        yield self.view

    @property
    def axes(self) -> tuple[str, str]:
        """Names of the chosen axes, empty where none was chosen."""
        return self._axes

    @property
    def remark(self) -> str:
        """What to say beside the tabs."""
        drawn = None if self._chart is None else self._chart.drawn
        return "" if drawn is None else f"{drawn.y_name} over {drawn.x_name}"

    def look(self, moment: Moment) -> None:
        """Show a part of the archive at a time, unless that is shown already."""
        if self._asked != (moment, self._axes):
            self._asked = (moment, self._axes)
            self._load(moment)

    @work(exclusive=True, group="chart")
    async def _load(self, moment: Moment) -> None:
        question, scope = self._question, moment.scope
        axes = self._axes if any(self._axes) else self._same_axes(scope)
        with reporting(self, moment):
            asked, self._asked = self._asked, None
            chart = await self._lane.ask(lambda reader: question(reader, scope, axes))
            self._asked, self._chart, self._of = asked, chart, scope
            self._draw()
            self.post_message(Answered(moment))

    def compare(self, baselines: Sequence[Baseline]) -> None:
        """Show these baselines in plots from now on."""
        if self._baselines != baselines:
            self._baselines = baselines
            self._draw()

    def _draw(self) -> None:
        drawn = None if self._chart is None else self._chart.drawn
        if isinstance(self.view, MapView):
            self.view.heatmap = drawn if isinstance(drawn, Heatmap) else None
        else:
            self.view.cloud = with_baselines(drawn, self._baselines)

    def _same_axes(self, scope: Scope) -> tuple[str, str]:
        """The axes that are shown if they are of the same part: a filter is not to change them."""
        if self._chart is None or self._chart.drawn is None or self._of is None:
            return "", ""
        if (scope.space, scope.target) != (self._of.space, self._of.target):
            return "", ""
        return self._chart.drawn.x_name, self._chart.drawn.y_name

    def announce(self) -> None:
        """Tell once more which elite is under the cursor."""
        view = self.view
        if isinstance(view, MapView):
            view.post_message(MapView.CellHighlighted(view, *view.cursor))
        elif view.cloud is not None and view.cursor < len(view.cloud):
            view.post_message(ParetoView.PointHighlighted(view, view.cloud.ids[view.cursor]))

    def action_axis(self, which: str, step: int) -> None:
        """Take the next (1) or last (-1) axis for ``x`` or ``y``."""
        if self._chart is None or self._chart.drawn is None or self._asked is None:
            return
        x, y = self._chart.drawn.x_name, self._chart.drawn.y_name
        if which == "x":
            self._axes = (next_axis(self._chart.axes, x, y, step), y)
        else:
            self._axes = (x, next_axis(self._chart.axes, y, x, step))
        self.look(self._asked[0])

    @on(MapView.CellHighlighted)
    def _cell_shown(self, event: MapView.CellHighlighted) -> None:
        event.stop()
        heatmap = event.view.heatmap
        if isinstance(heatmap, Heatmap) and (key := heatmap.champion(event.x, event.y)):
            self._tell(key, isinstance(event, MapView.CellChosen))

    @work(exclusive=True, group="champion")
    async def _tell(self, key: tuple[int, int], chosen: bool) -> None:
        """Tell the screen which elite has this place."""
        with reporting(self, Moment(Scope())):
            elite = await self._lane.ask(lambda reader: reader.view(key))
            if elite is not None:
                self.post_message(EliteShown(elite.id, elite.run, chosen))

    @on(ParetoView.PointHighlighted)
    def _point_shown(self, event: ParetoView.PointHighlighted) -> None:
        event.stop()
        self.post_message(EliteShown(event.id, None, isinstance(event, ParetoView.PointChosen)))
