"""Error curves drawn: one as a line of dots, a second one as crosses, signed or as logarithms."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.plain import one_line
from elitemap.terminal.browser.drawing.colours import Ink
from elitemap.terminal.browser.drawing.frame import Frame, framed
from elitemap.terminal.browser.drawing.scales import Scale, label, scale
from elitemap.terminal.browser.drawing.sketch import ACROSS, DOWN, Sketch, cut, stamp

NOTHING = "this space has no curve"
NOT_FINITE = "no finite value to plot"
TOO_SMALL = "too small for the curve"

#: What curves are drawn with; the second one is told apart without colours too.
_SAMPLES = ("⠒⠒", "××")
_INKS = (Ink.CURVE, Ink.SECOND)

#: Decades below the largest value that a logarithmic axis shows: what is nearly zero is at its end.
_DECADES = 6


@dataclass(frozen=True, eq=False)
class Curve:
    """Values over a domain.

    Attributes:
        x: float64[n], rising.
        y: float64[n]; the line has a gap where it is not finite.
        name: What it is of, for the legend.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    name: str = ""

    def __post_init__(self) -> None:
        """Check that there is a y for every x.

        Raises:
            ValueError: If there is not.
        """
        if self.x.ndim != 1 or self.x.shape != self.y.shape:
            raise ValueError(
                f"expected two arrays of one length, got {self.x.shape}, {self.y.shape}"
            )


def draw_curves(
    curves: Sequence[Curve],
    size: tuple[int, int],
    title: str = "",
    names: tuple[str, str] = ("x", "error"),
    log: bool = False,
    nothing: str = NOTHING,
) -> Sketch:
    """Draw one or two curves.

    Args:
        curves: At most two; the first lies on top.
        size: Columns and rows.
        title: First line, before the legend.
        names: Of the axis to the right and the one upwards.
        log: Draw the size of y on a logarithmic axis instead of y with its sign.
        nothing: Told where there is no curve.
    """
    sketch = Sketch(*size)
    finite = [c for c in curves if (np.isfinite(c.y) & np.isfinite(c.x)).any()]
    if not finite:
        text = NOT_FINITE if curves else nothing
        sketch.centred(size[1] // 2, cut(one_line(text), size[0]), Ink.MUTED)
        return sketch
    x = scale(np.concatenate([c.x for c in finite]), log=False)
    y = _vertical(finite, log)
    y_name = f"|{one_line(names[1])}|" if log else one_line(names[1])
    frame = framed(sketch, 1, size[1], x, y, one_line(names[0]), y_name)
    if frame is None:
        sketch = Sketch(*size)
        sketch.centred(size[1] // 2, TOO_SMALL, Ink.MUTED)
        return sketch
    _heading(sketch, curves, title)
    if not log and y.low < 0 < y.high:
        sketch.write(frame.left, int(frame.rows(0.0)), "┄" * frame.width, Ink.MUTED)
    for number in range(len(curves) - 1, -1, -1):
        _line(sketch, frame, curves[number], number)
    _largest(sketch, curves)
    return sketch


def spans(curve: Curve, x: Scale, columns: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The lowest and highest y over every column, with the line between the samples.

    Returns:
        float64[columns] twice, NaN where the curve has a gap.
    """
    known = np.isfinite(curve.x)
    share, y = x.shares(curve.x[known]), np.where(np.isfinite(curve.y), curve.y, np.nan)[known]
    low, high = np.full(columns, np.nan), np.full(columns, np.nan)
    if not share.size:
        return low, high
    order = np.argsort(share, kind="stable")
    share, y = share[order], y[order]
    bounds = np.linspace(0.0, 1.0, columns + 1)
    # Values at the bounds make lines join, whatever the number of samples; NaN stays a gap.
    between = np.interp(bounds, share, y, left=np.nan, right=np.nan)
    column = np.minimum((share * columns).astype(np.intp), columns - 1)
    for reduce, result in ((np.fmin, low), (np.fmax, high)):
        reduce.at(result, column, y)
        result[:] = reduce(result, reduce(between[:-1], between[1:]))
    return low, high


def _vertical(curves: Sequence[Curve], log: bool) -> Scale:
    """The axis for y: with zero in it, or for logarithms with a floor."""
    y = np.concatenate([c.y[np.isfinite(c.y)] for c in curves])
    if not log:
        return scale(np.append(y, 0.0), log=False)
    positive = np.abs(y)[y != 0]
    if not positive.size:
        return Scale(1e-16, 1.0, log=True)
    floor = max(float(positive.max()) * 10.0**-_DECADES, float(np.finfo(np.float64).tiny))
    return scale(np.maximum(positive, floor), log=True)


def _line(sketch: Sketch, frame: Frame, curve: Curve, number: int) -> None:
    """The first curve in dots, the second as one cross per column."""
    shown = curve if not frame.y.log else Curve(curve.x, np.abs(curve.y), curve.name)
    if number:
        low, high = spans(shown, frame.x, frame.width)
        drawn = np.isfinite(low)
        for value in (low, high):
            columns = frame.left + np.flatnonzero(drawn)
            sketch.dots(frame.rows(value[drawn]), columns, _SAMPLES[1][0], _INKS[1])
        return
    low, high = spans(shown, frame.x, frame.width * ACROSS)
    drawn = np.isfinite(low)
    top, bottom = np.zeros(low.shape, dtype=np.intp), np.full(low.shape, -1, dtype=np.intp)
    top[drawn], bottom[drawn] = frame.dots_down(high[drawn]), frame.dots_down(low[drawn])
    row = np.arange(frame.height * DOWN)[:, None]
    stamp(sketch, frame.left, frame.top, (row >= top) & (row <= bottom), _INKS[0])


def _heading(sketch: Sketch, curves: Sequence[Curve], title: str) -> None:
    """The title, and which line is which."""
    sketch.write(0, 0, cut(one_line(title), sketch.width), Ink.STRONG)
    column = len(one_line(title)) + 2 if title else 0
    for number, curve in enumerate(curves):
        if curve.name:
            text = f"{_SAMPLES[number]} {one_line(curve.name)}"
            sketch.write(column, 0, cut(text, max(sketch.width - column, 0)), _INKS[number])
            column += len(text) + 2


def _largest(sketch: Sketch, curves: Sequence[Curve]) -> None:
    """The largest values of the samples, left in the last row: no bound, and not said to be."""
    sizes = [np.abs(c.y[np.isfinite(c.y)]) for c in curves]
    texts = [label(float(size.max())) if size.size else "—" for size in sizes]
    text = f"largest drawn {' and '.join(texts)}"
    if sketch.free(0, sketch.height - 1, len(text) + 2):
        sketch.write(0, sketch.height - 1, text, Ink.MUTED)
