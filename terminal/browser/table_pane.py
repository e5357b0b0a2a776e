"""The table's pane: brings the listing of a scope into the table, page by page."""

from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from elitemap.terminal.browser.answers import Table, page, table
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.pane import Answered, EliteShown, Moment, reporting
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.table import EliteTable
from elitemap.terminal.browser.table_layout import next_order


class TablePane(Vertical):
    """A table and the lane that fills it."""

    DEFAULT_CSS = "TablePane { width: 1fr; height: 1fr; }"

    def __init__(self, lane: Lane, sort: str = "") -> None:
        """A pane with nothing to show yet; ``sort`` is the order, as ``--sort`` takes it."""
        super().__init__(id="table")
        self._lane, self._sort = lane, sort
        self._table: Table | None = None
        self._asked: tuple[Moment, str] | None = None

    def compose(self) -> ComposeResult:
        """The table."""
        yield EliteTable()

    @property
    def sort(self) -> str:
        """The order, as ``--sort`` takes it; empty for none."""
        return self._sort

    @property
    def remark(self) -> str:
        """What to say beside the tabs."""
        return f"sorted by {self._sort}" if self._sort else "as found; s sorts"

    def look(self, moment: Moment) -> None:
        """Show a part of the archive at a time, unless that is shown already."""
        if self._asked != (moment, self._sort):
            self._asked = (moment, self._sort)
            self._load(moment)

    def forget(self) -> None:
        """Ask again at the next look."""
        self._asked = None

    @work(exclusive=True, group="listing")
    async def _load(self, moment: Moment) -> None:
        view = self.query_one(EliteTable)
        row = view.current
        keep = (view.cursor, "" if row is None else row.id)
        with reporting(self, moment):
            try:
                found = await self._lane.ask(
                    partial(table, scope=moment.scope, sort=self._sort, keep=keep)
                )
            except BaseException:
                self.forget()
                raise
            self._table = found
            view.show(len(found.listing), found.heads, self._sort, found.cursor)
            self.post_message(Answered(moment))

    @on(EliteTable.PagesWanted)
    def _pages_wanted(self, event: EliteTable.PagesWanted) -> None:
        event.stop()
        self._fetch()

    @work(exclusive=True, group="pages")
    async def _fetch(self) -> None:
        """Bring what the table lacks now; what it lacked before counts no more."""
        view, shown = self.query_one(EliteTable), self._table
        moment = Moment(Scope())
        with reporting(self, moment):
            while shown is not None and shown is self._table and (wanted := view.wanted()):
                rows = await self._lane.ask(partial(page, shown=shown, number=wanted[0]))
                if shown is self._table:
                    view.put(wanted[0], rows)

    @on(EliteTable.SortWanted)
    def _sort_wanted(self, event: EliteTable.SortWanted) -> None:
        event.stop()
        self._sort = next_order(self._sort, event.name)
        if self._asked is not None:
            self.look(self._asked[0])

    @on(EliteTable.RowHighlighted)
    def _highlighted(self, event: EliteTable.RowHighlighted) -> None:
        event.stop()
        chosen = isinstance(event, EliteTable.RowChosen)
        self.post_message(EliteShown(event.row.id, event.row.run, chosen))
