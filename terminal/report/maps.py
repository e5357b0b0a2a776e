"""The map of elites as heat maps: two measures as axes, the best quality as colour."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.archive.reading.listing import Listing
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import Key
from elitemap.terminal.numbers import MISSING, known_as, number
from elitemap.terminal.report.figures import (
    LINK,
    Chart,
    Figure,
    Spec,
    inline,
    quantity,
    rounded,
    specification,
    ticks,
    word,
)
from elitemap.terminal.tables.tables import SHORT

#: Bins per axis, and pairs of axes that a map offers.
BINS, MOST_PAIRS = 40, 10

_HEIGHT = 340
_CELL = {"type": "rect", "stroke": "currentColor", "strokeOpacity": 0.35, "strokeWidth": 0.5}
#: Colours of values, from low to high.
HEAT = {"scheme": {"name": "viridis", "extent": [0.06, 1]}}
_LEGEND = {"gradientLength": 220}
_CAPTION = (
    "Every cell is a kind of program; its colour is the best quality found in it, the search's own"
    " score. Empty cells have no colour. A cell tells more when it is pointed at or touched."
)


def map_figure(
    reader: ArchiveReader, query: ElitesQuery, name: str, links: Mapping[str, str]
) -> Figure | None:
    """The map with a choice of axes; None if there are fewer than two measures, or none varies.

    Args:
        reader: The archive.
        query: Whose elites.
        name: Id of the figure.
        links: Places of elites in the page, by id.
    """
    measures = [c for c in reader.columns(query) if c.kind == "measure" and c.low is not None]
    # What varies comes first; a measure of one value is an axis only where there is no other.
    measures.sort(key=lambda c: c.low == c.high)
    varied = [c for c in measures if c.low != c.high]
    pairs = combinations(measures if len(varied) < 2 else varied, 2)
    chosen = [(x, y) for x, y in pairs if x in varied][:MOST_PAIRS]
    names = [(x.name, y.name) for x, y in chosen]
    charts = [_chart(reader, query, one, links) for one in reader.heatmaps(query, names, BINS)]
    return Figure(name, "Map of elites", _CAPTION, tuple(charts)) if charts else None


def _chart(
    reader: ArchiveReader, query: ElitesQuery, found: Heatmap, links: Mapping[str, str]
) -> Chart:
    across, up = title(found.x_name), title(found.y_name)
    rows = cells(found, champions(reader, query, found), links)
    told = (
        f"Heat map of the best quality by {across} and {up}: {len(rows)} cells in use,"
        f" the best quality is {MISSING if found.span is None else number(found.span[1])}."
    )
    return Chart(f"{up} against {across}", heat(rows, across, up, told))


def title(name: str) -> str:
    """A measure's name as people know it."""
    return known_as(name).replace("_", " ")


def cells(
    found: Heatmap, champions: Mapping[Key, str], links: Mapping[str, str]
) -> list[dict[str, Any]]:
    """One row per cell in use: its edges, its best quality, how many elites, and where to read."""
    rows = []
    for j, i in np.argwhere(found.count > 0).tolist():
        key = found.champion(i, j)
        identity = "" if key is None else champions.get(key, "")
        rows.append(
            {
                "x": float(found.x_edges[i]),
                "x2": float(found.x_edges[i + 1]),
                "y": float(found.y_edges[j]),
                "y2": float(found.y_edges[j + 1]),
                "quality": finite(found.best[j, i]),
                "count": int(found.count[j, i]),
                "id": identity[:SHORT],
                "href": f"#{links[identity]}" if identity in links else None,
            }
        )
    return rows


def champions(reader: ArchiveReader, query: ElitesQuery, found: Heatmap) -> dict[Key, str]:
    """Ids of the best elites of all cells by their keys."""
    if found.keys is None:
        return {}
    keys = found.keys.reshape(-1, 2)
    chosen = Listing(query, keys[keys[:, 0] >= 0])
    return {line.key: line.id for line in reader.page(chosen, 0, len(chosen))}


def finite(value: float) -> float | None:
    """The value, or None if JSON has no number for it."""
    return float(value) if np.isfinite(value) else None


def heat(rows: Sequence[Mapping[str, Any]], across: str, up: str, told: str) -> Spec:
    """The heat map of such rows."""
    encoding = {
        "x": quantity("x", title=across, axis=_axis(rows, "x"), scale=_scale(rows, "x")),
        "x2": {"field": "x2"},
        "y": quantity("y", title=up, axis=_axis(rows, "y"), scale=_scale(rows, "y")),
        "y2": {"field": "y2"},
        "color": quantity("quality", title="best quality", scale=HEAT, legend=_LEGEND),
        "href": LINK,
        "tooltip": [
            word("across", title=across),
            word("up", title=up),
            quantity("quality", title="best quality", format=".5~g"),
            quantity("count", title="elites"),
            word("id", title="best"),
        ],
    }
    names = ["x", "x2", "y", "y2", "quality", "count", "across", "up", "id", "href"]
    chart = {**inline(map(_told, rows), names), "mark": _CELL, "encoding": encoding}
    return specification(chart, _HEIGHT, told)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with its intervals as texts, and no digits that nobody sees."""
    quality = row["quality"]
    return {
        **row,
        "across": interval(row["x"], row["x2"]),
        "up": interval(row["y"], row["y2"]),
        "quality": None if quality is None else rounded(quality, 5),
    }


def interval(low: float, high: float) -> str:
    """A bin as text: the whole number at its middle, or both edges."""
    middle = (low + high) / 2
    if high - low <= 1 and middle.is_integer():
        return number(middle)
    return f"{number(low)} to {number(high)}"


def _scale(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """From edge to edge of the cells in use."""
    low, high = min(row[name] for row in rows), max(row[f"{name}2"] for row in rows)
    return {"domain": [low, high], "nice": False, "zero": False}


def _axis(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """Marks at whole numbers where every bin is one."""
    if not all(_whole(row[name], row[f"{name}2"]) for row in rows):
        return {"grid": False}
    low, high = min(row[name] for row in rows), max(row[f"{name}2"] for row in rows)
    return {"grid": False, **ticks(low, high)}


def _whole(low: float, high: float) -> bool:
    return high - low <= 1 and ((low + high) / 2).is_integer()
