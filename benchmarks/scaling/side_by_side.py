"""One worker, two, and two of a Dask cluster do the same search in turns.

The budget is one in evaluations, so all do the same work to the same result. What two cores give
at all, two searches that have nothing in common tell: each with one worker and half of the islands.
On a machine that others use as well the clock tells little: two processes get more of it than one.
So the processor's seconds of coordinator and workers are told, too, and what they come to; how much
of them the coordinator takes; and for how much of the time workers waited for it, flushes being the
longest of what it does.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event, Progress
from elitemap.engine.running.executors import open_executor
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec

SPEC = TaskSpec.of("elementary", "exp2", {})

#: Proposals of an epoch: what searches have.
EPOCH = SearchConfig().epoch

#: What the machine gives at all.
APART = "two searches apart, 1 worker each"

Recruit = Callable[[int], Executor]


class Moment(NamedTuple):
    """How far a search is.

    Attributes:
        clock: Seconds.
        proposals: So far.
        own: Processor seconds of the coordinator.
        theirs: Those of its workers.
        waited: Seconds that workers waited for it.
    """

    clock: float
    proposals: int
    own: float
    theirs: float
    waited: float


@dataclass
class Watch:
    """A search from the moment when all its workers have done something.

    Attributes:
        workers: How many there are.
        seen: Moments, one for each epoch that ended since.
        over: Whether the budget is spent: what comes is certificates.
    """

    workers: int
    seen: list[Moment] = field(default_factory=list)
    over: bool = False

    def __call__(self, event: Event) -> None:
        """Note a moment."""
        if not isinstance(event, Progress):
            return
        others = {int(hand.name.rpartition("/")[2]) for hand in event.crew} - {os.getpid()}
        if len(others) == (self.workers if self.workers > 1 else 0):
            theirs = sum(map(processor_seconds, others))
            told = event.proposals, time.process_time(), theirs, event.waited
            self.seen.append(Moment(time.monotonic(), *told))
        self.over = event.done >= 1.0

    def row(self) -> dict[str, float]:
        """Proposals by the clock and by the processor, and the coordinator's part."""
        if len(self.seen) < 2:
            raise SystemExit("expected longer searches: too few epochs ended; raise --evaluations")
        first, last = self.seen[0], self.seen[-1]
        clock, own = last.clock - first.clock, last.own - first.own
        proposals, theirs = last.proposals - first.proposals, last.theirs - first.theirs
        share = own / (own + theirs) if self.workers > 1 else 0.0
        return {
            "rate": proposals / clock,
            "thrift": proposals / (own + theirs),
            "coordinator": share,
            "waited": (last.waited - first.waited) / (clock * self.workers),
        }


def processor_seconds(process: int) -> float:
    """Processor seconds that a process has had."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def proposals_per_second(
    workers: int, evaluations: int, recruit: Recruit, islands: int = 2, seed: int = 1
) -> dict[str, float]:
    """Figures of a search without certificates."""
    watch = Watch(workers)
    given = {"workers": workers, "islands": islands, "seed": seed, "epoch": EPOCH}
    config = SearchConfig(evaluations=evaluations, **given)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        search(path, SPEC, config, watch, lambda: watch.over, recruit=recruit)
    return watch.row()


def alone(evaluations: int, seed: int) -> dict[str, float]:
    """Figures of one of two searches, in a process of its own."""
    return proposals_per_second(1, evaluations, open_executor, islands=1, seed=seed)


def apart(evaluations: int) -> dict[str, float]:
    """Figures of two searches at the same time, rates together."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        both = list(pool.map(alone, (evaluations // 2,) * 2, (1, 2)))
    found = {key: statistics.mean(one[key] for one in both) for key in both[0]}
    return found | {"rate": sum(one["rate"] for one in both)}


@contextmanager
def dask(profiler: bool) -> Iterator[Recruit]:
    """Opens executors on a cluster of two processes.

    Args:
        profiler: Whether its workers are sampled, as they are unless a user turns it off.
    """
    import dask
    from distributed import LocalCluster

    from elitemap.engine.running.cluster import ClusterExecutor

    with (
        dask.config.set({"distributed.worker.profile.enabled": profiler}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
        ) as cluster,
    ):
        yield lambda workers: ClusterExecutor(cluster.scheduler_address)


def side_by_side(evaluations: int, rounds: int, cluster: bool) -> list[dict[str, object]]:
    """A row for one worker, two, and two of a cluster: medians of their turns."""
    kinds: dict[str, tuple[int, Callable[[], AbstractContextManager[Recruit]]]] = {
        "1 worker": (1, lambda: nullcontext(open_executor)),
        "2 workers": (2, lambda: nullcontext(open_executor)),
    }
    if cluster:
        kinds["2 workers of Dask"] = (2, partial(dask, True))
        kinds["2 workers of Dask, its profiler off"] = (2, partial(dask, False))
    found: dict[str, list[dict[str, float]]] = {name: [] for name in (*kinds, APART)}
    for _ in range(rounds):
        for name, (workers, opened) in kinds.items():
            # A cluster's scheduler runs in this process: not while others have their turn.
            with opened() as recruit:
                found[name].append(proposals_per_second(workers, evaluations, recruit))
        found[APART].append(apart(evaluations))
    middle = {
        name: {key: statistics.median(one[key] for one in turns) for key in turns[0]}
        for name, turns in found.items()
    }
    one = middle["1 worker"]
    return [
        {
            "search on": name,
            "proposals per second": round(own["rate"]),
            "of one": round(own["rate"] / one["rate"], 2),
            "proposals per processor second": round(own["thrift"]),
            "efficiency by the processor": round(own["thrift"] / one["thrift"], 3),
            "coordinator, % of the processor": round(100 * own["coordinator"], 1),
            "workers wait for it, % of the time": round(100 * own["waited"], 2),
        }
        for name, own in middle.items()
    ]
