"""Relations without a table of quotients: for large coefficients, or several constants at once.

Products of a value with every possible denominator are looked up among the possible numerators,
which lie in a small table by their fractional parts. Both are whole combinations of 1 and the
constants.
"""

import ctypes
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.sweep.batched import KERNEL, all_hits
from elitemap.formulas.precision import precision
from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.relation import Relation

Floats = NDArray[np.float64]

#: Most products per value.
MOST_PRODUCTS = 2**18

#: Bits that constants are taken to.
BITS = 200


@dataclass(frozen=True)
class Forms:
    """Denominators and numerators of relations to several constants at once (or to one).

    Attributes:
        constants: The constants.
        most: Largest coefficient.
        below: int32[nd, m + 1], denominators up to sign.
        weights: float64[nd], their values.
        above: int32[nc, m], numerators without the term c0, by the fractional part of their value.
        sums: float64[nc], these values.
        starts: uint32[buckets + 1].
    """

    constants: tuple[Constant, ...]
    most: int
    below: NDArray[np.int32]
    weights: Floats
    above: NDArray[np.int32]
    sums: Floats
    starts: NDArray[np.uint32]

    @property
    def size(self) -> int:
        """How many quotients there are, those not in lowest terms among them."""
        return len(self.below) * len(self.above) * (2 * self.most + 1)

    def match(self, values: Floats, tolerance: Floats) -> list[tuple[int, Relation]]:
        """All quotients within a relative tolerance of values, with the values' indices."""
        (rows,) = all_hits(
            len(values),
            lambda room, rows: load(KERNEL / "forms.c").relate(
                ctypes.c_size_t(len(values)),
                pointer(values),
                pointer(tolerance),
                ctypes.c_size_t(len(self.constants)),
                ctypes.c_int32(self.most),
                ctypes.c_size_t(len(self.below)),
                *(pointer(array) for array in (self.weights, self.below)),
                ctypes.c_size_t(len(self.above)),
                *(pointer(array) for array in (self.sums, self.above)),
                ctypes.c_size_t(len(self.starts) - 1),
                pointer(self.starts),
                ctypes.c_double(float(np.abs(self.sums).max())),
                room,
                pointer(rows),
            ),
            (np.int64, (4,)),
        )
        found = [(int(i), self._relation(*map(int, rest))) for i, *rest in rows]
        # The same relation comes once for every multiple of it that is small enough.
        return list(dict.fromkeys(found))

    def _relation(self, below: int, above: int, whole: int) -> Relation:
        names = [one.text for one in self.constants]
        numerator, denominator = [whole, *self.above[above].tolist()], self.below[below].tolist()
        kept = [k for k in range(len(names)) if numerator[k + 1] or denominator[k + 1]]
        rows = ([row[0], *(row[k + 1] for k in kept)] for row in (numerator, denominator))
        return Relation.of([names[k] for k in kept], *rows)


def forms(constants: Sequence[Constant], most: int) -> Forms:
    """Denominators and numerators with coefficients up to ``most``.

    Raises:
        UsageError: If there are too many for every value to be multiplied with.
    """
    m = len(constants)
    if (2 * most + 1) ** (m + 1) // 2 > MOST_PRODUCTS:
        fit = int(((2 * MOST_PRODUCTS) ** (1 / (m + 1)) - 1) / 2)
        raise UsageError(
            f"expected moebius up to {fit} for {m} constants together, got {most}; lower it"
        )
    line = range(-most, most + 1)
    below = [d for d in itertools.product(line, repeat=m + 1) if d > (0,) * (m + 1)]
    above = list(itertools.product(line, repeat=m))
    with precision(BITS):
        balls = [one.ball(BITS) for one in constants]
        weights = np.array([float(_sum(d[1:], balls, d[0]).mid()) for d in below])
        exact = [_sum(c, balls, 0).mid() for c in above]
        parts = np.array([float((s - s.floor()).mid()) for s in exact])
    order = np.argsort(parts, kind="stable")
    buckets = 1 << max(13, len(above).bit_length() + 1)  # mostly empty: most products end there
    places = np.minimum((parts[order] * buckets).astype(np.int64), buckets - 1)
    starts = np.searchsorted(places, np.arange(buckets + 1)).astype(np.uint32)
    sums = np.array([float(s) for s in exact])[order]
    return Forms(
        tuple(constants),
        most,
        np.array(below, dtype=np.int32),
        weights,
        np.array(above, dtype=np.int32).reshape(len(above), m)[order],
        sums,
        starts,
    )


def _sum(coefficients: Sequence[int], balls: Sequence[arb], whole: int) -> arb:
    return sum((c * ball for c, ball in zip(coefficients, balls, strict=True)), arb(whole))
