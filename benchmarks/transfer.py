"""What an epoch sends between coordinator and workers: ``python -m benchmarks.transfer [SECONDS]``.

The same search with whole states and with changes, on a pool of two processes; bytes are those of
the pickled orders and results of epochs.
"""

import pickle
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from elitemap.engine.config import SearchConfig
from elitemap.engine.running.executors import WorkerPool
from elitemap.engine.running.worker import EpochResult, Unknown, epoch_task
from elitemap.engine.search import exploration
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec


class Scales(WorkerPool):
    """A pool that weighs the orders and results of epochs."""

    def __init__(self, workers: int, weights: dict[str, list[int]]) -> None:
        """A pool of so many processes; sizes are added to ``weights``."""
        super().__init__(workers)
        self.weights = weights

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Submit a task and weigh it."""
        future = super().submit(fn, *args, **kwargs)
        if args[1] is epoch_task:
            self.weights["orders"].append(len(pickle.dumps(args, pickle.HIGHEST_PROTOCOL)))
            future.add_done_callback(self.weigh)
        return future

    def weigh(self, future: "Future[Any]") -> None:
        """Note the size of a result."""
        result = future.result()
        if isinstance(result, EpochResult):
            self.weights["results"].append(len(pickle.dumps(result, pickle.HIGHEST_PROTOCOL)))
        elif isinstance(result, Unknown):
            self.weights["unknown"].append(1)


def measure(folder: Path, kept: int, seconds: float) -> dict[str, list[int]]:
    """Bytes of a search whose workers keep states of so many bytes."""
    exploration.MOST_KEPT = kept
    weights: dict[str, list[int]] = {"orders": [], "results": [], "unknown": []}
    config = SearchConfig(seconds=seconds, workers=2, islands=4, seed=1)
    spec = TaskSpec.of("elementary", "exp2", {})
    search(folder / f"{kept}.db", spec, config, recruit=lambda n: Scales(n, weights))
    return weights


def main() -> None:
    """Print both tables side by side."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    kept = exploration.MOST_KEPT
    print("states    epochs  kB out  kB back  whole states asked for again")
    with tempfile.TemporaryDirectory() as folder:
        for name, most in (("whole", -1), ("changes", kept)):
            weights = measure(Path(folder), most, seconds)
            epochs = len(weights["results"])
            out, back = (sum(weights[each]) / epochs / 1e3 for each in ("orders", "results"))
            print(f"{name:8} {epochs:7} {out:7.0f} {back:8.0f} {len(weights['unknown']):6}")


if __name__ == "__main__":
    main()
