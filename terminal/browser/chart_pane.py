"""The pane of the map and that of the plot: brings a chart of a scope on two axes into the view."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.protocols import Baseline
from elitemap.terminal.browser.answers import Chart, stride, with_baselines
from elitemap.terminal.browser.axes import next_axis
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.map.view import MapView
from elitemap.terminal.browser.pane import Answered, Asked, EliteShown, Moment, reporting
from elitemap.terminal.browser.plot.view import ParetoView
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.numbers import known_as

#: What the pane asks: reader, scope, the names of the two axes to show if there are such, and of
#: how many elites one is enough.
Question = Callable[[ArchiveReader, Scope, tuple[str, str], int], Chart]


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
        self._moment: Moment | None = None
        self._wanted: tuple[str, str] | None = None

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
        if self._chart is None or self._chart.drawn is None:
            return ""
        if self._wanted is not None:
            x, y = self._wanted
            return f"{known_as(y)} over {known_as(x)} …"
        drawn = self._chart.drawn
        axes = f"{known_as(drawn.y_name)} over {known_as(drawn.x_name)}"
        every = self._chart.every
        return axes if every == 1 else f"{axes}, one elite in {every} so far"

    @property
    def several(self) -> tuple[str, ...]:
        """Names of the problems that there are, if nothing is drawn because there are several."""
        return () if self._chart is None else self._chart.several

    def look(self, moment: Moment) -> None:
        """Show a part of the archive at a time, unless that is shown already."""
        if self._asked != (moment, self._axes):
            self._asked, self._moment = (moment, self._axes), moment
            self._load(moment)

    @work(exclusive=True, group="chart")
    async def _load(self, moment: Moment) -> None:
        scope = moment.scope
        with reporting(self, moment):
            asked, self._asked = self._asked, None
            every = 1 if self._of == scope else await self._lane.ask(partial(stride, scope=scope))
            if every > 1:
                await self._bring(scope, every)
                self.post_message(Answered(moment))
            await self._bring(scope, 1)
            self._asked = asked
            self.post_message(Answered(moment))

    async def _bring(self, scope: Scope, every: int) -> None:
        """Have the chart of a scope drawn, from one of so many elites."""
        question = self._question
        axes = self._axes if any(self._axes) else self._same_axes(scope)
        chart = await self._lane.ask(lambda reader: question(reader, scope, axes, every))
        self._chart, self._of, self._wanted = chart, scope, None
        self._draw()

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
        if (scope.space, scope.problem) != (self._of.space, self._of.problem):
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
        if self._chart is None or self._chart.drawn is None or self._moment is None:
            return
        x, y = self._wanted or (self._chart.drawn.x_name, self._chart.drawn.y_name)
        if which == "x":
            self._axes = (next_axis(self._chart.axes, x, y, step), y)
        else:
            self._axes = (x, next_axis(self._chart.axes, y, x, step))
        self._wanted = self._axes
        self.look(self._moment)
        self.post_message(Asked())

    @on(MapView.CellHighlighted)
    def _cell_shown(self, event: MapView.CellHighlighted) -> None:
        event.stop()
        heatmap = event.view.heatmap
        if isinstance(heatmap, Heatmap):
            key = heatmap.champion(event.x, event.y)
            self._tell(key, isinstance(event, MapView.CellChosen))

    @work(exclusive=True, group="champion")
    async def _tell(self, key: tuple[int, int] | None, chosen: bool) -> None:
        """Tell the screen which elite has this place, or that there is none."""
        if key is None:
            self.post_message(EliteShown(""))
            return
        with reporting(self, Moment(Scope())):
            elite = await self._lane.ask(lambda reader: reader.view(key))
            if elite is not None:
                self.post_message(EliteShown(elite.id, elite.problem.id, chosen))

    @on(ParetoView.PointHighlighted)
    def _point_shown(self, event: ParetoView.PointHighlighted) -> None:
        event.stop()
        problem = "" if self._chart is None else self._chart.problem
        chosen = isinstance(event, ParetoView.PointChosen)
        self.post_message(EliteShown(event.id, problem, chosen))
