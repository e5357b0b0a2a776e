"""What the coordinator remembers so that the archive holds the map and its complete ancestry."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.identity import identity
from elitemap.archive.records import Ancestor, EliteRecord
from elitemap.engine.islands.challenging import known_best
from elitemap.engine.islands.emitters import first_front
from elitemap.engine.islands.sampling import lucky
from elitemap.engine.islands.state import new_grid
from elitemap.engine.map.elites import NOBODY, RANDOM, REFINE, START, Elites, columns_of
from elitemap.engine.map.lineage import ancestors, oldest_first
from elitemap.engine.protocols import Counts, Floats, Objective, Task, Words
from elitemap.engine.proving.kept import Proved, with_proof, without_proof
from elitemap.engine.running.worker import Texts
from elitemap.engine.search.open_end import unsound
from elitemap.engine.search.quest import around

T = TypeVar("T")

#: Uid of nobody who can live: what the archive holds in such a slot is to be written anew.
SOMEBODY = np.uint64(2**64 - 1)

#: Programs written out in a step: some five milliseconds.
STEP = 32

#: Programs that a worker is given to write out: some fifty milliseconds.
HANDFUL = 256


@dataclass(frozen=True)
class Changes:
    """What to write.

    Attributes:
        elites: New occupants of slots.
        removed: Slots that have become empty.
        ancestors: Programs not written before, parents first.
    """

    elites: list[EliteRecord]
    removed: list[int]
    ancestors: list[Ancestor]


@dataclass(frozen=True)
class Draft:
    """What to write, before it is named and written out.

    Attributes:
        everyone: All rows that may be named.
        newcomers: Of them, those not written before that are no elites.
        elites: New occupants of slots.
        slots: intp[elites], which.
        removed: Slots that have become empty.
    """

    everyone: Elites[Any]
    newcomers: Elites[Any]
    elites: Elites[Any]
    slots: NDArray[np.intp]
    removed: list[int]


@dataclass
class WrittenMap:
    """The map of a run as last written, and everyone its future elites may descend from.

    Attributes:
        task: The task.
        past: Former elites of any island that are ancestors of a living one.
        slots: uint64[slots], uid written last per slot, 0 for none.
        count: int64[slots], samples behind the quality that was written.
        written: Uids of programs the archive is sure to hold.
        ids: Names of programs by uid, for those needed lately.
        known: The occupants' programs as they are written, by uid: texts take time to make.
        told: Documents and texts that workers have made, by uid.
        proved: What the archive has proofs of since before this process; nothing where elites are
            noisy, whose worth changes.
    """

    task: Task
    past: Elites[Any]
    slots: Words
    count: Counts
    written: Words
    ids: dict[int, str] = field(default_factory=dict)
    known: dict[int, Ancestor] = field(default_factory=dict)
    told: dict[int, tuple[Mapping[str, Any], str]] = field(default_factory=dict)
    proved: Proved = field(default_factory=dict)

    @classmethod
    def fresh(cls, task: Task) -> "WrittenMap":
        """The written_map of a new run."""
        axes, names = len(task.evaluator.axes), len(task.evaluator.objectives)
        nobody = np.empty(0, np.uint64)
        past = Elites.empty(task.space, 0, names, axes)
        slots = len(new_grid(task.evaluator).quality)
        return cls(task, past, np.zeros(slots, np.uint64), np.zeros(slots, np.int64), nobody)

    def forget(self, sound: Mapping[int, int]) -> None:
        """Of what was written count only what was born before a budget showed, by island."""
        self.slots[unsound(self.slots, sound)] = SOMEBODY
        self.written = self.written[~unsound(self.written, sound)]

    def bury(self, displaced: Sequence[Elites[Any]]) -> None:
        """Remember former elites."""
        self.past = _distinct(Elites.concatenate([self.past, *displaced]))

    def update(self, islands: Sequence[Elites[Any]], alive: Sequence[Elites[Any]]) -> Draft:
        """Merge the islands and find what the archive lacks.

        The merged map, slots included, is a function of the islands' elites alone.

        Args:
            islands: The elites of every island.
            alive: Whose ancestors are going to be asked for beside theirs: migrants that have not
                arrived, and elites of islands that have gone on.

        Returns:
            What to write; the written_map counts it as written.
        """
        living = _distinct(Elites.concatenate([*islands, *alive]))
        merged, slots = merge(islands, self.task)
        past = self.past.take(ancestors(self.past.uid, self.past.parent, living.parent))
        everyone = _distinct(Elites.concatenate([living, past]))
        reached = ancestors(everyone.uid, everyone.parent, merged.parent)
        reached &= ~np.isin(everyone.uid, merged.uid)
        needed = everyone.take(reached)
        occupants = np.zeros_like(self.slots)
        occupants[slots] = merged.uid
        count = np.zeros_like(self.count)
        count[slots] = merged.count
        changed = (occupants != self.slots)[slots] | (count != self.count)[slots]
        newcomers = needed.take(~np.isin(needed.uid, self.written))
        removed = np.flatnonzero((occupants == NOBODY) & (self.slots != NOBODY)).tolist()
        self.past, self.slots, self.count = past, occupants, count
        self.written = np.union1d(needed.uid, merged.uid)
        self.ids = _only(self.ids, self.written)
        self.known = _only(self.known, merged.uid)
        return Draft(everyone, newcomers, merged.take(changed), slots[changed], removed)

    def unknown(self, draft: Draft) -> Iterator[Elites[Any]]:
        """What of an update has to be named and written out, in handfuls for workers."""
        rows = Elites.concatenate([draft.newcomers, draft.elites])
        rows = rows.take(np.array([uid not in self.known for uid in rows.uid.tolist()], bool))
        for first in range(0, len(rows), HANDFUL):
            yield rows.take(np.arange(first, min(first + HANDFUL, len(rows))))

    def hear(self, texts: Texts) -> None:
        """Take in what a worker has named and written out."""
        self.ids.update(zip(texts.uids, texts.names, strict=True))
        pairs = zip(texts.documents, texts.sources, strict=True)
        self.told.update(zip(texts.uids, pairs, strict=True))

    def render(self, draft: Draft) -> Generator[bool, None, Changes]:
        """Name and write out what an update has found, a few programs a step.

        What workers have written out is taken from them. Yields False: no step waits.
        """
        place = _places(draft.everyone)
        buried: list[Ancestor] = []
        for rows in _few(oldest_first(draft.newcomers.uid, draft.newcomers.parent)):
            named = [self._ancestor(draft.everyone, place, draft.newcomers, row) for row in rows]
            buried.extend(named)
            yield False
        records: list[EliteRecord] = []
        for rows in _few(oldest_first(draft.elites.uid, draft.elites.parent)):
            fresh = self._records(draft.everyone, place, draft.elites, rows, draft.slots)
            records.extend(with_proof(record, self.proved) for record in fresh)
            yield False
        self.told.clear()
        return Changes(records, draft.removed, buried)

    def worth_certifying(
        self, islands: Sequence[Elites[Any]]
    ) -> tuple[list[EliteRecord], list[EliteRecord]]:
        """The elites of the merged map that no other dominates in what people compare them by.

        With a goal only those that it is about, proved ones too, as it matters who is proved before
        whom. And the others that have the task's notable objective, the best first. Call it after
        :meth:`update` with the same islands.
        """
        merged, slots = merge(islands, self.task)
        columns = merged.named(columns_of(self.task.evaluator))
        front = first_front(columns, _compared(self.task.evaluator.objectives, columns))
        front = around(front, columns, self.task.goal)
        others = np.empty(0, np.intp)
        if self.task.notable is not None:
            others = np.setdiff1d(np.flatnonzero(np.isfinite(columns[self.task.notable])), front)
            others = others[np.argsort(-merged.quality[others], kind="stable")]
        everyone = _distinct(Elites.concatenate([merged, *islands, self.past]))
        asked = everyone, _places(everyone), merged
        first, rest = (self._records(*asked, rows.tolist(), slots) for rows in (front, others))
        if self.task.goal is None:
            first, rest = without_proof(first, self.proved), without_proof(rest, self.proved)
        return first, rest

    def _ancestor(
        self, everyone: Elites[Any], place: Mapping[int, int], rows: Elites[Any], row: int
    ) -> Ancestor:
        uid = int(rows.uid[row])
        if uid not in self.known:
            if uid in self.told:
                document, source = self.told.pop(uid)
            else:
                document = self.task.space.to_json(rows.batch, row)
                self.ids[uid], source = identity(document), self.task.space.source(document)
            parent = self._name(everyone, place, int(rows.parent[row]))
            self.known[uid] = Ancestor(document, source, parent, self._operator(rows, row))
        return self.known[uid]

    def _records(
        self,
        everyone: Elites[Any],
        place: Mapping[int, int],
        rows: Elites[Any],
        wanted: Sequence[int],
        slots: NDArray[np.intp],
    ) -> list[EliteRecord]:
        """Some of the rows as elites in their slots."""
        evaluator = self.task.evaluator
        names = columns_of(evaluator)
        axes = [axis.name for axis in evaluator.axes]
        shape = [len(axis.edges) + 1 for axis in evaluator.axes]
        cells = np.stack(np.unravel_index(rows.cell[wanted], shape), axis=-1).tolist()
        records = []
        for row, cell in zip(wanted, cells, strict=True):
            origin = self._ancestor(everyone, place, rows, row)
            records.append(
                EliteRecord(
                    slot=int(slots[row]),
                    cell=tuple(cell),
                    program=origin.program,
                    source=origin.source,
                    quality=float(rows.quality[row]),
                    objectives=dict(zip(names, rows.objectives[row].tolist(), strict=True)),
                    measures=dict(zip(axes, rows.measures[row].tolist(), strict=True)),
                    status="candidate",
                    certificate=None,
                    parent=origin.parent,
                    operator=origin.operator,
                )
            )
        return records

    def _name(self, everyone: Elites[Any], place: Mapping[int, int], uid: int) -> str | None:
        """Name of the program with a uid; every parent of a row to be written is among everyone."""
        if not uid:
            return None
        if uid not in self.ids:
            self.ids[uid] = identity(self.task.space.to_json(everyone.batch, place[uid]))
        return self.ids[uid]

    def _operator(self, rows: Elites[Any], row: int) -> str:
        operator = int(rows.operator[row])
        if operator >= 0:
            return str(self.task.space.operators[operator])
        return {RANDOM: "random", REFINE: "refine", START: "start"}[operator]


def merge(islands: Sequence[Elites[Any]], task: Task) -> tuple[Elites[Any], NDArray[np.intp]]:
    """The best of several islands in one map.

    Returns:
        The elites that are in it and their slots; in each cell, slots ascend as quality falls.
    """
    pool = Elites.concatenate(islands)
    if task.evaluator.noise is not None:
        pool = pool.take(~lucky(pool.cell.astype(np.intp), pool.fingerprint, pool.count))
        pool = pool.take(known_best(pool, task.evaluator.depth))
    grid = new_grid(task.evaluator)
    slots = grid.add(pool.cell.astype(np.intp), pool.quality, pool.fingerprint)[1]
    rows = np.flatnonzero(slots >= 0)
    return pool.take(rows), slots[rows]


def _only(values: Mapping[int, T], uids: Words) -> dict[int, T]:
    return {uid: values[uid] for uid in uids.tolist() if uid in values}


def _distinct(elites: Elites[Any]) -> Elites[Any]:
    """One row per uid, by ascending uid."""
    return elites.take(np.unique(elites.uid, return_index=True)[1])


def _places(elites: Elites[Any]) -> dict[int, int]:
    """Rows by uid."""
    return {uid: row for row, uid in enumerate(elites.uid.tolist())}


def _few(rows: NDArray[np.intp]) -> Iterator[list[int]]:
    """Rows in order, as many at a time as a step is to write out."""
    for first in range(0, len(rows), STEP):
        yield rows[first : first + STEP].tolist()


def _compared(
    objectives: Iterable[Objective], columns: Mapping[str, Floats]
) -> tuple[tuple[str, int], ...]:
    """Names and signs by which people compare elites: what steers, and whatever all elites have."""
    return tuple(
        (one.name, one.direction)
        for one in objectives
        if one.steers or (one.direction and np.isfinite(columns[one.name]).all())
    )
