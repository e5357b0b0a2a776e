"""What an update rule is worth: the loss that models end with, at a learning rate of its own."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import (
    Axis,
    Counts,
    Hurdle,
    Noise,
    Objective,
    Samples,
    Scores,
    Screen,
    Screened,
)
from elitemap.evaluators.optimizers.behaviour import Behaviour, observe
from elitemap.evaluators.optimizers.fitting import (
    coarse,
    fine,
    log_loss,
    most_expected,
    try_rates,
)
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.stages import ShortRuns, order
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules

Floats = NDArray[np.float64]

Rows = NDArray[np.intp]

#: Runs of one evaluation, on the same luck for every rule.
SEEDS = 3

#: What the screens cost next to a full evaluation.
BEHAVIOUR_PRICE, SHORT_PRICE = 0.001, 0.12

#: A look at what a rule does costs a thousandth of training with it, so many rules are looked at:
#: of those whose cell is full, one in so many is trained. The others cost next to nothing, and on
#: the way lie rules of cells that are empty. With one in 64 cells keep their first owners for long.
ONE_IN = 16


def objectives_of() -> tuple[Objective, ...]:
    """What rules are compared by, declared."""
    return (
        Objective("loss", -1, "measured", steers=True),
        Objective("loss_interval", 0, "measured", unit="±", label="interval"),
        Objective("slots", -1, "proved", "count", steers=True),
        Objective("cost", -1, "proved", "count", steers=True),
        Objective("runs", 0, "measured", "count"),
    )


class RuleEvaluator:
    """Trains the models of some workloads.

    Quality is the negative mean logarithm of the final loss, over runs and workloads: a difference
    of 0.01 is one per cent of loss. Each run is one sample; runs with the same number have the
    same first parameters and the same data for every rule. Learning rates are fitted on runs of
    their own, from the program alone.
    """

    objectives = objectives_of()
    tolerance = 0.02
    depth = 2
    floor = -5.0

    def __init__(
        self, workloads: Sequence[Workload], slots: int, max_cost: int, matrices: bool = False
    ) -> None:
        """Bind the evaluator.

        Args:
            workloads: What rules train.
            slots: Most slots of a rule.
            max_cost: Most that a program may cost.
            matrices: Whether rules that look at matrices have cells of their own.
        """
        self.workloads = tuple(workloads)
        self.axes = (
            Axis("slots", tuple(k + 0.5 for k in range(slots))),
            Axis(
                "cost",
                tuple(k + 0.5 for k in (2, 4, 6, 9, 12, 16, 21, 28, 40, 60, 80) if k < max_cost),
            ),
            Axis("exponent", (-0.1, 0.1, 0.4, 0.7, 0.9, 1.1)),
            Axis("flatness", (0.4, 0.6, 0.75, 0.9, 0.97)),
            Axis("newest", (0.3, 0.62, 0.97)),
            *([Axis("matrices", (0.5,))] if matrices else []),
        )
        self.screens = (
            Screen("behaviour", BEHAVIOUR_PRICE, self._behaviour, ONE_IN),
            Screen("short runs", SHORT_PRICE, self._short),
        )
        self.noise = Noise(self.sample, self.restate, enough=8 * SEEDS, share=0.25)
        self._shorts = ShortRuns(self.workloads)

    def _measures(self, seen: Behaviour) -> Floats:
        """The map's coordinates of what was seen."""
        return seen.measures[:, : len(self.axes)]

    def _behaviour(self, batch: Rules, hurdle: Hurdle) -> Screened[Rules]:
        """Drops rules that are not finite, and recognises those that do the same."""
        seen = observe(batch.programs)
        return Screened(
            batch=batch,
            quality=np.where(seen.sane, 0.0, np.nan),
            measures=self._measures(seen),
            promising=seen.sane,
            keys=seen.fingerprint,
            work=np.full(len(batch), BEHAVIOUR_PRICE),
        )

    def _short(self, batch: Rules, hurdle: Hurdle) -> Screened[Rules]:
        """Finds a rate by short runs; drops rules that learn nothing, or too little for a cell."""
        made = batch.take(np.arange(len(batch)))
        made.rate[:], least = self._shorts.look(batch.programs)
        best = -least.mean(axis=1)
        measures = self._measures(observe(batch.programs))
        return Screened(
            batch=made,
            quality=best,
            measures=measures,
            promising=best > hurdle(measures),
            keys=np.zeros(len(batch), np.uint64),
            work=np.full(len(batch), SHORT_PRICE),
        )

    def evaluate(self, batch: Rules, hurdle: Hurdle) -> Scores[Rules]:
        """Fit rates and train; see :class:`elitemap.engine.protocols.Evaluator`."""
        return self.sample(batch, hurdle, np.zeros(len(batch), np.int64))

    def refine(self, batch: Rules) -> Scores[Rules]:
        """Nothing: luck is uncertain, not effort, and elites are sampled again all the same."""
        runs = np.full((len(batch), len(self.workloads), SEEDS), np.nan)
        unknown = self._scored(batch, runs, np.full(len(batch), np.nan))
        return replace(unknown, work=np.zeros(len(batch)))

    def sample(self, batch: Rules, hurdle: Hurdle, drawn: Counts) -> Scores[Rules]:
        """Train with the runs that follow those drawn before; rates are fitted before the first.

        Of rules that nothing was drawn of before, those stop early that cannot reach their hurdle;
        their quality is the most that they might have had, and they have no samples.
        """
        first = (drawn == 0) | (batch.rate <= 0).any(axis=1)
        measures = self._measures(observe(batch.programs))
        bars = np.where(drawn == 0, hurdle(measures), -np.inf)
        made = batch.take(np.arange(len(batch)))
        least = np.full(made.rate.shape, -np.inf)
        rows = np.flatnonzero(first)
        made.rate[rows], least[rows] = self._shorts.recall(batch.programs.take(rows))
        logs = np.full((*made.rate.shape, SEEDS), np.nan)
        for k in order(self.workloads):
            going = np.flatnonzero(-least.mean(axis=1) > bars)
            going = self._fitting(made, k, going, first, least, bars)
            some = made.take(going)
            found = final_losses(some, self.workloads[k], some.rate[:, k], "search", drawn[going])
            logs[going, k] = log_loss(found)
            least[going, k] = logs[going, k].mean(axis=1)
        return self._scored(made, logs, -least.mean(axis=1))

    def _fitting(
        self,
        made: Rules,
        k: int,
        going: Rows,
        first: NDArray[np.bool_],
        least: Floats,
        bars: Floats,
    ) -> Rows:
        """Fit rates of a workload in rows that need it; returns the rows that go on."""
        workload = self.workloads[k]
        rows = going[first[going]]
        programs, rate = made.programs.take(rows), made.rate[rows, k]
        tried = try_rates(programs, workload, rate)
        if workload.family in ("network", "model"):
            least[rows, k] = np.maximum(least[rows, k], most_expected(tried))
        good = -least[rows].mean(axis=1) > bars[rows]
        made.rate[rows[good], k] = fine(
            programs.take(np.flatnonzero(good)), workload, rate[good], tried[good]
        )
        return np.setdiff1d(going, rows[~good])

    def _scored(self, made: Rules, logs: Floats, most: Floats) -> Scores[Rules]:
        """Scores from log losses, float64[n, workloads, SEEDS]; ``most`` where runs are missing."""
        each = logs.mean(axis=1)
        told = np.isfinite(each).all(axis=1)
        quality = np.where(told, -each.mean(axis=1), most)
        spread = np.square(each - each.mean(axis=1, keepdims=True)).sum(axis=1)
        samples = Samples(np.where(told, SEEDS, 0), np.nan_to_num(spread))
        seen: Behaviour = observe(made.programs)
        facts = {"slots": seen.slots, "cost": seen.cost, **self.restate(quality, samples)}
        return Scores(
            batch=made,
            quality=quality,
            objectives=facts,
            measures=self._measures(seen),
            fingerprints=seen.fingerprint,
            work=np.ones(len(made)),
            samples=samples,
        )

    def restate(self, quality: Floats, samples: Samples) -> dict[str, Floats]:
        """The loss as geometric mean of all runs, with half of its 95 % interval."""
        count = samples.count.astype(np.float64)
        error = np.sqrt(samples.spread / np.maximum(count - 1.0, 1.0) / np.maximum(count, 1.0))
        loss = np.exp(-quality)
        interval = np.where(count > 1, 1.96 * error * loss, np.nan)
        return {"loss": loss, "loss_interval": interval, "runs": count}

    def fitted(self, batch: Rules, rows: NDArray[np.intp]) -> Rules:
        """A copy with learning rates fitted in the given rows."""
        made = batch.take(np.arange(len(batch)))
        some = made.take(rows)
        for k, workload in enumerate(self.workloads):
            rate = coarse(some.programs, workload)[0]
            some.rate[:, k] = fine(some.programs, workload, rate)
        made.put(rows, some)
        return made


def final_losses(
    rules: Rules, workload: Workload, rate: Floats, purpose: str, drawn: Counts
) -> Floats:
    """float64[n, SEEDS]: losses of the runs that follow ``drawn``; NaN for failures, no rate."""
    numbers = drawn[:, None] + np.arange(SEEDS)
    known, places = np.unique(numbers, return_inverse=True)
    if not len(known):
        return np.empty(numbers.shape)
    of = runs(workload, purpose, tuple(known.tolist()))
    good = np.repeat(rate > 0, SEEDS)
    jobs = Jobs(
        np.repeat(np.arange(len(rules)), SEEDS)[good],
        places.reshape(-1)[good].astype(np.int64),
        np.repeat(rate, SEEDS)[good],
    )
    loss = np.full(numbers.size, np.nan)
    loss[good] = losses(rules.programs, of, jobs, workload.steps)
    return loss.reshape(numbers.shape)
