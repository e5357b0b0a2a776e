"""What travels of an island's state between coordinator and workers: what changed.

A state is mostly caches, and an epoch changes a small part of their entries. A worker keeps the
states that it has worked on lately; the coordinator keeps every state, and sends the last changes
instead where that will probably do. Nothing depends on who keeps what: a worker that cannot put a
state together says so and is sent the whole, and the state is the same to the byte.

Versions name states. That of a whole one is a hash of it; that of one that changes lead to is a
hash of the last change and of the version before, for to hash all of a state takes long.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.engine.islands.state import of_cache
from elitemap.engine.map.elites import pack, unpack
from elitemap.engine.running.squeezing import expanded, squeezed

#: Bytes of states that a worker keeps.
MOST_KEPT = 128 << 20

#: Share of a whole state that the changes sent instead of it may take.
MOST_CHANGED = 0.5

#: Share of a whole state that changes may take which the coordinator has not applied yet.
MOST_PENDING = 1.0

#: Ends the name of the array that tells which entries of another one changed.
_WHERE = "@"

#: The arrays of a state, by name.
Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Change:
    """What turns one state into another.

    Attributes:
        before: Version of the one.
        after: Version of the other.
        body: An npz file, squeezed: of caches the entries that changed, of the rest everything.
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
        version: Of a whole one, where it is known.
    """

    whole: bytes | None
    changes: tuple[Change, ...] = ()
    version: bytes | None = None

    def leads_to(self) -> bytes:
        """The version of the state."""
        if self.whole is None:
            return self.changes[-1].after
        return self.version or version(self.whole)


def version(state: bytes) -> bytes:
    """What tells a whole state from others."""
    return blake2b(state, digest_size=16).digest()


def led_to(before: bytes, body: bytes) -> bytes:
    """The version of the state that a change of a version leads to."""
    return blake2b(body, digest_size=16, key=before).digest()


def changed(before: Arrays, after: Arrays, start: bytes) -> Change:
    """What turns one state into another of the same island; ``start`` is the version before."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, array in after.items():
        arrays[name] = array
        if of_cache(name):
            where = np.flatnonzero(_bits(array) != _bits(before[name])).astype(np.uint32)
            arrays[name], arrays[name + _WHERE] = array[where], where
    body = squeezed(pack(arrays))
    return Change(start, led_to(start, body), body)


def applied(before: Arrays, change: Change) -> Arrays:
    """The state after a change."""
    new = unpack(expanded(change.body))
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in new.files:
        if name.endswith(_WHERE):
            continue
        arrays[name] = new[name]
        if of_cache(name):
            arrays[name] = before[name].copy()
            arrays[name][new[name + _WHERE]] = new[name]
    return arrays


def _bits(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The entries as whole numbers: NaN is no number and equals itself here."""
    return array.view(f"u{array.itemsize}")


def arrays_of(state: bytes) -> Arrays:
    """The arrays of a whole state."""
    loaded = unpack(state)
    return {name: loaded[name] for name in loaded.files}


@dataclass
class Shelf:
    """The states that a worker keeps, the longest unused first, by version."""

    states: OrderedDict[bytes, Arrays] = field(default_factory=OrderedDict)

    def open(self, parcel: Parcel) -> Arrays | None:
        """The state of a parcel, which is taken off the shelf; None if it cannot be had."""
        if parcel.whole is not None:
            return arrays_of(parcel.whole)
        versions = [change.before for change in parcel.changes] + [parcel.changes[-1].after]
        for place in reversed(range(len(versions))):
            if versions[place] in self.states:
                state = self.states.pop(versions[place])
                for change in parcel.changes[place:]:
                    state = applied(state, change)
                return state
        return None

    def keep(self, key: bytes, state: Arrays) -> None:
        """Keep a state; those that were not used for long make room."""
        self.states[key] = state
        while sum(map(weight, self.states.values())) > MOST_KEPT:
            self.states.popitem(last=False)


def weight(state: Arrays) -> int:
    """Bytes of a state's arrays."""
    return sum(array.nbytes for array in state.values())


@dataclass
class KeptState:
    """An island's state as the coordinator keeps it.

    Attributes:
        base: A state, whole, or None if the island has not run.
        mark: Its version, where it is known.
        pending: Changes since.
        recent: The last changes, for workers that have an older state.
    """

    base: bytes | None = None
    mark: bytes | None = None
    pending: list[Change] = field(default_factory=list)
    recent: list[Change] = field(default_factory=list)

    @property
    def latest(self) -> bytes | None:
        """An npz file with everything of the state but its caches; None before the first epoch."""
        return expanded(self.pending[-1].body) if self.pending else self.base

    def whole(self) -> bytes | None:
        """The state.

        Raises:
            SearchError: If changes do not lead to the state that the worker had.
        """
        if self.pending and self.base is not None:
            state, at = arrays_of(self.base), self.mark or version(self.base)
            for change in self.pending:
                if change.before != at or led_to(at, change.body) != change.after:
                    raise SearchError("the state of an island arrived damaged: resume the run")
                state, at = applied(state, change), change.after
            self.base, self.mark = pack(state), at
            self.pending.clear()
        return self.base

    def take(self, came: bytes | Change, fresh: Callable[[], bytes]) -> None:
        """Go on to the state that came from a worker; ``fresh`` makes that of a new island."""
        if isinstance(came, bytes):
            self.base, self.mark = came, None
            self.pending.clear()
            self.recent.clear()
            return
        if self.base is None:
            self.base = fresh()
        self.pending.append(came)
        self.recent.append(came)
        while sum(len(change.body) for change in self.recent) > MOST_CHANGED * len(self.base):
            self.recent.pop(0)
        # In a long run that never asks for the whole, changes must not pile up.
        if sum(len(change.body) for change in self.pending) > MOST_PENDING * len(self.base):
            self.whole()

    def parcel(self, whole: bool) -> Parcel | None:
        """The state for a worker: all of it, or changes if they will probably do."""
        if self.base is None:
            return None
        if self.recent and not whole:
            return Parcel(None, tuple(self.recent))
        return Parcel(self.whole(), version=self.mark)
