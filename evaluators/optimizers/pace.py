"""How many steps a rule needs for what AdamW reaches: whole schedules of other lengths.

A loss that is passed in the middle of a schedule says little, because learning rates fall towards
its end (Schmidt et al., arXiv 2007.01547; Dahl et al., arXiv 2306.07179). So runs of several
lengths are made, each with its full schedule, and between them the loss is interpolated.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.comparing import USUAL, tuned
from elitemap.evaluators.optimizers.fitting import log_loss
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.evaluators.optimizers.workloads import LONGEST, Workload
from elitemap.searchspaces.optimizers.rules import Rules

Floats = NDArray[np.float64]

#: Lengths of schedules, as parts of the usual one.
LENGTHS = np.geomspace(0.25, LONGEST, 7)

#: Runs of each length, and draws of the bootstrap over them.
RUNS, DRAWS = 8, 400


def lengthwise(rules: Rules, workload: Workload, rate: Floats) -> Floats:
    """float64[lengths, RUNS], log losses of the first rule; NaN for failures."""
    of = runs(workload, "pace", tuple(range(RUNS)))
    jobs = Jobs(np.zeros(RUNS, np.int64), np.arange(RUNS), np.repeat(rate[0], RUNS))
    steps = np.maximum(1, np.rint(LENGTHS * workload.steps)).astype(int)
    made = [losses(rules.programs, of, jobs, int(number)) for number in steps]
    return log_loss(np.stack(made))


@cache
def _aim(workload: Workload) -> Floats:
    """float64[RUNS]: AdamW's log losses after the usual steps, on the same runs."""
    usual = tuned(USUAL, (workload,))
    of = runs(workload, "pace", tuple(range(RUNS)))
    rate = np.repeat(usual.rate[0, 0], RUNS)
    jobs = Jobs(np.zeros(RUNS, np.int64), np.arange(RUNS), rate)
    return log_loss(losses(usual.programs, of, jobs, workload.steps))


def steps_ratio(rules: Rules, workload: Workload, rate: Floats) -> tuple[float, float, float]:
    """Steps to AdamW's final loss, as a part of AdamW's, with a 95 % interval of the bootstrap.

    Args:
        rules: One rule.
        workload: What it trains.
        rate: float64[1], its learning rate there.

    Returns:
        The ratio, its lower and its upper end; infinite where the longest schedule does not reach
        that loss. A rule that reaches it in the shortest has the length of that.
    """
    logs, aim = lengthwise(rules, workload, rate), _aim(workload)
    whole = crossing(logs.mean(axis=1), float(aim.mean()))
    drawn = np.random.default_rng(RUNS).integers(0, RUNS, (DRAWS, RUNS))
    made = [crossing(logs[:, of].mean(axis=1), float(aim[of].mean())) for of in drawn]
    low, high = np.quantile(made, (0.025, 0.975), method="nearest")
    return whole, float(low), float(high)


def crossing(logs: Floats, aim: float) -> float:
    """The first length at which a line through log losses is as low as ``aim``; inf for none."""
    below = np.flatnonzero(logs <= aim)
    if not len(below):
        return float("inf")
    k = int(below[0])
    if k == 0 or not np.isfinite(logs[k - 1]):
        return float(LENGTHS[k])
    share = (logs[k - 1] - aim) / (logs[k - 1] - logs[k])
    return float(np.exp(np.interp(share, (0.0, 1.0), np.log(LENGTHS[k - 1 : k + 1]))))
