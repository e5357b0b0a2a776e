"""Magnitudes cut into pieces by the bits of their sum with a number, and tables over the pieces.

Pieces are even near 0 and as wide as they are far out beyond.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.float32.assembly import Assembly, bits
from elitemap.searchspaces.programs.float32.tables import LOOKED, choices
from elitemap.searchspaces.programs.instruction import Instruction

#: Pieces are told apart by the exponent and so many bits of the fraction.
_FRACTIONS = (1, 2, 3, 4)

#: What is added to the magnitude: tried in such steps, up to a number.
_STEP, _MOST = 1.0 / 64.0, 4.0

#: Mantissa bits of a float32 behind the first.
_MANTISSA = 23


@dataclass(frozen=True)
class Cut:
    """How magnitudes are cut into pieces.

    Attributes:
        limit: Where the last piece ends; a float32.
        added: To the magnitude.
        shift: How many bits of the sum stand below the number of a piece.
    """

    limit: float
    added: float
    shift: int

    def number(self, magnitude: NDArray[np.float32]) -> NDArray[np.uint32]:
        """The numbers of the pieces in which magnitudes are."""
        total = magnitude + np.float32(self.added)
        found: NDArray[np.uint32] = total.view(np.uint32) >> np.uint32(self.shift)
        return found

    @property
    def numbers(self) -> range:
        """Those of all pieces."""
        first, last = self.number(np.array([0.0, self.limit], np.float32)).tolist()
        return range(first, last + 1)

    @property
    def ends(self) -> list[tuple[float, float]]:
        """The least and the largest magnitude of each piece."""
        wanted = np.array(self.numbers[1:], np.uint32)
        low, high = np.zeros(len(wanted), np.uint32), np.full(len(wanted), bits(self.limit), "u4")
        while (low < high).any():
            middle = low + (high - low) // 2
            beyond = self.number(middle.view(np.float32)) >= wanted
            low, high = np.where(beyond, low, middle + 1), np.where(beyond, middle, high)
        first = low.astype(np.uint32)
        lows = [0.0, *first.view(np.float32).tolist()]
        highs = [*(first - np.uint32(1)).view(np.float32).tolist(), self.limit]
        return list(zip(lows, highs, strict=True))

    @property
    def widened(self) -> "Cut":
        """The same pieces, with all of the last."""
        last = self.numbers[-1]
        low, high = bits(self.limit), bits(2.0 * self.limit)
        while low + 1 < high:
            middle = (low + high) // 2
            inside = self.number(np.array([middle], np.uint32).view(np.float32))[0] == last
            low, high = (middle, high) if inside else (low, middle)
        return replace(self, limit=float(np.array([low], np.uint32).view(np.float32)[0]))


def best(
    limit: float, entries: int, left: Callable[[float, float], float]
) -> tuple[Cut, list[float]]:
    """The cut into few enough pieces that leaves least, and what it leaves in each.

    Args:
        limit: Where the last piece ends; a float32.
        entries: Most pieces.
        left: What is left in a piece, by its ends.
    """
    found = []
    for fraction in _FRACTIONS:
        steps = np.arange(_STEP, _MOST, _STEP).tolist()
        tried = (Cut(limit, added, _MANTISSA - fraction) for added in steps)
        fitting = next((one for one in tried if len(one.numbers) <= entries), None)
        if fitting is not None:
            found.append((fitting, [left(*ends) for ends in fitting.ends]))
    return min(found, key=lambda one: max(one[1]))


def places(code: Assembly, word: int, cut: Cut, entries: int, short: bool) -> tuple[int, ...]:
    """The place of a piece in a table, or values that are negative where its bits are set.

    Args:
        code: Where it is written.
        word: Value that has the bits of the sum.
        cut: Into pieces.
        entries: Of tables.
        short: Whether it is the place.
    """
    if short:
        return (code.do("ushr", word, code.word(cut.shift)),)
    many = entries.bit_length() - 1
    return tuple(code.do("shl", word, code.word(31 - cut.shift - k)) for k in range(many))


def table(code: Assembly, entries: Sequence[float], where: tuple[int, ...]) -> int:
    """A table by what :func:`places` made; the number of its value."""
    first = code.first + len(code.rows)
    if len(where) > 1:
        code.rows += choices(entries, where, first)
    else:
        code.rows.append(Instruction(LOOKED.opcodes["table"], (), tuple(entries)))
        code.rows.append(Instruction(LOOKED.opcodes["look"], (first, *where)))
    return code.first + len(code.rows) - 1
