"""The main screen: tree, views and elite side by side, or as drawers where there is little room."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Footer

from elitemap.archive.errors import ArchiveError
from elitemap.archive.reader import ArchiveReader
from elitemap.terminal.browser import watch
from elitemap.terminal.browser.bars import Banner, Crumbs, TabLine
from elitemap.terminal.browser.details import ElitePanel
from elitemap.terminal.browser.filter import FilterLine, Kind
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.map_pane import MapPane
from elitemap.terminal.browser.pane import Answered, EliteShown, Moment, Refused, Unreadable
from elitemap.terminal.browser.plot_pane import PlotPane
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.table import EliteTable
from elitemap.terminal.browser.table_pane import TablePane
from elitemap.terminal.browser.tree import ScopeTree

#: The views, in the order of their keys.
TABS = ("map", "plot", "table")

#: Columns from which the elite, and from which the tree as well, have a place of their own.
_MEDIUM, _WIDE = 100, 132

_LANES = ("watch", "tree", "map", "plot", "table", "elite")


class BrowseScreen(Screen[None]):
    """Everything about one archive."""

    DEFAULT_CSS = """
    BrowseScreen {
        layers: base drawer;
        & #body { height: 1fr; layers: base drawer; }
        & #centre { width: 1fr; }
        & #views { height: 1fr; }
        & ScopeTree { width: 30; border-right: vkey $panel; }
        & #elite { width: 48; border-left: vkey $panel; background: $surface; padding: 0 1; }
        & ScopeTree.-drawer { layer: drawer; dock: left; width: 44; }
        & #elite.-drawer { layer: drawer; dock: right; width: 64; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,m", "tab('map')", "Map", show=False, tooltip="Heat map", id="view.map"),
        Binding("2,p", "tab('plot')", "Plot", show=False, tooltip="Pareto plot", id="view.plot"),
        Binding("3,t", "tab('table')", "Table", show=False, tooltip="All elites", id="view.table"),
        Binding("slash", "filter('search')", "Search", key_display="/", id="filter.search"),
        Binding("w,f", "filter('where')", "Where", tooltip="Filter", id="filter.where"),
        Binding("colon", "filter('row')", "Go to row", show=False, key_display=":", id="filter.row"),
        Binding("left_square_bracket", "tree", "Runs", key_display="[", id="view.tree"),
        Binding("right_square_bracket", "elite", "Elite", key_display="]", id="view.elite"),
        Binding("backspace", "up", "Up", show=False, tooltip="To the whole of this", id="scope.up"),
        Binding("escape", "back", "Back", show=False, tooltip="Close, or drop the filter"),
    ]

    def __init__(self, archive: Path, place: Place, past: tuple[str, ...]) -> None:
        """A screen for an archive.

        Args:
            archive: The file.
            place: Where to start.
            past: Filters that were used before.
        """
        super().__init__()
        self._archive, self._place, self._past = archive, place, past
        self._lanes = {name: Lane(archive, name) for name in _LANES}
        self._scope = Scope(
            place.space or None,
            place.target or None,
            place.run or None,
            place.where,
            place.search,
        )
        self._good = self._scope.everything()
        self._tab = place.tab if place.tab in TABS else TABS[0]
        self._version: object = None
        self._looking = False
        self._asked_at = self._rest_until = 0.0

    def compose(self) -> ComposeResult:
        """The parts."""
        place = self._place
        yield Crumbs()
        yield Banner()
        with Horizontal(id="body"):
            yield ScopeTree(self._lanes["tree"])
            with Vertical(id="centre"):
                yield TabLine(TABS)
                yield FilterLine(self._past)
                with ContentSwitcher(initial=self._tab, id="views"):
                    yield MapPane(self._lanes["map"], place.map_x, place.map_y)
                    yield PlotPane(self._lanes["plot"], place.plot_x, place.plot_y)
                    yield TablePane(self._lanes["table"], place.sort)
            yield ElitePanel(self._lanes["elite"])
        yield Footer()

    def on_mount(self) -> None:
        """Ask for everything, and from now on look for changes."""
        self.query_one(ScopeTree).choose(self._scope)
        self._focus_view()
        self._look()
        self.set_interval(watch.EVERY, self._look)

    def on_unmount(self) -> None:
        """Close the archive."""
        for lane in self._lanes.values():
            lane.close()

    def on_resize(self) -> None:
        """Give the sides places of their own, or make them drawers."""
        for side, least in ((self.query_one(ScopeTree), _WIDE), (self._panel, _MEDIUM)):
            drawer = self.size.width < least
            if side.has_class("-drawer") != drawer or not side.has_class("-arranged"):
                side.set_class(drawer, "-drawer")
                side.add_class("-arranged")
                side.display = not drawer
        if self.focused is None or not self.focused.display:
            self._focus_view()

    @property
    def place(self) -> Place:
        """Where one is, to be remembered."""
        scope, views = self._good, (self._map, self._plot)
        return Place(
            space=scope.space or "",
            target=scope.target or "",
            run=scope.run or "",
            where=scope.where,
            search=scope.search,
            tab=self._tab,
            sort=self._table.sort,
            map_x=views[0].x,
            map_y=views[0].y,
            plot_x=views[1].x,
            plot_y=views[1].y,
        )

    @property
    def filters(self) -> tuple[str, ...]:
        """Filters that were used, the latest last."""
        return self.query_one(FilterLine).filters

    @property
    def _panel(self) -> ElitePanel:
        return self.query_one(ElitePanel)

    @property
    def _map(self) -> MapPane:
        return self.query_one(MapPane)

    @property
    def _plot(self) -> PlotPane:
        return self.query_one(PlotPane)

    @property
    def _table(self) -> TablePane:
        return self.query_one(TablePane)

    @property
    def _pane(self) -> MapPane | PlotPane | TablePane:
        return {"map": self._map, "plot": self._plot, "table": self._table}[self._tab]

    def action_tab(self, name: str) -> None:
        """Show one of the views."""
        self._tab = name
        self.query_one("#views", ContentSwitcher).current = name
        self._focus_view()
        self._ask()

    def action_filter(self, kind: Kind) -> None:
        """Open the line for filters."""
        if kind == "row":
            self.action_tab("table")
        texts = {"search": self._scope.search, "where": self._scope.where, "row": ""}
        self.query_one(FilterLine).open(kind, texts[kind])

    def action_tree(self) -> None:
        """Show or hide the tree."""
        self._toggle(self.query_one(ScopeTree))

    def action_elite(self) -> None:
        """Show or hide the elite."""
        self._toggle(self._panel)

    def action_up(self) -> None:
        """Show the whole of which this part is one: of a run its target, of a target its space."""
        scope = self._scope
        if scope.run is not None:
            self._show(scope.at(scope.space, scope.target, None))
        elif scope.target is not None:
            self._show(scope.at(scope.space, None, None))
        else:
            self._show(scope.at(None, None, None))

    def action_back(self) -> None:
        """Close a drawer, or go back to the view, or else drop the filter."""
        drawers = [side for side in self.query(".-drawer") if side.display]
        outside = self.focused is None or self.focused not in self._pane.query("*")
        for side in drawers:
            side.display = False
        if drawers or outside:
            self._focus_view()
        elif self._scope.filtered:
            self._show(self._scope.everything())

    def _toggle(self, side: Widget) -> None:
        side.display = not side.display
        if side.display and side.has_class("-drawer"):
            side.focus()
        elif not side.display:
            self._focus_view()

    def _focus_view(self) -> None:
        next(iter(self._pane.query("*").results())).focus()

    def _show(self, scope: Scope) -> None:
        """Show another part of the archive, or the same under another filter."""
        self._scope = scope
        self.query_one(ScopeTree).choose(scope)
        self._ask()

    def _ask(self) -> None:
        """Ask for what is to be seen now."""
        self._asked_at = monotonic()
        self._pane.look(Moment(self._scope, self._version))
        self._tell(None)

    @work(group="watch")
    async def _look(self) -> None:
        """See whether the archive has changed, or is back."""
        if self._looking or monotonic() < self._rest_until:
            return
        self._looking = True
        try:
            version = await self._lanes["watch"].ask(watch.version)
        except ArchiveError as error:
            self._unreadable(str(error))
        else:
            if version != self._version:
                self._version = version
                self.query_one(ScopeTree).look(Moment(self._scope, version))
                self._ask()
        finally:
            self._looking = False

    @work(exclusive=True, group="count")
    async def _count(self, moment: Moment) -> None:
        question = partial(_total, scope=moment.scope)
        try:
            total = await self._lanes["tree"].ask(question)
        except ArchiveError as error:
            self._unreadable(str(error))
        else:
            self._tell(total)

    def _tell(self, total: int | None) -> None:
        self.query_one(Crumbs).tell(self._archive.name, self._scope, total)
        self.query_one(TabLine).tell(self._tab, self._pane.remark)

    def _unreadable(self, reason: str) -> None:
        self.query_one(Banner).tell(reason)
        self._version = None

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        self._good = event.moment.scope
        self._rest_until = monotonic() + watch.rest(monotonic() - self._asked_at)
        self.query_one(Banner).tell("")
        self.query_one(FilterLine).refuse("")
        self._count(event.moment)
        self._tell(None)

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        line = self.query_one(FilterLine)
        if event.moment.scope != self._scope:
            return
        if not line.display:
            line.open("where", self._scope.where)
        line.refuse(event.mistake)
        self._scope = self._good if self._good != self._scope else Scope()

    @on(Unreadable)
    def _unreadable_now(self, event: Unreadable) -> None:
        self._unreadable(event.reason)

    @on(TabLine.Clicked)
    def _tab_clicked(self, event: TabLine.Clicked) -> None:
        self.action_tab(event.name)

    @on(ScopeTree.PartChosen)
    def _part_chosen(self, event: ScopeTree.PartChosen) -> None:
        tree = self.query_one(ScopeTree)
        if tree.has_class("-drawer"):
            tree.display = False
            self._focus_view()
        self._show(self._scope.at(*event.part))

    @on(FilterLine.Entered)
    def _entered(self, event: FilterLine.Entered) -> None:
        if event.done:
            self._focus_view()
        if event.kind == "row":
            self._jump(event.text)
        elif event.kind == "search":
            self._show(replace(self._scope, search=event.text))
        else:
            self._show(replace(self._scope, where=event.text.strip()))

    def _jump(self, text: str) -> None:
        digits = text.replace(",", "").replace("_", "").strip()
        if digits.isdecimal() and len(digits) < 12:
            self.query_one(EliteTable).jump(int(digits) - 1)

    @on(EliteShown)
    def _elite_shown(self, event: EliteShown) -> None:
        self._panel.show(event.id, event.run)
        if event.chosen:
            self._panel.display = True
            self._panel.focus()


def _total(reader: ArchiveReader, scope: Scope) -> int:
    return reader.count(scope.query())
