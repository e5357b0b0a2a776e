"""One coordinator and up to a thousand workers, from the parts of an epoch."""

import heapq
from typing import Any

from benchmarks.scaling.parts import BANDWIDTH, Parts, at
from elitemap.engine.config import SearchConfig
from elitemap.engine.running.budget import FLUSHES_APART

#: Islands of the simulation, and seconds that it lasts.
ISLANDS, LASTS = (1, 2, 10, 100, 300, 1000), 600.0


def simulated(parts: Parts, islands: int) -> dict[str, Any]:
    """A search of so many islands on as many workers, for ten minutes.

    One coordinator takes results in one after the other, and merges and writes once a leg, but
    never for more than a twentieth of the time, as searches do.
    """
    config = SearchConfig()
    spent = dict.fromkeys(("travel", "telling", "merging", "writing"), 0.0)
    travel = (parts.order + parts.result) / BANDWIDTH
    ready = [(parts.epoch + parts.worker, island) for island in range(islands)]
    heapq.heapify(ready)
    free = done = flushed = 0.0
    while ready[0][0] < LASTS:
        end, island = heapq.heappop(ready)
        free = max(free, end)
        for name, cost in (("travel", travel), ("telling", at(parts.telling, islands))):
            free, spent[name] = free + cost, spent[name] + cost
        done += 1
        if done % (islands * config.migration_epochs) == 0:
            merging, writing = at(parts.merging, islands), at(parts.writing, islands)
            if free - flushed > FLUSHES_APART * (merging + writing):
                free, flushed = free + merging + writing, free + merging + writing
                spent["merging"] += merging
                spent["writing"] += writing
        heapq.heappush(ready, (free + parts.worker + parts.epoch, island))
    return {
        "efficiency": round(done * parts.epoch / (islands * LASTS), 2),
        "coordinator, % of the time": round(100 * sum(spent.values()) / LASTS),
        "bottleneck": max(spent, key=lambda name: spent[name]),
    }
