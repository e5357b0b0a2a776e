"""Elites shared out among the parts of what a user brings, under a total budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.engine.protocols.benches import Entrant
from elitemap.engine.protocols.objectives import Objective


@dataclass(frozen=True)
class Share:
    """What a part gets.

    Attributes:
        part: Its name.
        elite: Id of the elite.
        objectives: What the part is worth with it, by name.
    """

    part: str
    elite: str
    objectives: Mapping[str, float]


@dataclass(frozen=True)
class Allocation:
    """The best sharing out that was found.

    Attributes:
        columns: The objectives, in order.
        shares: One for each part.
        total: The objectives of all parts together.
        uniform: The best single elite for all parts within the budget; None if none is within it.
        plan: All of it as a JSON object, for programs.
        notes: What a reader has to know, one line each.
    """

    columns: tuple[Objective, ...]
    shares: tuple[Share, ...]
    total: Mapping[str, float]
    uniform: Share | None
    plan: Mapping[str, Any]
    notes: tuple[str, ...] = ()


#: ``(entrants, budget) -> Allocation``: the budget is in the unit of the space's own; raises a
#: ``UsageError`` with the least possible where it is too small.
Allocating = Callable[[Sequence[Entrant], float], Allocation]
