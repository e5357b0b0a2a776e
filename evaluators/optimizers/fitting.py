"""The learning rate of a rule: a coarse search by short runs, then a fine one by full runs.

Rates of different rules have nothing in common, so they are searched about the one at which the
first updates would change parameters by a usual amount. Runs of all rules and rates share their
luck.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.optimizers.behaviour import behave
from elitemap.evaluators.optimizers.jobs import Jobs
from elitemap.evaluators.optimizers.training import losses, runs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.zoo import known
from elitemap.searchspaces.programs.batch import Batch

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

#: Most numbers of updates that are held at once.
_FLOATS = 1 << 24

#: Powers of four about the usual step that short runs try.
COARSE = np.arange(-2, 4)

#: A short run is so much of a full one.
SHORT = 4

#: Tuning runs behind a rate of the fine search, and how often it may move beyond its edge.
TUNING, MOVES = (1, 2), 3

#: Powers of two about the rate of the short runs; what counts as log loss above the best of a run
#: that failed.
_GRID, _FAILED = np.arange(-5.0, 5.0), 1.0

#: Those of the grid that are tried first.
_BEGIN = np.abs(_GRID + 0.5) < 2.0

#: Log loss that a rule on a network may end below its best run of those.
_SURE = 0.2

#: Gradients behind the guess of a rate.
_GUESS = 8


def guessed(programs: Batch, workload: Workload) -> Floats:
    """float64[n], rates at which first updates have the usual size; 0 for none."""
    of = runs(workload, "tune", (0,))
    first = of.gradients(0, _GUESS)
    parameters = np.broadcast_to(of.begin(0), first.shape)
    rows = max(1, _FLOATS // first.size)
    size = np.concatenate(
        [
            _later_size(
                programs.take(np.arange(at, min(at + rows, len(programs)))),
                parameters,
                first,
                workload,
            )
            for at in range(0, max(len(programs), 1), rows)
        ]
    )
    good = np.isfinite(size) & (size > 0)
    return np.where(good, workload.usual / np.where(good, size, 1.0), 0.0)


def _later_size(
    programs: Batch, parameters: Singles, gradients: Singles, workload: Workload
) -> Floats:
    """float64[n], root mean squares of updates after the first."""
    _, updates = behave(programs, parameters, gradients, workload.tensors)
    later = updates[:, 1:].reshape(len(updates), gradients[1:].size).astype(np.float64)
    size: Floats = np.sqrt(np.square(later).mean(axis=1))
    return size


def coarse(programs: Batch, workload: Workload) -> tuple[Floats, Floats]:
    """Rates by short runs.

    Returns:
        float64[n] the best rate tried, 0 where no run came to an end; float64[n] the loss of that
        run next to the first loss of the workload, infinite where there is none.
    """
    guess = guessed(programs, workload)
    rates = guess[:, None] * 4.0 ** COARSE[None, :]
    loss = _mean_loss(programs, workload, rates, (0,), workload.steps // SHORT)
    best = np.argmin(loss, axis=1) if len(programs) else np.empty(0, np.intp)
    rows = np.arange(len(programs))
    reached = loss[rows, best]
    start = first_loss(workload)
    found = np.isfinite(reached)
    return np.where(found, rates[rows, best], 0.0), np.where(found, np.exp(reached) / start, np.inf)


def fine(programs: Batch, workload: Workload, rate: Floats, tried: Floats | None = None) -> Floats:
    """float64[n], better rates by full runs at the given ones times powers of two.

    Of few runs the best is often only the luckiest, so a rate is judged together with its
    neighbours, and then moved to the vertex of the parabola through the three.

    Args:
        programs: Update rules.
        workload: What they train.
        rate: float64[n], rates of short runs.
        tried: What :func:`try_rates` says of them, if it was asked.
    """
    loss = np.full((len(rate), len(_GRID)), np.nan)
    wanted = np.broadcast_to(_BEGIN, loss.shape).copy()
    rates = rate[:, None] * 2.0**_GRID
    first = try_rates(programs, workload, rate) if tried is None else tried
    for _ in range(MOVES + 1):
        # A rate at which one run fails has failed, whatever the others say.
        left = np.where(wanted & np.isfinite(first), rates, 0.0)
        rest = _mean_loss(programs, workload, left, TUNING[1:], workload.steps)
        loss = np.where(wanted, (first + rest) / 2, loss)
        wanted = _beyond(loss)
        if not wanted.any():
            break
        some = np.where(wanted, rates, 0.0)
        first = _mean_loss(programs, workload, some, TUNING[:1], workload.steps)
    return rate * 2.0 ** _vertex(loss)


def try_rates(programs: Batch, workload: Workload, rate: Floats) -> Floats:
    """float64[n, grid], log losses of one full run at each of the rates that are tried first."""
    rates = np.where(_BEGIN, rate[:, None] * 2.0**_GRID, 0.0)
    return _mean_loss(programs, workload, rates, TUNING[:1], workload.steps)


def most_expected(tried: Floats) -> Floats:
    """float64[n], the least log losses to be expected after :func:`try_rates` on a network.

    A guess, as that of :func:`most_gain`: of 128 rules on digits none gained more at its best rate.
    Where the best rate is the lowest or highest of them, nothing can be said: -inf.
    """
    best = np.argmin(tried, axis=1)
    inside = _BEGIN[best - 1] & _BEGIN[np.minimum(best + 1, len(_BEGIN) - 1)]
    return np.where(inside, tried.min(axis=1) - _SURE, -np.inf)


def _beyond(loss: Floats) -> NDArray[np.bool_]:
    """The next rate where the best one known is the lowest or highest tried."""
    known: NDArray[np.bool_] = ~np.isnan(loss)
    best = np.argmin(np.where(known, loss, np.inf), axis=1)
    wanted = np.zeros_like(known)
    for side in (-1, 1):
        there = best + side
        inside = (there >= 0) & (there < loss.shape[1])
        rows = np.flatnonzero(inside)
        rows = rows[~known[rows, there[rows]]]
        wanted[rows, there[rows]] = True
    hopeful = np.asarray(np.isfinite(np.where(known, loss, np.inf)).any(axis=1))
    return wanted & hopeful[:, None]


def _vertex(loss: Floats) -> Floats:
    """float64[n], powers of two of the best rates, from log losses on the grid, NaN if unknown."""
    finite = np.isfinite(loss)
    least = np.min(np.where(finite, loss, np.inf), axis=1, keepdims=True)
    bad = np.where(np.isfinite(least), least, 0.0) + _FAILED
    filled = np.pad(np.where(finite, loss, bad), ((0, 0), (1, 1)), constant_values=np.inf)
    left, middle, right = filled[:, :-2], filled[:, 1:-1], filled[:, 2:]
    left, right = (np.where(np.isinf(side), bad, side) for side in (left, right))
    smooth = np.where(finite, 0.25 * left + 0.5 * middle + 0.25 * right, np.inf)
    rows, best = np.arange(len(loss)), np.argmin(smooth, axis=1)
    low, at, high = (side[rows, best] for side in (left, middle, right))
    bend = low - 2.0 * at + high
    move = np.where(bend > 0, 0.5 * (low - high) / np.where(bend > 0, bend, 1.0), 0.0)
    power: Floats = _GRID[best] + np.clip(move, -0.5, 0.5)
    return power


@cache
def first_loss(workload: Workload) -> float:
    """The loss of the first parameters: what a rule ends with that does nothing."""
    of = runs(workload, "tune", (0,))
    still = RuleSpace(1, 1, "random").batch([known("SGD", 1)]).programs
    return float(losses(still, of, Jobs(_ZERO, _ZERO, np.zeros(1)), 1)[0])


_ZERO = np.zeros(1, np.int64)

#: What a rule may gain on the way from a short run to a full one, as a multiple of what AdamW
#: gains, and beside that.
_GAIN, _SLACK = 1.5, 0.1


@cache
def most_gain(workload: Workload) -> float:
    """Log loss that a full run may be below the best short one, for whatever rule.

    A guess: of the rules that were tried, one in three hundred gains more and is good enough for
    its cell.
    """
    usual = RuleSpace(2, 1000, "random").batch([known("AdamW", 2)]).programs
    rate, share = coarse(usual, workload)
    rates = fine(usual, workload, rate)[:, None]
    full = _mean_loss(usual, workload, rates, TUNING, workload.steps)[0, 0]
    gain = float(np.log(share[0] * first_loss(workload))) - float(full)
    return _GAIN * max(gain, 0.0) + _SLACK if np.isfinite(gain) else np.inf


def _mean_loss(
    programs: Batch, workload: Workload, rates: Floats, numbers: tuple[int, ...], steps: int
) -> Floats:
    """float64 like rates [n, k]: mean log loss of tuning runs; infinite for failures, no rate."""
    of = runs(workload, "tune", numbers)
    row, column = np.nonzero(rates > 0)
    places = np.arange(len(numbers))
    jobs = Jobs(
        np.repeat(row, len(numbers)),
        np.tile(places, len(row)),
        np.repeat(rates[row, column], len(numbers)),
    )
    loss = losses(programs, of, jobs, steps).reshape(-1, len(numbers))
    mean = np.full(rates.shape, np.inf)
    logs = log_loss(loss)
    mean[row, column] = np.where(np.isfinite(logs).all(axis=1), logs.mean(axis=1), np.inf)
    return mean


#: Losses below it are none.
LEAST = 1e-6


def log_loss(loss: Floats) -> Floats:
    """Logarithms of losses; NaN for failures."""
    return np.log(np.maximum(loss, 0.0) + LEAST)
