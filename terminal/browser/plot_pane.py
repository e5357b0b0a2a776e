"""The plot's pane: brings the points of a scope on two axes into the view."""

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from elitemap.terminal.browser.answers import Plot, plot_of
from elitemap.terminal.browser.axes import next_axis
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.pane import Answered, EliteShown, Moment, reporting
from elitemap.terminal.browser.plot_view import ParetoView


class PlotPane(Vertical):
    """A Pareto plot and the lane that fills it."""

    DEFAULT_CSS = "PlotPane { width: 1fr; height: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "axis('x', 1)", "x axis", tooltip="Another axis to the right", id="plot.x"),
        Binding("y", "axis('y', 1)", "y axis", tooltip="Another axis upwards", id="plot.y"),
        Binding("X", "axis('x', -1)", "x axis back", show=False, id="plot.x_back"),
        Binding("Y", "axis('y', -1)", "y axis back", show=False, id="plot.y_back"),
    ]

    def __init__(self, lane: Lane, x: str = "", y: str = "") -> None:
        """A pane with nothing to show yet; ``x`` and ``y`` are axes to show if there are such."""
        super().__init__(id="plot")
        self._lane = lane
        self.x, self.y = x, y
        self._plot: Plot | None = None
        self._asked: tuple[Moment, str, str] | None = None

    def compose(self) -> ComposeResult:
        """The plot."""
        yield ParetoView()

    @property
    def remark(self) -> str:
        """What to say beside the tabs."""
        points = None if self._plot is None else self._plot.points
        return "" if points is None else f"{points.y_name} against {points.x_name}"

    def look(self, moment: Moment) -> None:
        """Show a part of the archive at a time, unless that is shown already."""
        asked = (moment, self.x, self.y)
        if self._asked != asked:
            self._asked = asked
            self._load(moment)

    def forget(self) -> None:
        """Ask again at the next look."""
        self._asked = None

    @work(exclusive=True, group="plot")
    async def _load(self, moment: Moment) -> None:
        question = partial(plot_of, scope=moment.scope, x=self.x, y=self.y)
        with reporting(self, moment):
            try:
                self._plot = await self._lane.ask(question)
            except BaseException:
                self.forget()
                raise
            self.query_one(ParetoView).cloud = self._plot.points
            self.post_message(Answered(moment))

    def action_axis(self, which: str, step: int) -> None:
        """Take the next (1) or last (-1) axis for ``x`` or ``y``."""
        if self._plot is None or self._plot.points is None or self._asked is None:
            return
        x, y = self._plot.points.x_name, self._plot.points.y_name
        if which == "x":
            self.x, self.y = next_axis(self._plot.axes, x, y, step), y
        else:
            self.x, self.y = x, next_axis(self._plot.axes, y, x, step)
        self.look(self._asked[0])

    @on(ParetoView.PointHighlighted)
    def _highlighted(self, event: ParetoView.PointHighlighted) -> None:
        event.stop()
        self.post_message(EliteShown(event.id, None, isinstance(event, ParetoView.PointChosen)))
