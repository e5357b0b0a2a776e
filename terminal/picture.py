"""What the live view knows at one moment, made from the events so far, and how it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from elitemap.archive.records import EliteRecord
from elitemap.engine.events import (
    Certified,
    Covered,
    Event,
    Finished,
    Progress,
    Started,
    Warned,
)
from elitemap.terminal.heat import heat
from elitemap.terminal.numbers import MISSING, count, duration, in_order, objective
from elitemap.terminal.plain import one_line

#: Lines of the Pareto front that a panel shows.
FRONT_LINES = 14

#: Operators whose share a panel shows.
OPERATORS = 5


@dataclass(frozen=True)
class Picture:
    """One moment of a search.

    Attributes:
        started: How it began.
        progress: The latest figures, None before the first epoch.
        covered: The latest figures of an enumeration, None before the first block.
        tried: Elites that were certified, or could not be: the latest, or the first of a front.
        number: How many were tried.
        total: How many there are to certify.
        warnings: What the user should know.
        phase: What is going on.
    """

    started: Started
    progress: Progress | None = None
    covered: Covered | None = None
    tried: tuple[EliteRecord, ...] = ()
    number: int = 0
    total: int = 0
    warnings: tuple[str, ...] = ()
    phase: str = "starting"


def follow(picture: Picture | None, event: Event) -> Picture | None:
    """The picture after an event; None until the search has started."""
    if isinstance(event, Started):
        return Picture(event, warnings=picture.warnings if picture else ())
    if picture is None:
        return None
    if isinstance(event, Progress):
        return replace(picture, progress=event, phase="searching")
    if isinstance(event, Covered):
        return replace(picture, covered=event, phase="searching")
    if isinstance(event, Certified):
        tried = (*picture.tried, event.elite)
        tried = tried[:FRONT_LINES] if picture.covered is None else tried[-FRONT_LINES:]
        return replace(
            picture, tried=tried, number=event.number, total=event.total, phase="proving"
        )
    if isinstance(event, Warned):
        return replace(picture, warnings=(*picture.warnings, event.message))
    return replace(picture, phase="done" if isinstance(event, Finished) else "interrupted")


def line(picture: Picture) -> str:
    """The moment as one line, for logs."""
    parts = [picture.phase]
    if picture.phase == "proving":
        parts.append(f"{picture.number} of {picture.total}")
    elif picture.covered is not None:
        parts += passed(picture.covered)
    elif picture.progress is not None:
        parts += times(picture.progress) + counts(picture.progress)
        if picture.progress.front:
            parts.append(f"best: {objectives(picture.progress.front[-1])}")
    return one_line(", ".join(parts))


def panel(picture: Picture, width: int, colour: bool) -> Panel:
    """The moment as a panel: figures, budget and, of an evolution, map, front and operators.

    Args:
        picture: The moment.
        width: Columns of the terminal.
        colour: Whether it shows colours.
    """
    started, progress = picture.started, picture.progress
    body: list[RenderableType] = []
    if picture.covered is not None:
        body += _passage(picture, picture.covered, width)
    elif progress is None:
        body.append(Text(f"waiting for the first {'block' if started.plan else 'epoch'}"))
    else:
        body += [_text(", ".join(texts)) for texts in (times(progress), counts(progress))]
        body.append(_bar(progress.done, width - 4))
        body += _map(started.axes[0] if started.axes else "map", progress, colour)
        body.append(_proved(picture) if picture.tried else _front(progress.front))
        body.append(_operators(progress.operators))
    body += [Text(one_line(message), style="yellow") for message in picture.warnings]
    title = f"{started.space} {started.target}, {picture.phase}, run {started.run}"
    return Panel(Group(*body), title=Text(one_line(title)), title_align="left", width=width)


def passed(covered: Covered) -> list[str]:
    """How far an enumeration has got, and what it has found."""
    left = [] if covered.remaining is None else [f"{duration(covered.remaining)} left"]
    return [
        duration(covered.elapsed),
        *left,
        f"{count(covered.candidates)} of {count(covered.size)} candidates"
        f" ({count(covered.rate)}/s)",
        found(covered.members, covered.classes),
    ]


def found(members: int, classes: int) -> str:
    """So many disguises of so many elites, as text."""
    return (
        f"{members} formula{'' if members == 1 else 's'}"
        f" in {classes} class{'' if classes == 1 else 'es'}"
    )


def times(progress: Progress) -> list[str]:
    """How long it has taken, what is left, and how much of the map and the cache is in use."""
    left = [] if progress.remaining is None else [f"{duration(progress.remaining)} left"]
    return [
        duration(progress.elapsed),
        *left,
        f"{progress.cells} of {progress.all_cells} cells",
        f"cache hits {progress.hit_rate:.0%}",
    ]


def counts(progress: Progress) -> list[str]:
    """What was done, and how fast."""
    return [
        f"{count(progress.screened)} screened ({count(progress.screened_per_second)}/s)",
        f"{count(progress.evaluations)} evaluations ({count(progress.evaluations_per_second)}/s)",
    ]


def objectives(values: Mapping[str, Any]) -> str:
    """The objectives that have a value, as one line."""
    texts = {name: objective(name, values[name]) for name in in_order(values)}
    return ", ".join(f"{one_line(n)} {t}" for n, t in texts.items() if t != MISSING)


def _passage(picture: Picture, covered: Covered, width: int) -> list[RenderableType]:
    figures = [", ".join(passed(covered))]
    if covered.counts:
        figures.append(", ".join(f"{count(n)} {name}" for name, n in covered.counts.items()))
    body: list[RenderableType] = [*map(_text, figures), _bar(covered.done, width - 4)]
    return [*body, _proved(picture)] if picture.tried else body


def _bar(share: float, width: int) -> Text:
    full = round(min(max(share, 0.0), 1.0) * width)
    return Text("━" * full + "╌" * (width - full), no_wrap=True)


def _map(axis: str, progress: Progress, colour: bool) -> list[RenderableType]:
    return [Text(f"best by {one_line(axis)}", style="dim"), heat(progress.strip, colour)]


def _front(front: Sequence[Mapping[str, float]]) -> Table:
    return _columns("front, by estimates", [objectives(one) for one in front])


def _proved(picture: Picture) -> Table:
    lines = [f"{objectives(e.objectives)}  {e.status}" for e in picture.tried]
    what = "front" if picture.covered is None else "certificates"
    return _columns(f"{what}, {picture.number} of {picture.total} tried", lines)


def _columns(head: str, lines: Sequence[str]) -> Table:
    """Lines in two columns under a head."""
    table = Table.grid(padding=(0, 4, 0, 0))
    table.add_row(Text(head, style="dim"))
    shown = list(lines[:FRONT_LINES])
    half = (len(shown) + 1) // 2
    for left, right in zip(shown[:half], [*shown[half:], ""], strict=False):
        table.add_row(_text(left), _text(right))
    return table


def _operators(shares: Mapping[str, float]) -> Text:
    most = sorted(shares.items(), key=lambda item: -item[1])[:OPERATORS]
    return _text("variation: " + ", ".join(f"{one_line(n)} {s:.0%}" for n, s in most), "dim")


def _text(text: str, style: str = "") -> Text:
    return Text(one_line(text), style=style, no_wrap=True, overflow="ellipsis")
