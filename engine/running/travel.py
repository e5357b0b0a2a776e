"""What travels of an island's state between coordinator and workers: what changed.

A state is mostly caches, and an epoch changes a small part of their entries. A worker keeps the
states that it has worked on lately; the coordinator keeps every state, and sends the last changes
instead where that will probably do. Nothing depends on who keeps what: a worker that cannot put a
state together says so and is sent the whole, and the state is the same to the byte.
"""

import zlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.engine.islands.state import of_cache
from elitemap.engine.map.elites import pack, unpack

#: Bytes of states that a worker keeps.
MOST_KEPT = 128 << 20

#: Share of a whole state that the changes sent instead of it may take.
MOST_CHANGED = 0.2

#: Ends the name of the array that tells which entries of another one changed.
_WHERE = "@"


@dataclass(frozen=True)
class Change:
    """What turns one state into another.

    Attributes:
        before: Version of the one.
        after: Version of the other.
        body: An npz file, compressed: of caches the entries that changed, of the rest everything.
    """

    before: bytes
    after: bytes
    body: bytes


@dataclass(frozen=True)
class Parcel:
    """A state on its way to a worker.

    Attributes:
        whole: All of it, or None.
        changes: Else the last changes that led to it, at least one.
    """

    whole: bytes | None
    changes: tuple[Change, ...] = ()


def version(state: bytes) -> bytes:
    """What tells one state from another."""
    return blake2b(state, digest_size=16).digest()


def changed(before: bytes, after: bytes) -> Change:
    """What turns one state into another of the same island."""
    old, new = unpack(before), unpack(after)
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in new.files:
        arrays[name] = new[name]
        if of_cache(name):
            where = np.flatnonzero(_bits(new[name]) != _bits(old[name])).astype(np.uint32)
            arrays[name], arrays[name + _WHERE] = arrays[name][where], where
    # Rows of elites are mostly unused instructions: a quarter is left in 20 ms.
    return Change(version(before), version(after), zlib.compress(pack(arrays), 1))


def apply(before: bytes, change: Change) -> bytes:
    """The state after a change."""
    old, new = unpack(before), unpack(zlib.decompress(change.body))
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in new.files:
        if name.endswith(_WHERE):
            continue
        arrays[name] = new[name]
        if of_cache(name):
            arrays[name] = old[name]
            arrays[name][new[name + _WHERE]] = new[name]
    return pack(arrays)


def _bits(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The entries as whole numbers: NaN is no number and equals itself here."""
    return array.view(f"u{array.itemsize}")


@dataclass
class Shelf:
    """The states that a worker keeps, the longest unused first, by version."""

    states: OrderedDict[bytes, bytes] = field(default_factory=OrderedDict)

    def open(self, parcel: Parcel) -> bytes | None:
        """The state of a parcel, which is taken off the shelf; None if it cannot be had."""
        if parcel.whole is not None:
            return parcel.whole
        versions = [change.before for change in parcel.changes] + [parcel.changes[-1].after]
        for place in reversed(range(len(versions))):
            if versions[place] in self.states:
                state = self.states.pop(versions[place])
                for change in parcel.changes[place:]:
                    state = apply(state, change)
                return state
        return None

    def keep(self, key: bytes, state: bytes) -> None:
        """Keep a state; those that were not used for long make room."""
        self.states[key] = state
        while sum(map(len, self.states.values())) > MOST_KEPT:
            self.states.popitem(last=False)


@dataclass
class KeptState:
    """An island's state as the coordinator keeps it.

    Attributes:
        base: A state, whole, or None if the island has not run.
        pending: Changes since.
        recent: The last changes, for workers that have an older state.
    """

    base: bytes | None = None
    pending: list[Change] = field(default_factory=list)
    recent: list[Change] = field(default_factory=list)

    @property
    def latest(self) -> bytes | None:
        """An npz file with everything of the state but its caches; None before the first epoch."""
        return zlib.decompress(self.pending[-1].body) if self.pending else self.base

    def whole(self) -> bytes | None:
        """The state.

        Raises:
            SearchError: If changes do not lead to the state that the worker had.
        """
        if self.pending and self.base is not None:
            for change in self.pending:
                self.base = apply(self.base, change)
            if version(self.base) != self.pending[-1].after:
                raise SearchError("the state of an island arrived damaged: resume the run")
            self.pending.clear()
        return self.base

    def take(self, came: bytes | Change, fresh: Callable[[], bytes]) -> None:
        """Go on to the state that came from a worker; ``fresh`` makes that of a new island."""
        if isinstance(came, bytes):
            self.base = came
            self.pending.clear()
            self.recent.clear()
            return
        if self.base is None:
            self.base = fresh()
        self.pending.append(came)
        self.recent.append(came)
        while sum(len(change.body) for change in self.recent) > MOST_CHANGED * len(self.base):
            self.recent.pop(0)

    def parcel(self, whole: bool) -> Parcel | None:
        """The state for a worker: all of it, or changes if they will probably do."""
        if self.base is None:
            return None
        if self.recent and not whole:
            return Parcel(None, tuple(self.recent))
        return Parcel(self.whole())
