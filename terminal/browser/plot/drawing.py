"""The Pareto plot drawn: candidates as dots, what is proved as glyphs, the front as stairs.

The plot is drawn here and not by plotext (with textual-plotext), which was tried: it needs 0.6 s
for 100,000 points where a frame has 0.03 s, writes the ticks of errors as ``0.000000000000022``,
takes its colours from a table of its own and not from the theme, and cannot tell which point is
where.
"""

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.plain import one_line
from elitemap.archive.records import STATUSES
from elitemap.terminal.browser.drawing.colours import Ink
from elitemap.terminal.browser.drawing.frame import Frame, framed
from elitemap.terminal.browser.drawing.scales import label, scale
from elitemap.terminal.browser.drawing.sketch import ACROSS, DOWN, POINTER, Sketch, cut, stamp
from elitemap.terminal.browser.plot.cloud import Cloud
from elitemap.terminal.numbers import known_as

#: Glyphs of points that stand for themselves, and the dot that stands for candidates in the legend.
_GLYPHS = ("•", "○", "●")
_DOT = "⠂"
_INKS = (Ink.CANDIDATE, Ink.CONFIRMED, Ink.CERTIFIED)
_BASELINE = "◆"

NOTHING = "no points to plot"
TOO_SMALL = "too small for the plot"

#: Columns and rows round a place in which a click finds a point.
_REACH = 3

#: Characters of a program's name.
_SHORT = 10


def draw_plot(
    points: Cloud | None, size: tuple[int, int], cursor: int, pointed: int | None = None
) -> tuple[Sketch, Frame | None]:
    """Draw the plot.

    Args:
        points: What to draw, or None if there is nothing.
        size: Columns and rows.
        cursor: Index of the point under the cursor.
        pointed: Index of that at the mouse pointer, named instead.

    Returns:
        The drawing, and where the points are; None if none are drawn.
    """
    sketch = Sketch(*size)
    frame = None
    if points is None or not (len(points) or points.known):
        sketch.centred(size[1] // 2, NOTHING, Ink.MUTED)
        return sketch, None
    known_x, known_y = [b.x for b in points.known], [b.y for b in points.known]
    x, y = scale(np.append(points.x, known_x)), scale(np.append(points.y, known_y))
    names = (_axis(points.x_name, points.signs[0]), _axis(points.y_name, points.signs[1]))
    frame = framed(sketch, 1, size[1] - 1, x, y, *names)
    if frame is None:
        sketch = Sketch(*size)
        sketch.centred(size[1] // 2, TOO_SMALL, Ink.MUTED)
        return sketch, None
    _legend(sketch, points)
    _candidates(sketch, frame, points)
    _stairs(sketch, frame, points)
    _glyphs(sketch, frame, points)
    _baselines(sketch, frame, points)
    if len(points):
        _cursor(sketch, frame, points, cursor)
        _told(sketch, points, cursor, pointed)
    return sketch, frame


def nearest(points: Cloud, frame: Frame, x: int, y: int) -> int | None:
    """Index of the point nearest to a place of the screen, None if none is near.

    Among those at the same place the one of the front, then of the highest status, is taken.
    """
    if not len(points):
        return None
    # A character is about twice as high as wide.
    across = np.abs(frame.columns(points.x) - x)
    down = np.abs(frame.rows(points.y) - y)
    rank = points.status.astype(np.float64)
    rank[points.front] = len(STATUSES)
    cost = np.hypot(across, 2 * down) - rank / 10
    best = int(np.argmin(cost))
    return best if across[best] <= _REACH and 2 * down[best] <= _REACH else None


def told(points: Cloud, index: int) -> str:
    """A point in words."""
    place = (
        f"{one_line(known_as(points.x_name))} {label(float(points.x[index]))}, "
        f"{one_line(known_as(points.y_name))} {label(float(points.y[index]))}"
    )
    return f"{place}, {STATUSES[points.status[index]]} {one_line(points.ids[index])[:_SHORT]}"


def _axis(name: str, sign: int) -> str:
    """The name of an axis, and which way is better."""
    return f"{one_line(known_as(name))} ({'more' if sign > 0 else 'less'} is better)"


def _legend(sketch: Sketch, points: Cloud) -> None:
    """What the glyphs mean, as far as they occur and there is room."""
    parts = [
        (f"{_DOT if code == 0 else _GLYPHS[code]} {STATUSES[code]}", _INKS[code])
        for code in range(len(STATUSES) - 1, -1, -1)
        if (points.status == code).any()
    ]
    parts += [(f"{_GLYPHS[0]}─ front", Ink.FRONT)] if len(points.front) > 1 else []
    parts += [(f"{_BASELINE} known", Ink.BASELINE)] if points.known else []
    column = 0
    for text, ink in parts:
        if column + len(text) <= sketch.width:
            sketch.write(column, 0, text, ink)
            column += len(text) + 2


def _candidates(sketch: Sketch, frame: Frame, points: Cloud) -> None:
    """What is not proved, as dots."""
    dots: NDArray[np.bool_] = np.zeros((frame.height * DOWN, frame.width * ACROSS), dtype=np.bool_)
    some = points.status == 0
    dots[frame.dots_down(points.y[some]), frame.dots_across(points.x[some])] = True
    stamp(sketch, frame.left, frame.top, dots, Ink.CANDIDATE)


def _stairs(sketch: Sketch, frame: Frame, points: Cloud) -> None:
    """The border of what the front dominates, in lines from point to point."""
    places = np.stack((frame.columns(points.x[points.front]), frame.rows(points.y[points.front])))
    moved = np.append(True, np.diff(places).any(axis=0)) if places.size else np.array([], bool)
    corners = places[:, moved].T.tolist()
    for (x0, y0), (x1, y1) in zip(corners, corners[1:], strict=False):
        # From a point on, the border keeps its y if less x is better, and its x if more is.
        corner_x, corner_y = (x1, y0) if points.signs[0] < 0 else (x0, y1)
        sketch.write(x0, corner_y, "─" * (x1 - x0 + 1), Ink.FRONT)
        for y in range(min(y0, y1), max(y0, y1) + 1):
            sketch.write(corner_x, y, "│", Ink.FRONT)
        if x0 != x1 and y0 != y1:
            sketch.write(corner_x, corner_y, _corner((x0, y0), (x1, y1), corner_x), Ink.FRONT)


def _corner(start: tuple[int, int], end: tuple[int, int], corner_x: int) -> str:
    """The box character at a bend between two places."""
    if corner_x == end[0]:
        return "┐" if end[1] > start[1] else "┘"
    return "└" if end[1] > start[1] else "┌"


def _glyphs(sketch: Sketch, frame: Frame, points: Cloud) -> None:
    """What is checked and what is on the front, as glyphs; the highest status last."""
    for code in range(1, len(STATUSES)):
        some = points.status == code
        rows, columns = frame.rows(points.y[some]), frame.columns(points.x[some])
        sketch.dots(rows, columns, _GLYPHS[code], _INKS[code])
    columns, rows = frame.columns(points.x[points.front]), frame.rows(points.y[points.front])
    for code in range(len(STATUSES)):
        some = points.status[points.front] == code
        ink = Ink.FRONT if code == 0 else _INKS[code]
        sketch.dots(rows[some], columns[some], _GLYPHS[code], ink)


def _baselines(sketch: Sketch, frame: Frame, points: Cloud) -> None:
    """What is known, with its name where there is room beside it."""
    places = [(int(frame.columns(b.x)), int(frame.rows(b.y)), b) for b in points.known]
    for x, y, _ in places:
        sketch.write(x, y, _BASELINE, Ink.BASELINE)
    for x, y, baseline in places:
        name = one_line(baseline.name)
        for start in (x + 2, x - len(name) - 1):
            if start > frame.left and sketch.free(start - 1, y, len(name) + 1):
                sketch.write(start, y, name, Ink.BASELINE)
                break


def _cursor(sketch: Sketch, frame: Frame, points: Cloud, cursor: int) -> None:
    """The point under the cursor, reversed and between brackets."""
    x, y = int(frame.columns(points.x[cursor])), int(frame.rows(points.y[cursor]))
    code = int(points.status[cursor])
    sketch.write(x, y, _GLYPHS[code], Ink.CURSOR)
    sketch.write(x - 1, y, "[", Ink.STRONG)
    sketch.write(x + 1, y, "]", Ink.STRONG)


def _told(sketch: Sketch, points: Cloud, cursor: int, pointed: int | None) -> None:
    """The point at the pointer in words, else that under the cursor."""
    if pointed is None or pointed == cursor:
        text, ink = told(points, cursor), Ink.STRONG
    else:
        text, ink = POINTER + told(points, pointed), Ink.MUTED
    sketch.write(0, sketch.height - 1, cut(text, sketch.width), ink)
