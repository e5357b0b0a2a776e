"""Pareto plots: two objectives, the front, everything behind it, and known baselines."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from elitemap.archive.pareto import undominated
from elitemap.archive.plain import one_line
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import EliteView
from elitemap.terminal.objectives import text
from elitemap.terminal.report.figures import Chart, Figure
from elitemap.terminal.report.fronts import Goal, pairs, usable
from elitemap.terminal.report.plots import BASELINE, Row, plot
from elitemap.terminal.report.problems import Problem
from elitemap.terminal.tables.tables import SHORT, brief

#: Points of the crowd behind a front, and the share of it that is drawn.
MOST_POINTS, SHARE = 2000, 0.95

#: Characters of a text beside a point.
LONGEST = 70

#: Name and objectives of what was known before.
Baseline = tuple[str, Mapping[str, float]]


def tradeoff_figure(
    reader: ArchiveReader,
    problem: Problem,
    name: str,
    links: Mapping[str, str],
    baselines: Sequence[Baseline],
) -> Figure | None:
    """Pareto plots of a problem, one per pair of objectives; None without a pair.

    Args:
        reader: The archive.
        problem: Whose elites.
        name: Id of the figure.
        links: Places of elites in the page, by id.
        baselines: What was known before.
    """
    columns = reader.columns(problem.scope)
    chosen = pairs(usable(problem, columns), columns)
    if not chosen:
        return None
    charts = tuple(_chart(reader, problem, pair, links, baselines) for pair in chosen)
    return Figure(name, "What trades against what", _caption(problem, bool(baselines)), charts)


def _caption(problem: Problem, known: bool) -> str:
    better = ", ".join(
        f"{'higher' if sign > 0 else 'lower'} {problem.declared.words(name)}"
        for name, sign in problem.goals
    )
    dashed = " The dashed stairs are the best of the known baselines." if known else ""
    return (
        f"Better is {better}. The stairs are the front: nothing else is better in both.{dashed}"
        " Faint points are other elites, without the worst of them. A click on a point of the"
        " front leads to its section, a click on the legend shows one kind only."
    )


def _chart(
    reader: ArchiveReader,
    problem: Problem,
    pair: tuple[Goal, Goal],
    links: Mapping[str, str],
    baselines: Sequence[Baseline],
) -> Chart:
    x, y = pair
    points = reader.points(problem.scope, x.label, y.label, MOST_POINTS)
    views = [reader.view(point.key) for point in points if point.on_front]
    best = [_elite(view, pair, links) for view in views if view is not None]
    crowd = [{"x": p.x, "y": p.y, "kind": p.status} for p in points if not p.on_front]
    others = sensible(crowd, y.sign)
    known = rivals(baselines, pair, [row["x"] for row in (*best, *others)])
    across, up = (problem.declared.words(goal.name) for goal in pair)
    what = f"{up} against {across}"
    told = f"Plot of {what}: a front of {len(best)} elites and {len(known)} known baselines."
    return Chart(what, plot(best, others, known, across, up, told, x.sign))


def sensible(rows: Sequence[Row], sign: int) -> list[Row]:
    """All but the worst twentieth along y, which would take most of the plot."""
    ordered = sorted(rows, key=lambda row: sign * float(row["y"]), reverse=True)
    return ordered[: math.ceil(SHARE * len(ordered))]


def rivals(
    baselines: Sequence[Baseline], pair: tuple[Goal, Goal], reach: Sequence[float]
) -> list[Row]:
    """The front of the baselines that cost no less and no more than elites do."""
    if not reach:
        return []
    x, y = pair
    low, high = min(reach), max(reach)
    rows = [
        _point(name, BASELINE, values, pair)
        for name, values in baselines
        if {x.name, y.name} <= set(values) and low <= values[x.name] <= high
    ]
    gains = np.array([(x.sign * row["x"], y.sign * row["y"]) for row in rows], np.float64)
    kept = undominated(gains.reshape(-1, 2)).tolist()
    return [rows[k] for k in kept]


def _elite(view: EliteView, pair: tuple[Goal, Goal], links: Mapping[str, str]) -> Row:
    row = _point(view.id[:SHORT], view.status, view.objectives, pair)
    row["program"] = _cut(brief(view.source))
    return row | ({"href": f"#{links[view.id]}"} if view.id in links else {})


def _point(
    name: str, kind: str, values: Mapping[str, float | str | None], pair: tuple[Goal, Goal]
) -> Row:
    x, y = pair
    return {
        "x": values[x.name],
        "y": values[y.name],
        "kind": kind,
        "name": _cut(name),
        "across": text(x.objective, values[x.name]),
        "up": text(y.objective, values[y.name]),
    }


def _cut(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
