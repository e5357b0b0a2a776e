"""How searches scale: ``python -m benchmarks.scaling [--seconds S] [--rounds R] [--cluster]``.

One worker, two workers and, with ``--cluster``, two workers of a Dask cluster on this machine take
turns at the same search; what is compared are proposals per second, also per second that the
processor gave to the workers, since a busy machine gives two processes more than one. Then the
parts of an epoch are timed one by one: generations, what travels, and what the coordinator does
with n islands (telling, merging, writing). From these a simulation of one coordinator and up to a
thousand workers says how busy the workers are, and which part is the bottleneck. Prints tables;
``--json FILE`` writes the figures with their provenance.
"""

import argparse
import heapq
import json
import pickle
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.provenance import provenance
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event, Progress
from elitemap.engine.islands.epoch import EpochReport, Limits, run_epoch
from elitemap.engine.islands.state import UID_SHIFT, Counters, IslandState
from elitemap.engine.map.elites import NOBODY, RANDOM
from elitemap.engine.running.executors import open_executor
from elitemap.engine.running.travel import KeptState, apply, changed
from elitemap.engine.search.coordinator import search
from elitemap.engine.search.exploration_session import ExplorationSession
from elitemap.engine.search.runs import new_record
from elitemap.engine.tasks import TaskSpec, load_task

SPEC = TaskSpec.of("elementary", "exp2", {})

#: Islands of the simulation, seconds that it lasts, and what a local network moves in a second.
ISLANDS, LASTS, BANDWIDTH = (1, 2, 10, 100, 300, 1000), 600.0, 100e6

#: Islands that the coordinator's work is timed with.
TIMED = (2, 16, 64)


@dataclass
class Watch:
    """Figures of a search when all islands had begun, and the last ones."""

    seen: list[Progress] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Keep what matters."""
        if isinstance(event, Progress):
            self.seen.append(event)

    @property
    def rate(self) -> float:
        """Proposals per second, without the time that workers take to start."""
        if len(self.seen) < 2 * ISLANDS[1]:
            raise SystemExit("expected longer searches: too few epochs ended; raise --seconds")
        first, last = self.seen[ISLANDS[1]], self.seen[-1]
        return (last.proposals - first.proposals) / (last.elapsed - first.elapsed)


def proposals_per_second(
    workers: int, seconds: float, recruit: Callable[[int], Executor]
) -> dict[str, float]:
    """Proposals of a search without certificates, and the coordinator's share of its time."""
    watch = Watch()
    config = SearchConfig(
        seconds=seconds, workers=workers, islands=2, seed=1, certify_share=0.0, epoch_seconds=1.5
    )
    with tempfile.TemporaryDirectory() as folder:
        own, begun = time.process_time(), time.monotonic()
        search(Path(folder) / "a.db", SPEC, config, watch, recruit=recruit)
        own, took = time.process_time() - own, time.monotonic() - begun
    # The first worker is this process.
    share = 0.0 if workers == 1 else own / took
    return {"rate": watch.rate, "coordinator": share}


@contextmanager
def dask() -> Iterator[Callable[[int], Executor]]:
    """Opens executors on a cluster of two processes."""
    from distributed import LocalCluster

    from elitemap.engine.running.cluster import ClusterExecutor

    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield lambda workers: ClusterExecutor(cluster.scheduler_address)


def side_by_side(seconds: float, rounds: int, cluster: bool) -> dict[str, dict[str, float]]:
    """One worker, two, and two of a cluster, in turns: medians."""
    kinds: dict[str, tuple[int, Callable[[int], Executor]]] = {
        "1 worker": (1, open_executor),
        "2 workers": (2, open_executor),
    }
    with dask() if cluster else tempfile.TemporaryDirectory() as recruit:
        if cluster:
            kinds["2 workers of Dask"] = (2, recruit)
        found: dict[str, list[dict[str, float]]] = {name: [] for name in kinds}
        for _ in range(rounds):
            for name, (workers, opened) in kinds.items():
                found[name].append(proposals_per_second(workers, seconds, opened))
    return {
        name: {key: statistics.median(one[key] for one in rows) for key in rows[0]}
        for name, rows in found.items()
    }


@dataclass
class Parts:
    """Seconds and bytes of the parts of an epoch.

    Attributes:
        epoch: Seconds of generations, to which searches size epochs.
        worker: Seconds of a worker to put its state together and to say what changed.
        order, result: Bytes of an order with changes, and of the answer.
        state: Bytes of a state as it is saved.
        telling, merging, writing: Seconds of the coordinator, by number of islands: for each
            epoch that ends; for each leg; for each flush.
    """

    epoch: float = 0.0
    worker: float = 0.0
    order: int = 0
    result: int = 0
    state: int = 0
    telling: dict[int, float] = field(default_factory=dict)
    merging: dict[int, float] = field(default_factory=dict)
    writing: dict[int, float] = field(default_factory=dict)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of a call, and its result."""
    begun = time.process_time()
    result = call()
    return time.process_time() - begun, result


def measured(epochs: int) -> Parts:
    """Time the parts on real states after so many epochs."""
    task, config = load_task(SPEC), SearchConfig(seconds=60.0, islands=2, workers=2, seed=1)
    args = task.space, task.evaluator, config
    task.prepare()
    state, parts = IslandState.fresh(*args, 0), Parts()
    limits = Limits(1 << 18, seconds=config.epoch_seconds)
    for _ in range(epochs):
        before = state.to_bytes()
        state, report = run_epoch(*args, state, limits, None)
    parts.epoch = config.epoch_seconds
    after = state.to_bytes()
    parts.worker, change = timed(lambda: changed(before, after))
    more, _ = timed(lambda: apply(before, change))
    parts.worker += more
    parts.order = parts.result = len(pickle.dumps((change, report)))
    for islands in TIMED:
        _coordinate(parts, islands, (before, after), report)
    return parts


def _coordinate(
    parts: Parts, islands: int, states: tuple[bytes, bytes], report: EpochReport[Any]
) -> None:
    """What the coordinator does with so many islands that are like this one."""
    task, config = load_task(SPEC), SearchConfig(seconds=60.0, islands=islands, workers=2)
    session = ExplorationSession.fresh("benchmark", SPEC, task, config)
    for island in range(islands):
        session.states[island] = KeptState(_moved(states[0], island, config))
        session.gauge.note(replace(report, island=island, counters=Counters(1, 1)), 1.0)
    parts.telling[islands], _ = timed(lambda: session.gauge.progress(1.0, 1.0, 0.5))
    with tempfile.TemporaryDirectory() as folder:
        with ArchiveWriter.open(Path(folder) / "a.db") as writer:
            record = new_record(SPEC, task, config)
            writer.begin(record)
            session.written_map.update(session.elites(), [])
            for island in range(islands):
                session.states[island] = KeptState(_moved(states[1], island, config))
            parts.merging[islands], changes = timed(
                lambda: session.written_map.update(session.elites(), [])
            )
            saving, saved = timed(session.save)
            writing, _ = timed(
                lambda: writer.flush(
                    record.id, changes.elites, changes.removed, changes.ancestors, {}, saved
                )
            )
    parts.writing[islands] = saving + writing
    parts.state = max(map(len, saved.values()))


def _moved(state: bytes, island: int, config: SearchConfig) -> bytes:
    """The state as that of another island: its elites have other uids, and no ancestors."""
    task = load_task(SPEC)
    own = IslandState.from_bytes(state, task.space, task.evaluator, config)
    own.island = island
    own.elites.uid[own.elites.uid > 0] += np.uint64(island << UID_SHIFT)
    own.elites.parent[:], own.elites.operator[:] = NOBODY, RANDOM
    return own.to_bytes()


def at(table: dict[int, float], islands: int) -> float:
    """Seconds with so many islands: a line through what was timed, never below nothing."""
    few, many = min(table), max(table)
    slope = (table[many] - table[few]) / (many - few)
    return max(0.0, table[few] + slope * (islands - few))


def simulated(parts: Parts, islands: int) -> dict[str, Any]:
    """A search of so many islands on as many workers, for ten minutes.

    One coordinator takes results in one after the other, and merges and writes once a leg, but
    never for more than a twelfth of the time, as searches do.
    """
    config = SearchConfig()
    spent = dict.fromkeys(("travel", "telling", "merging", "writing"), 0.0)
    travel = (parts.order + parts.result) / BANDWIDTH
    ready = [(parts.epoch + parts.worker, island) for island in range(islands)]
    heapq.heapify(ready)
    free = done = flushed = 0.0
    while ready[0][0] < LASTS:
        end, island = heapq.heappop(ready)
        free = max(free, end)
        for name, cost in (("travel", travel), ("telling", at(parts.telling, islands))):
            free, spent[name] = free + cost, spent[name] + cost
        done += 1
        if done % (islands * config.migration_epochs) == 0:
            merging, writing = at(parts.merging, islands), at(parts.writing, islands)
            if free - flushed > 12.0 * (merging + writing):
                free, flushed = free + merging + writing, free + merging + writing
                spent["merging"] += merging
                spent["writing"] += writing
        heapq.heappush(ready, (free + parts.worker + parts.epoch, island))
    return {
        "efficiency": done * parts.epoch / (islands * LASTS),
        "coordinator": sum(spent.values()) / LASTS,
        "bottleneck": max(spent, key=lambda name: spent[name]),
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument(
        "--cluster", action="store_true", help="with a Dask cluster on this machine"
    )
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rates = side_by_side(asked.seconds, asked.rounds, asked.cluster)
    print(f"{'':20} proposals/s  of one  efficiency  coordinator")
    for name, row in rates.items():
        times = row["rate"] / rates["1 worker"]["rate"]
        efficiency = times / (1 if name == "1 worker" else 2)
        print(
            f"{name:20} {row['rate']:11,.0f} {times:7.2f} {efficiency:11.2f}"
            f" {row['coordinator']:12.1%}"
        )
    parts = measured(asked.epochs)
    _tell(parts)
    print("\nislands  efficiency  coordinator  bottleneck (simulated)")
    table = {islands: simulated(parts, islands) for islands in ISLANDS}
    for islands, row in table.items():
        print(
            f"{islands:7} {row['efficiency']:11.2f} {row['coordinator']:12.1%}  {row['bottleneck']}"
        )
    if asked.json:
        command = "python -m benchmarks.scaling" + " --cluster" * asked.cluster
        document = {"rates": rates, "parts": vars(parts), "simulated": table}
        told = {"provenance": provenance(command), **document}
        asked.json.write_text(json.dumps(told, indent=1) + "\n")


def _tell(parts: Parts) -> None:
    """Print the parts of an epoch."""
    travel = (parts.order + parts.result) / BANDWIDTH
    print(
        f"\nan epoch: {parts.epoch:.2f} s; a worker's packing {1e3 * parts.worker:.0f} ms; "
        f"{(parts.order + parts.result) / 1e3:.0f} kB both ways, {travel / parts.epoch:.1%} of it; "
        f"a state as saved {parts.state / 1e3:.0f} kB"
    )
    print("\nislands   telling   merging   writing (ms of the coordinator)")
    for islands in TIMED:
        row = [1e3 * table[islands] for table in (parts.telling, parts.merging, parts.writing)]
        print(f"{islands:7} " + " ".join(f"{ms:9.1f}" for ms in row))


if __name__ == "__main__":
    main()
