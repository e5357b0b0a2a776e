"""What the panes ask of an archive. Every answer is a plain value; all run on a lane's thread."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.pages import Listing
from elitemap.archive.reader import ArchiveReader
from elitemap.terminal.browser.axes import Axis, map_axes, plot_axes
from elitemap.terminal.browser.cloud import Cloud, cloud
from elitemap.terminal.browser.heatmap import Heatmap
from elitemap.terminal.browser.rows import Head, Row, heads_of, row
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.window import PAGE

#: Points of a plot at most: more than a terminal can tell apart.
MOST_POINTS = 5_000


@dataclass(frozen=True, eq=False)
class Table:
    """A listing as the table shows it; ``cursor`` is the row of the elite that was asked for."""

    listing: Listing
    heads: tuple[Head, ...]
    cursor: int


@dataclass(frozen=True, eq=False)
class Map:
    """A heat map and the ids of the best elites per cell, empty where there is none.

    Attributes:
        heatmap: The map, None where the elites have no two measures.
        ids: str[ny, nx].
        axes: What may be on an axis.
    """

    heatmap: Heatmap | None
    ids: NDArray[np.str_]
    axes: tuple[Axis, ...]


@dataclass(frozen=True, eq=False)
class Plot:
    """Points of two objectives (None where there are no two), and what may be on an axis."""

    points: Cloud | None
    axes: tuple[Axis, ...]


def table(reader: ArchiveReader, scope: Scope, sort: str, keep: tuple[int, str]) -> Table:
    """The listing of a scope.

    Args:
        reader: The archive.
        scope: What to list.
        sort: The order, as ``--sort`` takes it; empty for none.
        keep: A row and the id of the elite in it, whose new row is wanted.
    """
    query = scope.query(sort or None)
    listing = reader.listing(query)
    heads = heads_of(scope, reader.columns(query))
    return Table(listing, heads, listing.find(keep[1], keep[0]))


def page(reader: ArchiveReader, shown: Table, number: int) -> list[Row]:
    """One page of a listing."""
    views = shown.listing.page(number * PAGE, PAGE)
    return [row(view, shown.heads, {}) for view in views]


def map_of(reader: ArchiveReader, scope: Scope, x: str, y: str) -> Map:
    """The map of a scope on these axes, or on others where it has them not."""
    query = scope.query()
    axes, (one, other) = map_axes(reader.columns(query), x, y)
    if one is None or other is None:
        return Map(None, np.empty((0, 0), dtype=np.str_), axes)
    found = reader.heatmap(query, one.name, other.name)
    heatmap = Heatmap(
        one.name, other.name, found.x_edges, found.y_edges, found.best, found.count
    )
    return Map(heatmap, found.ids, axes)


def plot_of(reader: ArchiveReader, scope: Scope, x: str, y: str) -> Plot:
    """The points of a scope on these axes, or on others where it has them not."""
    query = scope.query()
    axes, (one, other) = plot_axes(reader.columns(query), goals(reader, scope), x, y)
    if one is None or other is None:
        return Plot(None, axes)
    points = reader.points(query, one.name, other.name, MOST_POINTS)
    return Plot(cloud(one.name, other.name, points, (one.sign, other.sign)), axes)


def goals(reader: ArchiveReader, scope: Scope) -> dict[str, int]:
    """Objectives of the runs in a scope, with +1 where more is better and -1 where less is."""
    found: dict[str, int] = {}
    for run in reader.runs():
        if scope.holds(run.space, run.target, run.id):
            pairs: Sequence[tuple[str, int]] = run.config.get("pareto", ())
            for name, sign in pairs:
                found.setdefault(str(name), 1 if sign > 0 else -1)
    return found
