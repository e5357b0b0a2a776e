"""Weights that follow success: how emitters and variation operators share the proposals."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.protocols import Floats

#: What is assumed of an arm before it was tried: as if so many trials had this rate of success.
PRIOR_TRIALS = 100.0
PRIOR_RATE = 0.02


@dataclass(frozen=True)
class Weights:
    """The record of a few arms, with exponential forgetting.

    Probability matching as in adaptive operator selection (Thierens 2005): an arm's share follows
    its recent reward per trial, and a part of all proposals is split evenly so that none dies out.

    Attributes:
        reward: float64[arms].
        trials: float64[arms].
    """

    reward: Floats
    trials: Floats

    @classmethod
    def equal(cls, arms: int) -> Self:
        """Arms of which nothing is known."""
        return cls(np.zeros(arms), np.zeros(arms))

    def probabilities(self, least: float) -> Floats:
        """float64[arms], summing to one; ``least`` of it is split evenly."""
        rate = (self.reward + PRIOR_RATE * PRIOR_TRIALS) / (self.trials + PRIOR_TRIALS)
        share = (1 - least) * rate / rate.sum() + least / len(rate)
        return np.asarray(share / share.sum())

    def learn(self, arms: NDArray[np.intp], reward: Floats, trials: Floats, keep: float) -> Self:
        """Forget a little and add the outcome of one generation.

        Args:
            arms: intp[n], the arm of each proposal; rows below zero belong to none.
            reward: float64[n].
            trials: float64[n], what each proposal has cost, one for an evaluation.
            keep: What the old record is multiplied by.
        """
        own = arms >= 0
        count = len(self.reward)
        return type(self)(
            keep * self.reward + np.bincount(arms[own], reward[own], count),
            keep * self.trials + np.bincount(arms[own], trials[own], count),
        )


def draw(probabilities: Floats, n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw n indices with the given probabilities, with replacement."""
    bounds = np.cumsum(probabilities)
    picks = np.searchsorted(bounds, rng.random(n) * bounds[-1], side="right")
    return np.asarray(np.minimum(picks, len(bounds) - 1))
