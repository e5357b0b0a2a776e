"""The middle of the main screen: one part of the archive as a map, a plot or a table."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher

from elitemap.terminal.browser.answers import map_of, plot_of
from elitemap.terminal.browser.bars import Nothing, TabLine
from elitemap.terminal.browser.chart_pane import ChartPane
from elitemap.terminal.browser.filter import FilterLine, Kind, names_of
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.map.view import MapView
from elitemap.terminal.browser.pane import Moment, reporting
from elitemap.terminal.browser.plot.view import ParetoView
from elitemap.terminal.browser.scope import Scope, latest
from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.table.pane import TablePane
from elitemap.terminal.browser.tree import Part
from elitemap.terminal.browser.workshop import Workshop
from elitemap.terminal.commands.recorded import known_before

#: The views, in the order of their keys.
TABS = ("map", "plot", "table")


class Views(Vertical):
    """The three panes, their tabs, and the line for filters above them."""

    DEFAULT_CSS = "Views { width: 1fr; & #views { height: 1fr; } }"

    def __init__(self, lanes: Mapping[str, Lane], place: Place, past: Sequence[str]) -> None:
        """Views with nothing to show yet.

        Args:
            lanes: To the archive, one for each of :data:`TABS`.
            place: Tells the view, its axes and its order.
            past: Filters that were used before.
        """
        super().__init__(id="centre")
        on_map, on_plot = (place.map_x, place.map_y), (place.plot_x, place.plot_y)
        self.map = ChartPane(lanes["map"], MapView(), map_of, on_map, "map")
        self.plot = ChartPane(lanes["plot"], ParetoView(), plot_of, on_plot, "plot")
        self.table = TablePane(lanes["table"], place.sort)
        self._past = past
        #: Name of the view that is shown.
        self.tab = place.tab if place.tab in TABS else TABS[0]
        self._compared: Part | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield TabLine(TABS)
        yield FilterLine(self._past)
        yield Nothing()
        with ContentSwitcher(initial=self.tab, id="views"):
            yield self.map
            yield self.plot
            yield self.table

    @property
    def pane(self) -> ChartPane | TablePane:
        """The pane that is shown."""
        panes: dict[str, ChartPane | TablePane] = {"map": self.map, "plot": self.plot}
        return panes.get(self.tab, self.table)

    @property
    def line(self) -> FilterLine:
        """The line for filters."""
        return self.query_one(FilterLine)

    def noted(self, place: Place) -> Place:
        """The same place with the view, its axes and its order."""
        return replace(
            place,
            tab=self.tab,
            sort=self.table.sort,
            map_x=self.map.axes[0],
            map_y=self.map.axes[1],
            plot_x=self.plot.axes[0],
            plot_y=self.plot.axes[1],
        )

    def choose(self, tab: str) -> None:
        """Show one of the views."""
        self.tab = tab
        self.query_one("#views", ContentSwitcher).current = tab

    def tell(self, total: int | None, filtered: bool) -> None:
        """Name the view; say what to do where there is nothing to see.

        Args:
            total: Number of elites, None until it is known.
            filtered: Whether a filter leaves something out.
        """
        self.query_one(TabLine).tell(self.tab, self.pane.remark)
        self.query_one(Nothing).tell(total, filtered, self.tab, self.pane.several)

    def filter(self, kind: Kind, scope: Scope, lane: Lane) -> None:
        """Open the line for filters at what holds now.

        Args:
            kind: What is to be typed.
            scope: What is shown.
            lane: On which to ask for the names to complete.
        """
        texts = {"search": scope.search, "where": scope.where, "row": ""}
        self.line.open(kind, texts[kind], texts[kind])
        if kind == "where":
            self._offer_names(scope, lane)

    @work(exclusive=True, group="names")
    async def _offer_names(self, scope: Scope, lane: Lane) -> None:
        with reporting(self, Moment(scope)):
            self.line.offer(await lane.ask(partial(names_of, scope=scope)))

    def compare(self, scope: Scope, lane: Lane, shop: Workshop) -> None:
        """Have the plot show what was known before, if it is looked at.

        Args:
            scope: What it shows.
            lane: On which to ask for the run that tells the task.
            shop: Where the task is made.
        """
        part = (scope.space, scope.problem, scope.run)
        if self.tab == "plot" and part != self._compared:
            self._compared = part
            self._bring_known(scope, lane, shop)

    @work(exclusive=True, group="compare")
    async def _bring_known(self, scope: Scope, lane: Lane, shop: Workshop) -> None:
        with reporting(self, Moment(scope)):
            run = await lane.ask(partial(latest, scope=scope))
            found = () if run is None else await shop.do(known_before, run)
            self.plot.compare(found)
