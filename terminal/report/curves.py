"""How searches went: small charts of figures over time, one line per run."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.engine.search.outlook import BEYOND
from elitemap.terminal.report.figures import (
    COLOURS,
    Chart,
    Figure,
    Spec,
    inline,
    quantity,
    rounded,
    specification,
    word,
)

#: Figures of a search that a report draws, with their titles.
FIGURES = {
    "qd_score": "QD score",
    "coverage": "coverage of the map",
    "cells": "cells in use",
    "hit_rate": "cache hit rate",
    "evaluations": "evaluations",
    "candidates": "candidates gone through",
    "members": "formulas found",
    "classes": "classes found",
}

#: Moments of a run that a line has, and runs that a chart shows, the latest.
MOST_MOMENTS, MOST_RUNS = 300, len(COLOURS)

_HEIGHT = 150
_SHARES = frozenset({"hit_rate", "coverage"})

Row = dict[str, Any]


def curve_figures(reader: ArchiveReader, runs: Sequence[RunRecord], name: str) -> list[Figure]:
    """One figure for each quantity that runs have recorded.

    Args:
        reader: The archive.
        runs: Of one problem, the oldest first.
        name: Beginning of the figures' ids.
    """
    shown = runs[-MOST_RUNS:]
    moments = {run.id[:12]: thinned(reader.metrics(run.id)) for run in shown}
    caption = "" if len(shown) == len(runs) else f"The latest {len(shown)} of {len(runs)} runs."
    figures = []
    beyond = {key: None for steps in moments.values() for step in steps for key in step}
    titles = {key: key.removeprefix(BEYOND) for key in beyond if key.startswith(BEYOND)}
    for key, told in {**FIGURES, **titles}.items():
        rows = [row for run, steps in moments.items() for row in line(run, steps, key)]
        if len({row["seconds"] for row in rows}) > 1:  # one moment is no curve
            chart = Chart(told, draw(rows, told, key in _SHARES, list(moments)))
            figures.append(Figure(f"{name}-{_slug(key)}", told, caption, (chart,), True))
    return figures


def _slug(key: str) -> str:
    """A name that an id may have."""
    return re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")


def thinned(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Evenly spread moments, the last among them."""
    stride = max(1, math.ceil(len(steps) / MOST_MOMENTS))
    return list(reversed(steps[::-1][::stride]))


def line(run: str, steps: Sequence[Mapping[str, Any]], key: str) -> list[Row]:
    """Seconds and values of one quantity, as far as they are numbers."""
    rows = []
    for step in steps:
        seconds, value = step.get("elapsed"), value_of(step, key)
        if _is_number(seconds) and value is not None:
            rows.append({"run": run, "seconds": seconds, "value": value})
    return rows


def value_of(step: Mapping[str, Any], key: str) -> float | None:
    """A quantity at one moment; coverage is cells by all cells."""
    if key == "coverage":
        cells, most = step.get("cells"), step.get("all_cells")
        if not _is_number(cells) or not _is_number(most) or not most:
            return None
        return float(cells / most)
    value = step.get(key)
    if key == "cells" and value_of(step, "coverage") is not None:
        return None
    return float(value) if value is not None and _is_number(value) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def draw(rows: Sequence[Row], told: str, share: bool, runs: Sequence[str]) -> Spec:
    """The lines of one quantity."""
    unit, seconds = time_unit(max(row["seconds"] for row in rows))
    points = [
        {
            "run": r["run"],
            "time": rounded(r["seconds"] / seconds, 5),
            "value": rounded(r["value"], 7),
        }
        for r in rows
    ]
    encoding = {
        "x": quantity("time", title=unit, axis={"tickCount": 5}, scale={"zero": True}),
        "y": quantity(
            "value", title=None, axis={"format": ".0%" if share else "~s", "tickCount": 4}
        ),
        "color": _colour(runs),
        "tooltip": [
            word("run", title="run"),
            quantity("time", title=unit, format=".4~g"),
            quantity("value", title=told, format=".1%" if share else ",.6~g"),
        ],
    }
    mark = {"type": "line", "strokeWidth": 2, "point": {"size": 24}}
    chart = {**inline(points, ["time", "value", "run"]), "mark": mark, "encoding": encoding}
    last = rows[-1]["value"]
    words = f"Line chart of {told} over time of {len(runs)} runs; the last value is {last:.6g}."
    return specification(chart, _HEIGHT, words)


def time_unit(seconds: float) -> tuple[str, float]:
    """The unit in which such a time reads well, and its seconds."""
    if seconds < 180:
        return "seconds", 1.0
    return ("minutes", 60.0) if seconds < 3 * 3600 else ("hours", 3600.0)


def _colour(runs: Sequence[str]) -> Spec:
    if len(runs) < 2:
        return {"value": COLOURS[0]}
    scale = {"domain": list(runs), "range": list(COLOURS[: len(runs)])}
    return word("run", title=None, scale=scale, legend={"columns": 2})
