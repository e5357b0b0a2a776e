"""The elite under the cursor, in full."""

from functools import partial
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from elitemap.archive.reader import ArchiveReader
from elitemap.terminal.browser.lanes import Lane
from elitemap.terminal.browser.pane import Moment, reporting
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.page import elite_page


def document(reader: ArchiveReader, id: str) -> dict[str, Any]:
    view = reader.elite(id)
    line = reader.lineage(view.id)
    lineage = [{"id": a.id, "operator": a.operator, "source": a.source} for a in line]
    return {**view.to_json(), "formula": None, "lineage": lineage}


class ElitePanel(VerticalScroll):
    """Stand-in."""

    def __init__(self, lane: Lane) -> None:
        super().__init__(id="elite")
        self._lane = lane

    def compose(self) -> ComposeResult:
        yield Static("no elite chosen", id="page")

    def show(self, id: str, run: str | None) -> None:
        self._load(id)

    @work(exclusive=True)
    async def _load(self, id: str) -> None:
        with reporting(self, Moment(Scope())):
            found = await self._lane.ask(partial(document, id=id))
            self.query_one("#page", Static).update(elite_page(found))
