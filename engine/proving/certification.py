"""Certificates for elites, several at a time: in the time that is left, and past it for a front."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from elitemap.archive.records import EliteRecord
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Certified, Warned
from elitemap.engine.protocols import Task
from elitemap.engine.proving.proof import after
from elitemap.engine.running.budget import UNHURRIED, proof_endurance, unhurried
from elitemap.engine.running.context import SearchContext
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import Tried, certify_task
from elitemap.engine.tasks import TaskSpec

#: Seconds past the deadline until nothing more is begun, or it is said that it goes on.
GRACE = 1.0

#: Seconds that an elite of a front gets at least, times GROWTH in each round that follows for
#: those that ran out of time. The last round gives each two minutes, which is long even where
#: other processes take most of the machine: who fails then is left to the user.
LEAST, GROWTH, ROUNDS = 2.0, 4.0, 4

#: Where it is known what a certificate takes, it may take so many times that before it is given up.
#: It takes about as long whatever the elite, so that one begun again would only take as long again.
ENOUGH = 10.0


@dataclass(frozen=True)
class Prover:
    """Whose elites are proved, and with what.

    Attributes:
        run: Id of the run.
        spec: What names the task.
        task: The task.
        context: Who does it and is told.
    """

    run: str
    spec: TaskSpec
    task: Task
    context: SearchContext


@dataclass
class _Round:
    """Elites to certify, each once, and who has been tried.

    Elites that become the same program are written in the order of the queue, so that the
    program's origin and certificate do not depend on who was faster.

    Attributes:
        prover: Whose they are.
        records: The elites.
        must: The first so many are tried even when time is up.
        deadline: Clock at which time is up, or None.
        least: Seconds that each gets at least, whatever the deadline.
        usual: Seconds that one takes, if that is known, or 0.
        settled: Elites of earlier rounds that need no other attempt.
        total: Elites of all rounds.
        last: Whether nobody gets another attempt.
        begun: How many have been begun.
        tried: How many are done.
        written: How many are written, or found to have nothing to write.
        waiting: By place in the queue, elites that wait for an earlier one to be written; None
            where there is nothing to write.
        answered: Whether one that reaches the task's goal is proved; all before it are under way.
        late: Those of the first who ran out of time.
        longest: Seconds of the longest attempt of this round.
    """

    prover: Prover
    records: Sequence[EliteRecord]
    must: int
    deadline: float | None
    least: float
    usual: float
    settled: int
    total: int
    last: bool
    begun: int = 0
    tried: int = 0
    written: int = 0
    waiting: dict[int, EliteRecord | None] = field(default_factory=dict)
    answered: bool = False
    late: list[EliteRecord] = field(default_factory=list)
    longest: float = 0.0

    def work(self, over: Callable[[], bool]) -> None:
        """Try everybody, until it is over; what runs then is given up.

        Nothing else is: proofs that run when time is up, or when the goal is reached, have been at
        it for as long as the others.
        """
        dispatcher = self.prover.context.dispatcher
        jobs = deque(self._job() for _ in range(min(dispatcher.room, len(self.records))))

        def done(job: Job, tried: Tried) -> None:
            self._arrive(job.tag, tried)
            must = 0 if self.answered else self.must
            if self.begun < (must if self.overdue else len(self.records)):
                jobs.append(self._job())

        dispatcher.work(jobs, done, over, patience=0.0)
        for _, record in sorted(self.waiting.items()):
            self._write(record)

    def _job(self) -> Job:
        """The next elite, with its part of the time left."""
        place, left = self.begun, UNHURRIED
        if self.deadline is not None:
            rounds = max(1.0, (len(self.records) - place) / self.prover.context.dispatcher.room)
            left = max(self.least, (self.deadline - time.monotonic()) / rounds)
        self.begun += 1
        name = f"the certificate of elite {place + 1}"
        asked = self.prover.spec, self.records[place].program, left
        waits = proof_endurance(left, max(self.longest, self.usual))
        return Job(place, name, certify_task, asked, unhurried(left), endurance=waits)

    def _arrive(self, place: int, tried: Tried) -> None:
        before = self.records[place]
        record, unproved = after(before, self.prover.task, tried.result)
        self.tried += 1
        self.longest = max(self.longest, tried.seconds)
        if unproved is not None and not unproved.final and place < self.must:
            self.late.append(before)
        self.waiting[place] = None if record is before else record
        self.answered |= record is not before and self._answers(record)
        while self.written in self.waiting:
            self._write(self.waiting.pop(self.written))
            self.written += 1
        failure = "" if unproved is None else unproved.reason
        self.prover.context.observer(Certified(record, self.done, self.total, failure))

    def _write(self, record: EliteRecord | None) -> None:
        if record is not None:
            self.prover.context.writer.certify(self.prover.run, record.slot, record)

    def _answers(self, record: EliteRecord) -> bool:
        goal = self.prover.task.goal
        return goal is not None and goal.reached(record.objectives.get(goal.proved))

    @property
    def overdue(self) -> bool:
        """Whether the time has been up for a while."""
        return self.deadline is not None and time.monotonic() > self.deadline + GRACE

    @property
    def done(self) -> int:
        """Elites of all rounds that are settled by now."""
        return self.settled + self.tried - (0 if self.last else len(self.late))


def certify_each(prover: Prover, records: Sequence[EliteRecord], deadline: float | None) -> bool:
    """Try to certify elites, each once, and write what succeeds.

    Time that one elite leaves over goes to the others. A stop gives up what runs.

    Args:
        prover: Whose they are.
        records: The elites, as the archive holds them.
        deadline: Clock at which time is up, or None.

    Returns:
        Whether every elite was tried.
    """
    trial = _Round(prover, records, 0, deadline, 0.1, 0.0, 0, len(records), True)
    trial.work(lambda: prover.context.halted() or trial.overdue)
    return trial.tried == len(records)


def certify_front(
    prover: Prover,
    front: Sequence[EliteRecord],
    others: Sequence[EliteRecord],
    deadline: float | None,
    expected: float = 0.0,
) -> None:
    """Certify the elites of a front, past the deadline if need be, and others until then.

    Who of the front runs out of time is tried again with more of it after all others,
    :data:`ROUNDS` times in all; once and for long enough where it is known what that is. A stop
    ends it before. Past the deadline nobody else is tried once an elite reaches the task's goal.

    Args:
        prover: Whose they are.
        front: The elites, as the archive holds them, with a goal those that are to be tried first.
        others: More of them, less important.
        deadline: Clock at which time is up, or None: each has all the time it needs then.
        expected: Seconds that one takes, if that is known, else 0.
    """
    context, told = prover.context, False
    waiting, total = list(front), len(front) + len(others)
    rounds = 1 if deadline is None or expected else ROUNDS
    for number in range(rounds):
        records = [*waiting, *others] if number == 0 else waiting
        least = max(LEAST * GROWTH**number, ENOUGH * expected)
        times = deadline, least, expected
        last = number == rounds - 1
        settled = total - len(records)
        trial = _Round(prover, records, len(waiting), *times, settled, total, last)

        def over(trial: _Round = trial) -> bool:
            nonlocal told
            if trial.overdue and not told and not trial.answered:
                told = True
                context.observer(Warned(_goes_on(trial)))
            return context.halted()

        trial.work(over)
        waiting = trial.late
        if not waiting or trial.answered or context.halted():
            return


def _goes_on(trial: _Round) -> str:
    goal = trial.prover.task.goal
    end = "the front is" if goal is None else f"one with {goal.text} is, or all are tried"
    return (
        f"the time is up with {trial.done} of {trial.total} proved: "
        f"it goes on until {end}, Ctrl-C stops it"
    )


def certify_deadline(config: SearchConfig, elapsed: float) -> float | None:
    """Clock at which a run that has taken so many seconds must have its certificates."""
    if config.seconds is None:
        return None
    return time.monotonic() + max(0.0, config.seconds - elapsed)
