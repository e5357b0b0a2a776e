"""Mathematics in rows of characters: boxes with a base line, put beside and over each other.

A box of one row is ordinary text; fractions and tall brackets need more. Every character is one
column wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass

_SUPERSCRIPTS = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-−nk", "₀₁₂₃₄₅₆₇₈₉₊₋₋ₙₖ")

#: Of a tall bracket: top, middle and bottom.
_OPENING, _CLOSING = "⎛⎜⎝", "⎞⎟⎠"


@dataclass(frozen=True)
class Box:
    """A rectangle of characters.

    Attributes:
        rows: Its rows, all of one length.
        base: The row in which neighbours continue.
    """

    rows: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """Columns."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """Rows."""
        return len(self.rows)


#: The same mathematics in ever less height, each of boxes below each other; the last one has only
#: boxes of one row.
Drafts = Sequence[Sequence[Box]]


def word(text: str) -> Box:
    """One row."""
    return Box((text,))


def beside(*boxes: Box) -> Box:
    """Boxes from left to right on one base line."""
    above = max(box.base for box in boxes)
    below = max(box.height - box.base for box in boxes)
    filled = [_filled(box, above - box.base, below + box.base - box.height) for box in boxes]
    return Box(tuple(map("".join, zip(*filled, strict=True))), above)


def stacked(above: Box, below: Box) -> Box:
    """A fraction with its bar on the base line."""
    width = max(above.width, below.width) + 2
    rows = [*_centred(above, width), "─" * width, *_centred(below, width)]
    return Box(tuple(rows), above.height)


def bracketed(box: Box) -> Box:
    """Round brackets as tall as what they hold."""
    if box.height == 1:
        return beside(word("("), box, word(")"))
    return beside(_tall(_OPENING, box), box, _tall(_CLOSING, box))


def raised(box: Box, exponent: str) -> Box:
    """A box with an exponent of digits, signs and n at its upper right."""
    if box.height == 1:
        return beside(box, word(superscript(exponent)))
    mark = superscript(exponent)
    rows = (mark, *(" " * len(mark) for _ in box.rows[1:]))
    return beside(box, Box(rows, box.base))


def superscript(text: str) -> str:
    """Digits, signs and n raised; other characters stay."""
    return text.translate(_SUPERSCRIPTS)


def subscript(text: str) -> str:
    """Digits, signs, n and k lowered; other characters stay."""
    return text.translate(_SUBSCRIPTS)


def _tall(pieces: str, box: Box) -> Box:
    middle = pieces[1] * (box.height - 2)
    return Box((pieces[0], *middle, pieces[2]), box.base)


def _filled(box: Box, above: int, below: int) -> Sequence[str]:
    blank = " " * box.width
    return [*[blank] * above, *box.rows, *[blank] * below]


def _centred(box: Box, width: int) -> list[str]:
    return [row.center(width) for row in box.rows]
