"""Jobs that never come back: how long one may run before its worker is taken for lost.

A worker that is stopped, that cannot send its result, or whose machine is gone ends no task and
tells nobody. What is counted is time that the coordinator saw go by: a laptop that slept, or both
stopped by Ctrl-Z, make nobody late.
"""

import time
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

#: Seconds between two looks that count at most.
MOST_BETWEEN = 1.0

#: Each attempt at a job is given so many times what the one before it was.
GROWTH = 4.0


@dataclass
class Waiting:
    """How long jobs have been running.

    Attributes:
        seconds: By the future of a job that runs.
        looked: Clock of the last look, None before the first.
    """

    seconds: dict[Future[Any], float] = field(default_factory=dict)
    looked: float | None = None

    def look(self, futures: Collection[Future[Any]]) -> None:
        """Count the time since the last look for jobs that run; one that still queues has time.

        Args:
            futures: Of all jobs that have not ended; others are forgotten.
        """
        now = time.monotonic()
        passed = 0.0 if self.looked is None else min(now - self.looked, MOST_BETWEEN)
        self.looked = now
        self.seconds = {
            future: self.seconds[future] + passed if future in self.seconds else 0.0
            for future in futures
            if future in self.seconds or future.running()
        }

    def overdue(self, future: Future[Any], limit: float, losses: int) -> bool:
        """Whether a job has run for too long.

        Args:
            future: Of the job.
            limit: Seconds that its first attempt may take.
            losses: Attempts before this one.
        """
        return self.seconds.get(future, 0.0) > limit * GROWTH**losses
