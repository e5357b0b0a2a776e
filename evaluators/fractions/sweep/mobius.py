"""Möbius images (c0 + c1 x)/(c2 + c3 x) of constants with small coefficients, and a table of them.

All images of all constants lie in one table as long as coefficients are small. It holds those in
(0, 1), up to sign and inversion: a quarter of all. Larger coefficients, and values in several
constants at once, go without: see :mod:`~elitemap.evaluators.fractions.sweep.forms`.
"""

import ctypes
import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.sweep.batched import KERNEL, all_hits
from elitemap.evaluators.fractions.sweep.forms import BITS, Forms, forms
from elitemap.formulas.precision import precision
from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.relation import Relation

Floats = NDArray[np.float64]

#: Largest coefficients for which a table is made, and forms that one can have: codes hold their
#: numbers in 16 bits.
TABLED, MOST_FORMS = 40, 2**16


@dataclass(frozen=True)
class Table:
    """All Möbius images of some constants.

    Attributes:
        constants: The constants.
        forms: int32[f, 4]: c0, c1, their greatest common divisor and the number of the constant.
        signed: float64[f], c0 + c1 x, ascending in absolute value.
        starts: uint32[buckets + 1], where the entries of a bucket begin.
        values: float64[entries] in (0, 1).
        codes: uint32[entries], the numbers of the forms of a quotient.
    """

    constants: tuple[Constant, ...]
    forms: NDArray[np.int32]
    signed: Floats
    starts: NDArray[np.uint32]
    values: Floats
    codes: NDArray[np.uint32]

    @property
    def size(self) -> int:
        """How many different images there are."""
        return 4 * len(self.values)

    def match(self, values: Floats, tolerance: Floats) -> list[tuple[int, Relation]]:
        """All images within a relative tolerance of values, with the values' indices."""
        index, codes = all_hits(
            len(values),
            lambda room, index, code: load(KERNEL / "moebius.c").match(
                ctypes.c_size_t(len(values)),
                pointer(values),
                pointer(tolerance),
                ctypes.c_size_t(len(self.starts) - 1),
                *(pointer(array) for array in (self.starts, self.values, self.codes)),
                room,
                pointer(index),
                pointer(code),
            ),
            (np.int64, ()),
            (np.uint32, ()),
        )
        return [
            (int(i), self._decoded(int(code), float(values[i])))
            for i, code in zip(index, codes, strict=True)
        ]

    def _decoded(self, code: int, value: float) -> Relation:
        small, large = code >> 16, code & 0xFFFF
        above, below = (small, large) if abs(value) <= 1 else (large, small)
        sign = -1 if (self.signed[above] < 0) ^ (self.signed[below] < 0) ^ (value < 0) else 1
        numerator, denominator = (self.forms[k, :2].tolist() for k in (above, below))
        names = [self.constants[int(self.forms[above, 3])].text]
        return Relation.of(names, [sign * c for c in numerator], denominator)


#: What values are looked up in.
Images = Table | Forms


@functools.lru_cache(maxsize=4)
def images(constants: tuple[Constant, ...], most: int, joint: bool) -> tuple[Images, ...]:
    """What to look values up in: made once per process.

    Raises:
        UsageError: In one line, with the cure, if there are too many of them.
    """
    if joint and len(constants) > 1:
        return (forms(constants, most),)
    if most <= TABLED and len(constants) * ((2 * most + 1) ** 2 // 2) <= MOST_FORMS:
        return (table(constants, most),)
    return tuple(forms((one,), most) for one in constants)


def table(constants: Sequence[Constant], most: int) -> Table:
    """The table of all images with coefficients up to ``most``.

    Raises:
        UsageError: If there are too many forms.
    """
    count = len(constants) * ((2 * most + 1) ** 2 // 2)
    if count > MOST_FORMS:
        raise UsageError(f"expected moebius below {most} for {len(constants)} constants; lower it")
    rows, signed = _linear(constants, most)
    sizes = np.abs(signed)
    kernel = load(KERNEL / "moebius.c")
    kernel.count_entries.restype = ctypes.c_size_t
    buckets = 1 << max(4, (len(rows) ** 2 // 2 // len(constants)).bit_length() - 1)
    starts = np.empty(buckets + 1, dtype=np.uint32)
    shared = ctypes.c_size_t(len(rows)), pointer(rows), pointer(sizes), ctypes.c_size_t(buckets)
    entries = kernel.count_entries(*shared, pointer(starts))
    values, codes = np.empty(entries), np.empty(entries, dtype=np.uint32)
    kernel.fill_entries(*shared, pointer(starts), pointer(values), pointer(codes))
    return Table(tuple(constants), rows, signed, starts, values, codes)


def _linear(constants: Sequence[Constant], most: int) -> tuple[NDArray[np.int32], Floats]:
    rows, values = [], []
    with precision(BITS):
        for number, one in enumerate(constants):
            x = one.ball(BITS)
            for c0, c1 in itertools.product(range(most + 1), range(-most, most + 1)):
                if c0 or c1 > 0:
                    rows.append((c0, c1, math.gcd(c0, c1), number))
                    values.append(float((x * c1 + c0).mid()))
    signed = np.array(values)
    order = np.argsort(np.abs(signed), kind="stable")
    order = order[signed[order] != 0]
    return np.array(rows, dtype=np.int32)[order], signed[order]
