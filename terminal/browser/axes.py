"""Which columns may be the axes of the map and of the plot, and which ones are, unasked."""

from collections.abc import Sequence
from dataclasses import dataclass

from elitemap.archive.reading.inventory import ColumnInfo
from elitemap.terminal.numbers import known_as


@dataclass(frozen=True)
class Axis:
    """A column of numbers; ``sign`` is +1 where more is better, else -1."""

    name: str
    sign: int = -1


Pair = tuple[Axis | None, Axis | None]


def map_axes(columns: Sequence[ColumnInfo], x: str, y: str) -> tuple[tuple[Axis, ...], Pair]:
    """The axes that a map may have, measures first, and the two that it gets.

    Args:
        columns: What the elites have.
        x: The axis that was chosen, perhaps empty or unknown here.
        y: The same for the other.
    """
    known = [column for column in columns if column.low is not None]
    measures = [column for column in known if column.kind == "measure"]
    varied = [column for column in measures if column.low != column.high]
    first = varied if len(varied) > 1 else [*varied, *(m for m in measures if m not in varied)]
    others = [c for c in known if c not in first and c.kind in _VALUES and not _twice(c, first)]
    axes = tuple(Axis(column.name) for column in (*first, *others))
    return axes, _pair(axes, x, y)


def plot_axes(columns: Sequence[ColumnInfo], x: str, y: str) -> tuple[tuple[Axis, ...], Pair]:
    """The axes that a plot may have, objectives first, and the two that it gets.

    Costs come to the right; what varies and what is no estimate is taken first.
    """
    known = [c for c in columns if c.low is not None and c.kind in _VALUES]
    aims = [c for c in known if c.kind == "objective" and c.sign]
    aims.sort(key=lambda c: (c.low == c.high, _estimated(c)))
    chosen = sorted(aims[:2], key=lambda c: c.sign)
    others = [c for c in known if c not in chosen and not _twice(c, aims)]
    axes = tuple(Axis(c.name, c.sign or -1) for c in (*chosen, *others))
    return axes, _pair(axes, x, y)


def next_axis(axes: Sequence[Axis], current: str, other: str, step: int) -> str:
    """The axis that follows the current one and is not the other."""
    names = [axis.name for axis in axes if axis.name != other]
    if not names:
        return current
    place = names.index(current) if current in names else -step
    return names[(place + step) % len(names)]


#: Kinds of columns that may be axes: quality and slots are no properties of programs.
_VALUES = ("objective", "measure")


def _estimated(column: ColumnInfo) -> bool:
    return column.objective is not None and column.objective.vouched == "estimated"


def _twice(column: ColumnInfo, others: Sequence[ColumnInfo]) -> bool:
    """Whether an axis says what another says: a measure that is an objective too."""
    return any(known_as(column.name) == known_as(c.name) for c in others if c is not column)


def _pair(axes: Sequence[Axis], x: str, y: str) -> Pair:
    named = {axis.name: axis for axis in axes}
    first = named.get(x) or next((axis for axis in axes if axis.name != y), None)
    rest = [axis for axis in axes if axis != first]
    second = named.get(y) if first is None or y != first.name else None
    return first, second or next(iter(rest), None)
