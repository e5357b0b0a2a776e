"""The coordinator's working memory of one run that goes through an enumeration."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.states import UNITED, read_united
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Plan
from elitemap.engine.protocols import Enumeration, Task
from elitemap.engine.running.crew import Crew
from elitemap.engine.search.catalogue import Catalogue
from elitemap.engine.search.exploration_session import COORDINATOR
from elitemap.engine.search.extending import More, extended
from elitemap.engine.search.gauge import WINDOW
from elitemap.engine.tasks import TaskSpec


@dataclass
class EnumerationSession:
    """One run as the coordinator sees it.

    Attributes:
        run: Its id.
        spec: What names the task.
        task: The task.
        enumeration: What it goes through.
        config: Settings.
        catalogue: What was found.
        before: Seconds of earlier sessions.
        census: Elites, cells in use and members that the archive holds.
        history: (seconds, candidates) lately.
        started: Clock when this process took the run up.
        crew: Who works for this process.
    """

    run: str
    spec: TaskSpec
    task: Task
    enumeration: Enumeration
    config: SearchConfig
    catalogue: Catalogue
    before: float = 0.0
    census: tuple[int, int, int] = (0, 0, 0)
    history: deque[tuple[float, int]] = field(default_factory=deque)
    started: float = field(default_factory=time.monotonic)
    crew: Crew = field(default_factory=Crew)

    @classmethod
    def open(
        cls,
        run: str,
        spec: TaskSpec,
        task: Task,
        enumeration: Enumeration,
        config: SearchConfig,
        saved: Mapping[int, bytes],
    ) -> Self:
        """A run that begins, or one that goes on from what was saved.

        Raises:
            ArchiveError: If what was saved does not fit the task.
        """
        if not saved:
            fresh = Catalogue.fresh(task, enumeration.axes)
            return cls(run, spec, task, enumeration, config, fresh)
        catalogue, before = Catalogue.restore(task, enumeration.axes, saved.get(COORDINATOR, b""))
        if catalogue.upcoming > enumeration.blocks:
            raise ArchiveError(
                f"expected at most {enumeration.blocks} blocks, got {catalogue.upcoming} in the "
                f"saved state of run {run}, which does not fit its task: start a new search"
            )
        # Certificates may have united elites after the catalogue was saved.
        catalogue.unite(read_united(saved.get(UNITED, b"")))
        return cls(run, spec, task, enumeration, config, catalogue, before)

    def extend(self, more: More) -> None:
        """Go on with another budget.

        Raises:
            UsageError: If it has been through so many, or through all.
        """
        if self.catalogue.upcoming >= self.enumeration.blocks:
            raise UsageError(
                f"run {self.run} has been through all {self.enumeration.size} candidates, "
                "nothing is left to extend it to: start a new search"
            )
        done = self.catalogue.candidates
        self.config = extended(self.config, more, self.run, self.elapsed, done)

    @property
    def elapsed(self) -> float:
        """Seconds of the run, earlier sessions included."""
        return self.before + time.monotonic() - self.started

    @property
    def limit(self) -> int:
        """Candidates to go through."""
        most = self.config.evaluations
        return self.enumeration.size if most is None else min(most, self.enumeration.size)

    @property
    def spent(self) -> bool:
        """Whether all blocks are merged, or as many candidates as the budget allows."""
        most = self.config.evaluations
        full = most is not None and self.catalogue.candidates >= most
        return full or self.catalogue.upcoming >= self.enumeration.blocks

    @property
    def overdue(self) -> bool:
        """Whether a budget in seconds is used up."""
        return self.config.seconds is not None and self.elapsed >= self.config.seconds

    @property
    def rate(self) -> float:
        """Candidates per second lately, 0 before the first were merged."""
        if not self.history:
            return 0.0
        seconds, candidates = self.history[0]
        return (self.catalogue.candidates - candidates) / max(self.elapsed - seconds, 1e-3)

    def note(self) -> None:
        """Remember how far it has got by now."""
        self.history.append((self.elapsed, self.catalogue.candidates))
        while self.history[0][0] < self.elapsed - WINDOW and len(self.history) > 2:
            self.history.popleft()

    def plan(self) -> Plan:
        """What is ahead, with an estimate of the time that it takes."""
        size, covered = self.enumeration.size, self.catalogue.candidates
        left = 0.0 if self.spent else max(0, self.limit - covered) / max(1, size)
        # Timing a sample takes time itself.
        seconds = self.enumeration.estimate() / self.config.workers if left else 0.0
        return Plan(size, self.enumeration.blocks, covered, seconds * left)
