"""How a Pareto plot is drawn."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from elitemap.terminal.report.figures import (
    LINK,
    Spec,
    inline,
    quantity,
    rounded,
    sharp,
    specification,
    ticks,
    word,
)

BASELINE = "known baseline"

#: What a point may be, with its colour and shape: told apart with any colour vision, or none.
KINDS = {
    "certified": ("#0072b2", "diamond"),
    "confirmed": ("#009e73", "triangle-up"),
    "candidate": ("#8c8c8c", "circle"),
    BASELINE: ("#d55e00", "square"),
}

_HEIGHT = 340
#: Largest by smallest value from which on a scale is logarithmic.
_DECADES = 1e3

#: The choice of kinds in the legend.
_CHOICE = {"name": "kinds", "select": {"type": "point", "fields": ["kind"]}, "bind": "legend"}

#: ``x``, ``y``, ``kind`` (one of :data:`KINDS`) and texts for people: ``name``, ``across``, ``up``,
#: ``program``, and ``href``, where a click leads.
Row = dict[str, Any]


def plot(
    best: Sequence[Row],
    others: Sequence[Row],
    known: Sequence[Row],
    across: str,
    up: str,
    told: str,
    sign: int = -1,
) -> Spec:
    """The plot of such rows: the crowd behind, then stairs, baselines and the front.

    Args:
        best: The front.
        others: The crowd.
        known: Baselines.
        across: Title of the x axis.
        up: Title of the y axis.
        told: What a screen reader says.
        sign: +1 if more is better along x, -1 if less is.
    """
    everything = [*best, *others, *known]
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in everything)]
    place = {
        "x": quantity("x", title=across, **_measured(everything, "x")),
        "y": quantity("y", title=up, **_measured(everything, "y")),
    }
    look = {**place, **_look(kinds, 1.0, 0.08)}
    told_of = {**look, "tooltip": _tips(across, up)}
    ahead, rivals = {"name": "front"}, {"name": "known"}
    layers: list[Spec] = [{"data": ahead, "mark": _stairs(sign), "encoding": place}]
    faint = {**place, **_look(kinds, 0.35, 0.04)}
    layers[:0] = [_cloud(rows, faint) for rows in crowds(others)]
    if known:
        dashed = {**_stairs(sign), "strokeDash": [5, 4]}
        marks = {"type": "point", "size": 170, "strokeWidth": 1.8}
        layers.append({"data": rivals, "mark": dashed, "encoding": place})
        layers.append({"data": rivals, "mark": marks, "encoding": told_of})
    points = {"type": "point", "size": 90, "filled": True, "cursor": "pointer"}
    linked = {**told_of, "href": LINK}
    layers.append({"data": ahead, "mark": points, "encoding": linked, "params": [_CHOICE]})
    rows = {"front": list(best), "known": list(known)}
    return specification({"layer": layers, "datasets": rows}, _HEIGHT, told)


def crowds(rows: Sequence[Row]) -> list[list[Row]]:
    """What a plot tells apart of such rows, each once, by kind: it is some hundred pixels high."""
    known = [row for row in rows if row["kind"] in KINDS]
    xs, ys = (_seen([float(row[name]) for row in known]) for name in ("x", "y"))
    kinds = [row["kind"] for row in known]
    each = sorted(set(zip(kinds, xs, ys, strict=True)))
    return [
        [{"x": x, "y": y, "kind": kind} for _, x, y in some]
        for kind, some in groupby(each, key=itemgetter(0))
    ]


def _cloud(rows: Sequence[Row], encoding: Spec) -> Spec:
    """Faint points of one kind, which is said once."""
    chart = inline(rows, ["x", "y"])
    said = {"calculate": f"'{rows[0]['kind']}'", "as": "kind"}
    mark = {"type": "point", "size": 18}
    return {**chart, "transform": [*chart["transform"], said], "mark": mark, "encoding": encoding}


def _seen(values: Sequence[float]) -> list[float]:
    """Numbers without digits that their axis does not show."""
    return [rounded(v, 3) for v in values] if _logarithmic(values) else sharp(values, 500)


def _logarithmic(values: Sequence[float]) -> bool:
    return bool(values) and min(values) > 0 and max(values) / min(values) > _DECADES


def _stairs(sign: int) -> Spec:
    """The border of what a front reaches: up to the next point it keeps its y, or takes it over."""
    turn = "step-after" if sign < 0 else "step-before"
    path = {"color": "currentColor", "strokeWidth": 1.5, "opacity": 0.45}
    return {"type": "line", "interpolate": turn, **path}


def _look(kinds: Sequence[str], clear: float, hidden: float) -> dict[str, Any]:
    """Colour and shape of the kinds, and how clear those are that the legend chooses or hides."""
    scales = [
        {"domain": list(kinds), "range": [KINDS[kind][part] for kind in kinds]} for part in (0, 1)
    ]
    return {
        "color": word("kind", title=None, scale=scales[0]),
        "shape": word("kind", title=None, scale=scales[1]),
        "opacity": {"condition": {"param": "kinds", "value": clear}, "value": hidden},
    }


def _tips(across: str, up: str) -> list[dict[str, Any]]:
    titles = {"name": "name", "kind": "status", "across": across, "up": up, "program": "program"}
    return [word(field, title=title) for field, title in titles.items()]


def _measured(rows: Sequence[Row], name: str) -> dict[str, Any]:
    """Scale and axis: whole numbers where all are, powers of ten over more than three decades."""
    values = [float(row[name]) for row in rows]
    if _logarithmic(values):
        scale = {"type": "log", "nice": False, "padding": 14}
        return {"scale": scale, "axis": {"format": ".0e", "tickCount": 8}}
    whole = values and all(value.is_integer() for value in values)
    axis = ticks(min(values), max(values)) if whole else {}
    return {"scale": {"zero": False, "nice": False, "padding": 14}, "axis": axis}
