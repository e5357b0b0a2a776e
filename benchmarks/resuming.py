"""Resuming a run with a million elites: seconds until its workers have something to do.

Makes the archive of an enumeration that has found ``--elites`` made-up elites (as
:mod:`benchmarks.archive_rates` makes them) and was stopped, and takes it up again: opens the file,
reads what was saved, and looks through what it holds. What is timed ends when the first job is
given out. The processor's seconds leave out what else the machine did.
"""

import argparse
import json
import tempfile
import time
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from benchmarks.archive_rates import records
from benchmarks.provenance import provenance
from benchmarks.reliability.soak import resident
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.config import SearchConfig
from elitemap.engine.running.worker import blocks_task
from elitemap.engine.search import coordinator
from elitemap.engine.search.catalogue import Catalogue
from elitemap.engine.search.exploration_session import COORDINATOR
from elitemap.engine.search.runs import new_record
from elitemap.engine.tasks import TaskSpec, load_task

DATA = Path(__file__).resolve().parent / "data"
FLUSH = 20_000

SPEC = TaskSpec.of(
    "fractions", "e", {"mode": "sweep", "a": "1..900,-900..900", "b": "-900..900,-9..9"}
)


def make(path: Path, elites: int) -> None:
    """An archive of a run that was stopped."""
    task = load_task(SPEC)
    assert task.enumeration is not None
    catalogue = Catalogue.fresh(task, task.enumeration.axes)
    catalogue.upcoming = catalogue.candidates = 1
    record = new_record(SPEC, task, SearchConfig(workers=1))
    with ArchiveWriter.open(path) as writer:
        writer.begin(record)
        for first in range(0, elites, FLUSH):
            batch = records(min(FLUSH, elites - first), first, 1)
            catalogue.slots.update({elite.id: elite.slot for elite in batch})
            catalogue.quality += [elite.quality for elite in batch]
            writer.flush(record.id, batch)
        writer.flush(record.id, [], state={COORDINATOR: catalogue.save(1.0)})
        writer.finish(record.id, "interrupted", {})


class Idle(Executor):
    """Does nothing; notes when the first job comes that is part of the search."""

    def __init__(self) -> None:
        """An executor to which nothing has come."""
        self.came: tuple[float, float] | None = None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Take a job that never ends."""
        if blocks_task in args and self.came is None:
            self.came = time.perf_counter(), time.process_time()
        return Future()


def resumed(path: Path) -> dict[str, float]:
    """Seconds, those of the processor, and megabytes until work is given out."""
    idle, begun, used = Idle(), time.perf_counter(), time.process_time()
    coordinator.resume(path, halted=lambda: idle.came is not None, recruit=lambda workers: idle)
    assert idle.came is not None
    return {
        "seconds": round(idle.came[0] - begun, 1),
        "processor seconds": round(idle.came[1] - used, 1),
        "memory, MB": round(resident()),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elites", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        make(path, arguments.elites)
        load_task(SPEC).prepare()
        rows: list[dict[str, Any]] = [{"elites": arguments.elites, **resumed(path)}]
    print(json.dumps(rows))
    document = {
        "provenance": provenance(f"python -m benchmarks.resuming --elites {arguments.elites}"),
        "rows": rows,
    }
    (DATA / "resuming.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
