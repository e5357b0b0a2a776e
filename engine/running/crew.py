"""Who does the work of a search: workers by name, how fast they are, and how many were lost."""

import os
import platform
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from elitemap.engine.events import Hand

#: Seconds over which rates are averaged; who has told nothing for so long has left.
WINDOW = 60.0


def whoami() -> str:
    """The name of this worker: machine and process."""
    return f"{platform.node() or 'worker'}/{os.getpid()}"


@dataclass
class Crew:
    """The workers of a run, as far as their results tell.

    Attributes:
        history: By worker: (seconds of the run, amount, seconds that it took) of its last jobs.
    """

    history: dict[str, deque[tuple[float, float, float]]] = field(default_factory=dict)

    def note(self, worker: str, amount: float, seconds: float, elapsed: float) -> None:
        """A worker has done something.

        Args:
            worker: Its name.
            amount: Proposals, or candidates of an enumeration.
            seconds: How long it took.
            elapsed: Seconds of the run.
        """
        self.history.setdefault(worker, deque()).append((elapsed, amount, seconds))
        for name, past in list(self.history.items()):
            while past and past[0][0] < elapsed - WINDOW and (len(past) > 1 or name != worker):
                past.popleft()
            if not past:
                del self.history[name]

    def hands(self) -> tuple[Hand, ...]:
        """Every worker that has told something lately, with its rate, by name."""
        return tuple(
            Hand(name, sum(amount for _, amount, _ in past) / max(_seconds(past), 1e-3))
            for name, past in sorted(self.history.items())
        )


def _seconds(past: Sequence[tuple[float, float, float]]) -> float:
    return sum(seconds for _, _, seconds in past)
