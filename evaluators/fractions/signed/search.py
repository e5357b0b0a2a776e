"""The signed search: images of constants whose signed expansions have recurrent quotients.

After Razon et al., "Automated Search for Conjectures on Mathematical Constants using Analysis of
Integer Sequences" (ICML 2023, arXiv 2212.09470). Every image (c0 + c1 c)/(c2 + c3 c) is expanded as
x = a_0 + s_1/(a_1 + s_2/(a_2 + ...)) with signs that repeat: a_k is the floor of the complete
quotient if s_(k+1) = 1 and its ceiling otherwise, so that complete quotients exceed 1 and only a_0
can be zero (the original drops expansions with a zero; this one has no other). What has a short
linear recurrence, from some quotient on, is verified.

Negative images are left out: for x < 0 some x + n is positive, with the same quotients but a_0.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Axis, Find, Scanned
from elitemap.evaluators.fractions.signed import expansions as kernel
from elitemap.evaluators.fractions.signed import sides as images
from elitemap.evaluators.fractions.signed.recurrences import Matrix, canonical, times
from elitemap.evaluators.fractions.signed.verification import Agreement, agreement, significance
from elitemap.evaluators.fractions.sweep.recognition import RATES
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.formula import Formula
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

#: Quotients of an expansion, and of them for each tap that a recurrence may have.
DEPTH, QUOTIENTS_A_TAP = 60, 4

#: Pairs of places and words in a block: half of them are candidates, less than a second of work.
BLOCK = 1 << 18

#: Pairs of places and words that are timed for an estimate.
SAMPLE = 1 << 15


@dataclass(frozen=True)
class Hit:
    """An image with a recurrent expansion.

    Attributes:
        fraction: The expansion, transient quotients included.
        value: The image.
    """

    fraction: SignedFraction
    value: Relation


class SignedSearch:
    """An enumeration over constants, images and words of signs.

    Attributes:
        size: Pairs of images and words, of all constants.
        blocks: Number of blocks.
    """

    def __init__(
        self,
        constants: Sequence[Constant],
        limit: int,
        periods: tuple[int, int],
        depth: int = DEPTH,
    ) -> None:
        """Lay out the blocks.

        Args:
            constants: Irrational numbers.
            limit: Largest coefficient of an image in absolute value.
            periods: Shortest and longest period of the signs.
            depth: Quotients of an expansion, at most 120; a quarter as many taps are allowed.

        Raises:
            UsageError: If a constant is smaller than 2**-(10 depth).
            ValueError: If the depth is larger than the kernel has room for.
        """
        if depth > kernel.MAX_DEPTH:
            raise ValueError(f"expected a depth of at most {kernel.MAX_DEPTH}, got {depth}")
        self.constants = tuple(constants)
        self.limit, self.depth = limit, depth
        self.words = images.words(*periods)
        self.size = images.positive_sides(limit) * len(self.words) * len(self.constants)
        self._places = images.places(limit)
        self._step = max(1, BLOCK // len(self.words))
        self._chunks = -(-self._places // self._step)
        self.blocks = self._chunks * len(self.constants)
        self._enclosures = [kernel.Enclosure.of(one, depth) for one in self.constants]

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The map's axes."""
        return (
            Axis("constant", tuple(k + 0.5 for k in range(len(self.constants)))),
            Axis("taps", tuple(k + 0.5 for k in range(1, self.depth // 4))),
            Axis("rate", RATES),
        )

    def scan(self, block: int) -> Scanned:
        """Expand and verify one block: a stretch of images of one constant, with every word."""
        index, chunk = divmod(block, self._chunks)
        start = chunk * self._step
        return self._scan(index, start, min(start + self._step, self._places))

    def estimate(self) -> float:
        """Seconds for all blocks on one core, from places in the middle of each constant's box."""
        seconds, sample = 0.0, min(max(1, SAMPLE // len(self.words)), self._places)
        start = (self._places - sample) // 2
        for index in range(len(self.constants)):
            # What is only done once, from building the kernel to verifying the simplest classes.
            self._scan(index, start, start + sample)
            began = time.perf_counter()
            self._scan(index, start, start + sample)
            seconds += (time.perf_counter() - began) * self._places / sample
        return seconds

    def _scan(self, index: int, start: int, stop: int) -> Scanned:
        sides = images.sides(self.limit, start, stop)
        most = self.depth // QUOTIENTS_A_TAP
        outcomes = kernel.search(self._enclosures[index], sides, self.words, self.depth, most)
        tally = Counter(outcomes.ravel().tolist())
        finds = [
            find
            for hit in self._hits(index, sides, outcomes == kernel.WHOLE)
            if (find := self._find(index, hit)) is not None
        ]
        counts = {
            "recurrent modulo a prime": tally[kernel.MODULAR] + tally[kernel.WHOLE],
            "recurrent": tally[kernel.WHOLE],
            "verified": len(finds),
        }
        return Scanned(outcomes.size - tally[kernel.NEGATIVE], counts, tuple(finds))

    def _hits(self, index: int, sides: images.Sides, whole: NDArray[np.bool_]) -> list[Hit]:
        """The expansions of the marked pairs."""
        rows, columns = np.nonzero(whole)
        words = [self.words[column] for column in columns]
        enclosure, most = self._enclosures[index], self.depth // QUOTIENTS_A_TAP
        terms, counts = kernel.quotients(enclosure, sides[rows], words, self.depth)
        taps, lengths = kernel.recurrences(terms, counts, most)
        text = self.constants[index].text
        found = []
        for side, word, quotients, tap, length in zip(
            sides[rows].tolist(), words, terms, taps, lengths.tolist(), strict=True
        ):
            order = int(np.flatnonzero(tap)[-1]) + 1
            start, recurrence = quotients[:length].tolist(), tap[:order].tolist()
            value = Relation((text,), (side[0], side[1]), (side[2], side[3]))
            found.append(Hit(SignedFraction(word, tuple(start), tuple(recurrence)), value))
        return found

    def _find(self, index: int, hit: Hit) -> Find | None:
        """The find of a hit that holds: its class's one fraction, and itself as a member."""
        tail = canonical(hit.fraction)
        if tail is None:
            return None
        fraction, matrix = tail
        value = moved(hit.value, matrix)
        agreed = agreement(fraction, value, self.constants[index])
        if agreed is None:
            return None
        quality = significance(fraction, value, agreed.digits, self.size)
        document = Formula(fraction, value).to_json()
        return Find(
            document,
            member(hit, fraction),
            quality,
            {
                "digits": None,
                "significance": quality,
                "digits_per_term": agreed.digits_per_term,
                "label": None,
            },
            measures(index, fraction, agreed),
        )


def measures(index: int, fraction: SignedFraction, agreed: Agreement) -> tuple[float, ...]:
    """The map's coordinates: number of the constant from 1, taps, digits a term."""
    return float(index + 1), float(len(fraction.taps)), agreed.digits_per_term


def member(hit: Hit, canonical_fraction: SignedFraction) -> dict[str, object]:
    """One disguise of a class."""
    formula = Formula(hit.fraction, hit.value)
    itself = hit.fraction == canonical_fraction
    return {
        "source": str(formula),
        "document": formula.to_json(),
        "disguise": "itself" if itself else "transient",
    }


def moved(value: Relation, matrix: Matrix) -> Relation:
    """The image of a number under a whole matrix, by the matrix of the number itself.

    Args:
        value: (n0 + n1 c)/(d0 + d1 c).
        matrix: The map.
    """
    (n0, n1), (d0, d1) = value.numerator, value.denominator
    (a, b), (c, d) = times(matrix, ((n1, n0), (d1, d0)))
    return Relation.of(value.constants, (b, a), (d, c))
