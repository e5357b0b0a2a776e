"""Signed expansions and their recurrences, in the compiled kernel."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.formulas.precision import precision
from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load
from elitemap.searchspaces.fractions.constants import Constant

Ints = NDArray[np.int64]
Word = tuple[int, ...]

#: Outcomes of a pair: the image is not positive; no recurrence; one modulo 2**31 - 1 that fails for
#: the whole quotients; a whole one.
NEGATIVE, NONE, MODULAR, WHOLE = -1, 0, 1, 2

#: Most quotients that the kernel has room for, with constants up to 10**300 and a quarter as many
#: taps.
MAX_DEPTH = 120

#: Bits of the constant for each quotient: quotients in arithmetic progression need the most.
BITS_A_QUOTIENT = 20

#: Bits of the quotients that the kernel has room for; a longer one ends an expansion.
QUOTIENT_BITS = 57

KERNEL = Path(__file__).resolve().parent / "kernel"


@dataclass(frozen=True)
class Enclosure:
    """A constant as (C + e)/2**bits up to sign, with whole C and 0 <= e <= slack.

    Attributes:
        limbs: uint64[n], C from the lowest limb up, the topmost being zero.
        bits: The scale.
        slack: Bound of the error.
        negative: Whether the constant is the negative of that.
    """

    limbs: NDArray[np.uint64]
    bits: int
    slack: float
    negative: bool

    @staticmethod
    def of(constant: Constant, depth: int) -> "Enclosure":
        """As precise as expansions of so many quotients need.

        Raises:
            UsageError: If the constant is so small that its digits would not suffice.
        """
        bits = BITS_A_QUOTIENT * depth
        with precision(2 * bits):
            ball = constant.ball(2 * bits)
            negative = bool(ball < 0)
            scaled = abs(ball) * arb(2) ** bits
            whole = int(scaled.lower().floor().fmpz())
            slack = 2.0 + 2.0 * float(scaled.rad())
        if whole.bit_length() < bits // 2:
            raise UsageError(
                f"expected a constant of at least 2**-{bits // 2}, got {constant.text!r}; "
                "multiply it by a power of two"
            )
        size = max(whole.bit_length(), bits) // 64 + 2
        limbs = np.frombuffer(whole.to_bytes(8 * size, "little"), dtype="<u8")
        return Enclosure(limbs.astype(np.uint64), bits, slack, negative)

    def arguments(self, sides: Ints) -> tuple[list[Any], Ints]:
        """The leading arguments of the kernel's calls, and the array among them to keep alive."""
        flip = np.array([1, -1, 1, -1] if self.negative else [1, 1, 1, 1], dtype=np.int64)
        rows = np.ascontiguousarray(sides * flip)
        number = [pointer(self.limbs), ctypes.c_size_t(len(self.limbs))]
        scale = [ctypes.c_size_t(self.bits), ctypes.c_double(self.slack)]
        return [*number, *scale, pointer(rows), ctypes.c_size_t(len(rows))], rows


def search(
    enclosure: Enclosure, sides: Ints, words: Sequence[Word], depth: int, most: int
) -> NDArray[np.int8]:
    """Expand every image with every word and look for recurrences of few taps.

    Args:
        enclosure: The constant.
        sides: int64[n, 4], images (c0 + c1 c)/(c2 + c3 c).
        words: Periods of signs.
        depth: Quotients to expand; half of them must be within the precision.
        most: Most taps; a recurrence also needs four quotients a tap.

    Returns:
        int8[n, words]: an outcome for each pair.
    """
    leading, kept = enclosure.arguments(sides)
    signs, periods = _packed(words)
    result = np.empty((len(kept), len(words)), dtype=np.int8)
    load(KERNEL / "signed.c").search(
        *leading,
        *(pointer(signs), pointer(periods)),
        *map(ctypes.c_size_t, (len(words), signs.shape[1], depth, most)),
        pointer(result),
    )
    return result


def quotients(
    enclosure: Enclosure, sides: Ints, words: Sequence[Word], depth: int
) -> tuple[Ints, Ints]:
    """The quotients of images, each with its own word.

    Returns:
        int64[n, depth] and int64[n]: the quotients, and how many of them the precision decides (0
        for an image that is not positive). A quotient of more than :data:`QUOTIENT_BITS` ends an
        expansion.
    """
    leading, kept = enclosure.arguments(sides)
    signs, periods = _packed(words)
    found = np.zeros((len(kept), depth), dtype=np.int64)
    counts = np.zeros(len(kept), dtype=np.int64)
    load(KERNEL / "signed.c").quotients(
        *leading,
        *(pointer(signs), pointer(periods)),
        *map(ctypes.c_size_t, (signs.shape[1], depth)),
        *(pointer(found), pointer(counts)),
    )
    return found, counts


def recurrences(terms: Ints, counts: Ints, most: int) -> tuple[Ints, Ints]:
    """The shortest recurrence with whole taps of each of some sequences.

    Args:
        terms: int64[n, width].
        counts: int64[n], terms of each row that count.
        most: Most taps.

    Returns:
        int64[n, most] and int64[n]: taps t with a_k = t_1 a_(k-1) + ... for all k from the length
        on, and the lengths; -1 where there is no such recurrence with taps below 2**30.
    """
    rows = np.ascontiguousarray(terms, dtype=np.int64)
    limits = np.ascontiguousarray(counts, dtype=np.int64)
    taps = np.zeros((len(rows), most), dtype=np.int64)
    lengths = np.zeros(len(rows), dtype=np.int64)
    load(KERNEL / "signed.c").recurrences(
        *(pointer(rows), pointer(limits)),
        *map(ctypes.c_size_t, (len(rows), rows.shape[1], most)),
        *(pointer(taps), pointer(lengths)),
    )
    return taps, lengths


def _packed(words: Sequence[Word]) -> tuple[NDArray[np.int8], Ints]:
    """Words as rows of equal length, and their own lengths."""
    periods = np.array([len(word) for word in words], dtype=np.int64)
    signs = np.ones((len(words), max(map(len, words), default=1)), dtype=np.int8)
    for row, word in zip(signs, words, strict=True):
        row[: len(word)] = word
    return signs, periods
