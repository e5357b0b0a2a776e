"""Runs of a model that JAX differentiates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.jobs import MOST, Jobs, Trained
from elitemap.evaluators.optimizers.models.source import Source
from elitemap.evaluators.optimizers.models.trainer import trainer
from elitemap.evaluators.optimizers.workloads import LONGEST, Workload
from elitemap.searchspaces.programs.batch import Batch


@dataclass(frozen=True, eq=False)
class ModelRuns:
    """A model with the luck of several runs.

    Attributes:
        workload: What is trained.
        source: Where the model comes from.
        keys: uint32[runs, 2], random keys: of first parameters and of examples.
    """

    workload: Workload
    source: Source
    keys: NDArray[np.uint32]

    @property
    def most(self) -> int:
        """Most steps of a run, for which the model is compiled."""
        return LONGEST * self.workload.steps

    def begin(self, place: int) -> NDArray[np.float32]:
        """float32[entries], first parameters of a run."""
        return trainer().begin(self.source, self.most, self.keys[place])

    def gradients(self, place: int, steps: int) -> NDArray[np.float32]:
        """float32[steps, entries]: gradients at the first parameters, on the first batches."""
        return trainer().slopes(self.source, self.most, self.keys[place], steps)

    def train(self, programs: Batch, jobs: Jobs, steps: int, keep: bool) -> Trained:
        """See :func:`elitemap.evaluators.optimizers.training.traced`; a run too slow is no run."""
        m = len(jobs.row)
        loss = np.full(m, np.nan)
        trace = np.full((m if keep else 0, steps), np.nan)
        finals = np.empty((m if keep else 0, self.workload.entries if keep else 0), np.float32)
        asked = [
            (int(row), self.keys[place], float(rate))
            for row, place, rate in zip(jobs.row, jobs.place, jobs.rate, strict=True)
        ]
        made = trainer().train(self.source, (self.most, steps), programs, asked, MOST)
        for k, one in enumerate(made):
            if one is None:
                continue
            loss[k] = one[0]
            if keep:
                trace[k], finals[k] = one[1], one[2]
        return loss, trace, finals


def model_runs(
    workload: Workload, source: Source, purpose: str, numbers: tuple[int, ...]
) -> ModelRuns:
    """Runs of the given numbers; those of different purposes are independent."""
    words = [
        np.random.default_rng([int.from_bytes(purpose.encode()), number]).integers(
            0, 2**32, 2, dtype=np.uint32
        )
        for number in numbers
    ]
    return ModelRuns(workload, source, np.array(words, np.uint32).reshape(-1, 2))
