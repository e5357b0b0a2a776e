"""Pareto plots: two objectives, the front, everything behind it, and known baselines."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import altair as alt

from elitemap.archive.pareto import front
from elitemap.archive.reader import ArchiveReader
from elitemap.archive.views import EliteView
from elitemap.terminal.numbers import ESTIMATES, objective
from elitemap.terminal.plain import one_line
from elitemap.terminal.report.figures import Chart, Figure, Spec, specification
from elitemap.terminal.report.fronts import Goal, pairs, usable
from elitemap.terminal.report.problems import Problem
from elitemap.terminal.tables import brief

#: Points of the crowd behind a front.
MOST_POINTS = 2000

#: What a point may be, with its colour and shape: told apart with any colour vision, or none.
KINDS = {
    "certified": ("#0072b2", "diamond"),
    "confirmed": ("#009e73", "triangle-up"),
    "candidate": ("#8c8c8c", "circle"),
    "known baseline": ("#d55e00", "square"),
}

BASELINE = "known baseline"

_HEIGHT = 340
_LONGEST = 70

Row = dict[str, Any]


def tradeoff_figure(
    reader: ArchiveReader,
    problem: Problem,
    name: str,
    links: Mapping[str, str],
    baselines: Sequence[tuple[str, Mapping[str, float]]],
) -> Figure | None:
    """Pareto plots of a problem, one per pair of objectives; None without a pair.

    Args:
        reader: The archive.
        problem: Whose elites.
        name: Id of the figure.
        links: Places of elites in the page, by id.
        baselines: Names and objectives of what was known before.
    """
    columns = reader.columns(problem.scope)
    chosen = pairs(usable(problem, columns), columns)
    charts = [_chart(reader, problem, x, y, links, baselines) for x, y in chosen]
    return Figure(name, "What trades against what", _caption(chosen[0], bool(baselines)), tuple(charts)) if charts else None


def _caption(pair: tuple[Goal, Goal], known: bool) -> str:
    better = ", ".join(f"{'more' if g.sign > 0 else 'less'} {heading(g.name)}" for g in pair)
    dashed = " The dashed line joins the best of the known baselines." if known else ""
    return (
        f"Better is {better}. The line joins the front: nothing else is better in both.{dashed}"
        " A click on a point of the front leads to its section, a click on the legend shows one"
        " kind only."
    )


def heading(name: str) -> str:
    """An objective's name as a title, honest about estimates."""
    words = one_line(name).replace("_", " ")
    return f"{words} (estimate)" if name in ESTIMATES else words


def _chart(
    reader: ArchiveReader,
    problem: Problem,
    x: Goal,
    y: Goal,
    links: Mapping[str, str],
    baselines: Sequence[tuple[str, Mapping[str, float]]],
) -> Chart:
    ahead = reader.elites(replace(problem.scope, pareto=f"{x.term},{y.term}"))
    crowd = reader.points(problem.scope, x.label, y.label, MOST_POINTS)
    best = [_row(view, x, y, links) for view in ahead]
    others = [{"x": p.x, "y": p.y, "kind": p.status} for p in crowd]
    known = rivals(baselines, x, y, [row["x"] for row in (*best, *others)])
    told = (
        f"Plot of {heading(y.name)} against {heading(x.name)}: a front of {len(best)} elites"
        f" and {len(known)} known baselines."
    )
    return Chart(f"{heading(y.name)} against {heading(x.name)}", plot(best, others, known, x, y, told))


def _row(view: EliteView, x: Goal, y: Goal, links: Mapping[str, str]) -> Row:
    row = {
        "x": view.objectives[x.name],
        "y": view.objectives[y.name],
        "kind": view.status,
        "name": view.id[:10],
        "across": objective(x.name, view.objectives[x.name]),
        "up": objective(y.name, view.objectives[y.name]),
        "program": _cut(brief(view.source)),
    }
    return row | ({"href": links[view.id]} if view.id in links else {})


def rivals(
    baselines: Sequence[tuple[str, Mapping[str, float]]], x: Goal, y: Goal, reach: Sequence[float]
) -> list[Row]:
    """The front of the baselines that cost no less and no more than elites do."""
    if not reach:
        return []
    low, high = min(reach), max(reach)
    rows = [
        _baseline(name, values, x, y)
        for name, values in baselines
        if {x.name, y.name} <= set(values) and low <= values[x.name] <= high
    ]
    kept = front([(row["x"], row["y"]) for row in rows], (x.sign, y.sign))
    return [rows[k] for k in kept]


def _baseline(name: str, values: Mapping[str, float], x: Goal, y: Goal) -> Row:
    return {
        "x": values[x.name],
        "y": values[y.name],
        "kind": BASELINE,
        "name": _cut(name),
        "across": objective(x.name, values[x.name]),
        "up": objective(y.name, values[y.name]),
        "program": "",
    }


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def plot(
    best: Sequence[Row], others: Sequence[Row], known: Sequence[Row], x: Goal, y: Goal, told: str
) -> Spec:
    """The plot of such rows: crowd, front line, baselines, front."""
    everything = [*best, *others, *known]
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in everything)]
    across = alt.X(
        "x:Q", title=heading(x.name), scale=_scale(everything, "x"), axis=_axis(everything, "x")
    )
    up = alt.Y(
        "y:Q", title=heading(y.name), scale=_scale(everything, "y"), axis=_axis(everything, "y")
    )
    chosen = alt.selection_point(name="kinds", fields=["kind"], bind="legend")
    shown = alt.condition(chosen, alt.value(1.0), alt.value(0.08))
    faint = alt.condition(chosen, alt.value(0.35), alt.value(0.04))
    colour = alt.Color("kind:N", title=None, scale=_palette(kinds, 0))
    shape = alt.Shape("kind:N", title=None, scale=_palette(kinds, 1))
    tips = [
        alt.Tooltip("name:N", title="elite"),
        alt.Tooltip("kind:N", title="status"),
        alt.Tooltip("across:N", title=heading(x.name)),
        alt.Tooltip("up:N", title=heading(y.name)),
        alt.Tooltip("program:N", title="program"),
    ]
    place, look = {"x": across, "y": up}, {"color": colour, "shape": shape}
    path = {"color": "currentColor", "strokeWidth": 1.5, "opacity": 0.45}
    marks = {"size": 90, "filled": True}
    layers = [
        alt.Chart(_data(others)).mark_point(size=18).encode(**place, **look, opacity=faint),
        alt.Chart(_data(known)).mark_line(**path, strokeDash=[5, 4]).encode(**place, order="x:Q"),
        alt.Chart(_data(best)).mark_line(**path).encode(**place, order="x:Q"),
        alt.Chart(_data(known)).mark_point(size=170, strokeWidth=1.8).encode(
            **place, **look, opacity=shown, tooltip=tips
        ),
        alt.Chart(_data(best)).mark_point(**marks, cursor="pointer").encode(
            **place, **look, opacity=shown, tooltip=tips, href="href:N"
        ).add_params(chosen),
    ]
    return specification(alt.layer(*layers), _HEIGHT, told)


def _axis(rows: Sequence[Row], name: str) -> alt.Axis:
    """Whole numbers where all are."""
    whole = all(float(row[name]).is_integer() for row in rows)
    return alt.Axis(tickMinStep=1, format="~d") if whole else alt.Axis(format="~g")


def _data(rows: Sequence[Row]) -> alt.InlineData:
    return alt.InlineData(values=list(rows))


def _palette(kinds: Sequence[str], part: int) -> alt.Scale:
    return alt.Scale(domain=list(kinds), range=[KINDS[kind][part] for kind in kinds])


def _scale(rows: Sequence[Row], name: str) -> alt.Scale:
    """Logarithmic where positive values spread over more than three decades."""
    values = [float(row[name]) for row in rows]
    if values and min(values) > 0 and max(values) / min(values) > 1e3:
        return alt.Scale(type="log", nice=False, padding=12)
    return alt.Scale(zero=False, nice=False, padding=14)
