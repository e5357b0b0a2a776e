"""When a search that was asked for the cheapest of enough worth has looked long enough."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Goal

#: A search goes on until it has spent so many times what the cheapest so far took to be found, and
#: at least as if that had taken so many evaluations.
PATIENCE, LEAST = 4, 3_000_000


#: Of a front, how many that reach a goal, that do so with room to spare, and that are cheaper are
#: proved: the answer by estimates, and neighbours, one of which it may turn out to be.
REACHING, SURE, SHORT = 3, 2, 2

#: The share of a bound that is not all of it: proofs find more than estimates do.
ROOM = 0.93


def around(
    front: NDArray[np.intp], columns: Mapping[str, NDArray[np.float64]], goal: Goal | None
) -> NDArray[np.intp]:
    """Those of a front that a goal is about, best first; all of them without a goal.

    Args:
        front: int[n], rows.
        columns: Objectives of all rows, by name.
        goal: What was asked for.

    Returns:
        The likely answer, which is the cheapest that reaches it by estimate with room to spare;
        then the cheapest that reach it, the next with room to spare, and the nearest of those that
        do not reach it. A search must not end without a proof of the first.
    """
    if goal is None:
        return front
    cost, estimate = columns[goal.cost][front], columns[goal.estimate][front]
    reaching = np.flatnonzero(estimate <= goal.most)
    reaching = reaching[np.argsort(cost[reaching], kind="stable")]
    sure = reaching[estimate[reaching] <= ROOM * goal.most][:SURE]
    reaching = reaching[:REACHING]
    least = cost[reaching[0]] if len(reaching) else np.inf
    cheaper = np.flatnonzero((estimate > goal.most) & (cost < least))
    cheaper = cheaper[np.argsort(estimate[cheaper], kind="stable")][:SHORT]
    order = [sure[:1], reaching, sure[1:], cheaper]
    kept = list(dict.fromkeys(np.concatenate(order).tolist()))
    return front[np.array(kept, np.intp)]


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
