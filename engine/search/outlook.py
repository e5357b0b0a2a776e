"""What the best elite of the moment is worth where the search does not look.

A search that has begun to learn its own task by heart gets better at it and worse at this.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import Task

#: How names of such numbers begin where they are stored.
BEYOND = "beyond: "


def outlook(
    task: Task, elites: Sequence[Elites[Any]], known: dict[int, dict[str, float]]
) -> dict[str, float]:
    """The numbers that the task tells of the elite of the highest quality.

    Args:
        task: One that has ``beyond``, or nothing is told.
        elites: Those of all islands.
        known: What was told before, by the elites' numbers; it is added to.
    """
    some = [each for each in elites if len(each.quality)]
    if task.beyond is None or not some:
        return {}
    best = max(some, key=lambda each: float(each.quality.max()))
    row = int(np.argmax(best.quality))
    uid = int(best.uid[row])
    if uid not in known:
        told = task.beyond(task.space.to_json(best.batch, row))
        known[uid] = {f"{BEYOND}{name}": value for name, value in told.items()}
    return known[uid]
