"""Elites as rows of the table: printable texts, made where the archive is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.pages import ColumnInfo
from elitemap.archive.views import EliteView
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.numbers import MISSING, in_order, number, objective
from elitemap.terminal.plain import one_line
from elitemap.terminal.tables import SHORT, brief

#: Characters of a program and of any other text that a row holds.
_LONGEST_SOURCE, _LONGEST_TEXT = 400, 60


#: Objectives whose column heads say more than their name.
_TITLES = {"error": "est. error", "digits": "digits ≥"}


@dataclass(frozen=True)
class Head:
    """A column of the table.

    Attributes:
        name: As ``--sort`` takes it.
        title: What is written above it.
        right: Whether its texts stand at the right, as numbers do.
    """

    name: str
    title: str
    right: bool = False


@dataclass(frozen=True)
class Row:
    """One elite.

    Attributes:
        id: Id of the program.
        run: Id of the run.
        status: How far it has been checked.
        cells: One printable text per column.
    """

    id: str
    run: str
    status: str
    cells: tuple[str, ...]


def heads_of(scope: Scope, columns: Sequence[ColumnInfo]) -> tuple[Head, ...]:
    """The columns of the table: what is the same for all elites of the scope is left out."""
    heads = [Head("id", "id"), Head("status", "status")]
    if scope.space is None:
        heads.append(Head("space", "space"))
    if scope.target is None:
        heads.append(Head("target", "target"))
    known = {c.name: c for c in columns if c.low is not None or not c.numeric}
    objectives = [name for name, c in known.items() if c.kind in ("objective", "text")]
    measures = [name for name, c in known.items() if c.kind == "measure"]
    # A measure that is an objective too says nothing new.
    measures = [name for name in measures if name.removeprefix("measure_") not in objectives]
    for name in (*in_order(objectives), *measures):
        title = _TITLES.get(name, one_line(name))
        heads.append(Head(name, title, right=known[name].numeric))
    return (*heads, Head("source", "program"))


def row(view: EliteView, heads: Sequence[Head], marks: Mapping[str, str]) -> Row:
    """An elite as a row.

    Args:
        view: The elite.
        heads: The columns.
        marks: Marks by id of the program.
    """
    cells = tuple(_cell(view, head.name, marks) for head in heads)
    return Row(view.id, view.run, view.status, cells)


def _cell(view: EliteView, name: str, marks: Mapping[str, str]) -> str:
    match name:
        case "id":
            return view.id[:SHORT]
        case "mark":
            return _cut(marks.get(view.id, ""), _LONGEST_TEXT)
        case "source":
            return _cut(brief(view.source), _LONGEST_SOURCE)
        case "status" | "space" | "target" | "operator":
            return _cut(getattr(view, name) or MISSING, _LONGEST_TEXT)
        case "run":
            return _cut(view.run, SHORT)
        case "quality":
            return number(view.quality)
    return _cut(_value(view, name), _LONGEST_TEXT)


def _value(view: EliteView, name: str) -> str:
    """An objective, or a measure; where both have the name, the query calls them by their kinds."""
    if name in view.objectives:
        return objective(name, view.objectives[name])
    for kind, values in (("measure", view.measures), ("objective", view.objectives)):
        short = name.removeprefix(f"{kind}_")
        if short in values:
            value: Any = values[short]
            return MISSING if value is None else objective(short, value)
    if name in view.measures:
        value = view.measures[name]
        return MISSING if value is None else number(value)
    return objective(name, view.objectives.get(name.removeprefix("text_")))


def _cut(text: str, longest: int) -> str:
    line = one_line(text[: 4 * longest])
    return line if len(line) <= longest else line[: longest - 1] + "…"
