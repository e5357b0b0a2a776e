"""How long certificates take here and now, measured on a few elites while the search goes on.

A machine that is busy or slow needs more of the budget for them than is usual; what it takes is
known only from trying.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from elitemap.archive.records import EliteRecord
from elitemap.engine.config import SearchConfig
from elitemap.engine.proving.certification import GROWTH, LEAST
from elitemap.engine.proving.proof import late
from elitemap.engine.running.budget import MOST_CERTIFY, proof_endurance, reserve
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import Tried, certify_task
from elitemap.engine.tasks import TaskSpec

#: Share of a budget in seconds after which proofs are tried.
AT = 0.4

#: How many times what was measured is kept.
MARGIN = 2.0


@dataclass
class Trial:
    """Attempts on the last elite of a front and on one from its middle; none where it was told.

    Attributes:
        rounds: How often every worker proves an elite until the whole front is done.
        limit: Seconds that an attempt may take.
        slowest: Seconds of the longest so far.
    """

    rounds: int
    limit: float
    slowest: float = 0.0

    @classmethod
    def begin(
        cls,
        spec: TaskSpec,
        front: Sequence[EliteRecord],
        config: SearchConfig,
        jobs: deque[Job],
        told: float = 0.0,
    ) -> "Trial":
        """Put the attempts before other jobs; nothing is written of what they find.

        Args:
            spec: What names the task.
            front: The elites.
            config: Settings.
            jobs: What workers are about to do.
            told: Seconds that a certificate takes, as the task has measured; 0 to try it.
        """
        rounds = math.ceil(len(front) / config.workers)
        limit = max(LEAST, reserve(config) / max(rounds, 1))
        tried = {len(front) - 1, len(front) // 2} if front and not told else set()
        for place in sorted(tried):
            name = f"a certificate, tried on elite {place + 1}"
            asked = spec, front[place].program, limit
            waits = proof_endurance(limit, 0.0)
            jobs.appendleft(Job(None, name, certify_task, asked, endurance=waits))
        return cls(rounds, limit, told)

    def note(self, tried: Tried) -> None:
        """Take in an attempt; one that ran out of time would have gone on."""
        factor = GROWTH if late(tried.result) else 1.0
        self.slowest = max(self.slowest, factor * tried.seconds)

    @property
    def needed(self) -> float:
        """Seconds that the front is going to take."""
        # The front grows after the trial, and what is last to be found is hardest to prove.
        return MARGIN * self.rounds * self.slowest


def kept_for(seconds: float, many: int, config: SearchConfig) -> tuple[float, str]:
    """What is kept of a budget where a task has measured what proofs take.

    Args:
        seconds: For one of them.
        many: How many are going to be needed.
        config: Settings, with a budget in seconds.

    Returns:
        Seconds, and if that is too little, what a user should know.
    """
    least = seconds * math.ceil(many / config.workers)
    kept = reserve(config, MARGIN * least)
    if least <= kept:
        return kept, ""
    return kept, (
        f"a proof takes about {seconds:.0f} s here, and {kept:.0f} s of the budget are kept for "
        "proofs: they go on when it is spent; to have room for them, search for "
        f"{math.ceil(config.since + least / MOST_CERTIFY)} s"
    )
