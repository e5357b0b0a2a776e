"""The plot of elites beside what others have made: two objectives, and both fronts."""

from collections.abc import Sequence, Set
from itertools import cycle
from typing import Any

import numpy as np

from elitemap.archive.errors import SearchError
from elitemap.archive.pareto import undominated
from elitemap.archive.plain import one_line
from elitemap.engine.protocols import Bench, Compared, Objective
from elitemap.terminal.objectives import Declared
from elitemap.terminal.report.figures import COLOURS, Spec, quantity, specification, word

#: What our own are called in the legend.
OURS = "found here"

_HEIGHT = 420

#: Shapes of others, which go with the colours in turn: no two have the same of both.
_SHAPES = ("square", "triangle-up", "diamond", "cross", "triangle-down")

_OURS = (COLOURS[0], "circle")

_LEGEND = {"orient": "bottom", "columns": 6}

#: How near a label must not be to another, as shares of the axes.
_ROOM = np.array([0.22, 0.035])

#: How much worse than the worst of both fronts a point may be and still be drawn.
_REACH = 10.0

#: Largest by smallest value from which on a scale is logarithmic.
_SPAN = 10.0


def plot(bench: Bench, title: str) -> Spec:
    """The first of a bench's objectives that have a direction over the second.

    Args:
        bench: The comparison.
        title: Of the plot.

    Raises:
        SearchError: If no row has both objectives.
    """
    up, across = [one for one in bench.columns if one.direction][:2]
    rows = [_row(one, across, up) for one in bench.rows if _usable(one, across, up)]
    if not rows:
        raise SearchError(f"nothing to plot: no row has both {across.name} and {up.name}")
    fronts = [
        _front([row for row in rows if (row["kind"] == OURS) == ours], across, up)
        for ours in (True, False)
    ]
    rows = _near(rows, fronts, up)
    titles = [_title(Declared.of(bench.columns), one) for one in (across, up)]
    place = {
        name: quantity(name, title=told, scale=_scale([row[name] for row in rows]))
        for name, told in zip(("x", "y"), titles, strict=True)
    }
    on_front = {row["name"] for front in fronts for row in front}
    shown = _labelled(rows, on_front)
    layers = [_stairs(front, place, k == 0, across) for k, front in enumerate(fronts) if front]
    layers += _points(shown, place, titles)
    told = f"{title}: {len(rows)} points, {len(fronts[0])} on the front of what was found."
    spec = specification({"layer": layers}, _HEIGHT, told)
    return {**spec, "title": title}


def _usable(one: Compared, *goals: Objective) -> bool:
    return all(np.isfinite(one.objectives.get(goal.name, np.nan)) for goal in goals)


def _row(one: Compared, across: Objective, up: Objective) -> dict[str, Any]:
    words = one_line(one.name).split()
    library = " ".join(words[:1]) if one.version else OURS
    return {
        "name": one_line(one.name),
        "kind": library,
        "told": " ".join(words[:-1]) if one.version else "",
        "x": one.objectives[across.name],
        "y": one.objectives[up.name],
    }


def _front(
    rows: Sequence[dict[str, Any]], across: Objective, up: Objective
) -> list[dict[str, Any]]:
    """The rows that none of them beats, from left to right."""
    gains = np.array([(across.direction * r["x"], up.direction * r["y"]) for r in rows])
    best = [rows[k] for k in undominated(gains.reshape(-1, 2)).tolist()]
    return sorted(best, key=lambda row: row["x"])


def _title(declared: Declared, one: Objective) -> str:
    head = declared.head(one.name)
    return head if one.unit in ("", head) else f"{head} ({one.unit})"


def _labelled(rows: Sequence[dict[str, Any]], names: Set[str]) -> list[dict[str, Any]]:
    """The rows, with a label where they have one of the names and no label is too near."""
    places = np.array([[_place(row["x"], rows, "x"), _place(row["y"], rows, "y")] for row in rows])
    taken: list[int] = []
    for k, row in enumerate(rows):
        apart = np.abs(places[taken] - places[k]) > _ROOM
        if row["told"] and row["name"] in names and apart.any(axis=1).all():
            taken.append(k)
    return [row | {"label": row["told"] if k in taken else ""} for k, row in enumerate(rows)]


def _place(value: float, rows: Sequence[dict[str, Any]], name: str) -> float:
    """Where on an axis a value is, from 0 to 1."""
    values = [row[name] for row in rows]
    turn = np.log if _logarithmic(values) else float
    low, high = turn(min(values)), turn(max(values))
    return float((turn(value) - low) / ((high - low) or 1.0))


def _near(
    rows: list[dict[str, Any]], fronts: Sequence[Sequence[dict[str, Any]]], up: Objective
) -> list[dict[str, Any]]:
    """Without what is so much worse than both fronts that it would take all of the plot."""
    if up.direction > 0 or min(row["y"] for row in rows) <= 0:
        return rows
    most = max(row["y"] for front in fronts for row in front)
    return [row for row in rows if row["y"] <= _REACH * most]


def _stairs(
    front: Sequence[dict[str, Any]], place: Spec, ours: bool, across: Objective
) -> dict[str, Any]:
    """The border of what a front reaches."""
    line = {
        "type": "line",
        "interpolate": "step-after" if across.direction < 0 else "step-before",
        "color": COLOURS[0] if ours else "#666666",
        "strokeWidth": 2 if ours else 1.5,
        **({} if ours else {"strokeDash": [5, 4]}),
    }
    return {"data": {"values": list(front)}, "mark": line, "encoding": place}


def _points(
    rows: Sequence[dict[str, Any]], place: Spec, titles: Sequence[str]
) -> list[dict[str, Any]]:
    kinds = list(dict.fromkeys(row["kind"] for row in rows))
    kinds.sort(key=lambda kind: kind != OURS)
    colours, shapes = cycle(COLOURS[1:]), cycle(_SHAPES)
    looks = {
        "color": [_OURS[0] if kind == OURS else next(colours) for kind in kinds],
        "shape": [_OURS[1] if kind == OURS else next(shapes) for kind in kinds],
    }
    tips = {"name": "name", "x": titles[0], "y": titles[1]}
    look = {
        name: word("kind", title=None, scale={"domain": kinds, "range": values}, legend=_LEGEND)
        for name, values in looks.items()
    }
    data = {"values": list(rows)}
    tooltip = [word(field, title=told) for field, told in tips.items()]
    mark = {"type": "point", "size": 70, "filled": True, "opacity": 0.9}
    text = {"type": "text", "align": "left", "dx": 7, "dy": -6, "fontSize": 10}
    return [
        {"data": data, "mark": mark, "encoding": {**place, **look, "tooltip": tooltip}},
        {"data": data, "mark": text, "encoding": {**place, "text": word("label")}},
    ]


def _scale(values: Sequence[float]) -> dict[str, Any]:
    if _logarithmic(values):
        return {"type": "log", "nice": False, "padding": 16}
    return {"zero": False, "nice": False, "padding": 16}


def _logarithmic(values: Sequence[float]) -> bool:
    """Whether all are positive and they are far apart."""
    return min(values) > 0 and max(values) / min(values) > _SPAN
