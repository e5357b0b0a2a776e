"""The main screen: tree, views and elite side by side, or as drawers where there is little room."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Input

from elitemap.archive.errors import ArchiveError
from elitemap.archive.reader import ArchiveReader
from elitemap.terminal.browser import baselines, keys, sides
from elitemap.terminal.browser.answers import map_of, plot_of
from elitemap.terminal.browser.bars import Banner, Crumbs, Nothing, Tab, TabLine
from elitemap.terminal.browser.chart_pane import ChartPane
from elitemap.terminal.browser.elite_view import ElitePanel
from elitemap.terminal.browser.filter import FilterLine, Kind
from elitemap.terminal.browser.keyline import KeyLine
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.map_view import MapView
from elitemap.terminal.browser.pane import (
    Answered,
    EliteShown,
    Moment,
    Refused,
    Unreadable,
    reporting,
)
from elitemap.terminal.browser.plot_view import ParetoView
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.search_panel import SearchPanel
from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.table import EliteTable
from elitemap.terminal.browser.table_pane import TablePane
from elitemap.terminal.browser.tree import Part, ScopeTree
from elitemap.terminal.browser.watch import EVERY, Watch

#: The views, in the order of their keys.
TABS = ("map", "plot", "table")

_LANES = ("watch", "tree", "count", "map", "plot", "table", "elite")


class BrowseScreen(Screen[None]):
    """Everything about one archive."""

    DEFAULT_CSS = """
    BrowseScreen {
        & #body { height: 1fr; layers: base drawer; }
        & #centre { width: 1fr; }
        & #views { height: 1fr; }
        & ScopeTree { width: 30; border-right: vkey $panel; }
        & #elite { width: 48; border-left: vkey $panel; }
        & ScopeTree.-drawer { layer: drawer; dock: left; width: 44; }
        & #elite.-drawer { layer: drawer; dock: right; width: 64; max-width: 90%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [*keys.ALL]

    def __init__(self, archive: Path, place: Place, past: tuple[str, ...]) -> None:
        """A screen for an archive.

        Args:
            archive: The file.
            place: Where to start.
            past: Filters that were used before.
        """
        super().__init__()
        self.archive, self._past = archive, past
        lanes = self._lanes = {name: Lane(archive, name) for name in _LANES}
        on_map, on_plot = (place.map_x, place.map_y), (place.plot_x, place.plot_y)
        self._map = ChartPane(lanes["map"], MapView(), map_of, on_map, "map")
        self._plot = ChartPane(lanes["plot"], ParetoView(), plot_of, on_plot, "plot")
        self._table = TablePane(lanes["table"], place.sort)
        self._tab = place.tab if place.tab in TABS else TABS[0]
        self._watch = Watch(lanes["watch"])
        #: What is asked for, and what was shown last.
        self._scope = Scope.at_place(place)
        self._good = self._scope.everything()
        self._mistaken = False
        self._compared: Part | None = None
        self._total: int | None = None
        self._elite = ""

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Crumbs()
        yield Banner()
        with Horizontal(id="body"):
            yield ScopeTree(self._lanes["tree"])
            with Vertical(id="centre"):
                yield TabLine(TABS)
                yield FilterLine(self._past)
                yield Nothing()
                with ContentSwitcher(initial=self._tab, id="views"):
                    yield self._map
                    yield self._plot
                    yield self._table
            yield ElitePanel(self.archive, self._lanes["elite"].ask)
        yield SearchPanel(self.archive, self._lanes["tree"].ask)
        yield KeyLine()

    def on_mount(self) -> None:
        """Look at the archive, and from now on for changes."""
        self._tree.choose(self._scope)
        self.set_focus(self._pane.view)
        self._look()
        self.set_interval(EVERY, self._look)

    def on_unmount(self) -> None:
        """Close the archive."""
        for lane in self._lanes.values():
            lane.close()

    def on_resize(self) -> None:
        """Give the sides places of their own, or make them drawers."""
        sides.arrange(self._tree, self.size.width, sides.WIDE)
        sides.arrange(self.panel, self.size.width, sides.MEDIUM)
        if self.focused is None or not self.focused.is_on_screen:
            self.set_focus(self._pane.view)

    @property
    def place(self) -> Place:
        """Where one is, to be remembered."""
        return replace(
            self._good.place(),
            tab=self._tab,
            sort=self._table.sort,
            map_x=self._map.axes[0],
            map_y=self._map.axes[1],
            plot_x=self._plot.axes[0],
            plot_y=self._plot.axes[1],
        )

    @property
    def filters(self) -> tuple[str, ...]:
        """Filters that were used, the latest last."""
        return self.query_one(FilterLine).filters

    @property
    def panel(self) -> ElitePanel:
        """What shows the elite."""
        return self.query_one(ElitePanel)

    @property
    def search(self) -> SearchPanel:
        """What shows the search that runs here."""
        return self.query_one(SearchPanel)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now, in the order of the footer."""
        typing = isinstance(self.focused, Input)
        found = sorted(super().active_bindings.items(), key=lambda e: keys.rank(e[1].binding))
        return {key: a for key, a in found if not (typing and keys.is_character(a.binding))}

    @property
    def _tree(self) -> ScopeTree:
        return self.query_one(ScopeTree)

    @property
    def _pane(self) -> ChartPane | TablePane:
        panes: dict[str, ChartPane | TablePane] = {"map": self._map, "plot": self._plot}
        return panes.get(self._tab, self._table)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Leave the keys that open the line for filters to inputs while one types."""
        return action != "filter" or not isinstance(self.focused, Input)

    def action_tab(self, name: str) -> None:
        """Show one of the views, the table at the elite that is shown."""
        self._tab = name
        self.query_one("#views", ContentSwitcher).current = name
        self.set_focus(self._pane.view)
        if name == "table":
            self._table.seek(self._elite)
        self._ask()
        self._pane.announce()

    def action_filter(self, kind: Kind) -> None:
        """Open the line for filters."""
        if kind == "row":
            self.action_tab("table")
        texts = {"search": self._scope.search, "where": self._scope.where, "row": ""}
        self.query_one(FilterLine).open(kind, texts[kind], texts[kind])

    def action_drop(self) -> None:
        """Show all elites of this part of the archive."""
        self._show(self._scope.everything())

    def action_up(self) -> None:
        """Show the whole of which this part is one."""
        self._show(self._scope.above())

    def action_tree(self) -> None:
        """Show or hide the tree."""
        self._toggle(self._tree)

    def action_elite(self) -> None:
        """Show or hide the elite."""
        self._toggle(self.panel)

    def action_elite_action(self, name: str) -> None:
        """Do something with the elite that is shown."""
        self.panel.perform(name)

    def action_search_action(self, name: str) -> None:
        """Do something with the search that runs here."""
        self.search.perform(name, self._scope.space, self._scope.target)

    def action_leave(self) -> None:
        """Close the drawers, or go back to the view, or else drop the filter."""
        closed = [sides.close(side) for side in (self._tree, self.panel)]
        if any(closed) or self.focused is not self._pane.view:
            self.set_focus(self._pane.view)
        elif self._scope.filtered:
            self.action_drop()

    def _toggle(self, side: ScopeTree | ElitePanel) -> None:
        side.display = not side.display
        if side.display:
            side.focus()
        else:
            self.set_focus(self._pane.view)

    def _show(self, scope: Scope) -> None:
        """Show another part of the archive, or the same under another filter."""
        self._scope, self._mistaken = scope, False
        self._tree.choose(scope)
        self._ask()

    def _ask(self) -> None:
        """Ask for what is to be seen now."""
        self._watch.asked()
        self._pane.look(Moment(self._scope, self._watch.version))
        self._tell()

    @work(group="watch")
    async def _look(self) -> None:
        """See whether the archive has changed, or is back."""
        try:
            changed = await self._watch.changed()
        except ArchiveError as error:
            self._lost(str(error))
            return
        if changed:
            self._tree.look(Moment(self._scope, self._watch.version))
            self._ask()

    @work(exclusive=True, group="count")
    async def _count(self, scope: Scope) -> None:
        try:
            self._total = await self._lanes["count"].ask(partial(_number, scope=scope))
        except ArchiveError as error:
            self._lost(str(error))
        self._tell()

    def _tell(self) -> None:
        if not self.query(Crumbs):
            return  # an answer that came as the browser was left
        self.query_one(Crumbs).tell(self.archive.name, self._scope, self._total)
        self.query_one(TabLine).tell(self._tab, self._pane.remark)

        self.query_one(Nothing).tell(self._total, self._scope.filtered)

    def _lost(self, reason: str) -> None:
        if not self.query(Crumbs):
            return
        self.query_one(Banner).tell(reason)
        self._watch.lost()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        self._good = event.moment.scope
        self._watch.answered()
        self.query_one(Banner).tell("")
        if not self._mistaken:
            self.query_one(FilterLine).refuse("")
        self._count(event.moment.scope)
        part = (self._good.space, self._good.target, self._good.run)
        if self._tab == "plot" and part != self._compared:
            self._compared = part
            self._compare(self._good)

    @work(exclusive=True, group="compare")
    async def _compare(self, scope: Scope) -> None:
        """Have the plot show what was known before."""
        with reporting(self, Moment(scope)):
            run = await self._lanes["tree"].ask(partial(baselines.latest, scope=scope))
            found = () if run is None else await self.panel.shop.do(baselines.known, run)
            self._plot.compare(found)

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        """Tell the mistake where it was made; what was shown before stays."""
        mistaken, line = self._scope, self.query_one(FilterLine)
        if event.moment.scope != mistaken:
            return
        self._mistaken = True
        self._scope = self._good if self._good != mistaken else Scope()
        if not line.display:
            line.open("where", mistaken.where, self._scope.where)
        line.refuse(event.mistake)
        if self._total is None:
            self._ask()
        self._tell()

    @on(Unreadable)
    def _unreadable(self, event: Unreadable) -> None:
        self._lost(event.reason)

    @on(Tab.Clicked)
    def _tab_clicked(self, event: Tab.Clicked) -> None:
        self.action_tab(event.name)

    @on(ScopeTree.PartChosen)
    def _part_chosen(self, event: ScopeTree.PartChosen) -> None:
        if sides.close(self._tree):
            self.set_focus(self._pane.view)
        self._show(self._scope.at(*event.part))

    @on(FilterLine.Entered)
    def _entered(self, event: FilterLine.Entered) -> None:
        if event.done:
            self.set_focus(self._pane.view)
        if event.kind == "row":
            self.query_one(EliteTable).jump_to(event.text)
        elif event.kind == "search":
            self._show(replace(self._scope, search=event.text))
        else:
            self._show(replace(self._scope, where=event.text.strip()))

    @on(EliteShown)
    def _elite_shown(self, event: EliteShown) -> None:
        if event.id != self._elite:
            self._elite = event.id
            self.panel.show(event.id, event.run)
        if event.chosen:
            self.panel.display = True
            self.panel.focus()


def _number(reader: ArchiveReader, scope: Scope) -> int:
    return reader.count(scope.query())
