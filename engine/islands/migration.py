"""Which elites travel from island to island."""

import numpy as np

from elitemap.engine.config import SearchConfig
from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import B
from elitemap.engine.streams import Purpose, stream


def emigrants(elites: Elites[B], config: SearchConfig, island: int, turn: int) -> Elites[B]:
    """The elites that an island sends to the next: the best of randomly chosen cells.

    Args:
        elites: All elites of the island.
        config: Seed and number of migrants.
        island: The sender.
        turn: Number of the migration.
    """
    order = np.lexsort((elites.uid, -elites.quality, elites.cell))
    first = np.r_[True, np.diff(elites.cell[order]) != 0] if len(order) else np.empty(0, bool)
    champions = order[first]
    rng = stream(config.seed, Purpose.MIGRATION, island, turn)
    n = min(config.migration_size, len(champions))
    return elites.take(np.sort(rng.choice(champions, n, replace=False)) if n else champions[:0])
