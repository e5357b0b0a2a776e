"""When a search that was asked for the cheapest of enough worth has looked long enough."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from elitemap.engine.protocols import Goal

#: A search goes on until it has spent so many times what the cheapest so far took to be found, and
#: at least as if that had taken so many evaluations.
PATIENCE, LEAST = 4, 3_000_000


@dataclass
class Quest:
    """What was found for a goal so far.

    Attributes:
        goal: What is looked for.
        cost: Of the cheapest that reaches it, by the search's own numbers; infinite if none does.
        since: Evaluations when that was first seen.
    """

    goal: Goal
    cost: float = math.inf
    since: int = 0

    def note(self, front: Iterable[Mapping[str, float]], evaluations: int) -> None:
        """Look at the estimated front of the moment."""
        goal = self.goal
        reaching = [row[goal.cost] for row in front if row[goal.estimate] <= goal.most]
        if reaching and min(reaching) < self.cost:
            self.cost, self.since = min(reaching), evaluations

    def over(self, evaluations: int) -> bool:
        """Whether more search is not likely to find a cheaper one."""
        return self.cost < math.inf and evaluations >= PATIENCE * max(self.since, LEAST)
