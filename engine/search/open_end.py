"""Where a run with a larger budget goes on: the last point that the budget has not touched.

A budget in evaluations makes the last generations of an island smaller, and an island that has used
up its share sends and gets no more migrants. From there on a search with a larger budget takes
another way. What is saved of a run therefore ends before: with each island's state before its
first epoch that was cut short, or before the first migration after one. To go on with the same
budget repeats what follows, at most an epoch of each island more than was lost anyway.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.state import UID_SHIFT
from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import Words

#: Births of an island all of whose elites a larger budget finds as well.
ALL = 1 << UID_SHIFT


@dataclass
class OpenEnd:
    """What was before the budget showed.

    Attributes:
        turn: Migrations so far.
        past: Former elites that are ancestors of one of those that live here.
        states: State of each island that has gone past this point; None of one that had not run.
        pending: Migrants that those islands had not taken in, by destination.
        sound: Births of those islands until then; what was born later is born of the budget.
    """

    turn: int
    past: Elites[Any]
    states: dict[int, bytes | None] = field(default_factory=dict)
    pending: dict[int, Elites[Any]] = field(default_factory=dict)
    sound: dict[int, int] = field(default_factory=dict)

    def freeze(
        self, island: int, state: bytes | None, pending: Elites[Any] | None, sound: int
    ) -> None:
        """An island goes past this point; what it was before is kept, the first time."""
        if island in self.states:
            return
        self.states[island], self.sound[island] = state, sound
        if pending is not None:
            self.pending[island] = pending


def unsound(uids: Words, sound: Mapping[int, int]) -> NDArray[np.bool_]:
    """Which uids a search with a larger budget may give to others; 0 is nobody's."""
    islands = (uids >> np.uint64(UID_SHIFT)).astype(np.int64) - 1
    births = (uids & np.uint64(ALL - 1)).astype(np.int64)
    found = np.zeros(len(uids), bool)
    for island, born in sound.items():
        found |= (islands == island) & (births >= born)
    return found
