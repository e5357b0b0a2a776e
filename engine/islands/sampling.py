"""Noisy evaluations: samples of one candidate put together, and elites that are asked again.

An elite keeps the mean of all its samples. What was lucky once goes down when it is sampled again,
and whoever is better then takes its cell.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.competition import cleaned
from elitemap.engine.map.elites import Elites, restated
from elitemap.engine.protocols import B, Counts, Evaluator, Floats, Hurdle, Noise, Samples, Scores


def scored(evaluator: Evaluator[B], batch: B, hurdle: Hurdle, drawn: Counts | None) -> Scores[B]:
    """The last rung; ``drawn`` samples of each row were drawn before, None for none."""
    if evaluator.noise is None:
        return evaluator.evaluate(batch, hurdle)
    before = np.zeros(len(batch), np.int64) if drawn is None else drawn
    return evaluator.noise.sample(batch, hurdle, before)


def pooled(noise: Noise[B], scores: Scores[B], quality: Floats, samples: Samples) -> Scores[B]:
    """New samples of candidates together with earlier ones.

    Sums of squared deviations are added as by Chan, Golub and LeVeque ("Algorithms for computing
    the sample variance", 1983). One failed sample is a failure.

    Args:
        noise: Tells what follows from all samples.
        scores: The new ones.
        quality: float64[n], mean of the earlier ones.
        samples: The earlier ones; rows with none count as they come.
    """
    new = scores.samples or Samples(np.ones(len(quality), np.int64), np.zeros(len(quality)))
    count = samples.count + new.count
    old = np.where(samples.count > 0, quality, 0.0)
    shift = np.where(samples.count > 0, scores.quality - old, 0.0)
    share = new.count / np.maximum(count, 1)
    mean = np.where(samples.count > 0, old + shift * share, scores.quality)
    spread = samples.spread + new.spread + shift**2 * samples.count * share
    together = Samples(count, np.where(np.isfinite(spread), spread, 0.0))
    objectives = {**scores.objectives, **noise.restate(mean, together)}
    return replace(scores, quality=mean, objectives=objectives, samples=together)


def sampled_once_more(noise: Noise[B], elites: Elites[B]) -> tuple[Elites[B], int]:
    """Elites after one more evaluation, which keep their cells; and what that cost."""

    def nothing(measures: Floats) -> Floats:
        return np.full(len(measures), -np.inf)

    scores = noise.sample(elites.batch, nothing, elites.count)
    together = pooled(noise, scores, elites.quality, Samples(elites.count, elites.spread))
    return restated(elites, cleaned(together)), round(float(scores.work.sum()))


def lucky(
    cells: NDArray[np.intp], fingerprints: NDArray[np.uint64], count: Counts
) -> NDArray[np.bool_]:
    """Rows of which another of the same cell and fingerprint has more samples behind it."""
    order = np.lexsort((-count, fingerprints, cells))
    same = (np.diff(cells[order]) == 0) & (np.diff(fingerprints[order]) == 0)
    first = np.flatnonzero(np.r_[True, ~same]) if len(order) else order
    most = np.repeat(count[order[first]], np.diff(np.r_[first, len(order)]))
    behind = np.zeros(len(cells), bool)
    behind[order] = count[order] < most
    return behind
