"""Rules beside AdamW on runs that both have: log losses, and means with their intervals."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.fitting import log_loss
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.optimizers.zoo import known
from elitemap.searchspaces.programs.batch import Batch

Floats = NDArray[np.float64]

#: The rule that all others are compared with.
USUAL = "AdamW"


def fresh_logs(rules: Rules, workloads: Sequence[Workload], purpose: str, number: int) -> Floats:
    """float64[n, workloads, number]: log losses of so many runs of a purpose; NaN for failures."""
    n = len(rules)
    made = np.empty((n, len(workloads), number))
    for k, workload in enumerate(workloads):
        of = runs(workload, purpose, tuple(range(number)))
        jobs = Jobs(
            np.repeat(np.arange(n), number),
            np.tile(np.arange(number), n),
            np.repeat(rules.rate[:, k], number),
        )
        made[:, k] = log_loss(losses(rules.programs, of, jobs, workload.steps)).reshape(n, number)
    return made


def fitted(programs: Batch, workloads: Sequence[Workload]) -> Rules:
    """Rules with learning rates fitted for some workloads; 0 where they do not train."""
    rules = Rules(programs, len(workloads))
    evaluator = RuleEvaluator(workloads, len(programs.signature.states), 1)
    return evaluator.fitted(rules, np.arange(len(rules)))


@cache
def tuned(name: str, workloads: tuple[Workload, ...]) -> Rules:
    """A rule of the zoo with its usual constants and fitted learning rates."""
    space = RuleSpace(2, 1000, "random", len(workloads))
    batch = space.canonical(space.batch([known(name, space.slots)]))[0]
    return fitted(batch.programs, workloads)


@cache
def usual_logs(workloads: tuple[Workload, ...], purpose: str, number: int) -> Floats:
    """float64[workloads, number]: those of AdamW."""
    made: Floats = fresh_logs(tuned(USUAL, workloads), workloads, purpose, number)[0]
    return made


def interval(values: Floats) -> tuple[float, float]:
    """Mean and half of its 95 % interval, by Student's distribution."""
    half = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return float(values.mean()), half
