"""What is drawn of a map of elites: coarser blocks, steps of quality, cells in words."""

import math

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.terminal.browser.drawing.scales import label


def coarser(heatmap: Heatmap, across: int, up: int) -> Heatmap:
    """The map in blocks of ``across`` by ``up`` cells, the last ones perhaps smaller."""
    if across == up == 1:
        return heatmap
    starts_x, starts_y = np.arange(0, heatmap.columns, across), np.arange(0, heatmap.rows, up)
    best = np.fmax.reduceat(np.fmax.reduceat(heatmap.best, starts_y, 0), starts_x, 1)
    count = np.add.reduceat(np.add.reduceat(heatmap.count, starts_y, 0), starts_x, 1)
    return Heatmap(
        heatmap.x_name,
        heatmap.y_name,
        np.append(heatmap.x_edges[:-1:across], heatmap.x_edges[-1]),
        np.append(heatmap.y_edges[:-1:up], heatmap.y_edges[-1]),
        best,
        count,
        heatmap.value_name,
    )


def best_cell(heatmap: Heatmap, columns: range, rows: range) -> tuple[int, int]:
    """The cell (x, y) with the best elite of a block; its first cell if there is none."""
    block = heatmap.best[rows.start : rows.stop, columns.start : columns.stop]
    filled = heatmap.filled[rows.start : rows.stop, columns.start : columns.stop]
    if not filled.any():
        return columns.start, rows.start
    place = int(np.argmax(np.where(np.isnan(block), -np.inf, block)))
    if not filled.flat[place]:
        place = int(np.argmax(filled))
    y, x = divmod(place, block.shape[1])
    return columns.start + x, rows.start + y


def same_place(before: Heatmap, after: Heatmap, cell: tuple[int, int]) -> tuple[int, int]:
    """The cell (x, y) of a new map that lies where a cell of the one before lay.

    Where the axes are others, it is the cell with the same numbers.
    """
    x, y = cell
    if before.x_name == after.x_name:
        x = _same_index(before.x_edges, after.x_edges, x)
    if before.y_name == after.y_name:
        y = _same_index(before.y_edges, after.y_edges, y)
    return x, y


def levels(heatmap: Heatmap, steps: int) -> NDArray[np.int64]:
    """Quality as 0 .. steps - 1 from the poorest to the best; -1 where there is no elite.

    Where all are equal, all are best. An infinite quality is as good as the best or as poor as the
    poorest, and what has elites of unknown quality is poorest.
    """
    low, high = heatmap.span or (0.0, 0.0)
    width = high / 2 - low / 2
    clipped = np.clip(np.nan_to_num(heatmap.best, nan=low), low, high)
    share = (clipped / 2 - low / 2) / width if width > 0 else np.ones_like(clipped)
    level = np.minimum((share * steps).astype(np.int64), steps - 1)
    level[np.isnan(heatmap.best) | (heatmap.best == -np.inf)] = 0
    return np.where(heatmap.filled, level, -1)


def whole(edges: NDArray[np.float64]) -> bool:
    """Whether the cells hold whole numbers: bounds lie in the middle between two of them."""
    return bool(len(edges) > 1 and (np.abs(edges - np.floor(edges)) == 0.5).all())


def ticks(edges: NDArray[np.float64]) -> list[str]:
    """What is written at every cell: its first whole number, or else its lower bound."""
    if whole(edges):
        return [f"{math.ceil(edge)}" for edge in edges[:-1].tolist()]
    widths = np.diff(edges / 100)
    return [label(e, w) for e, w in zip(edges[:-1].tolist(), widths.tolist(), strict=True)]


def within(name: str, edges: NDArray[np.float64], index: int) -> str:
    """A cell of one axis in words, as ``ops 7``, ``ops 7…8`` or ``speed 0.25…0.5``."""
    low, high = float(edges[index]), float(edges[index + 1])
    if whole(edges):
        first, last = math.ceil(low), math.floor(high)
        return f"{name} {first}" if first == last else f"{name} {first}…{last}"
    step = high / 100 - low / 100
    return f"{name} {label(low, step)}…{label(high, step)}"


def _same_index(before: NDArray[np.float64], after: NDArray[np.float64], index: int) -> int:
    if index + 1 >= len(before) or np.array_equal(before, after):
        return index
    middle = before[index] / 2 + before[index + 1] / 2
    return int(np.clip(np.searchsorted(after, middle, side="right") - 1, 0, max(len(after) - 2, 0)))
