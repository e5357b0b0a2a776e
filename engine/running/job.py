"""A call for a worker, and how long it may take."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: Seconds that a worker has to say that it ended a job, or to end itself.
LEAVING = 60.0


@dataclass(frozen=True, eq=False)
class Job:
    """A call for a worker.

    Attributes:
        tag: Whose it is.
        name: What it does, for messages.
        call: A function that workers can import.
        arguments: Its arguments.
        limit: Seconds after which it hangs, and its worker ends it.
        place: Jobs of the same place find what they need with the worker that had the last one;
            None if that makes no difference.
        endurance: Seconds after which its worker is taken for lost, where the clock must not end
            it: it is begun again then.
    """

    tag: Any
    name: str
    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    limit: float = math.inf
    place: int | None = None
    endurance: float = math.inf

    @property
    def lost_after(self) -> float:
        """Seconds after which the first attempt at it is taken for lost."""
        return min(self.endurance, self.limit + LEAVING)
