"""What can be told of losses on workloads, by independent tunings, on runs that all share."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Draws of the bootstrap, and the chance of an error that is accepted.
DRAWS, LEVEL = 2000, 0.05

#: A performance profile goes to so many times the loss of the best.
PROFILE = 2.0


@dataclass(frozen=True)
class Compared:
    """A rule beside the usual one.

    Attributes:
        each: float64[workloads, 3], log losses less the usual rule's: mean, ends of a 95 % interval
            by the bootstrap over tunings of both and over runs.
        whole: float64[3], the same over workloads too: they are drawn before tunings and runs.
        ahead: Workloads on which the rule is better for certain (Holm's correction).
        behind: On which it is worse.
    """

    each: Floats
    whole: Floats
    ahead: int
    behind: int


def compared(logs: Sequence[Floats], usual: Sequence[Floats]) -> Compared:
    """Compare log losses of a rule with those of the usual one.

    Args:
        logs: For each workload float64[tunings, runs].
        usual: The same, of perhaps another number of tunings; runs of equal numbers are paired,
            tunings are not.
    """
    rng = np.random.default_rng(DRAWS)
    ours, theirs = (_weights(rng, len(side[0])) for side in (logs, usual))
    drawn = np.empty((DRAWS, len(logs)))
    for k, (one, other) in enumerate(zip(logs, usual, strict=True)):
        paired = _weights(rng, one.shape[1])
        drawn[:, k] = np.einsum("dt,tr,dr->d", ours, one, paired)
        drawn[:, k] -= np.einsum("dt,tr,dr->d", theirs, other, paired)
    mean = np.array([one.mean() - other.mean() for one, other in zip(logs, usual, strict=True)])
    whole = (drawn * _weights(rng, len(logs))).sum(axis=1)
    chance = 2.0 * np.minimum((drawn >= 0).mean(axis=0), (drawn <= 0).mean(axis=0))
    sure = holm(np.maximum(chance, 1.0 / DRAWS))
    each = np.column_stack([mean, *np.quantile(drawn, (0.025, 0.975), axis=0)])
    ends = np.quantile(whole, (0.025, 0.975))
    return Compared(
        each=each,
        whole=np.array([mean.mean(), *ends]),
        ahead=int((sure & (mean < 0)).sum()),
        behind=int((sure & (mean > 0)).sum()),
    )


def _weights(rng: np.random.Generator, n: int) -> Floats:
    """float64[DRAWS, n]: how often each of n is drawn in n draws, as shares."""
    made: Floats = rng.multinomial(n, np.full(n, 1.0 / n), DRAWS) / n
    return made


def holm(chances: Floats, level: float = LEVEL) -> NDArray[np.bool_]:
    """Which of several hypotheses are refuted at a common level (Holm, 1979)."""
    order = np.argsort(chances, kind="stable")
    bars = level / np.arange(len(chances), 0, -1)
    failed = np.flatnonzero(chances[order] > bars)
    refuted = np.zeros(len(chances), bool)
    refuted[order[: failed[0] if len(failed) else len(chances)]] = True
    return refuted


def profiles(losses: Sequence[Floats]) -> Floats:
    """float64[rules]: the area under each performance profile (Dolan and More, 2002), 0 to 1.

    Args:
        losses: For each rule float64[workloads], log losses. A profile is the share of workloads on
            which a rule's loss is at most so many times that of the best; the area is over the
            logarithm of that factor, up to :data:`PROFILE`.
    """
    table = np.stack(losses)
    short = 1.0 - (table - table.min(axis=0)) / np.log(PROFILE)
    area: Floats = np.clip(short, 0.0, 1.0).mean(axis=1)
    return area
