"""Sweeps: every fraction of a box, looked up among the Möbius images of constants.

A funnel. All pairs are classed by their leading coefficients and evaluated together in float64
(``survey``), looked up within the tolerance that each value's own
error bound gives (``mobius``), and what matches is evaluated to
60 digits and identified anew, from nothing but its digits
(``recognition``). Slowly convergent classes go another way
(``slow``). Blocks are parts of the box; no block needs another.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Find, Scanned
from elitemap.evaluators.fractions.sweep.forms import Forms
from elitemap.evaluators.fractions.sweep.mobius import Images, images
from elitemap.evaluators.fractions.sweep.recognition import Recognition, axes
from elitemap.evaluators.fractions.sweep.slow import suspects
from elitemap.evaluators.fractions.sweep.survey import EnumerationSession, survey
from elitemap.searchspaces.fractions.box import Box
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction

Integers = NDArray[np.int64]

#: Work of a block in pairs that are looked up in a table, about 0.2 microseconds each; how many of
#: them a slowly convergent pair is worth, and how many products one of them is.
BLOCK, SLOW_PAIR, PRODUCTS = 2**21, 1000, 80

#: Rows and columns of the samples that blocks are sized by and that time is estimated from.
SAMPLE, TIMED = 48, 192


@dataclass(frozen=True)
class Sweep:
    """An exhaustive search of a box, as :class:`~elitemap.engine.protocols.Enumeration`.

    Attributes:
        box: The fractions.
        constants: What their values are compared with.
        moebius: Largest coefficient of relations; those of slowly convergent fractions are found
            whatever their coefficients.
        joint: Whether a relation may have all the constants at once.
    """

    box: Box
    constants: Sequence[Constant]
    moebius: int = 20
    joint: bool = False

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The map's axes."""
        return axes(len(self.constants))

    @property
    def size(self) -> int:
        """Fractions in all."""
        return self.box.size

    @cached_property
    def tile(self) -> tuple[int, int]:
        """Rows and columns of a block, from the classes and the images that a sample shows."""
        rows, columns = _spread(self.box.a.size, SAMPLE), _spread(self.box.b.size, SAMPLE)
        sample = survey(self.box, rows, columns)
        pairs = len(rows) * len(columns)
        share = len(sample.slow) / pairs
        converging = float(np.isfinite(sample.tolerance).sum()) / pairs
        cost = 1 + SLOW_PAIR * share + converging * sum(_cost(one) for one in self._images())
        # Rounded, so that another machine's last digits leave blocks as they are.
        return self.box.tile(max(1 << int(BLOCK / cost).bit_length() - 1, 1))

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        rows, columns = self.tile
        return -(-self.box.a.size // rows) * -(-self.box.b.size // columns)

    def scan(self, block: int) -> Scanned:
        """Go through one block: a function of its number alone."""
        rows, columns = self.tile
        across = -(-self.box.b.size // columns)
        row, column = block // across * rows, block % across * columns
        return self._scanned(
            np.arange(row, min(row + rows, self.box.a.size)),
            np.arange(column, min(column + columns, self.box.b.size)),
        )

    def estimate(self) -> float:
        """Seconds that one core needs for all blocks, from timing a small sample."""
        self._images()
        rows, columns = _spread(self.box.a.size, TIMED), _spread(self.box.b.size, TIMED)
        began = time.perf_counter()
        self._scanned(rows, columns)
        return (time.perf_counter() - began) * self.size / (len(rows) * len(columns))

    def _images(self) -> tuple[Images, ...]:
        return images(tuple(self.constants), self.moebius, self.joint)

    def _scanned(self, rows: Integers, columns: Integers) -> Scanned:
        surveyed = survey(self.box, rows, columns)
        recognition = Recognition(tuple(self.constants), self.joint, self.size)
        counts = Counter(surveyed.counts)
        fractions = [*self._matched(surveyed, counts), *self._slow(surveyed, counts)]
        finds = []
        for fraction in fractions:
            found = recognition.find(fraction)
            if isinstance(found, Find):
                finds.append(found)
            counts["confirmed" if isinstance(found, Find) else found] += 1
        counts["candidates"] = candidates = len(rows) * len(columns)
        return Scanned(candidates, dict(counts), tuple(finds))

    def _matched(
        self, surveyed: EnumerationSession, counts: Counter[str]
    ) -> list[ContinuedFraction]:
        """Fractions whose float64 values meet an image, in the order of the box."""
        shape = surveyed.values.shape
        found: set[int] = set()
        for one in self._images():
            values, tolerance = surveyed.values.reshape(-1), surveyed.tolerance.reshape(-1)
            found.update(index for index, _ in one.match(values, tolerance))
        counts["matched"] += len(found)
        pairs = [divmod(index, shape[1]) for index in found]
        return self._fractions(surveyed, pairs)

    def _slow(self, surveyed: EnumerationSession, counts: Counter[str]) -> list[ContinuedFraction]:
        """Slowly convergent fractions of classes that look related to the constants."""
        classes: dict[ContinuedFraction, list[ContinuedFraction]] = {}
        for fraction in self._fractions(surveyed, surveyed.slow.tolist()):
            classes.setdefault(canonical(fraction), []).append(fraction)
        promising = suspects(list(classes), self.constants, self.joint)
        found = []
        for members, suspect in zip(classes.values(), promising, strict=True):
            found += members if suspect else []
        counts["slow"] += len(surveyed.slow)
        counts["matched"] += len(found)
        return found

    def _fractions(
        self, surveyed: EnumerationSession, pairs: Sequence[Sequence[int]]
    ) -> list[ContinuedFraction]:
        at = sorted((int(surveyed.rows[i]), int(surveyed.columns[j])) for i, j in pairs)
        return self.box.fractions(at)


def _spread(size: int, count: int) -> Integers:
    """Numbers spread evenly over a side, all of it if it is small."""
    if size <= count:
        return np.arange(size)
    # An odd multiplier walks through all residues: a regular step would keep to some digits.
    step = int(size / 1.618) | 1
    return np.unique(np.array([(k * step) % size for k in range(count)], dtype=np.int64))


def _cost(one: Images) -> float:
    """Time to look a value up, as that of BLOCK's unit."""
    return len(one.below) / PRODUCTS if isinstance(one, Forms) else 1.0
