"""The parts of an epoch, timed one by one: generations, travel, and the coordinator's work."""

import pickle
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scaling.side_by_side import SPEC
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import EpochReport, Limits, run_epoch
from elitemap.engine.islands.state import UID_SHIFT, Counters, IslandState
from elitemap.engine.map.elites import NOBODY, RANDOM
from elitemap.engine.running.travel import KeptState, applied, arrays_of, changed
from elitemap.engine.running.worker import texts_task
from elitemap.engine.search.exploration_session import ExplorationSession
from elitemap.engine.search.runs import new_record
from elitemap.engine.search.written_map import Changes
from elitemap.engine.tasks import load_task

#: Islands that the coordinator's work is timed with.
TIMED = (2, 16, 64)

#: What a local network, and a network on this machine, move in a second, in bytes.
BANDWIDTH, LOOPBACK = 100e6, 1e9


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
    after, known = state.to_bytes(), arrays_of(before)
    parts.worker, change = timed(lambda: changed(known, state.to_arrays(), b"before"))
    more, _ = timed(lambda: applied(known, change))
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
            _merged(session)
            for island in range(islands):
                session.states[island] = KeptState(_moved(states[1], island, config))
            parts.merging[islands], changes = _merged(session)
            saving, saved = timed(session.save)
            writing, _ = timed(
                lambda: writer.flush(
                    record.id, changes.elites, changes.removed, changes.ancestors, {}, saved
                )
            )
    parts.writing[islands] = saving + writing
    parts.state = max(map(len, saved.values()))


def _merged(session: ExplorationSession) -> tuple[float, Changes]:
    """The coordinator's seconds of merging, and what is new; workers write out its programs."""
    written = session.written_map
    merging, draft = timed(lambda: written.update(session.elites(), []))
    asked = [(tuple(rows.uid.tolist()), rows.batch) for rows in written.unknown(draft)]
    answers = [pickle.dumps(texts_task(SPEC, *each)) for each in asked]

    def put_together() -> Changes:
        for answer in answers:
            written.hear(pickle.loads(answer))
        steps = written.render(draft)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return end.value

    rest, changes = timed(put_together)
    return merging + rest, changes


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


def rows_of(parts: Parts) -> list[dict[str, Any]]:
    """Rows of a table."""
    both = parts.order + parts.result

    def row(what: str, figure: str) -> dict[str, Any]:
        return {"what": what, "measured": figure}

    found = [
        row("an epoch", f"{parts.epoch:.1f} s"),
        row("packing in the worker, processor", f"{1e3 * parts.worker:.0f} ms"),
        row("order and answer together", f"{both / 1e6:.2f} MB"),
        row(
            "their way, of the epoch, at 1 GB/s (loopback)", f"{both / LOOPBACK / parts.epoch:.2%}"
        ),
        row("their way, of the epoch, at 100 MB/s", f"{both / BANDWIDTH / parts.epoch:.2%}"),
        row("a state as it is saved", f"{parts.state / 1e3:.0f} kB"),
    ]
    for name in ("telling", "merging", "writing"):
        table: dict[int, float] = getattr(parts, name)
        times = ", ".join(f"{1e3 * seconds:.1f}" for seconds in table.values())
        islands = ", ".join(map(str, table))
        found.append(row(f"{name}, coordinator's processor, {islands} islands", f"{times} ms"))
    return found
