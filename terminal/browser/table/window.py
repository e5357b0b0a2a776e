"""The pages of a listing that the table holds, and what it still shows of the listing before."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from elitemap.terminal.browser.table.rows import Row

#: Rows per page, and pages that are kept.
PAGE, _KEPT = 100, 40


class Window:
    """Pages of a listing of ``total`` rows, the least recently taken given up first."""

    def __init__(self, total: int = 0, stale: dict[int, Row] | None = None) -> None:
        """No page yet; ``stale`` rows of another listing are shown until pages come."""
        self.total = total
        self._pages: OrderedDict[int, Sequence[Row]] = OrderedDict()
        self._stale = stale or {}

    def put(self, page: int, rows: Sequence[Row]) -> None:
        """Take a page."""
        self._pages[page] = rows
        self._pages.move_to_end(page)
        while len(self._pages) > _KEPT:
            self._pages.popitem(last=False)

    def fresh(self, number: int) -> Row | None:
        """A row of this listing, None if its page is not there."""
        page = self._pages.get(number // PAGE, ())
        return page[number % PAGE] if number % PAGE < len(page) else None

    def known(self, number: int) -> Row | None:
        """A row of this listing or else of the one before."""
        return self.fresh(number) or self._stale.get(number)

    def missing(self, numbers: Iterable[int]) -> list[int]:
        """The pages of these rows that are not there, rising."""
        return sorted({number // PAGE for number in numbers} - set(self._pages))

    def followed(self, total: int, shown: Iterable[int]) -> "Window":
        """The window on another listing that goes on showing these rows until pages come."""
        known = {number: self.known(number) for number in shown}
        return Window(total, {number: row for number, row in known.items() if row is not None})
