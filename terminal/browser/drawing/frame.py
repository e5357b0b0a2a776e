"""The frame of a plot: where its inside is, with ticks, and where values lie in it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from elitemap.terminal.browser.drawing.colours import Ink
from elitemap.terminal.browser.drawing.scales import Scale, ticks
from elitemap.terminal.browser.drawing.sketch import ACROSS, DOWN, Sketch, cut

#: Rows and columns of the screen per tick, at least.
_ROWS_PER_TICK, _COLUMNS_PER_TICK = 2, 9


@dataclass(frozen=True)
class Frame:
    """The inside of a plot on the screen, and its axes.

    Attributes:
        left: First column.
        top: First row.
        width: Columns.
        height: Rows.
        x: The axis to the right.
        y: The axis upwards.
    """

    left: int
    top: int
    width: int
    height: int
    x: Scale
    y: Scale

    def columns(self, values: ArrayLike) -> NDArray[np.intp]:
        """Columns of the screen; values must not be NaN."""
        return self.left + self.dots_across(values) // ACROSS

    def rows(self, values: ArrayLike) -> NDArray[np.intp]:
        """Rows of the screen; values must not be NaN."""
        return self.top + self.dots_down(values) // DOWN

    def dots_across(self, values: ArrayLike) -> NDArray[np.intp]:
        """Columns of the raster of dots (:mod:`~elitemap.terminal.browser.drawing.braille`)."""
        return np.rint(self.x.shares(values) * (self.width * ACROSS - 1)).astype(np.intp)

    def dots_down(self, values: ArrayLike) -> NDArray[np.intp]:
        """Rows of the raster of dots, from the top."""
        return np.rint((1 - self.y.shares(values)) * (self.height * DOWN - 1)).astype(np.intp)


def framed(
    sketch: Sketch, top: int, bottom: int, x: Scale, y: Scale, x_name: str, y_name: str
) -> Frame | None:
    """Draw axes, and tell where the inside is.

    Args:
        sketch: Draws into this.
        top: First row that may be used; the name of the y axis is written there.
        bottom: The row below the last one that may be used.
        x: The axis to the right.
        y: The axis upwards.
        x_name: Its name, safe to print.
        y_name: Its name, safe to print.

    Returns:
        None if the room is too small.
    """
    height = bottom - top - 3
    if height < 2 or sketch.width < 16:
        return None
    marks = ticks(y, max(2, height // _ROWS_PER_TICK))
    left = min(max((len(tick.label) for tick in marks), default=0) + 1, sketch.width // 3)
    # One column is left free for what is drawn beside the rightmost place.
    frame = Frame(left, top + 1, sketch.width - left - 1, height, x, y)
    sketch.write(0, top, cut(f"↑ {y_name}", sketch.width))
    for tick in marks:
        row = frame.top + round((1 - tick.share) * (height * DOWN - 1)) // DOWN
        sketch.right(left - 1, row, cut(tick.label, left - 1), Ink.MUTED)
        sketch.write(left - 1, row, "┤", Ink.MUTED)
    _below(sketch, frame, x_name)
    return frame


def _below(sketch: Sketch, frame: Frame, name: str) -> None:
    """The ticks of the x axis, and its name at the end of the row below."""
    row, taken = frame.top + frame.height, 0
    for tick in ticks(frame.x, max(2, frame.width // _COLUMNS_PER_TICK)):
        column = frame.left + round(tick.share * (frame.width * ACROSS - 1)) // ACROSS
        start = min(max(column - len(tick.label) // 2, taken), sketch.width - len(tick.label))
        if start >= taken:
            sketch.write(start, row, tick.label, Ink.MUTED)
            taken = start + len(tick.label) + 1
    text = cut(f"→ {name}", sketch.width)
    sketch.right(sketch.width, row + 1, text)
