"""Errors over a box drawn: a heat map of their size for each program, side by side."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.plain import one_line
from elitemap.engine.protocols import Surface
from elitemap.terminal.browser.drawing.colours import Ink, Palette
from elitemap.terminal.browser.drawing.frame import Frame, framed
from elitemap.terminal.browser.drawing.scales import Scale, label, scale
from elitemap.terminal.browser.drawing.sketch import Sketch, cut
from elitemap.terminal.browser.elite.curve_drawing import NOT_FINITE, TOO_SMALL

#: Decades below the largest size that logarithms show.
_DECADES = 6

#: Columns of the sample of colours in the legend.
_SAMPLE = 14


def draw_surfaces(
    surfaces: Sequence[tuple[str, Surface]], size: tuple[int, int], palette: Palette, log: bool
) -> Sketch:
    """Draw one or two surfaces in the same colours.

    Args:
        surfaces: Name and values; at most two.
        size: Columns and rows.
        palette: Decides between colours and glyphs.
        log: Colours tell logarithms of sizes.
    """
    sketch = Sketch(*size)
    sizes = np.concatenate([np.abs(s.z[np.isfinite(s.z)]) for _, s in surfaces])
    if not sizes.size:
        sketch.centred(size[1] // 2, NOT_FINITE, Ink.MUTED)
        return sketch
    heat = _heat(sizes, log)
    width = size[0] // len(surfaces)
    for number, (name, surface) in enumerate(surfaces):
        part = Sketch(width, size[1])
        if not _drawn(part, surface, heat, palette, name):
            sketch = Sketch(*size)
            sketch.centred(size[1] // 2, TOO_SMALL, Ink.MUTED)
            return sketch
        columns = slice(number * width, number * width + part.width)
        sketch.chars[:, columns], sketch.inks[:, columns] = part.chars, part.inks
    _legend(sketch, surfaces[0][1].z_name, heat, palette)
    return sketch


def _heat(sizes: NDArray[np.float64], log: bool) -> Scale:
    """From sizes to shares of the colours."""
    most = float(sizes.max())
    if most == 0.0:
        return Scale(0.0, 1.0)
    return Scale(most * 10.0**-_DECADES, most, log=True) if log else Scale(0.0, most)


def _drawn(sketch: Sketch, surface: Surface, heat: Scale, palette: Palette, name: str) -> bool:
    """One surface with its axes; False if there is no room for it."""
    across, up = scale(surface.x, log=False), scale(surface.y, log=False)
    names = one_line(surface.x_name), one_line(surface.y_name)
    frame = framed(sketch, 1, sketch.height - 1, across, up, *names)
    if frame is None:
        return False
    z = np.abs(_resampled(surface, frame))
    level = np.minimum(heat.shares(np.nan_to_num(z)) * palette.levels, palette.levels - 1)
    steps = level.astype(np.intp)
    glyphs = np.array([tuple(palette.shade(step)) for step in range(palette.levels)], dtype="<U1")
    odd = np.arange(frame.width) % 2
    rows = slice(frame.top, frame.top + frame.height)
    columns = slice(frame.left, frame.left + frame.width)
    known = np.isfinite(z)
    sketch.chars[rows, columns] = np.where(known, glyphs[steps, odd[None, :]], " ")
    sketch.inks[rows, columns] = np.where(known, Ink.HEAT + steps, Ink.TEXT)
    finite = np.abs(surface.z[np.isfinite(surface.z)])
    largest = label(float(finite.max())) if finite.size else "—"
    told = f"{one_line(name)} largest drawn {largest}".strip()
    sketch.write(0, sketch.height - 1, cut(told, sketch.width), Ink.MUTED)
    return True


def _resampled(surface: Surface, frame: Frame) -> NDArray[np.float64]:
    """float64[height, width]: the value nearest to each place of the screen, the top row first."""
    columns = np.rint(np.linspace(0, len(surface.x) - 1, frame.width)).astype(np.intp)
    rows = np.rint(np.linspace(len(surface.y) - 1, 0, frame.height)).astype(np.intp)
    return surface.z[np.ix_(rows, columns)]


def _legend(sketch: Sketch, name: str, heat: Scale, palette: Palette) -> None:
    """What the colours mean."""
    before, after = f"|{one_line(name)}| {label(heat.low)} ", f" {label(heat.high)}"
    sketch.write(0, 0, before, Ink.MUTED)
    for column in range(_SAMPLE):
        level = column // 2 * 2 * palette.levels // _SAMPLE
        place = len(before) + column
        sketch.write(place, 0, palette.shade(level)[column % 2], Ink.HEAT + level)
    sketch.write(len(before) + _SAMPLE, 0, after, Ink.MUTED)
