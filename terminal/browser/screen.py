"""The main screen: tree, views and elite side by side, or as drawers where there is little room."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import ActiveBinding, BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Input

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.browser import keys, sides
from elitemap.terminal.browser.bars import Tab
from elitemap.terminal.browser.elite.view import ElitePanel
from elitemap.terminal.browser.filter import FilterLine, Kind
from elitemap.terminal.browser.following import Following
from elitemap.terminal.browser.keyline import KeyLine
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.pane import (
    Answered,
    Asked,
    EliteShown,
    Moment,
    Refused,
    Unreadable,
    reporting,
)
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.search.panel import SearchPanel
from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.tree import ScopeTree
from elitemap.terminal.browser.views import Views

_LANES = ("watch", "tree", "count", "map", "plot", "table", "elite")


class BrowseScreen(Screen[None]):
    """Everything about one archive."""

    DEFAULT_CSS = """
    BrowseScreen {
        & #body { height: 1fr; layers: base drawer; }
        &.-behind KeyLine { visibility: hidden; }
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
        self.archive = archive
        self._lanes = {name: Lane(archive, name) for name in _LANES}
        self.head = Following(archive.name, self._lanes["watch"], self._lanes["count"])
        self.views = Views(self._lanes, place, past)
        #: What is asked for, and what was shown last.
        self._scope = Scope.at_place(place)
        self._good = self._scope.everything()
        self._mistaken = False
        self._elite = ("", "")

    def compose(self) -> ComposeResult:
        """The parts."""
        yield self.head
        with Horizontal(id="body"):
            yield ScopeTree(self._lanes["tree"])
            yield self.views
            yield ElitePanel(self.archive, self._lanes["elite"].ask)
        yield SearchPanel(self.archive, self._lanes["tree"].ask)
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin at the place."""
        self._tree.choose(self._scope)
        self._focus_view()

    def on_unmount(self) -> None:
        """Close the archive."""
        for lane in self._lanes.values():
            lane.close()

    def on_resize(self) -> None:
        """Give the sides places of their own, or make them drawers."""
        sides.arrange(self._tree, self.size.width, sides.WIDE)
        sides.arrange(self.panel, self.size.width, sides.MEDIUM)
        if self.focused is None or not self.focused.is_on_screen:
            self._focus_view()

    @property
    def place(self) -> Place:
        """Where one is, to be remembered."""
        return self.views.noted(self._good.place())

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Leave the keys that open the line for filters to inputs while one types."""
        return action != "filter" or not isinstance(self.focused, Input)

    def action_tab(self, name: str) -> None:
        """Show one of the views, the table at the elite that is shown."""
        self.views.choose(name)
        self._focus_view()
        if name == "table":
            self.views.table.seek(self._elite[0])
        self._ask()
        self.views.pane.announce()

    def action_filter(self, kind: Kind) -> None:
        """Open the line for filters."""
        if kind == "row":
            self.action_tab("table")
        self.views.filter(kind, self._scope, self._lanes["tree"])

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
        problem = self.head.problems.get(self._scope.problem or "")
        target = None if problem is None else problem.target
        self.search.perform(name, self._scope.space, target)

    def action_leave(self) -> None:
        """Close the drawers, or go back to the view, or else drop the filter."""
        closed = [sides.close(side) for side in (self._tree, self.panel)]
        if any(closed) or self.focused is not self.views.pane.view:
            self._focus_view()
        elif self._scope.filtered:
            self.action_drop()

    def _toggle(self, side: ScopeTree | ElitePanel) -> None:
        side.display = not side.display
        if side.display:
            side.focus()
        else:
            self._focus_view()

    def _show(self, scope: Scope) -> None:
        """Show another part of the archive, or the same under another filter."""
        self._scope, self._mistaken = scope, False
        self._tree.choose(scope)
        self._ask()

    def _focus_view(self) -> None:
        self.set_focus(self.views.pane.view)

    def _ask(self) -> None:
        """Ask for what is to be seen now."""
        self.views.pane.look(self.head.moment(self._scope))
        self._tell()

    @on(Following.Counted)
    @on(Asked)
    def _tell(self) -> None:
        if not self.query(Tab):
            return  # an answer that came as the browser was left
        self.head.tell(self._scope)
        self.views.tell(self.head.total, self._scope.filtered)

    @on(Following.Changed)
    def _changed(self) -> None:
        self._tree.look(self.head.moment(self._scope))
        self._ask()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        self._good = event.moment.scope
        if not self._mistaken:
            self.views.line.refuse("")
        self.head.answered(self._good)
        self._tell()
        self.views.compare(self._good, self._lanes["tree"], self.panel.shop)

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        """Tell the mistake where it was made; what was shown before stays."""
        mistaken, line = self._scope, self.views.line
        if event.moment.scope != mistaken:
            return
        self._mistaken = True
        self._scope = self._good if self._good != mistaken else Scope()
        if not line.display:
            line.open("where", mistaken.where, self._scope.where)
        line.refuse(event.mistake)
        if self.head.total is None:
            self._ask()
        self._tell()

    @on(Unreadable)
    def _unreadable(self, event: Unreadable) -> None:
        self.head.lost(event.reason)

    @on(Tab.Clicked)
    def _tab_clicked(self, event: Tab.Clicked) -> None:
        self.action_tab(event.name)

    @on(ScopeTree.PartChosen)
    def _part_chosen(self, event: ScopeTree.PartChosen) -> None:
        if sides.close(self._tree):
            self._focus_view()
        self._show(self._scope.at(*event.part))

    @on(SearchPanel.Began)
    def _search_began(self, event: SearchPanel.Began) -> None:
        """Go to what is being found: that is what it was started for."""
        self._follow(event.run)

    @work(exclusive=True, group="follow")
    async def _follow(self, run: str) -> None:
        with reporting(self, Moment(self._scope)):
            asked = await self._lanes["tree"].ask(ArchiveReader.problems)
            if run in asked:
                self._show(Scope(asked[run].space, asked[run].id, run))

    @on(FilterLine.Entered)
    def _entered(self, event: FilterLine.Entered) -> None:
        if event.done:
            self._focus_view()
        if event.kind == "row":
            self.views.table.view.jump_to(event.text)
        elif event.kind == "search":
            self._show(replace(self._scope, search=event.text))
        else:
            self._show(replace(self._scope, where=event.text.strip()))

    @on(EliteShown)
    def _elite_shown(self, event: EliteShown) -> None:
        if not event.id:
            self.panel.leave()
            return
        elite = (event.id, event.problem)
        if elite != self._elite or self.panel.left:
            self._elite = elite
            self.panel.show(*elite)
        if event.chosen:
            self.panel.display = True
            self.panel.focus()
