"""What the cache saves: ``python -m benchmarks.cache``.

The same search of 2^x with and without the functional equivalence cache, one island each, side by
side on two cores. The figure is the time (CPU seconds of the island's process) that the search
without the cache takes to the QD score that the one with it has reached at a given time.
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.provenance import provenance
from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState
from elitemap.engine.tasks import TaskSpec, load_task

DATA = Path(__file__).resolve().parent / "data"
Curve = list[tuple[float, float]]


def curve(seed: int, bits: int, seconds: float) -> tuple[Curve, dict[str, float]]:
    """QD score over CPU seconds of one island, and its counters at the end."""
    task = load_task(TaskSpec.of("elementary", "exp2", {}))
    config = SearchConfig(seed=seed, seconds=seconds, cache_bits=bits, cache_audit=0.01)
    state = IslandState.fresh(task.space, task.evaluator, config, 0)
    started, points = time.process_time(), []
    while (spent := time.process_time() - started) < seconds:
        limits = Limits(8 * config.batch)
        state, report = run_epoch(task.space, task.evaluator, config, state, limits, None)
        best = report.best
        score = float(np.maximum(best[best > -np.inf] - task.evaluator.floor, 0).sum())
        points.append((spent, score))
    c = report.counters
    return points, {
        "proposals": c.proposals,
        "structural hits": c.hits,
        "functional hits": c.function_hits,
        "duplicates": c.duplicates,
        "audits": c.audits,
        "mismatches": c.mismatches,
    }


def time_to(points: Curve, score: float) -> float | None:
    """CPU seconds at which a curve first reaches a score."""
    return next((t for t, value in points if value >= score), None)


def main() -> None:
    """Run the pairs and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    rows = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for seed in range(1, arguments.seeds + 1):
            cached = pool.submit(curve, seed, 18, arguments.seconds)
            plain = pool.submit(curve, seed, 0, 2.0 * arguments.seconds)
            with_cache, counters = cached.result()
            without, _ = plain.result()
            for share in (0.25, 0.5, 1.0):
                t, score = with_cache[round(share * (len(with_cache) - 1))]
                other = time_to(without, score)
                ratio = "not reached" if other is None else round(other / t, 2)
                rows.append(
                    {"seed": seed, "seconds": round(t, 1), "QD score": round(score), "ratio": ratio}
                )
                print(json.dumps(rows[-1]), flush=True)
            rows[-1] |= {k: v for k, v in counters.items()}
            print(json.dumps(counters), flush=True)
    document = {
        "title": "What the cache saves",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.cache"),
        "rows": rows,
    }
    (DATA / "cache.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
