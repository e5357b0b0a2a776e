"""Rates and totals over all islands, from their latest reports."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from elitemap.engine.events import Progress
from elitemap.engine.islands.emitters import EMITTERS, first_front
from elitemap.engine.islands.epoch import EpochReport
from elitemap.engine.islands.judgement import LAST
from elitemap.engine.islands.state import Counters
from elitemap.engine.map.elites import columns_of
from elitemap.engine.map.grid import qd_score
from elitemap.engine.protocols import Axis, Floats, Task, steering

#: Seconds over which rates are averaged.
WINDOW = 15.0


@dataclass
class Gauge:
    """The latest report of every island.

    Attributes:
        task: The task.
        counters: By island.
        reports: By island; none of an island that has not reported to this process.
        history: (seconds, counters) lately, by island: they report by turns, and rates of their sum
            would jump.
        begun: Seconds of the run when this process took it up.
        seen: [rungs], candidates that reached each rung, as far as this process knows; 0 for none.
        seconds: [rungs], what they took there.
    """

    task: Task
    counters: dict[int, Counters]
    reports: dict[int, EpochReport[Any]] = field(default_factory=dict)
    history: dict[int, deque[tuple[float, Counters]]] = field(default_factory=dict)
    begun: float = 0.0
    seen: Any = 0
    seconds: Any = 0.0

    def total(self) -> Counters:
        """The counters of all islands, added up."""
        return reduce(add, self.counters.values(), Counters())

    def best(self) -> Floats:
        """float64[cells], the best quality over all islands that have reported."""
        return np.asarray(np.max([report.best for report in self.reports.values()], axis=0))

    def note(self, report: EpochReport[Any], elapsed: float) -> None:
        """Take in a report."""
        island, counters = report.island, self.counters.get(report.island, Counters())
        past = self.history.setdefault(island, deque([(self.begun, counters)]))
        past.append((elapsed, report.counters))
        while past[0][0] < elapsed - WINDOW and len(past) > 2:
            past.popleft()
        self.reports[island] = report
        self.counters[island] = report.counters
        self.seen = self.seen + report.seen
        self.seconds = self.seconds + report.seconds

    def prices(self) -> dict[str, float]:
        """Seconds that a candidate takes on each rung, as measured by this process."""
        names = [*(screen.name for screen in self.task.evaluator.screens), LAST]
        each = np.broadcast_to(self.seconds / np.maximum(self.seen, 1), len(names))
        return dict(zip(names, each.tolist(), strict=True))

    def progress(self, elapsed: float, remaining: float | None, done: float) -> Progress:
        """The picture now; at least one island must have reported."""
        total, best = self.total(), self.best()
        evaluation_rate, fit_rate, screen_rate = self._rates()
        evaluator, space = self.task.evaluator, self.task.space
        return Progress(
            elapsed=elapsed,
            remaining=remaining,
            done=done,
            proposals=total.proposals,
            fitted=total.fitted,
            evaluations=total.evaluations,
            evaluations_per_second=evaluation_rate,
            fitted_per_second=fit_rate,
            hit_rate=total.hit_rate,
            audits=total.audits,
            audit_mismatches=total.mismatches,
            cells=int(np.count_nonzero(best > -np.inf)),
            all_cells=len(best),
            qd_score=qd_score(best, evaluator.floor),
            front=self._front(),
            strip=self._strip(best),
            operators=self._mean("operators", space.operators),
            emitters=self._mean("emitters", EMITTERS),
            screened=total.screened,
            screened_per_second=screen_rate,
        )

    def _rates(self) -> tuple[float, float, float]:
        """Evaluations, fits and screenings per second, added up over islands."""
        sums = np.zeros(3)
        for past in self.history.values():
            (start, first), (end, last) = past[0], past[-1]
            more = [
                getattr(last, name) - getattr(first, name)
                for name in ("evaluations", "fitted", "screened")
            ]
            sums += np.array(more) / max(end - start, 1e-3)
        evaluations, fitted, screened = sums.tolist()
        return evaluations, fitted, screened

    def _front(self) -> tuple[dict[str, float], ...]:
        names = columns_of(self.task.evaluator)
        parts = [report.front for report in self.reports.values()]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in names}
        rows = first_front(columns, steering(self.task.evaluator.objectives))
        return tuple({name: float(columns[name][row]) for name in names} for row in rows)

    def _strip(self, best: Floats) -> tuple[float | None, ...]:
        axes = self.task.evaluator.axes
        along = strip_axis(axes)
        shape = [len(axis.edges) + 1 for axis in axes]
        others = tuple(k for k in range(len(axes)) if k != along)
        tops = best.reshape(shape).max(axis=others)
        return tuple(float(top) if top > -np.inf else None for top in tops)

    def _mean(self, what: str, names: tuple[str, ...]) -> dict[str, float]:
        rows = [getattr(report, what) for report in self.reports.values()]
        # Runs that are older than an operator have no record of it, and go on without.
        return dict(zip(names, np.mean(rows, axis=0).tolist(), strict=False))


def strip_axis(axes: Sequence[Axis]) -> int:
    """The axis that a strip of the map runs along: the first with more than two bins."""
    return next((k for k, axis in enumerate(axes) if len(axis.edges) > 1), 0)
