"""What an enumeration has found so far, and how that is saved and restored."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from elitemap.archive.errors import ArchiveError
from elitemap.archive.identity import identity
from elitemap.archive.records import EliteRecord, Member
from elitemap.archive.states import followed
from elitemap.engine.map.grid import Grid
from elitemap.engine.protocols import Axis, Find, Scanned, Task

#: How an elite that was found by going through all candidates came to be.
OPERATOR = "enumerated"


@dataclass
class Catalogue:
    """The finds of all blocks before the next, merged in the order of the blocks.

    Every elite has a slot of its own: the number of elites found before it. What was found since
    the last flush waits here, everything before is in the archive.

    Attributes:
        task: The task.
        axes: The map's axes.
        grid: Locates measures.
        upcoming: Number of the next block.
        candidates: In the blocks before it.
        finds: In the blocks before it, repetitions included.
        counts: How many candidates got how far, by name.
        slots: Slot of each elite, by identity of the document that was found.
        quality: Best quality found of each elite, by slot.
        united: By slot that was given up, because certificates made its elite the same program, the
            one that has its members.
        elites: New or changed elites by slot, not flushed yet.
        members: New members, not flushed yet.
    """

    task: Task
    axes: tuple[Axis, ...]
    grid: Grid
    upcoming: int = 0
    candidates: int = 0
    finds: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    quality: list[float] = field(default_factory=list)
    united: dict[int, int] = field(default_factory=dict)
    elites: dict[int, EliteRecord] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)

    @classmethod
    def fresh(cls, task: Task, axes: tuple[Axis, ...]) -> Self:
        """The catalogue of an enumeration that begins."""
        return cls(task, axes, Grid([axis.edges for axis in axes], 1))

    def merge(self, scanned: Scanned) -> None:
        """Take in the next block."""
        self.upcoming += 1
        self.candidates += scanned.candidates
        for name, count in scanned.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        for find in scanned.finds:
            self._add(find)

    def _add(self, find: Find) -> None:
        """A disguise of its elite; of several the best, or else the first, stands for it."""
        slot = self.slots.setdefault(identity(find.document), len(self.slots))
        self.members.append(Member(self.united.get(slot, slot), self.finds, find.member))
        self.finds += 1
        if slot in self.united:
            return
        if slot == len(self.quality):
            self.quality.append(find.quality)
        elif find.quality > self.quality[slot]:
            self.quality[slot] = find.quality
        else:
            return
        self.elites[slot] = self._record(find, slot)

    def _record(self, find: Find, slot: int) -> EliteRecord:
        cell = self.grid.locate(np.array([find.measures], np.float64))[0]
        return EliteRecord(
            slot=slot,
            cell=tuple(int(k) for k in np.unravel_index(cell, self.grid.shape)),
            program=find.document,
            source=self.task.space.source(find.document),
            quality=find.quality,
            objectives=dict(find.objectives),
            measures=dict(
                zip((axis.name for axis in self.axes), map(float, find.measures), strict=True)
            ),
            status="candidate",
            certificate=None,
            parent=None,
            operator=OPERATOR,
        )

    def flushed(self) -> None:
        """Forget what the archive has got."""
        self.elites.clear()
        self.members.clear()

    def unite(self, twins: Mapping[int, int]) -> None:
        """Some slots were given up for others."""
        self.united = followed(self.united, twins)

    def save(self, elapsed: float) -> bytes:
        """Everything needed to go on, together with the archive; ``elapsed`` in seconds."""
        document = {
            "clock": elapsed,
            "upcoming": self.upcoming,
            "candidates": self.candidates,
            "finds": self.finds,
            "counts": self.counts,
            "elites": [[name, self.quality[slot]] for name, slot in self.slots.items()],
            "united": list(self.united.items()),
        }
        return zlib.compress(json.dumps(document).encode(), 1)

    @classmethod
    def restore(cls, task: Task, axes: tuple[Axis, ...], saved: bytes) -> tuple[Self, float]:
        """The inverse of :meth:`save`: the catalogue and the seconds.

        Raises:
            ArchiveError: If it was not saved by an enumeration.
        """
        catalogue = cls.fresh(task, axes)
        try:
            document = json.loads(zlib.decompress(saved))
            elapsed = float(document["clock"])
            for name in ("upcoming", "candidates", "finds"):
                setattr(catalogue, name, _count(document[name]))
            catalogue.counts = {name: _count(n) for name, n in document["counts"].items()}
            for name, quality in document["elites"]:
                catalogue.slots[str(name)] = len(catalogue.slots)
                catalogue.quality.append(float(quality))
            for slot, other in document.get("united", ()):
                catalogue.united[_count(slot)] = _count(other)
        except (
            KeyError,
            ValueError,
            TypeError,
            AttributeError,
            RecursionError,
            zlib.error,
        ) as error:
            raise ArchiveError(
                "the saved state of the run does not fit its task: start a new search"
            ) from error
        return catalogue, elapsed


def saved_counts(counts: Mapping[str, int]) -> dict[str, int]:
    """Counts under names that nothing else in a run's summary has."""
    return {f"count.{name}": count for name, count in counts.items()}


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"expected a count, got {value!r}")
    return value
