"""The map of elites drawn: cells, ticks, names, legend, and the cell under the cursor in words."""

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.plain import one_line
from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.terminal.browser.drawing.colours import Ink, Palette
from elitemap.terminal.browser.drawing.scales import label
from elitemap.terminal.browser.drawing.sketch import POINTER, Sketch, cut
from elitemap.terminal.browser.map.heatmap import coarser, levels, ticks, within
from elitemap.terminal.browser.map.layout import ABOVE, Layout, Window
from elitemap.terminal.numbers import count, known_as

#: Drawn where there is no elite: distinct from every step of quality without colours too.
EMPTY = "·"

#: Told where there is nothing to draw.
NOTHING = "no elites here yet"
TOO_SMALL = "too small for the map"

#: Strides of ticks.
_STRIDES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)

#: Most labels of rows, apart from that of the cursor.
_ROW_LABELS = 16

#: Widest sample of the colours in the legend.
_SAMPLE = 24


def draw_map(
    heatmap: Heatmap | None,
    layout: Layout | None,
    size: tuple[int, int],
    cursor: tuple[int, int],
    palette: Palette,
    pointed: tuple[int, int] | None = None,
) -> Sketch:
    """Draw the map.

    Args:
        heatmap: The map, or None if there is none.
        layout: Where its cells are (:func:`~elitemap.terminal.browser.map.layout.arrange`).
        size: Columns and rows.
        cursor: The cell (x, y) under the cursor.
        palette: Decides between colours and glyphs.
        pointed: The block (x, y) at the mouse pointer, named instead of that under the cursor.
    """
    sketch = Sketch(*size)
    if heatmap is None or not heatmap.filled.any() or layout is None:
        small = heatmap is not None and heatmap.filled.any()
        sketch.centred(size[1] // 2, TOO_SMALL if small else NOTHING, Ink.MUTED)
        return sketch
    blocks = coarser(heatmap, layout.across.step, layout.up.step)
    under = (cursor[0] // layout.across.step, cursor[1] // layout.up.step)
    _cells(sketch, levels(blocks, palette.levels), layout, under, palette)
    _row_labels(sketch, ticks(blocks.y_edges), layout, under[1])
    _column_labels(sketch, ticks(blocks.x_edges), layout)
    _names(sketch, heatmap, layout)
    _legend(sketch, heatmap, palette)
    _told(sketch, blocks, under, pointed)
    return sketch


def _told(
    sketch: Sketch, blocks: Heatmap, under: tuple[int, int], pointed: tuple[int, int] | None
) -> None:
    """The cell at the pointer in words, else that under the cursor."""
    if pointed is None or pointed == under or not _within(blocks, pointed):
        text, ink = named(blocks, under, sketch.width), Ink.STRONG
    else:
        text, ink = POINTER + named(blocks, pointed, sketch.width - len(POINTER)), Ink.MUTED
    sketch.write(0, sketch.height - 1, cut(text, sketch.width), ink)


def _within(heatmap: Heatmap, cell: tuple[int, int]) -> bool:
    """Whether the map has a cell; it may be another map than the pointer was moved over."""
    return cell[0] < heatmap.columns and cell[1] < heatmap.rows


def named(heatmap: Heatmap, cell: tuple[int, int], width: int = 1000) -> str:
    """A cell (x, y) in words: its ranges, its best elite and how many there are.

    Where that is longer than ``width``, the last two are told as numbers only.
    """
    x, y = cell
    place = [
        within(one_line(known_as(heatmap.x_name)), heatmap.x_edges, x),
        within(one_line(known_as(heatmap.y_name)), heatmap.y_edges, y),
    ]
    if not heatmap.filled[y, x]:
        return ", ".join([*place, "empty"])
    number = int(heatmap.count[y, x])
    best = label(float(heatmap.best[y, x]))
    elites = f"{count(number)} elite{'' if number == 1 else 's'}"
    text = ", ".join([*place, f"best {best}", elites])
    return text if len(text) <= width else f"{', '.join(place)}: {best} ({count(number)})"


def _cells(
    sketch: Sketch,
    level: NDArray[np.int64],
    layout: Layout,
    under: tuple[int, int],
    palette: Palette,
) -> None:
    """Fill the places of the cells in view, and mark the one under the cursor."""
    across, up = layout.across, layout.up
    seen = level[up.first : up.first + up.shown, across.first : across.first + across.shown][::-1]
    seen = np.repeat(np.repeat(seen, up.size, 0), across.size, 1)
    glyphs = np.array([tuple(palette.shade(step)) for step in range(palette.levels)], dtype="<U1")
    odd = np.arange(seen.shape[1]) % across.size % 2
    drawn = np.where(seen < 0, " ", glyphs[seen, odd[None, :]])
    drawn[(seen < 0) & (np.arange(seen.shape[1]) % across.size == (across.size - 1) // 2)] = EMPTY
    inks = np.where(seen < 0, Ink.EMPTY, Ink.HEAT + seen)
    rows, columns = slice(ABOVE, layout.bottom), slice(layout.left, layout.left + seen.shape[1])
    sketch.chars[rows, columns] = drawn
    sketch.inks[rows, columns] = inks
    _mark(sketch, layout, under, int(level[under[1], under[0]]), palette)


def _mark(
    sketch: Sketch, layout: Layout, under: tuple[int, int], level: int, palette: Palette
) -> None:
    """Put brackets round the inside of a cell."""
    across, up = layout.across, layout.up
    left = layout.left + (under[0] - across.first) * across.size
    bottom = layout.bottom - (under[1] - up.first) * up.size
    ink = Ink.EMPTY_CURSOR if level < 0 else Ink.HEAT + palette.levels + level
    sketch.inks[bottom - up.size : bottom, left : left + across.size] = ink
    sketch.chars[bottom - up.size : bottom, left] = "["
    sketch.chars[bottom - up.size : bottom, left + across.size - 1] = "]"


def _row_labels(sketch: Sketch, texts: list[str], layout: Layout, under: int) -> None:
    """Labels left of the cells, so many that they do not touch, and always that of the cursor."""
    up = layout.up
    stride = next((s for s in _STRIDES if s * _ROW_LABELS >= up.shown), _STRIDES[-1])
    for block in range(up.first, up.first + up.shown):
        if block % stride == 0 or block == under:
            y = layout.bottom - 1 - (block - up.first) * up.size - (up.size - 1) // 2
            ink = Ink.STRONG if block == under else Ink.MUTED
            sketch.right(layout.left - 1, y, cut(texts[block], layout.left - 1), ink)


def _column_labels(sketch: Sketch, texts: list[str], layout: Layout) -> None:
    """Labels below the cells, so many that they do not touch."""
    across = layout.across
    seen = range(across.first, across.first + across.shown)
    longest = max(len(texts[block]) for block in seen)
    stride = next((s for s in _STRIDES if s * across.size > longest), _STRIDES[-1])
    for block in seen:
        if block % stride == 0:
            left = layout.left + (block - across.first) * across.size
            text = texts[block]
            if left + len(text) <= layout.width:
                inside = max(0, (across.size - len(text)) // 2)
                sketch.write(left + inside, layout.bottom, text, Ink.MUTED)


def _names(sketch: Sketch, heatmap: Heatmap, layout: Layout) -> None:
    """The names of both axes, and what part of the map is in view."""
    y = layout.bottom + 1
    text = f"→ {one_line(known_as(heatmap.x_name))}  ↑ {one_line(known_as(heatmap.y_name))}"
    parts = [_part(layout.across, "→"), _part(layout.up, "↑")]
    step = (layout.across.step, layout.up.step)
    told = " ".join(part for part in parts if part)
    if step != (1, 1):
        told = f"{step[0]}×{step[1]} cells each {told}".rstrip()
    sketch.write(0, y, cut(text, layout.width))
    if told and len(text) + len(told) + 2 <= layout.width:
        sketch.right(layout.width, y, told, Ink.MUTED)


def _part(window: Window, arrow: str) -> str:
    """Which blocks are in view, nothing if all are."""
    if window.shown == window.blocks:
        return ""
    return f"{arrow}{window.first + 1}–{window.first + window.shown}/{window.blocks}"


def _legend(sketch: Sketch, heatmap: Heatmap, palette: Palette) -> None:
    """What the colours mean: the poorest, the best, and empty."""
    low, high = heatmap.span or (0.0, 0.0)
    name = one_line(heatmap.value_name)
    texts = (f"{name} {label(low)} ", f" {label(high)}", f"  {EMPTY} empty")
    room = min(sketch.width - sum(len(text) for text in texts), _SAMPLE)
    if room < 4:
        texts, room = (texts[0], texts[1], ""), max(sketch.width - len(texts[0] + texts[1]), 0)
    room = min(room, _SAMPLE) // 2 * 2
    sketch.write(0, 0, texts[0], Ink.MUTED)
    for column in range(room):
        level = column // 2 * 2 * palette.levels // room
        x = len(texts[0]) + column
        sketch.write(x, 0, palette.shade(level)[column % 2], Ink.HEAT + level)
    sketch.write(len(texts[0]) + room, 0, texts[1] + texts[2], Ink.MUTED)
