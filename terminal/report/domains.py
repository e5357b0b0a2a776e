"""The curve of one elite: its error over the domain, or whatever its task follows."""

import math
from typing import Any

import altair as alt

from elitemap.archive.errors import ElitemapError
from elitemap.archive.views import EliteView
from elitemap.engine.protocols import Curve, Task
from elitemap.searchspaces.programs.program import ProgramError
from elitemap.terminal.plain import one_line
from elitemap.terminal.report.figures import COLOURS, Chart, Figure, Spec, specification

_HEIGHT = 170
_CAPTION = "Sampled to be looked at: neither a bound nor a score."


def curve_figure(view: EliteView, task: Task, name: str) -> Figure | None:
    """The curve of an elite; None if it has none or cannot be followed.

    Args:
        view: The elite.
        task: Its task.
        name: Id of the figure.
    """
    try:
        curve = task.curve(view.program)
    except (ElitemapError, ProgramError):
        return None
    rows = [] if curve is None else moments(curve)
    if curve is None or not any(row["y"] is not None for row in rows):
        return None
    across, up = one_line(curve.x_name), one_line(curve.y_name)
    known = [row["y"] for row in rows if row["y"] is not None]
    told = (
        f"Curve of the {up} over {across} from {rows[0]['x']:.6g} to {rows[-1]['x']:.6g}:"
        f" between {min(known):.3g} and {max(known):.3g}."
    )
    chart = Chart(f"{up} over {across}", draw(rows, across, up, told))
    return Figure(name, f"{up.capitalize()} over {across}", _CAPTION, (chart,), True)


def moments(curve: Curve) -> list[dict[str, Any]]:
    """The points of a curve; a gap where it has no value."""
    pairs = zip(curve.x.tolist(), curve.y.tolist(), strict=True)
    return [{"x": x, "y": y if math.isfinite(y) else None} for x, y in pairs if math.isfinite(x)]


def draw(rows: list[dict[str, Any]], across: str, up: str, told: str) -> Spec:
    """The curve of such rows."""
    largest = max(abs(row["y"]) for row in rows if row["y"] is not None)
    form = alt.Undefined if largest == 0 or 1e-3 <= largest < 1e6 else ".1e"
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=1.5, color=COLOURS[0], clip=True)
        .encode(
            x=alt.X("x:Q", title=across, scale=alt.Scale(nice=False, zero=False)),
            y=alt.Y("y:Q", title=up, axis=alt.Axis(format=form, tickCount=5)),
            tooltip=[
                alt.Tooltip("x:Q", title=across, format=".6~g"),
                alt.Tooltip("y:Q", title=up, format=".4~g"),
            ],
        )
    )
    return specification(chart, _HEIGHT, told)
