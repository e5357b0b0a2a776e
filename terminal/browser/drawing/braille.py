"""Dots finer than characters: braille patterns are a raster of 2 by 4 dots per place."""

import numpy as np
from numpy.typing import NDArray

from elitemap.terminal.browser.drawing.sketch import Sketch

#: Dots per character.
ACROSS, DOWN = 2, 4

#: The bit of every dot of a pattern, by row and column.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint16)
_FIRST = 0x2800


def patterns(dots: NDArray[np.bool_]) -> NDArray[np.str_]:
    """Braille characters of a raster of dots.

    Args:
        dots: bool[4 h, 2 w].

    Returns:
        ``<U1[h, w]``, a space where there is no dot.
    """
    height, width = dots.shape[0] // DOWN, dots.shape[1] // ACROSS
    cells = dots.reshape(height, DOWN, width, ACROSS)
    codes = np.einsum("hdwa,da->hw", cells, _BITS).astype(np.uint32)
    letters = np.where(codes > 0, codes + _FIRST, ord(" ")).astype(np.uint32)
    return np.ascontiguousarray(letters).view("<U1").reshape(height, width)


def stamp(sketch: Sketch, x: int, y: int, dots: NDArray[np.bool_], ink: int) -> None:
    """Draw a raster into a drawing, its upper left corner at column ``x`` and row ``y``.

    Only places with a dot are changed. The raster must be inside of the drawing.
    """
    letters = patterns(dots)
    height, width = letters.shape
    drawn = letters != " "
    sketch.chars[y : y + height, x : x + width][drawn] = letters[drawn]
    sketch.inks[y : y + height, x : x + width][drawn] = ink
