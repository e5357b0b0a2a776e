"""A drawing before it has colours: a character and an ink per place of a rectangle.

All plots are drawn here, as a whole, and are cut into the lines that Textual asks for. Text that
does not come from the project must have gone through :mod:`elitemap.archive.plain`; characters
that are not one column wide are replaced, so that nothing can shift a line. Dots are
finer than characters: braille patterns are a raster of 2 by 4 dots per place.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip

from elitemap.terminal.browser.drawing.colours import Ink, Palette

#: Before what is told of the place under the mouse pointer.
POINTER = "↖ "

#: Drawn in place of a character that is not one column wide.
_ODD = "?"

#: Dots per character.
ACROSS, DOWN = 2, 4

#: The bit of every dot of a pattern, by row and column.
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]], dtype=np.uint16)
_FIRST = 0x2800


class Sketch:
    """A mutable drawing.

    Attributes:
        width: Columns.
        height: Rows; row 0 is the top.
        chars: ``<U1[height, width]``.
        inks: uint8[height, width], indices into :attr:`Palette.styles`.
    """

    def __init__(self, width: int, height: int) -> None:
        """An empty drawing of this size; negative sizes count as 0."""
        self.width, self.height = max(0, width), max(0, height)
        self.chars: NDArray[np.str_] = np.full((self.height, self.width), " ", dtype="<U1")
        self.inks: NDArray[np.uint8] = np.full((self.height, self.width), Ink.TEXT, dtype=np.uint8)

    def write(self, x: int, y: int, text: str, ink: int = Ink.TEXT) -> None:
        """Write one line of text; what is outside of the drawing is left out."""
        if not 0 <= y < self.height:
            return
        for column, character in enumerate(text, start=x):
            if 0 <= column < self.width:
                self.chars[y, column] = character if cell_len(character) == 1 else _ODD
                self.inks[y, column] = ink

    def centred(self, y: int, text: str, ink: int = Ink.TEXT) -> None:
        """Write text in the middle of a row, cut to it."""
        self.write(max(0, (self.width - len(text)) // 2), y, cut(text, self.width), ink)

    def right(self, x: int, y: int, text: str, ink: int = Ink.TEXT) -> None:
        """Write text that ends before column ``x``."""
        self.write(x - len(text), y, text, ink)

    def free(self, x: int, y: int, width: int) -> bool:
        """Whether so many columns are inside of the drawing and still blank."""
        inside = 0 <= y < self.height and 0 <= x and x + width <= self.width
        return inside and bool((self.chars[y, x : x + width] == " ").all())

    def dots(self, rows: ArrayLike, columns: ArrayLike, glyph: str, ink: int) -> None:
        """Draw a glyph at every one of these places, all inside of the drawing."""
        where = (np.asarray(rows, dtype=np.intp), np.asarray(columns, dtype=np.intp))
        self.chars[where] = glyph
        self.inks[where] = ink

    def text(self) -> str:
        """The drawing as lines of text without colours."""
        return "\n".join(self._line(y).rstrip() for y in range(self.height))

    def strips(self, palette: Palette) -> list[Strip]:
        """The drawing as lines for Textual."""
        return [self._strip(y, palette) for y in range(self.height)]

    def _line(self, y: int) -> str:
        return "".join(self.chars[y].tolist())

    def _strip(self, y: int, palette: Palette) -> Strip:
        if not self.width:
            return Strip([], 0)
        line, inks = self._line(y), self.inks[y]
        ends = [*(np.flatnonzero(inks[1:] != inks[:-1]) + 1).tolist(), self.width]
        starts = [0, *ends[:-1]]
        styles = [palette.styles[ink] for ink in inks[starts].tolist()]
        segments = [
            Segment(line[start:end], style)
            for start, end, style in zip(starts, ends, styles, strict=True)
        ]
        return Strip(segments, self.width)


def cut(text: str, width: int) -> str:
    """The text, or its beginning with an ellipsis where it is longer than the width."""
    if len(text) <= width:
        return text
    return text[: width - 1] + "…" if width > 0 else ""


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
