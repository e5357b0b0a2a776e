"""Finite sets of candidates, and what going through them finds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from elitemap.engine.protocols.evaluators import Axis


@dataclass(frozen=True)
class Find:
    """Something an enumeration found.

    Attributes:
        document: The elite's JSON document in canonical form: finds of equal documents are
            disguises of one elite.
        member: This disguise of it as a JSON object; its key ``source`` is readable text.
        quality: Higher is better.
        objectives: By name.
        measures: The map's coordinates, one per axis.
    """

    document: Mapping[str, Any]
    member: Mapping[str, Any]
    quality: float
    objectives: Mapping[str, float | str | None]
    measures: tuple[float, ...]


@dataclass(frozen=True)
class Scanned:
    """What came of one block of an enumeration.

    Attributes:
        candidates: Candidates that the block holds.
        counts: How many of them got how far, by name (for the run's summary).
        finds: What is worth keeping.
    """

    candidates: int
    counts: Mapping[str, int]
    finds: tuple[Find, ...]


class Enumeration(Protocol):
    """A finite set of candidates, gone through block by block instead of evolved."""

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The map's axes, in the order of the measures of its finds."""

    @property
    def size(self) -> int:
        """Candidates in all."""

    @property
    def blocks(self) -> int:
        """Number of blocks; each takes about a second or less."""

    def scan(self, block: int) -> Scanned:
        """Go through one block: a function of its number alone."""

    def estimate(self) -> float:
        """Seconds that one core needs for all blocks, from timing a small sample."""
