"""The moment of a search as a panel that fits its terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from elitemap.archive.records import EliteRecord
from elitemap.engine.events import Covered, Progress, Started
from elitemap.engine.protocols import Axis
from elitemap.terminal.live.heat import heat
from elitemap.terminal.live.picture import FRONT_LINES, Picture, counts, crew, passed, stage, times
from elitemap.terminal.numbers import MISSING, count, number
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.columns import fitted, flow, side_by_side

#: Operators and warnings that a panel shows at most.
_OPERATORS, _WARNINGS = 5, 2

#: Columns of a panel at most, those of its frame, and columns of a bin in the map's strip.
_WIDEST, _FRAME, _BIN = 110, 4, 4

#: Cells of a search's name that come before how it stands.
_NAME = 16

#: Lines of a front's table that come before anything else that could be left out.
_WORTH = 3

#: Objectives of an elite, and its status, empty while there are only estimates.
_Row = tuple[Mapping[str, Any], str]


def panel(picture: Picture, width: int, colour: bool) -> Panel:
    """The moment as a panel of any height.

    Args:
        picture: The moment.
        width: Columns of the terminal.
        colour: Whether it shows colours.
    """
    return framed(picture, content(picture, width, colour), width)


def framed(picture: Picture, lines: Sequence[Text], width: int) -> Panel:
    """Lines in a frame that says which search they are about."""
    started = picture.started
    outer = min(width, _WIDEST)
    rest = f", {stage(picture)}, run {started.run}"
    name = fitted(f"{started.space} {started.problem}", max(outer - 6 - cell_len(rest), _NAME))
    head = fitted(f"{name}{rest}", outer - 6)
    return Panel(Group(*lines), title=head, title_align="left", width=outer)


def content(picture: Picture, width: int, colour: bool, height: int | None = None) -> list[Text]:
    """What is in the panel, each item one line: figures, budget, map, front and operators.

    Args:
        picture: The moment.
        width: Columns of the terminal.
        colour: Whether it shows colours.
        height: Lines of the panel at most, its frame included; the least important are left out.
    """
    inner = min(width, _WIDEST) - _FRAME
    room = FRONT_LINES + 30 if height is None else max(height - 2, 1)
    warnings = [fitted(text, inner, "yellow") for text in picture.warnings[-_WARNINGS:]]
    if picture.covered is not None:
        top, rest = _enumerated(picture.covered, inner), []
    elif picture.progress is not None:
        top = _evolved(picture.progress, inner)
        rest = _margin(picture.started, picture.progress, inner, colour)
    else:
        waiting = "block" if picture.started.plan else "epoch"
        top, rest = [fitted(f"waiting for the first {waiting}", inner)], []
    top += flow(crew(picture), inner, "dim")
    room -= len(top) + len(warnings)
    kept = [one for k, one in enumerate(rest) if room - k > _WORTH]
    table = _front(picture, inner, min(room - len(kept), FRONT_LINES + 2))
    return [*top, *kept[:1], *table, *kept[1:], *warnings][: height and max(height - 2, 1)]


def _enumerated(covered: Covered, width: int) -> list[Text]:
    stages = {name: n for name, n in covered.counts.items() if name != "candidates"}
    told = [f"{count(n)} {name}" for name, n in stages.items()]
    return [*flow(passed(covered), width), _bar(covered.done, width), *flow(told, width, "dim")]


def _evolved(progress: Progress, width: int) -> list[Text]:
    figures = [*flow(times(progress), width), *flow(counts(progress), width)]
    return [*figures, _bar(progress.done, width)]


def _margin(started: Started, progress: Progress, width: int, colour: bool) -> list[Text]:
    """The map's strip and the operators."""
    shares = sorted(progress.operators.items(), key=lambda item: -item[1])[:_OPERATORS]
    told = ", ".join(f"{name} {share:.0%}" for name, share in shares)
    strip = _strip(started, progress.strip, width, colour)
    return [strip, fitted(f"variation: {told}", width, "dim")]


def _strip(started: Started, values: Sequence[float | None], width: int, colour: bool) -> Text:
    """The best quality along an axis of the map, between names of its first and its last bin."""
    axis = started.strip or Axis(started.axes[0] if started.axes else "map", ())
    low, high = ends(axis)
    text = fitted(f"best by {axis.name} {low}", width // 2, "dim")
    blocks = heat(pooled(values, (width - len(text.plain) - len(high) - 1) // _BIN), colour)
    return Text.assemble(text, " ", blocks, (f" {high}", "dim"), no_wrap=True, overflow="crop")


def ends(axis: Axis) -> tuple[str, str]:
    """Names of an axis' first and last bin: the whole number in it, else its only edge."""
    if not axis.edges:
        return "", ""
    first, last = axis.edges[0], axis.edges[-1]
    if all((edge - 0.5).is_integer() for edge in (first, last)):
        return number(first - 0.5), number(last + 0.5)
    return f"<{number(first)}", f"≥{number(last)}"


def pooled(values: Sequence[float | None], most: int) -> list[float | None]:
    """At most so many bins: the best of neighbours where there are more."""
    stride = -(-len(values) // max(most, 1)) or 1
    parts = [values[k : k + stride] for k in range(0, len(values), stride)]
    return [max((v for v in part if v is not None), default=None) for part in parts]


def _front(picture: Picture, width: int, most: int) -> list[Text]:
    """The estimated front, or what was tried of it, in a table under a head."""
    rows: Sequence[_Row] = []
    if picture.tried:
        what = "certificates" if picture.covered is not None else "front"
        head = f"{what}, {picture.number} of {picture.total} tried"
        # Of an enumeration the latest are of interest, of a front both ends.
        latest = (
            picture.tried[-max(most - 2, 1) :]
            if picture.covered
            else _ordered(picture.tried, picture.declared)
        )
        rows = [(elite.objectives, elite.status) for elite in latest]
    elif picture.progress is not None:
        head, rows = "front, by estimates", [(one, "") for one in picture.progress.front]
    if not rows:
        return []
    names, texts = _texts(rows, picture.declared)
    lines = side_by_side(names, texts, width, most - 1)
    return [fitted(head, width, "dim"), *lines] if lines else []


def _ordered(elites: Sequence[EliteRecord], declared: Declared) -> list[EliteRecord]:
    """A front from end to end: certificates are not made in its order."""
    names = declared.in_order(name for elite in elites for name in elite.objectives)

    def place(elite: EliteRecord) -> float:
        value = elite.objectives.get(names[0])
        return float(value) if isinstance(value, int | float) else 0.0

    return sorted(elites, key=place) if names else list(elites)


def _texts(rows: Sequence[_Row], declared: Declared) -> tuple[list[str], list[list[str]]]:
    """Heads and cells of elites: the status, and the objectives that any of them has."""
    told = [{name: declared.text(name, v) for name, v in values.items()} for values, _ in rows]
    names = declared.in_order(name for one in told for name, text in one.items() if text != MISSING)
    marked = ["status"] if any(status for _, status in rows) else []
    cells = [
        [*([status] if marked else []), *(one.get(name, MISSING) for name in names)]
        for one, (_, status) in zip(told, rows, strict=True)
    ]
    return [*marked, *names], cells


def _bar(share: float, width: int) -> Text:
    full = round(min(max(share, 0.0), 1.0) * width)
    return Text("━" * full + "╌" * (width - full), no_wrap=True)
