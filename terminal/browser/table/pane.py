"""The table's pane: brings the listing of a scope into the table, page by page."""

from functools import partial

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.terminal.browser.answers import Table, first_table, page, table
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.pane import Answered, Asked, EliteShown, Moment, reporting
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.table.layout import next_order
from elitemap.terminal.browser.table.view import EliteTable


class TablePane(Vertical):
    """A table and the lane that fills it."""

    DEFAULT_CSS = "TablePane { width: 1fr; height: 1fr; }"

    def __init__(self, lane: Lane, sort: str = "") -> None:
        """A pane with nothing to show yet; ``sort`` is the order, as ``--sort`` takes it."""
        super().__init__(id="table")
        self._lane, self._sort = lane, sort
        self._table: Table | None = None
        self._sought = ""
        self._asked: tuple[Moment, str] | None = None
        self._moment: Moment | None = None

    def compose(self) -> ComposeResult:
        """The table."""
        yield EliteTable()

    @property
    def view(self) -> EliteTable:
        """The table."""
        return self.query_one(EliteTable)

    @property
    def several(self) -> tuple[str, ...]:
        """A table says of every elite whose it is, so there are never too many problems."""
        return ()

    @property
    def sort(self) -> str:
        """The order, as ``--sort`` takes it; empty for the best first."""
        return self._sort

    @property
    def remark(self) -> str:
        """What to say beside the tabs."""
        name = self._sort.removeprefix("-")
        end = "largest" if self._sort.startswith("-") else "smallest"
        order = f"by {name}, {end} first" if name else "the best first"
        waits = self._table is not None and self._table.sort != self._sort
        return f"{order} …" if waits else order

    def look(self, moment: Moment) -> None:
        """Show a part of the archive at a time, unless that is shown already."""
        if self._asked != (moment, self._sort):
            self._asked, self._moment = (moment, self._sort), moment
            row = self.view.current
            self._load(moment, self._sought or ("" if row is None else row.id))
        elif self._sought:
            self._find(self._sought)
        self._sought = ""

    def seek(self, id: str) -> None:
        """Put the cursor on this elite at the next look, if it is listed."""
        row = self.view.current
        self._sought = "" if row is not None and row.id == id else id

    def announce(self) -> None:
        """Tell once more which elite is under the cursor."""
        row = self.view.current
        if row is not None and not self._sought:
            self.post_message(EliteShown(row.id, row.problem))

    @work(exclusive=True, group="listing")
    async def _load(self, moment: Moment, keep: str) -> None:
        scope = moment.scope
        with reporting(self, moment):
            asked, self._asked = self._asked, None
            if not self.view.total:
                await self._begin(moment)
            question = partial(table, scope=scope, sort=self._sort, keep=keep)
            found = await self._lane.ask(question)
            self._show(found)
            self._asked = None if asked is None else (asked[0], found.sort)
            self.post_message(Answered(moment))

    async def _begin(self, moment: Moment) -> None:
        """Fill the empty table with a first page, if all of the listing takes time."""
        question = partial(first_table, scope=moment.scope, sort=self._sort)
        first = await self._lane.ask(question)
        if first is not None:
            rows = await self._lane.ask(partial(page, shown=first, number=0))
            self._show(first)
            self.view.put(0, rows)
            self.post_message(Answered(moment))

    def _show(self, found: Table) -> None:
        self._sort, self._table = found.sort, found
        cursor = self.view.cursor if found.cursor is None else found.cursor
        self.view.show(found.total, found.heads, found.sort, cursor)

    @work(exclusive=True, group="seek")
    async def _find(self, id: str) -> None:
        shown = self._table
        if shown is None or isinstance(shown.order, ElitesQuery):
            return
        listing = shown.order
        with reporting(self, Moment(Scope())):
            place = await self._lane.ask(lambda reader: reader.locate(listing, id))
            if place is not None and shown is self._table:
                self.view.jump(place)

    @on(EliteTable.PagesWanted)
    def _pages_wanted(self, event: EliteTable.PagesWanted) -> None:
        event.stop()
        self._fetch()

    @work(exclusive=True, group="pages")
    async def _fetch(self) -> None:
        """Bring what the table lacks now; what it lacked before counts no more."""
        view, shown = self.view, self._table
        with reporting(self, Moment(Scope())):
            while shown is not None and shown is self._table and (wanted := view.wanted()):
                rows = await self._lane.ask(partial(page, shown=shown, number=wanted[0]))
                if shown is self._table:
                    view.put(wanted[0], rows)

    @on(EliteTable.SortWanted)
    def _sort_wanted(self, event: EliteTable.SortWanted) -> None:
        event.stop()
        self._sort = next_order(self._sort, event.head)
        if self._moment is not None:
            self.look(self._moment)
            self.post_message(Asked())

    @on(EliteTable.RowHighlighted)
    def _highlighted(self, event: EliteTable.RowHighlighted) -> None:
        event.stop()
        chosen = isinstance(event, EliteTable.RowChosen)
        self.post_message(EliteShown(event.row.id, event.row.problem, chosen))
