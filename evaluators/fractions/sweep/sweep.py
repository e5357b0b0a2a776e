"""Sweeps: every fraction of a box, looked up among the Möbius images of constants.

Values in a small box are identified one by one, whatever their coefficients. A larger one is a
funnel. All pairs are classed by their leading coefficients and evaluated together in float64
(``survey``), looked up within the tolerance that each value's own
error bound gives (``mobius``), and what matches is evaluated to
60 digits and identified anew, from nothing but its digits
(``recognition``). Slowly convergent classes go another way
(``slow``). Blocks are parts of the box; no block needs another.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Find, Scanned
from elitemap.evaluators.fractions.sweep.forms import Forms
from elitemap.evaluators.fractions.sweep.limits import SHIFTED, USUAL, WHOLE, WHOLE_SLOW
from elitemap.evaluators.fractions.sweep.mobius import Images, images
from elitemap.evaluators.fractions.sweep.recognition import Recognition, axes
from elitemap.evaluators.fractions.sweep.shifts import shifted
from elitemap.evaluators.fractions.sweep.slow import suspects
from elitemap.evaluators.fractions.sweep.survey import EnumerationSession, survey
from elitemap.evaluators.fractions.values.deep import DIRECT
from elitemap.searchspaces.fractions.box import Box
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import classify

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Work of a block in pairs that are looked up in a table, about 0.2 microseconds each; how many of
#: them a slowly convergent pair is worth, and how many products one of them is.
BLOCK, SLOW_PAIR, PRODUCTS = 2**21, 1000, 80

#: What identifying a value takes, in pairs.
WHOLE_PAIR = 2000

#: Rows and columns of the samples that blocks are sized by and that time is estimated from.
SAMPLE, TIMED, TIMED_WHOLE = 48, 192, 24


@dataclass(frozen=True)
class Sweep:
    """An exhaustive search of a box, as :class:`~elitemap.engine.protocols.Enumeration`.

    Attributes:
        box: The fractions.
        constants: What their values are compared with.
        moebius: Largest coefficient of relations; those of slowly convergent fractions are found
            whatever their coefficients. None identifies every value of a small box, and is
            :data:`~elitemap.evaluators.fractions.sweep.limits.USUAL` for a larger one.
        joint: Whether a relation may have all the constants at once.
    """

    box: Box
    constants: Sequence[Constant]
    moebius: int | None = USUAL
    joint: bool = False

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The map's axes."""
        return axes(len(self.constants))

    @property
    def whole(self) -> bool:
        """Whether each value is identified."""
        return self.moebius is None and self.size <= WHOLE

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
        looked = WHOLE_PAIR if self.whole else sum(_cost(one) for one in self._images())
        cost = 1 + SLOW_PAIR * share + converging * looked
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
        count = TIMED_WHOLE if self.whole else TIMED
        rows, columns = _spread(self.box.a.size, count), _spread(self.box.b.size, count)
        began = time.perf_counter()
        self._scanned(rows, columns)
        return (time.perf_counter() - began) * self.size / (len(rows) * len(columns))

    def _images(self) -> tuple[Images, ...]:
        return images(tuple(self.constants), self.moebius or USUAL, self.joint)

    def _scanned(self, rows: Integers, columns: Integers) -> Scanned:
        surveyed = survey(self.box, rows, columns)
        recognition = Recognition(tuple(self.constants), self.joint, self.size)
        counts = Counter(surveyed.counts)
        look = self._each if self.whole else self._matched
        fractions = [*look(surveyed, counts), *self._slow(surveyed, counts)]
        finds = []
        for fraction in fractions:
            found = recognition.find(fraction)
            if isinstance(found, Find):
                finds.append(found)
            counts["confirmed" if isinstance(found, Find) else found] += 1
        counts["candidates"] = candidates = len(rows) * len(columns)
        return Scanned(candidates, dict(counts), tuple(finds))

    def _each(self, surveyed: EnumerationSession, counts: Counter[str]) -> list[ContinuedFraction]:
        """All fractions with a limit, less those that converge slowly."""
        among = np.ones(surveyed.values.shape, dtype=np.bool_)
        among[tuple(surveyed.slow.T)] = False
        fractions = self._fractions(surveyed, np.argwhere(among).tolist())
        found = [one for one in fractions if classify(one).kind in DIRECT]
        counts["matched"] += len(found)
        return found

    def _matched(
        self, surveyed: EnumerationSession, counts: Counter[str]
    ) -> list[ContinuedFraction]:
        """Fractions whose float64 values meet an image, in the order of the box."""
        shape = surveyed.values.shape
        found: set[int] = set()
        for one in self._images():
            for values, tolerance in self._places(surveyed):
                found.update(index for index, _ in one.match(values, tolerance))
        counts["matched"] += len(found)
        pairs = [divmod(index, shape[1]) for index in found]
        return self._fractions(surveyed, pairs)

    def _places(self, surveyed: EnumerationSession) -> Iterator[tuple[Floats, Floats]]:
        """Values to look up, and tolerances: those of the box, and at neighbouring indices.

        A shifted fraction's value has larger coefficients than its representative's.
        """
        yield surveyed.values.reshape(-1), surveyed.tolerance.reshape(-1)
        if self.moebius is None and self.box.plain and self.size <= SHIFTED:
            for values, tolerance in shifted(self.box, surveyed):
                yield values.reshape(-1), tolerance.reshape(-1)

    def _slow(self, surveyed: EnumerationSession, counts: Counter[str]) -> list[ContinuedFraction]:
        """Slowly convergent fractions of classes that look related to the constants."""
        classes: dict[ContinuedFraction, list[ContinuedFraction]] = {}
        for fraction in self._fractions(surveyed, surveyed.slow.tolist()):
            classes.setdefault(canonical(fraction), []).append(fraction)
        found = []
        # Double-double has more digits than are given of some constants.
        most = WHOLE if any(one.places is not None for one in self.constants) else WHOLE_SLOW
        if self.moebius is None and self.size <= most:
            found = [one for members in classes.values() for one in members]
        else:
            among = suspects(list(classes), self.constants, self.joint)
            for members, suspect in zip(classes.values(), among, strict=True):
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
