"""Training runs: by the compiled kernel where it has a workload's gradients, else by JAX.

A rule is data to both: nothing is compiled for it.
"""

from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.compiled import compiled_runs
from elitemap.evaluators.optimizers.jobs import Jobs, Trained
from elitemap.evaluators.optimizers.models.runs import model_runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.programs.batch import Batch


class Runs(Protocol):
    """A workload with the luck of several runs."""

    @property
    def workload(self) -> Workload:
        """What is trained."""

    def begin(self, place: int) -> NDArray[np.float32]:
        """float32[entries], first parameters of a run."""

    def train(self, programs: Batch, jobs: Jobs, steps: int, keep: bool) -> Trained:
        """See :func:`traced`; what is not kept is empty."""

    def gradients(self, place: int, steps: int) -> NDArray[np.float32]:
        """float32[steps, entries]: gradients at the first parameters, on the first batches."""


@lru_cache(maxsize=64)
def runs(workload: Workload, purpose: str, numbers: tuple[int, ...]) -> Runs:
    """Runs of the given numbers; jobs name them by their places."""
    if workload.source is not None:
        return model_runs(workload, workload.source, purpose, numbers)
    return compiled_runs(workload, purpose, numbers)


def losses(programs: Batch, of: Runs, jobs: Jobs, steps: int) -> NDArray[np.float64]:
    """float64[m], final losses of runs of so many steps; NaN for those that were given up.

    Args:
        programs: Update rules.
        of: The workload.
        jobs: The runs.
        steps: At most LONGEST times those of the workload.
    """
    return of.train(programs, jobs, steps, False)[0]


def traced(programs: Batch, of: Runs, jobs: Jobs, steps: int) -> Trained:
    """As :func:`losses`, with the losses at each step and the last parameters.

    Returns:
        float64[m]; float64[m, steps], NaN after a run was given up; float32[m, entries].
    """
    return of.train(programs, jobs, steps, True)
