"""The search of matrix fields: trajectories around a fraction, those with the best delta kept.

Every direction of a field's lattice gives a fraction, and all their values are Möbius images of
one another, but their convergents approximate them differently well. Apéry's fraction for zeta(3)
is the diagonal of the field in which the plain one of inverse cubes lies.
"""

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from elitemap.archive.errors import UsageError
from elitemap.engine.protocols import Axis, Find, Scanned
from elitemap.evaluators.fractions.fields.fields import Field, around
from elitemap.evaluators.fractions.fields.trajectories import primitive
from elitemap.evaluators.fractions.sweep.recognition import Recognition, axes
from elitemap.evaluators.fractions.values.irrationality import measure
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError

#: Depth at which all directions are measured; certificates measure deeper.
DEPTH = 200
#: Directions of a block, of whose fractions so many are kept at most.
BLOCK, KEPT = 64, 4
#: Degrees of b beyond which a fraction is not looked at.
LARGEST = 24


@dataclass(frozen=True)
class FieldSearch:
    """An enumeration over the directions of all fields around a fraction.

    Attributes:
        fraction: Where the fields are.
        constants: What values are compared with.
        reach: Largest coordinate of a direction.
    """

    fraction: ContinuedFraction
    constants: Sequence[Constant]
    reach: int

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The map's axes."""
        return axes(len(self.constants))

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields.

        Raises:
            UsageError: If the fraction lies in none that is known.
        """
        try:
            found = around(self.fraction)
        except FractionError as error:
            raise UsageError(f"expected a fraction in a matrix field: {error}") from None
        if not found:
            raise UsageError(
                f"expected a fraction in a known matrix field, got {self.fraction}; the fields "
                "tried are those of 2F1 along directions and of conjugate polynomials"
            )
        return found

    @cached_property
    def pairs(self) -> list[tuple[int, tuple[int, ...]]]:
        """Numbers of fields and directions."""
        return [
            (index, direction)
            for index, field in enumerate(self.fields)
            for direction in primitive(field.dimensions, self.reach)
        ]

    @property
    def size(self) -> int:
        """Directions of all fields."""
        return len(self.pairs)

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.size // BLOCK)

    def scan(self, block: int) -> Scanned:
        """Go through one block: a function of its number alone."""
        pairs = self.pairs[block * BLOCK : (block + 1) * BLOCK]
        counts: Counter[str] = Counter(candidates=len(pairs))
        measured: dict[ContinuedFraction, float] = {}
        for index, direction in pairs:
            found = self.fields[index].fraction(direction)
            if found is not None and found.degrees[1] <= LARGEST and found not in measured:
                measured[found] = _delta(found)
        better = sorted(
            (one for one, delta in measured.items() if delta >= self._least),
            key=lambda one: -measured[one],
        )
        counts["better"] = len(better)
        finds = self._finds(better, measured, counts)
        return Scanned(len(pairs), dict(counts), tuple(finds))

    def estimate(self) -> float:
        """Seconds that one core needs for all blocks, from timing the one in the middle."""
        began = time.perf_counter()
        self.scan(self.blocks // 2)
        return (time.perf_counter() - began) * self.blocks

    @cached_property
    def _least(self) -> float:
        """The delta of the fraction itself, less what its depth makes uncertain."""
        return _delta(self.fraction) - 1 / DEPTH

    def _finds(
        self,
        better: Sequence[ContinuedFraction],
        measured: dict[ContinuedFraction, float],
        counts: Counter[str],
    ) -> list[Find]:
        recognition = Recognition(tuple(self.constants), False, self.size)
        finds: list[Find] = []
        for fraction in better:
            found = recognition.find(fraction)
            counts["confirmed" if isinstance(found, Find) else found] += 1
            if isinstance(found, Find):
                delta = measured[fraction]
                objectives = {**found.objectives, "delta": round(delta, 4)}
                finds.append(
                    Find(found.document, found.member, found.quality, objectives, found.measures)
                )
            if len(finds) == KEPT:
                break
        return finds


def _delta(fraction: ContinuedFraction) -> float:
    found = measure(fraction, DEPTH)
    return -math.inf if found is None or not math.isfinite(found.delta) else found.delta
