"""How a search stands: what is written of it together, though islands are not equally far."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from elitemap.engine.islands.state import read_elites
from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import Space
from elitemap.engine.running.travel import KeptState

#: An island, and the leg at whose beginning elites get there.
Arrival = tuple[int, int]


@dataclass(frozen=True)
class Cut:
    """States of all islands, and who is under way between them.

    Attributes:
        turn: Legs that all have ended.
        states: By island.
        pending: Migrants, by where and when they arrive.
    """

    turn: int
    states: Mapping[int, KeptState]
    pending: Mapping[Arrival, Elites[Any]]

    def elites(self, space: Space[Any]) -> list[Elites[Any]]:
        """The elites of the islands that have any."""
        latest = [kept.latest for kept in self.states.values()]
        return [read_elites(state, space) for state in latest if state is not None]


def frozen(kept: KeptState) -> KeptState:
    """An island's state as it is, which changes no more when the island goes on."""
    return replace(kept, pending=list(kept.pending), recent=[])
