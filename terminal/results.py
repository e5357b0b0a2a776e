"""What a search from Python returns: programs, their code, and how a notebook shows them."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from elitemap.archive.errors import UsageError
from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Baseline, Task
from elitemap.terminal.commands.rivalry import pair_of
from elitemap.terminal.objectives import Declared
from elitemap.terminal.sketches import Mark, front_svg, map_svg
from elitemap.terminal.tables.tables import SHORT, elites_table


@dataclass(frozen=True, eq=False)
class Found:
    """One program that a search found.

    Attributes:
        view: The elite as the archive has it.
        task: What it was found for.
    """

    view: EliteView = field(repr=False)
    task: Task = field(repr=False)

    @property
    def id(self) -> str:
        """SHA-256 of the program, as commands take it."""
        return self.view.id

    @property
    def objectives(self) -> Mapping[str, float | str | None]:
        """What it is worth, by name; None where not known."""
        return self.view.objectives

    @property
    def certificate(self) -> Mapping[str, Any] | None:
        """What was proved, or None."""
        return self.view.certificate

    @property
    def proved(self) -> bool:
        """Whether something vouches for it."""
        return self.view.status != "candidate"

    def files(self, language: str, name: str | None = None) -> Mapping[str, str | bytes]:
        """The program in a language: texts by file name, or bytes of files that are no text.

        Args:
            language: One of the task's languages, such as ``c``, ``python`` or ``rust``.
            name: Of the function; None takes the target's.

        Raises:
            UsageError: If the language is unknown.
        """
        if language not in self.task.languages:
            known = ", ".join(self.task.languages)
            raise UsageError(f"expected a language among {known}, got {language[:40]!r}")
        name = name or self.view.target
        return self.task.export(self.view.program, self.view.certificate, name, language)

    def source(self, language: str | None = None, name: str | None = None) -> str:
        """The program as text: as tables show it, or the code of a language.

        Of several files it is the one with the code; :meth:`files` has all.

        Raises:
            UsageError: If the language is unknown.
        """
        if language is None:
            return self.view.source
        files = self.files(language, name)
        texts = {file: text for file, text in files.items() if isinstance(text, str)}
        return max(texts.items(), key=lambda item: item[0].endswith((".c", ".py", ".rs")))[1]

    def __repr__(self) -> str:
        """Its worth and its text."""
        worth = ", ".join(f"{k}={v!r}" for k, v in self.objectives.items() if v is not None)
        return f"<{self.id[:10]} {worth}: {'; '.join(self.view.source.splitlines())}>"


@dataclass(frozen=True, eq=False)
class Result:
    """How a search ended.

    Attributes:
        run: Its id.
        archive: The file that holds everything; a temporary one lasts as long as this object.
        done: Whether it came to its end; else it was interrupted.
        front: The Pareto front, the cheapest first.
        best: What was asked for: the cheapest that is proved to keep the bound. Without a bound, or
            if none keeps it, the one of the highest quality that is proved, or None.
        told: What the command line would tell at the end, one line each.
        declared: How objectives are written.
        known: What was known before.
        cells: The map along two of its axes; None where there are fewer.
    """

    run: str
    archive: Path
    done: bool
    front: tuple[Found, ...]
    best: Found | None
    told: tuple[str, ...]
    declared: Declared = field(repr=False)
    known: tuple[Baseline, ...] = field(default=(), repr=False)
    cells: Heatmap | None = field(default=None, repr=False)

    def __rich__(self) -> RenderableType:
        """The table of the command line."""
        if not self.front:
            return "nothing was found"
        return elites_table([found.view.to_json() for found in self.front], self.declared)

    def _repr_html_(self) -> str:
        """The front and the map as pictures and the table, for notebooks."""
        names = self.declared.in_order({n for f in self.front for n in f.objectives})
        head = "".join(f"<th>{html.escape(self.declared.head(n))}</th>" for n in names)
        rows = "".join(f"<tr>{_cells(found, names, self.declared)}</tr>" for found in self.front)
        told = "".join(f"<p>{html.escape(line)}</p>" for line in self.told)
        pictures = f"<div>{self.front_svg()}{self.map_svg()}</div>"
        return f"{pictures}<table><tr>{head}<th>program</th></tr>{rows}</table>{told}"

    def front_svg(self) -> str:
        """The front and what was known before, as SVG; empty where objectives have no numbers."""
        pair = pair_of(self.declared)
        if pair is None:
            return ""
        cost, worth = pair
        ours = [
            Mark(float(x), float(y), f"{found.id[:SHORT]}: {found.view.source}", found.proved)
            for found in self.front
            if isinstance(x := found.objectives.get(cost.name), int | float)
            and isinstance(y := found.objectives.get(worth.name), int | float)
        ]
        most = max((mark.x for mark in ours), default=0.0)
        known = [
            Mark(b.objectives[cost.name], b.objectives[worth.name], b.name)
            for b in self.known
            if {cost.name, worth.name} <= b.objectives.keys() and b.objectives[cost.name] <= most
        ]
        heads = self.declared.head(cost.name), self.declared.head(worth.name)
        return front_svg(ours, known, *heads, rising=worth.direction > 0)

    def map_svg(self) -> str:
        """The map as SVG; empty where it has fewer than two axes."""
        return "" if self.cells is None else map_svg(self.cells)


def _cells(found: Found, names: Sequence[str], declared: Declared) -> str:
    texts = [declared.text(name, found.objectives.get(name)) for name in names]
    code = html.escape("; ".join(found.view.source.splitlines()))
    return "".join(f"<td>{html.escape(t)}</td>" for t in texts) + f"<td><code>{code}</code></td>"
