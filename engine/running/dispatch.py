"""Giving jobs to any executor: a few at a time, again when a worker is lost, not after a stop.

Of an executor nothing is taken for granted but ``submit`` and futures that end. What a job itself
raises comes back as a value (:func:`.worker.run_job`), so whatever a future raises
is the executor's own way of saying that a worker was lost; a future that does not end in time means
the same. No two submissions are equal, because some executors give equal calls one result. A future
that was given up is never looked at again: its late result is dropped, whether its ``cancel``
worked or not.
"""

import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from weakref import WeakKeyDictionary

from elitemap.archive.errors import SearchError
from elitemap.archive.plain import one_line
from elitemap.engine.data.contents import Content, Lacking
from elitemap.engine.running.executors import Crowd, SerialExecutor, close_executor
from elitemap.engine.running.hanging import Hung
from elitemap.engine.running.job import Job
from elitemap.engine.running.overdue import Waiting
from elitemap.engine.running.worker import Raised, run_job, run_supplied_job

#: Seconds between looks at the stop flag.
_GLANCE = 0.1

#: So often one job may lose its worker; so many submissions in a row may be refused.
MOST_LOSSES = 3


@dataclass
class Dispatcher:
    """An executor, and another when it breaks.

    A lost worker costs the work of its job, which is begun again; where the whole executor breaks,
    each job that ran may have been the cause. One that is a single loss away from
    :data:`MOST_LOSSES` runs alone, so that it is certain who loses every worker: that job ends the
    search.

    Attributes:
        open_executor: Opens an executor.
        width: Jobs given to it at a time, unless it says how many workers it has.
        losses: Jobs that were begun again because a worker was lost.
        waited: Seconds that results have waited until this process had taken them in, added up.
        contents: What users brought, by digest. A worker that neither has nor sees it says so, and
            its job is given again together with the content, which the worker keeps.
    """

    open_executor: Callable[[], Executor]
    width: int
    contents: Mapping[str, Content] = field(default_factory=dict)
    losses: int = 0
    waited: float = 0.0
    _executor: Executor | None = None
    _losses: dict[Job, int] = field(default_factory=dict)
    _needs: dict[Job, tuple[str, ...]] = field(default_factory=dict)
    _refusals: int = 0
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    _submitted: int = 0
    _waiting: Waiting = field(default_factory=Waiting)
    _ended: WeakKeyDictionary[Future[Any], float] = field(default_factory=WeakKeyDictionary)

    def __enter__(self) -> Self:
        """The dispatcher itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give up what still runs."""
        self._close(())

    @property
    def room(self) -> int:
        """Jobs that may run at a time: as many as there are workers now, at least one."""
        if isinstance(self._executor, Crowd):
            return max(1, self._executor.workers())
        return self.width

    @property
    def here(self) -> bool:
        """Whether jobs run in this process, so that nothing travels."""
        return isinstance(self._executor, SerialExecutor)

    def warm(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Let workers start, and do something once, while nobody waits for them."""
        for number in range(self.width):
            self._submit(Job(number, "the first task", call, arguments))

    def work(
        self,
        jobs: deque[Job],
        done: Callable[[Job, Any], None],
        halted: Callable[[], bool],
        patience: float,
        meanwhile: Iterable[bool] = (),
    ) -> None:
        """Work off a queue.

        Args:
            jobs: The queue; ``done`` may append to it.
            done: Called with each job and its result, in order of completion.
            halted: Asked every now and then; True starts no more jobs.
            patience: Seconds to wait for running jobs after a stop; then they are given up.
            meanwhile: Something else to do in short steps: the first when the first jobs have been
                started and none has been taken in, the others while no result waits. Each step
                tells whether the next has to wait for a job; where jobs run in this process, all
                steps before one that has to are taken at once.

        Raises:
            SearchError: If a job keeps losing its worker, or the executor takes no jobs. What a
                job raises is raised here.
        """
        running: dict[Future[Any], Job] = {}
        deadline, steps = float("inf"), iter(meanwhile)
        self._start(jobs, running)
        waits = self._step(steps)
        while jobs or running or waits is not None:
            if halted():
                jobs.clear()
                deadline = min(deadline, time.monotonic() + patience)
            if time.monotonic() > deadline:
                self._close(running)
                return
            self._start(jobs, running)
            waits = None if waits is None else self._step(steps)
            self._start(jobs, running)
            finished, _ = wait(running, 0.0 if waits is False else _GLANCE, FIRST_COMPLETED)
            for future in [each for each in running if each in finished]:
                if future in running:
                    self._end(future, jobs, running, done)
                    now = time.perf_counter()
                    self.waited += now - self._ended.pop(future, now)
            self._give_up_overdue(jobs, running)

    def _step(self, steps: Iterator[bool]) -> bool | None:
        """Go a step on with something else; whether the next waits, None if there is none."""
        waits = next(steps, None)
        while self.here and waits is False:
            waits = next(steps, None)
        return waits

    def _start(self, jobs: deque[Job], running: dict[Future[Any], Job]) -> None:
        while jobs and len(running) < self.room:
            if running and any(map(self._suspect, (jobs[0], *running.values()))):
                return
            future = self._submit(jobs[0])
            if future is None:
                for job in running.values():
                    self._lost(job, None)
                self._replace(jobs, running)
            else:
                running[future] = jobs.popleft()

    def _submit(self, job: Job) -> Future[Any] | None:
        """Submit a job; None if the executor did not take it."""
        self._executor = self._executor or self.open_executor()
        self._submitted += 1
        ticket = f"{self._mark}-{self._submitted}"
        try:
            if job in self._needs:
                load = tuple(self.contents[digest] for digest in self._needs[job])
                asked: tuple[Any, ...] = run_supplied_job, ticket, load
            else:
                asked = run_job, ticket
            asked = *asked, job.call, job.arguments, job.limit
            if isinstance(self._executor, Crowd):
                future = self._executor.submit_near(job.place, *asked)
            else:
                future = self._executor.submit(*asked)
        except Exception as error:  # whatever an executor raises when it has broken
            self._refusals += 1
            if self._refusals >= MOST_LOSSES:
                raise SearchError(
                    f"the executor took no task {MOST_LOSSES} times in a row "
                    f"({type(error).__name__}): check its workers, then resume"
                ) from error
            return None
        self._refusals = 0
        future.add_done_callback(self._note_end)
        return future

    def _note_end(self, future: Future[Any]) -> None:
        """In a thread of the executor: when a future ended."""
        self._ended[future] = time.perf_counter()

    def _end(
        self,
        future: Future[Any],
        jobs: deque[Job],
        running: dict[Future[Any], Job],
        done: Callable[[Job, Any], None],
    ) -> None:
        """Take a future that has ended: its result, or the news that a worker was lost."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, BrokenExecutor):
            for job in running.values():
                self._lost(job, error)
            self._replace(jobs, running)
            return
        if future.cancelled() or error is not None:
            jobs.appendleft(running.pop(future))
            self._lost(jobs[0], error)
            return
        job, result = running.pop(future), future.result()
        if isinstance(result, Hung):
            jobs.appendleft(job)
            self._lost(job, TimeoutError(f"hung for {result.limit:.0f} s"))
            return
        if isinstance(result, Raised) and result.starved:
            jobs.appendleft(job)
            self._lost(job, result.error)
            return
        self._losses.pop(job, None)
        if isinstance(result, Lacking):
            self._supply(job, result)
            jobs.appendleft(job)
            return
        self._needs.pop(job, None)
        if isinstance(result, Raised):
            raise result.error
        done(job, result)

    def _give_up_overdue(self, jobs: deque[Job], running: dict[Future[Any], Job]) -> None:
        """Begin again what does not come back, with other workers."""
        self._waiting.look(running)
        late = [
            (future, job)
            for future, job in running.items()
            if self._waiting.overdue(future, job.lost_after, self._losses.get(job, 0))
        ]
        for future, job in late:
            silent = TimeoutError(f"silent for {self._waiting.seconds[future]:.0f} s")
            if isinstance(self._executor, Crowd):
                del running[future]
                self._executor.forsake(future)
                jobs.appendleft(job)
            self._lost(job, silent)
        if late and running and not isinstance(self._executor, Crowd):
            self._replace(jobs, running)

    def _supply(self, job: Job, lacking: Lacking) -> None:
        """Send along what a worker lacks, the next time that the job is given."""
        if job in self._needs or not self.contents.keys() >= set(lacking.digests):
            raise SearchError(f"{job.name} did not get the data that was sent with it: resume")
        self._needs[job] = lacking.digests

    def _suspect(self, job: Job) -> bool:
        return self._losses.get(job, 0) == MOST_LOSSES - 1

    def _lost(self, job: Job, error: BaseException | None) -> None:
        self._losses[job] = self._losses.get(job, 0) + 1
        self.losses += 1
        if self._losses[job] >= MOST_LOSSES:
            how = "cancelled" if error is None else type(error).__name__
            raise SearchError(
                f"{job.name} has lost its worker {MOST_LOSSES} times ({how}{_told(error)}), "
                "perhaps out of memory: resume with fewer --workers"
            ) from error

    def _replace(self, jobs: deque[Job], running: dict[Future[Any], Job]) -> None:
        """Put back all jobs of an executor that broke; the next start opens a new one."""
        again = list(running.values())
        self._close(running)
        running.clear()
        jobs.extendleft(reversed(again))

    def _close(self, running: Iterable[Future[Any]]) -> None:
        if self._executor is not None:
            for future in running:
                future.cancel()
            close_executor(self._executor)
            self._executor = None


def _told(error: BaseException | None) -> str:
    """What an error that says it in a line says."""
    text = str(error or "").strip().splitlines()[:1]
    return f": {one_line(text[0])[:120]}" if text and isinstance(error, TimeoutError) else ""
