"""Curves of one elite: its error over the domain, or whatever its task follows.

Over two variables it is a heat map of its size.
"""

import math
from typing import Any

import numpy as np

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Curve, Surface, Task
from elitemap.terminal.commands.recorded import all_curves
from elitemap.terminal.report.figures import (
    COLOURS,
    Chart,
    Figure,
    Spec,
    inline,
    quantity,
    rounded,
    specification,
)
from elitemap.terminal.report.maps import HEAT

_HEIGHT, _STEPS = 170, 5_000

# What stands for no value: Vega takes no null in a list of numbers.
_GAP = 2 * _STEPS
_CAPTION = "Sampled to be looked at: neither a bound nor a score."


def curve_figures(view: EliteView, task: Task, name: str) -> tuple[Figure, ...]:
    """The curves of an elite; none if it has none or cannot be followed.

    Args:
        view: The elite.
        task: Its task.
        name: Id of the first figure, with which those of the others begin.
    """
    try:
        curves = all_curves(task, view.program)
    except ElitemapError:
        return ()
    names = (f"{name}-{k}" if k else name for k in range(len(curves)))
    drawn = (_figure(one, id_) for one, id_ in zip(curves, names, strict=True))
    return tuple(figure for figure in drawn if figure is not None)


def _figure(curve: Curve | Surface, name: str) -> Figure | None:
    if isinstance(curve, Surface):
        return surface_figure(curve, name)
    rows = moments(curve)
    if not any(row["y"] is not None for row in rows):
        return None
    across, up = one_line(curve.x_name), one_line(curve.y_name)
    known = [row["y"] for row in rows if row["y"] is not None]
    told = (
        f"Curve of the {up} over {across} from {rows[0]['x']:.6g} to {rows[-1]['x']:.6g}:"
        f" between {min(known):.3g} and {max(known):.3g}."
    )
    chart = Chart(f"{up} over {across}", draw(rows, across, up, told))
    return Figure(name, f"{up.capitalize()} over {across}", _CAPTION, (chart,), True)


def surface_figure(surface: Surface, name: str) -> Figure | None:
    """The size of an error over a box as a heat map; None if it has no value."""
    xs, ys, sizes = surface.x.tolist(), surface.y.tolist(), np.abs(surface.z)
    halves = [(axis[1] - axis[0]) / 2 for axis in (xs, ys)]
    places = [(i, j) for j in range(len(ys)) for i in range(len(xs)) if np.isfinite(sizes[j, i])]
    rows = [
        {"x": xs[i], "y": ys[j], "z": rounded(float(sizes[j, i]), 3)}
        | {"left": rounded(xs[i] - halves[0], 6), "right": rounded(xs[i] + halves[0], 6)}
        | {"low": rounded(ys[j] - halves[1], 6), "high": rounded(ys[j] + halves[1], 6)}
        for i, j in places
    ]
    if not rows:
        return None
    across, up, what = map(one_line, (surface.x_name, surface.y_name, surface.z_name))
    told = (
        f"Heat map of the size of the {what} over {across} from {xs[0]:.6g} to {xs[-1]:.6g} and "
        f"{up} from {ys[0]:.6g} to {ys[-1]:.6g}: at most {max(row['z'] for row in rows):.3g}."
    )
    tight = {"nice": False, "zero": False}
    encoding = {
        "x": quantity("left", title=across, scale=tight),
        "x2": {"field": "right"},
        "y": quantity("low", title=up, scale=tight),
        "y2": {"field": "high"},
        "color": quantity("z", title=what, scale=HEAT, legend={"format": ".1e"}),
        "tooltip": [
            quantity("x", title=across, format=".6~g"),
            quantity("y", title=up, format=".6~g"),
            quantity("z", title=what, format=".4~g"),
        ],
    }
    fields = ["x", "y", "z", "left", "right", "low", "high"]
    chart = {**inline(rows, fields), "mark": {"type": "rect"}, "encoding": encoding}
    title = f"size of the {what} over {across} and {up}"
    shown = Chart(title, specification(chart, _HEIGHT, told))
    return Figure(name, title.capitalize(), _CAPTION, (shown,), True)


def moments(curve: Curve) -> list[dict[str, Any]]:
    """The points of a curve; a gap where it has no value."""
    pairs = zip(curve.x.tolist(), curve.y.tolist(), strict=True)
    return [{"x": x, "y": y if math.isfinite(y) else None} for x, y in pairs if math.isfinite(x)]


def draw(rows: list[dict[str, Any]], across: str, up: str, told: str) -> Spec:
    """The curve of such rows."""
    largest = max(abs(row["y"]) for row in rows if row["y"] is not None)
    form = {} if largest == 0 or 1e-3 <= largest < 1e6 else {"format": ".1e"}
    encoding = {
        "x": quantity("x", title=across, scale={"nice": False, "zero": False}),
        "y": quantity("y", title=up, axis={"tickCount": 5, **form}),
        "tooltip": [
            quantity("x", title=across, format=".6~g"),
            quantity("y", title=up, format=".4~g"),
        ],
    }
    mark = {"type": "line", "strokeWidth": 1.5, "color": COLOURS[0], "clip": True}
    chart = {**_samples(rows, largest), "mark": mark, "encoding": encoding}
    return specification(chart, _HEIGHT, told)


def _samples(rows: list[dict[str, Any]], largest: float) -> Spec:
    """The points as data; if they are evenly spread, as whole steps upwards, a fifth of the space.

    Curves are most of the data of a page.
    """
    step = largest / _STEPS or 1.0
    ys = [_GAP if row["y"] is None else round(row["y"] / step) for row in rows]
    first, stride = rows[0]["x"], _stride([row["x"] for row in rows])
    if stride is None:
        return inline([{"x": row["x"], "y": row["y"]} for row in rows], ["x", "y"])
    transform = [
        {"window": [{"op": "row_number", "as": "number"}]},
        {"calculate": f"{first!r} + (datum.number - 1) * {stride!r}", "as": "x"},
        {"calculate": f"datum.data < {_GAP} ? datum.data * {step!r} : null", "as": "y"},
    ]
    return {"data": {"values": ys}, "transform": transform}


def _stride(xs: list[float]) -> float | None:
    """From each number to the next, None if they are not evenly spread."""
    if len(xs) < 2:
        return None
    stride = (xs[-1] - xs[0]) / (len(xs) - 1)
    apart = (abs(xs[0] + k * stride - x) for k, x in enumerate(xs))
    return stride if max(apart) <= 1e-6 * abs(stride) else None
