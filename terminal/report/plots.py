"""How a Pareto plot is drawn."""

from collections.abc import Sequence
from typing import Any

import altair as alt

from elitemap.terminal.numbers import ESTIMATES
from elitemap.terminal.plain import one_line
from elitemap.terminal.report.figures import Spec, specification, ticks

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

#: ``x``, ``y``, ``kind`` (one of :data:`KINDS`) and texts for people: ``name``, ``across``, ``up``,
#: ``program``, and ``href``, where a click leads.
Row = dict[str, Any]


def heading(name: str) -> str:
    """An objective's name as a title, honest about estimates."""
    words = one_line(name).replace("_", " ")
    return f"{words} (estimate)" if name in ESTIMATES else words


def plot(
    best: Sequence[Row],
    others: Sequence[Row],
    known: Sequence[Row],
    across: str,
    up: str,
    told: str,
) -> Spec:
    """The plot of such rows: the crowd behind, then lines, baselines and the front.

    Args:
        best: The front.
        others: The crowd.
        known: Baselines.
        across: Title of the x axis.
        up: Title of the y axis.
        told: What a screen reader says.
    """
    everything = [*best, *others, *known]
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in everything)]
    chosen = alt.selection_point(name="kinds", fields=["kind"], bind="legend")
    place: dict[str, Any] = {
        "x": alt.X("x:Q", title=across, **_measured(everything, "x")),
        "y": alt.Y("y:Q", title=up, **_measured(everything, "y")),
    }
    look = place | {
        "color": alt.Color("kind:N", title=None, scale=_palette(kinds, 0)),
        "shape": alt.Shape("kind:N", title=None, scale=_palette(kinds, 1)),
        "opacity": alt.condition(chosen, alt.value(1.0), alt.value(0.08)),
    }
    faint = look | {"opacity": alt.condition(chosen, alt.value(0.35), alt.value(0.04))}
    tips = _tips(across, up)
    path: dict[str, Any] = {"color": "currentColor", "strokeWidth": 1.5, "opacity": 0.45}
    crowd, ahead, rivals = (alt.Chart(alt.NamedData(n)) for n in ("others", "front", "known"))
    points = ahead.mark_point(size=90, filled=True, cursor="pointer")
    layers = [
        *([crowd.mark_point(size=18).encode(**faint)] if others else []),
        ahead.mark_line(**path).encode(**place, order="x:Q"),
        points.encode(**look, tooltip=tips, href="href:N").add_params(chosen),
    ]
    if known:
        dashed = rivals.mark_line(**path, strokeDash=[5, 4]).encode(**place, order="x:Q")
        marks = rivals.mark_point(size=170, strokeWidth=1.8).encode(**look, tooltip=tips)
        layers[-1:-1] = [dashed, marks]
    spec = specification(alt.layer(*layers), _HEIGHT, told)
    # The library would check every row when it is given them.
    rows = {"front": best, "others": others, "known": known}
    return {**spec, "datasets": {name: list(some) for name, some in rows.items()}}


def _tips(across: str, up: str) -> list[alt.Tooltip]:
    titles = {"name": "name", "kind": "status", "across": across, "up": up, "program": "program"}
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in titles.items()]


def _palette(kinds: Sequence[str], part: int) -> alt.Scale:
    return alt.Scale(domain=list(kinds), range=[KINDS[kind][part] for kind in kinds])


def _measured(rows: Sequence[Row], name: str) -> dict[str, Any]:
    """Scale and axis: whole numbers where all are, powers of ten over more than three decades."""
    values = [float(row[name]) for row in rows]
    if values and min(values) > 0 and max(values) / min(values) > _DECADES:
        scale = alt.Scale(type="log", nice=False, padding=14)
        return {"scale": scale, "axis": alt.Axis(format=".0e", tickCount=8)}
    axis = alt.Axis()
    if values and all(value.is_integer() for value in values):
        axis = alt.Axis(**ticks(min(values), max(values)))
    return {"scale": alt.Scale(zero=False, nice=False, padding=14), "axis": axis}
