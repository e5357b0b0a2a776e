"""Where a run with a larger budget goes on: the last point that the budget has not touched.

A budget in evaluations makes the last generations of an island smaller, and what an island sends
that has used up its share is not what it would have sent later. From there on a search with a
larger budget takes another way. What is saved of a run therefore ends before: with each island's
state before its first epoch that was cut short, or before it gets what such an island has sent. To
go on with the same budget repeats what follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.state import UID_SHIFT
from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import Words
from elitemap.engine.search.cut import Arrival

#: Births of an island all of whose elites a larger budget finds as well.
ALL = 1 << UID_SHIFT


@dataclass
class OpenEnd:
    """What was before the budget showed.

    Attributes:
        turn: Legs that all islands had ended.
        past: Former elites that are ancestors of one of those that live here.
        states: State of each island that has gone past this point; None of one that had not run.
        pending: Migrants that those islands had not taken in, by where and when they arrive.
        sound: Births of those islands until then; what was born later is born of the budget.
        unsound: Where and when migrants arrive that those islands have sent since.
    """

    turn: int
    past: Elites[Any]
    states: dict[int, bytes | None] = field(default_factory=dict)
    pending: dict[Arrival, Elites[Any]] = field(default_factory=dict)
    sound: dict[int, int] = field(default_factory=dict)
    unsound: set[Arrival] = field(default_factory=set)

    def freeze(
        self, island: int, state: bytes | None, waiting: Mapping[Arrival, Elites[Any]], sound: int
    ) -> None:
        """An island goes past this point; what it was before is kept, the first time."""
        if island in self.states:
            return
        self.states[island], self.sound[island] = state, sound
        self.pending |= {key: rows for key, rows in waiting.items() if key not in self.unsound}

    def travel(self, sender: int, arrival: Arrival, elites: Elites[Any]) -> None:
        """Elites leave an island; an island that has gone past this point is going to want them."""
        if sender in self.states:
            self.unsound.add(arrival)
        elif arrival[0] in self.states:
            self.pending[arrival] = elites

    def left(self, pending: Mapping[Arrival, Elites[Any]]) -> dict[Arrival, Elites[Any]]:
        """Of migrants on their way those that a larger budget sends, and those kept here."""
        others = {
            key: rows
            for key, rows in pending.items()
            if key[0] not in self.states and key not in self.unsound
        }
        return others | self.pending


def unsound(uids: Words, sound: Mapping[int, int]) -> NDArray[np.bool_]:
    """Which uids a search with a larger budget may give to others; 0 is nobody's."""
    islands = (uids >> np.uint64(UID_SHIFT)).astype(np.int64) - 1
    births = (uids & np.uint64(ALL - 1)).astype(np.int64)
    found = np.zeros(len(uids), bool)
    for island, born in sound.items():
        found |= (islands == island) & (births >= born)
    return found
