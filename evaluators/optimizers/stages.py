"""One evaluation workload by workload, the cheapest first: who cannot reach its hurdle stops there.

What a good rule gets is the same as without stages: the same rates by the same runs. Of the others
most are told apart by functions of a few variables, before a network is trained.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.fitting import coarse, first_loss, log_loss, most_gain
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.programs.batch import Batch

Floats = NDArray[np.float64]


def price(workload: Workload) -> float:
    """What a run costs, roughly, in multiplications; models that JAX differentiates come last."""
    if workload.source is not None:
        return np.inf
    if workload.family == "network":
        return 6.0 * workload.entries * workload.batch * workload.steps
    pairs = workload.entries if workload.family == "quadratic" else 4
    return float(pairs * workload.entries * workload.steps)


def order(workloads: Sequence[Workload]) -> tuple[int, ...]:
    """Numbers of the workloads, the cheapest first."""
    return tuple(sorted(range(len(workloads)), key=lambda k: price(workloads[k])))


class ShortRuns:
    """Short runs of rules on some workloads, those of the latest batch remembered.

    What is remembered follows from the program alone, so that it only saves time: the screen looks
    at rules first, and the evaluation begins where it has ended.
    """

    def __init__(self, workloads: Sequence[Workload]) -> None:
        """Nothing is remembered yet."""
        self.workloads = tuple(workloads)
        self._known: dict[bytes, tuple[Floats, Floats]] = {}

    def look(self, programs: Batch) -> tuple[Floats, Floats]:
        """Rates by short runs; a rule that does not learn somewhere has no runs after that.

        Returns:
            float64[n, workloads] rates, 0 for none; float64[n, workloads] the least log losses that
            full runs can be expected to have, NaN where a rule does not learn or was not tried.
        """
        n = len(programs)
        rates, least = np.zeros((n, len(self.workloads))), np.full((n, len(self.workloads)), np.nan)
        alive = np.arange(n)
        for k in order(self.workloads):
            workload = self.workloads[k]
            rates[alive, k], share = coarse(programs.take(alive), workload)
            learns = share < workload.learns
            alive, share = alive[learns], share[learns]
            least[alive, k] = log_loss(share * first_loss(workload)) - most_gain(workload)
        self._known = dict(zip(_names(programs), zip(rates, least, strict=True), strict=True))
        return rates, least

    def recall(self, programs: Batch) -> tuple[Floats, Floats]:
        """As :meth:`look`, of rules that may have been looked at."""
        names = _names(programs)
        if not all(name in self._known for name in names):
            return self.look(programs)
        shape = len(names), len(self.workloads)
        found = [self._known[name] for name in names]
        rates, least = (np.array([each[k] for each in found]).reshape(shape) for k in (0, 1))
        return rates, least


def _names(programs: Batch) -> list[bytes]:
    """All that is in each row, as bytes."""
    arrays = list(programs.arrays().values())
    return [b"".join(array[row].tobytes() for array in arrays) for row in range(len(programs))]
