"""Constants and rates by random search: the same trials in the same ranges for every rule.

Half of the trials are drawn from the whole ranges, half near the best of those, where rates may
leave their range: a best one at the edge moves the range. Rates are counted from the one at which
updates have the usual size, and decay by that size, so that ranges mean the same for all rules.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.bench.free import RANGES, Free, free_constants, with_constants
from elitemap.evaluators.optimizers.compiled import CompiledRuns
from elitemap.evaluators.optimizers.fitting import guessed, log_loss
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.training import Runs, losses, runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.zoo import Known
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

#: Octaves of rates about the usual step, and of all numbers about the best of the first half.
_OCTAVES, _NEAR = 5.0, 0.7

#: Runs behind a trial.
RUNS = 2

#: All bench programs have room for so many slots.
SPACE = RuleSpace(4, 1000, "random")

#: A decay that is none.
_NONE = 1e-12


#: ``(runs, place, rate, steps, constants) -> final loss`` of one run, NaN if it is given up.
Training = Callable[[CompiledRuns, int, float, int, Mapping[str, float]], float]


@dataclass(frozen=True)
class Contender:
    """What is tuned.

    Attributes:
        name: What it is called.
        variants: Rules with constants; one of them is a choice of the tuning.
        found: A rule that a search found, instead: with its own constants, and with others in the
            ranges of the known ones, which is a choice of the tuning too.
        own: How something is trained that is no rule; the variants then have constants of the same
            meaning, and updates of the same size.
    """

    name: str
    variants: tuple[Known, ...] = ()
    found: Program | None = None
    own: Training | None = None

    @cached_property
    def free(self) -> tuple[Free, ...]:
        """What may be changed of a found rule."""
        return () if self.found is None else free_constants(self.found)

    @cached_property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """The range of each constant by name, which begins with what it is for."""
        if self.variants:
            return {name: RANGES[name] for name in self.variants[0].constants}
        return {f"{one.role or 'x'}{k}": one.range for k, one in enumerate(self.free)}

    @property
    def choices(self) -> int:
        """How many forms there are to choose from."""
        return len(self.variants) if self.variants else 2

    def program(self, variant: int, values: Mapping[str, float], steps: int) -> Program:
        """The rule with these constants; some must know how many steps there will be."""
        if self.found is not None:
            magnitudes = dict(zip(self.free, values.values(), strict=True))
            return with_constants(self.found, magnitudes) if variant else self.found
        return self.variants[variant].program(SPACE.slots, {**values, "steps": float(steps)})

    def losses(self, settings: "Sequence[_Setting]", of: Runs, jobs: Jobs, steps: int) -> Floats:
        """float64[m], final losses of runs; rows of jobs are those of the settings.

        Raises:
            ValueError: If it is no rule and gradients are not compiled.
        """
        if self.own is None:
            programs = SPACE.batch([self.program(*each, steps) for each in settings]).programs
            return losses(programs, of, jobs, steps)
        if not isinstance(of, CompiledRuns):
            raise ValueError(f"expected a workload with compiled gradients for {self.name}")
        every = zip(jobs.row.tolist(), jobs.place.tolist(), jobs.rate.tolist(), strict=True)
        own = partial(self.own, of)
        return np.array([own(place, rate, steps, settings[row][1]) for row, place, rate in every])


#: A variant, and constants.
_Setting = tuple[int, Mapping[str, float]]


@dataclass(frozen=True)
class Tuned:
    """A rule at its best for one workload, by one tuning."""

    contender: Contender
    variant: int
    values: Mapping[str, float]
    rate: float

    def programs(self, steps: int) -> Batch:
        """The rule for runs of so many steps, one row."""
        program = self.contender.program(self.variant, self.values, steps)
        return SPACE.batch([program]).programs

    def losses(self, of: Runs, numbers: int, steps: int) -> Floats:
        """float64[numbers], final losses of the first so many runs; NaN for failures."""
        jobs = Jobs(np.zeros(numbers, np.int64), np.arange(numbers), np.full(numbers, self.rate))
        return self.contender.losses([(self.variant, self.values)], of, jobs, steps)


@dataclass(frozen=True)
class _Trial:
    """Numbers from 0 to 1 of the ranges for constants, octaves for the rate, and the variant."""

    shares: Floats
    octave: float
    variant: int


def tuned(contender: Contender, workload: Workload, trials: int, number: int) -> Tuned:
    """One tuning.

    Args:
        contender: The rule.
        workload: What it shall train.
        trials: How many settings are tried.
        number: Of the tuning: those of different numbers are independent, those of the same number
            have the same luck for all rules.
    """
    seed = [number, *workload.name.encode()]
    rng = np.random.default_rng(seed)
    run = partial(_run, contender, workload, number)
    first = [_drawn(contender, rng) for _ in range(trials - trials // 2)]
    loss, made = run(first)
    best = first[int(np.argmin(loss))]
    later = [_near(best, rng) for _ in range(trials // 2)]
    more, others = run(later) if later else (np.empty(0), [])
    whole = np.concatenate([loss, more])
    return [*made, *others][int(np.argmin(whole))]


def _drawn(contender: Contender, rng: np.random.Generator) -> _Trial:
    shares = rng.random(len(contender.ranges))
    octave = float(rng.uniform(-_OCTAVES, _OCTAVES))
    return _Trial(shares, octave, int(rng.integers(contender.choices)))


def _near(best: _Trial, rng: np.random.Generator) -> _Trial:
    """Near the best; shares stay within their ranges, the rate need not."""
    step = 0.15 * rng.standard_normal(len(best.shares))
    octave = best.octave + _NEAR * float(rng.standard_normal())
    return _Trial(np.clip(best.shares + step, 0.0, 1.0), octave, best.variant)


def _run(
    contender: Contender, workload: Workload, number: int, trials: Sequence[_Trial]
) -> tuple[Floats, list[Tuned]]:
    """Mean log loss of each trial, infinite for failures, and the rules tried."""
    plain = [_values(contender, trial, None) for trial in trials]
    guess = guessed(_batch(contender, trials, plain, workload.steps), workload)
    size = np.where(guess > 0, workload.usual / np.where(guess > 0, guess, 1.0), 0.0)
    values = [_values(contender, trial, float(s)) for trial, s in zip(trials, size, strict=True)]
    settings = [(trial.variant, given) for trial, given in zip(trials, values, strict=True)]
    rates = guess * 2.0 ** np.array([trial.octave for trial in trials])
    of = runs(workload, f"bench {number}", tuple(range(RUNS)))
    n = len(trials)
    jobs = Jobs(np.repeat(np.arange(n), RUNS), np.tile(np.arange(RUNS), n), np.repeat(rates, RUNS))
    logs = log_loss(contender.losses(settings, of, jobs, workload.steps)).reshape(n, RUNS)
    good = np.isfinite(logs).all(axis=1) & (rates > 0)
    loss = np.where(good, logs.mean(axis=1), np.inf)
    made = [
        Tuned(contender, trial.variant, given, float(rate))
        for trial, given, rate in zip(trials, values, rates, strict=True)
    ]
    return loss, made


def _values(contender: Contender, trial: _Trial, size: float | None) -> dict[str, float]:
    """Constants of a trial; without a size there is no decay."""
    made = {}
    for (name, span), share in zip(contender.ranges.items(), trial.shares, strict=True):
        low, high = np.log(span)
        made[name] = float(np.exp(low + share * (high - low)))
        if name.startswith("k"):
            made[name] = _NONE if not size else made[name] * size
    return made


def _batch(
    contender: Contender, trials: Sequence[_Trial], values: Sequence[dict[str, float]], steps: int
) -> Batch:
    return SPACE.batch(
        [
            contender.program(trial.variant, given, steps)
            for trial, given in zip(trials, values, strict=True)
        ]
    ).programs
