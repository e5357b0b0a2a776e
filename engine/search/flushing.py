"""What a search writes while it runs: the merged map, its complete ancestry and the state.

Most of that is naming and writing out new elites. Workers do it, between epochs, where there are
some; the rest is done a little at a time, so that this process looks after its workers in between
and none of them waits. What is written is how things stood when the first step was taken, whatever
arrives before the last one.
"""

import time
from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field, replace

from elitemap.engine.events import Progress
from elitemap.engine.running.budget import flush_gap, flush_leg, spent_share
from elitemap.engine.running.context import SearchContext
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import Texts, texts_task
from elitemap.engine.search.cut import Cut
from elitemap.engine.search.exploration_session import ExplorationSession
from elitemap.engine.search.outlook import outlook
from elitemap.engine.search.written_map import Draft

#: Something done in steps; they tell whether the next one waits for a job.
Steps = Generator[bool, None, None]


@dataclass
class Flushes:
    """The flushes of a search.

    Attributes:
        session: The run.
        context: What it works with.
        ended: Seconds of the run at the end of the last one.
        cost: Seconds that its steps took.
        away: Jobs of writing out programs that have not come back.
        waiting: What is to be written, the oldest first.
    """

    session: ExplorationSession
    context: SearchContext
    ended: float = 0.0
    cost: float = 0.0
    away: int = 0
    waiting: deque[Cut] = field(default_factory=deque)

    def due(self) -> bool:
        """Whether writing now would not take too much of the time.

        Under a budget in evaluations that depends on the leg alone, so that the ancestors stored
        do not depend on time, nor on how often the search was killed.
        """
        if self.session.config.seconds is None:
            return flush_leg(self.session.turn)
        since = self.session.elapsed - self.ended
        gap = flush_gap(self.cost, self.context.dispatcher.here)
        return since > gap

    def whole(self) -> None:
        """Write how things stand now, in one go."""
        self.waiting.clear()
        for _ in self.steps(self.session.now()):
            pass

    def hear(self, texts: Texts) -> None:
        """Take in programs that a worker has written out."""
        self.away -= 1
        self.session.written_map.hear(texts)

    def steps(self, cut: Cut, jobs: deque[Job] | None = None) -> Steps:
        """Write what is new, in steps; nothing is written before the last one.

        Args:
            cut: How things stood.
            jobs: Jobs of workers, to which those are added that write out programs; None where
                there are no others.
        """
        steps, cost = self._written(cut, jobs), 0.0
        while True:
            started = time.perf_counter()
            waits = next(steps, None)
            cost += time.perf_counter() - started
            if waits is None:
                break
            yield waits
        self.ended, self.cost = self.session.elapsed, cost

    def _written(self, cut: Cut, jobs: deque[Job] | None) -> Steps:
        session, context = self.session, self.context
        if not session.gauge.reports or not session.dirty:
            return
        # What is written of islands that have gone on since is not how they are.
        session.dirty = cut.states is not session.states
        session.written_map.bury(session.displaced)
        session.displaced.clear()
        elites, before = cut.elites(session.task.space), replace(session.written_map)
        alive = [*session.elites(), *cut.pending.values(), *session.pending.values()]
        draft = session.written_map.update(elites, alive)
        metrics = {**numbers(session), **outlook(session.task, elites, session.beyond)}
        saved = session.save(cut)
        try:
            if jobs is not None and not context.dispatcher.here:
                yield from self._written_out(draft, jobs)
            changes = yield from session.written_map.render(draft)
        except BaseException:
            session.written_map, session.dirty = before, True
            raise
        context.writer.flush(
            session.run, changes.elites, changes.removed, changes.ancestors, metrics, saved
        )

    def _written_out(self, draft: Draft, jobs: deque[Job]) -> Steps:
        """Let workers write out programs; what they have not when a search is stopped is left."""
        self.away = 0
        for rows in self.session.written_map.unknown(draft):
            asked = self.session.spec, tuple(rows.uid.tolist()), rows.batch
            jobs.append(Job(None, "writing out programs", texts_task, asked))
            self.away += 1
            yield False
        while self.away and not self.context.halted():
            yield True


def progress(session: ExplorationSession) -> Progress:
    """The picture now."""
    config, total, elapsed = session.config, session.gauge.total(), session.elapsed
    if config.seconds is not None:
        remaining = max(0.0, config.seconds - elapsed)
        return session.gauge.progress(elapsed, remaining, spent_share(config, elapsed))
    assert config.evaluations is not None
    return session.gauge.progress(elapsed, None, min(1.0, total.evaluations / config.evaluations))


def numbers(session: ExplorationSession) -> dict[str, float]:
    """The numbers of the moment, as they are stored over time."""
    now = progress(session)
    found = {
        name: float(value)
        for name, value in vars(now).items()
        if isinstance(value, int | float) and name != "remaining"
    }
    shares = {f"operator.{name}": share for name, share in now.operators.items()}
    return found | shares | {f"emitter.{name}": share for name, share in now.emitters.items()}
