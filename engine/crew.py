"""Giving jobs to an executor: a few at a time, again when a worker dies, not after a stop."""

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from elitemap.archive.errors import SearchError
from elitemap.engine.executors import close_executor

#: Seconds between looks at the stop flag.
_GLANCE = 0.1


@dataclass(frozen=True, eq=False)
class Job:
    """A call for a worker, and whose it is."""

    tag: Any
    call: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass
class Crew:
    """An executor that is replaced when it breaks; no job is tried more than twice.

    Attributes:
        recruit: Opens an executor.
        width: Jobs given to it at a time.
    """

    recruit: Callable[[], Executor]
    width: int
    _executor: Executor | None = None
    _tries: dict[Job, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """The crew itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what still runs."""
        self._dismiss()

    def warm(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Let workers start, and do something once, while nobody waits for them."""
        self._executor = self._executor or self.recruit()
        for _ in range(self.width):
            self._executor.submit(call, *arguments)

    def work(
        self,
        jobs: deque[Job],
        done: Callable[[Job, Any], None],
        halted: Callable[[], bool],
        patience: float,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """Work off a queue.

        Args:
            jobs: The queue; ``done`` may append to it.
            done: Called with each job and its result, in order of completion.
            halted: Asked every now and then; True starts no more jobs.
            patience: Seconds to wait for running jobs after a stop; then they are given up.
            meanwhile: Called once when the first jobs have been started.

        Raises:
            SearchError: If workers die twice over the same job.
        """
        running: dict[Future[Any], Job] = {}
        deadline = float("inf")
        self._start(jobs, running)
        meanwhile()
        while jobs or running:
            if halted():
                jobs.clear()
                deadline = min(deadline, time.monotonic() + patience)
            if time.monotonic() > deadline:
                self._dismiss()
                return
            self._start(jobs, running)
            finished, _ = wait(running, _GLANCE, FIRST_COMPLETED)
            try:
                for future in [each for each in running if each in finished]:
                    result = future.result()
                    done(running.pop(future), result)
            except BrokenExecutor:
                self._again(jobs, running)

    def _start(self, jobs: deque[Job], running: dict[Future[Any], Job]) -> None:
        while jobs and len(running) < self.width:
            self._executor = self._executor or self.recruit()
            try:
                running[self._executor.submit(jobs[0].call, *jobs[0].arguments)] = jobs[0]
                jobs.popleft()
            except BrokenExecutor:
                self._again(jobs, running)

    def _again(self, jobs: deque[Job], running: dict[Future[Any], Job]) -> None:
        """Put back all jobs of an executor that broke; the next start opens a new one."""
        self._dismiss()
        for job in running.values():
            self._tries[job] = self._tries.get(job, 0) + 1
            if self._tries[job] > 1:
                raise SearchError(
                    "a worker process died twice in the same task, perhaps out of memory: "
                    "resume with fewer --workers"
                )
        jobs.extendleft(reversed(running.values()))
        running.clear()

    def _dismiss(self) -> None:
        if self._executor is not None:
            close_executor(self._executor)
            self._executor = None
