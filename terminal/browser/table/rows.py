"""Elites as rows of the table: printable texts, made where the archive is read, in pages."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.plain import one_line
from elitemap.archive.reading.inventory import ColumnInfo
from elitemap.archive.records import Remark
from elitemap.archive.views import EliteLine
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.numbers import MISSING, number
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.tables import SHORT, brief

#: Characters of a program, of any other text and of a mark that a row holds.
_LONGEST_SOURCE, _LONGEST_TEXT, _LONGEST_MARK = 400, 60, 12

#: Rows per page, and pages that are kept.
PAGE, _KEPT = 100, 40


@dataclass(frozen=True)
class Head:
    """A column of the table.

    Attributes:
        name: As ``--sort`` takes it.
        title: What is written above it.
        right: Whether its texts stand at the right, as numbers do.
        falling: Whether the largest values are of more interest than the smallest.
    """

    name: str
    title: str
    right: bool = False
    falling: bool = False


@dataclass(frozen=True)
class Row:
    """One elite.

    Attributes:
        id: Id of the program.
        problem: Id of the problem whose elite it is.
        status: How far it has been checked.
        cells: One printable text per column.
    """

    id: str
    problem: str
    status: str
    cells: tuple[str, ...]


def heads_of(scope: Scope, columns: Sequence[ColumnInfo]) -> tuple[Head, ...]:
    """The columns of the table: what is the same for all elites of the scope is left out."""
    heads = [Head("id", "id"), Head("status", "status"), Head("mark", "★", falling=True)]
    if scope.space is None:
        heads.append(Head("space", "space"))
    if scope.problem is None and scope.run is None:
        heads.append(Head("target", "problem"))
    known = {c.name: c for c in columns if c.low is not None or not c.numeric}
    objectives = [name for name, c in known.items() if c.kind in ("objective", "text")]
    measures = [name for name, c in known.items() if c.kind == "measure"]
    # A measure that is an objective too says nothing new.
    measures = [name for name in measures if name.removeprefix("measure_") not in objectives]
    declared = Declared({c.name: c.objective for c in columns if c.objective is not None})
    for name in (*declared.in_order(objectives), *measures):
        column = known[name]
        heads.append(Head(name, declared.head(name), column.numeric, falling=column.sign > 0))
    return (*heads, Head("source", "program"))


def best_first(columns: Sequence[ColumnInfo]) -> str:
    """The order in which the most useful come first, as ``--sort`` takes it.

    What is to be more falls, and so what lacks it comes last; then estimates rise or fall as is
    better, then what is to be less rises. Where no run says what is better it is the quality.
    """
    aims = [c for c in columns if c.kind == "objective" and c.sign and c.low is not None]
    aims.sort(key=lambda c: (c.sign < 0, not _estimated(c)))
    return ",".join(f"{'-' if c.sign > 0 else ''}{c.name}" for c in aims) or "-quality"


def _estimated(column: ColumnInfo) -> bool:
    return column.objective is not None and column.objective.vouched == "estimated"


def row(elite: EliteLine, heads: Sequence[Head]) -> Row:
    """An elite as a row of these columns."""
    cells = tuple(_cell(elite, head.name) for head in heads)
    return Row(elite.id, elite.problem.id, elite.status, cells)


def _cell(view: EliteLine, name: str) -> str:
    match name:
        case "id":
            return view.id[:SHORT]
        case "mark":
            return _mark(view.remark)
        case "source":
            return _cut(brief(view.source), _LONGEST_SOURCE)
        case "target":
            return _cut(view.problem.label, _LONGEST_TEXT)
        case "status" | "space" | "operator":
            return _cut(getattr(view, name) or MISSING, _LONGEST_TEXT)
        case "run":
            return _cut(view.run, SHORT)
        case "quality":
            return number(view.quality)
    return _cut(_value(view, name), _LONGEST_TEXT)


def _value(view: EliteLine, name: str) -> str:
    """An objective, or a measure; where both have the name, the query calls them by their kinds."""
    declared = Declared.by([view.problem])
    if name in view.objectives:
        return declared.text(name, view.objectives[name])
    for kind, values in (("measure", view.measures), ("objective", view.objectives)):
        short = name.removeprefix(f"{kind}_")
        if short in values:
            value: Any = values[short]
            return MISSING if value is None else declared.text(short, value)
    if name in view.measures:
        value = view.measures[name]
        return MISSING if value is None else number(value)
    short = name.removeprefix("text_")
    return declared.text(short, view.objectives.get(short))


def _mark(remark: Remark | None) -> str:
    if remark is None:
        return ""
    return _cut(remark.mark or "✎", _LONGEST_MARK)


def _cut(text: str, longest: int) -> str:
    line = one_line(text[: 4 * longest])
    return line if len(line) <= longest else line[: longest - 1] + "…"


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
