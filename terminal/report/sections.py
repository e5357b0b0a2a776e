"""The section of one elite: everything that is known about it, ready for a page."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.errors import ArchiveError
from elitemap.archive.identity import identity
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Task
from elitemap.terminal.mathtext import mathematics
from elitemap.terminal.numbers import MISSING, number
from elitemap.terminal.objectives import Declared
from elitemap.terminal.report.code import Language, languages
from elitemap.terminal.report.domains import curve_figures
from elitemap.terminal.report.figures import Figure
from elitemap.terminal.tables.certificates import told
from elitemap.terminal.tables.tables import SHORT, brief

#: Ancestors and disguises that a section lists.
GENERATIONS, MEMBERS = 60, 30

#: Columns of a formula.
WIDTH = 84

#: What vouches for a value, in more words than elsewhere.
_NOTES = {
    "the search's estimate": "an estimate of the search, not a result",
    "proved": "from the certificate, cut and never rounded beyond it",
}

#: Nesting of a certificate that is told line by line, and characters of one value.
DEPTH, LONGEST = 4, 20_000


@dataclass(frozen=True)
class Value:
    """One line of a table: a name, a text, and what to know about it."""

    name: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Step:
    """An ancestor: its short id, how it was made, its program, and its place in the page."""

    id: str
    operator: str
    source: str
    place: str = ""


@dataclass(frozen=True)
class Section:
    """One elite.

    Attributes:
        place: Id of the section in the page.
        view: The elite.
        title: Its objectives in one line.
        brief: Its program in one line.
        mathematics: Its program in Unicode mathematics, row by row; empty if it has none.
        curves: Its error over the domain, or whatever its task follows.
        objectives: Objectives with what vouches for them.
        measures: Coordinates in the map.
        certificate: Its lines; empty without one.
        steps: Itself and its ancestors, youngest first.
        older: How many ancestors were left out.
        members: Disguises in which it was found.
        more: How many disguises were left out.
        languages: Its code.
    """

    place: str
    view: EliteView
    title: str
    brief: str
    mathematics: tuple[str, ...]
    curves: tuple[Figure, ...]
    objectives: tuple[Value, ...]
    measures: tuple[Value, ...]
    certificate: tuple[Value, ...]
    steps: tuple[Step, ...]
    older: int
    members: tuple[str, ...]
    more: int
    languages: tuple[Language, ...]

    @property
    def short(self) -> str:
        """As much of the id as people type."""
        return self.view.id[:SHORT]


def section(
    reader: ArchiveReader, view: EliteView, task: Task | None, links: Mapping[str, str]
) -> Section:
    """Gather what is known about an elite.

    Args:
        reader: The archive.
        view: The elite.
        task: Its task; None leaves the code out.
        links: Places in the page by id of the elite.

    Raises:
        ArchiveError: If the stored program does not match its name.
    """
    if identity(view.program) != view.id:
        raise ArchiveError(
            f"the archive is damaged, see program {view.id[:12]}, which does not match its id:"
            " restore the file from a copy"
        )
    line = reader.lineage(view.id)
    members = reader.members(view.run, view.id) if view.family else []
    return Section(
        place=links[view.id],
        view=view,
        title=titled(view),
        brief=brief(view.source),
        mathematics=tuple(mathematics(view.space, view.program, WIDTH) or ()),
        curves=() if task is None else curve_figures(view, task, f"{links[view.id]}-curve"),
        objectives=tuple(objectives(view)),
        measures=tuple(_measure(name, value) for name, value in view.measures.items()),
        certificate=tuple(certificate(view.certificate)),
        steps=tuple(_step(a.id, a.operator, a.source, links) for a in line[:GENERATIONS]),
        older=max(0, len(line) - GENERATIONS),
        members=tuple(brief(str(m.get("source", m))) for m in members[:MEMBERS]),
        more=max(0, len(members) - MEMBERS),
        languages=() if task is None else languages(view, task),
    )


def titled(view: EliteView) -> str:
    """The objectives that have a value, in one line."""
    declared, values = Declared.by([view.problem]), view.objectives
    texts = {name: declared.text(name, values[name]) for name in declared.in_order(values)}
    return ", ".join(f"{declared.head(name)} {t}" for name, t in texts.items() if t != MISSING)


def objectives(view: EliteView) -> Iterator[Value]:
    """The objectives, each with who vouches for it."""
    declared = Declared.by([view.problem])
    for name in declared.in_order(view.objectives):
        value = view.objectives[name]
        note = "" if value is None else _NOTES.get(declared.note(name), declared.note(name))
        yield Value(name.replace("_", " "), declared.text(name, value), note)


def certificate(document: Mapping[str, Any] | None) -> Iterator[Value]:
    """Every number in full: rounding could make a proved bound false."""
    for name, value in told(document or {}).items():
        if value != "":
            yield from _lines(str(name), value, DEPTH)


def _lines(name: str, value: Any, depth: int) -> Iterator[Value]:
    if isinstance(value, Mapping) and depth and value:
        for key, item in value.items():
            yield from _lines(f"{name}: {key}", item, depth - 1)
        return
    text = _exactly(value)
    note = f"cut after {LONGEST} characters" if len(text) > LONGEST else ""
    yield Value(name.replace("_", " "), text[:LONGEST], note)


def _exactly(value: Any) -> str:
    if isinstance(value, Mapping | list):
        flat = isinstance(value, list) and not any(isinstance(v, Mapping | list) for v in value)
        if flat:
            return ", ".join(map(_exactly, value))
        try:
            return json.dumps(value)
        except RecursionError:
            return "nested too deep to be shown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return MISSING if value is None else str(value)


def _measure(name: str, value: float | None) -> Value:
    return Value(name.replace("_", " "), MISSING if value is None else number(value))


def _step(identity: str, operator: str | None, source: str, links: Mapping[str, str]) -> Step:
    return Step(identity[:SHORT], operator or MISSING, brief(source), links.get(identity, ""))


def places(number: int, views: Sequence[EliteView]) -> dict[str, str]:
    """Ids in the page for the sections of a problem, by id of the elite."""
    return {view.id: f"p{number}-{view.id[:16]}" for view in views}
