"""Rates of the compiled kernels on all cores: ``python -m benchmarks.rates``.

Programs are random ones of exactly ten operations over + - * /. *Evaluated* is one pass over 64
float64 points; *fitted* is the screening that every structure of a search gets: up to seven
Levenberg-Marquardt steps on 32 points with exact derivatives. One process per core, all at once.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.provenance import provenance
from elitemap.evaluators.elementary.evaluator import sampled
from elitemap.evaluators.elementary.fitting.fit import NODES, screen
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs

DATA = Path(__file__).resolve().parent / "data"
OPS, LENGTH = 10, 26
OPCODES = tuple(REAL.opcodes[name] for name in ("add", "sub", "mul", "div"))


def programs(n: int, seed: int) -> Batch:
    """Random canonical programs of ten operations."""
    rng = np.random.default_rng(seed)
    parts: list[Batch] = []
    while sum(map(len, parts)) < n:
        batch = random_programs(20_000, LENGTH, 2 * OPS, OPCODES, rng)
        parts.append(batch.take(np.flatnonzero(canonical(batch, OPS) == OPS)))
    return Batch.concatenate(parts).take(np.arange(n))


def rate(work: Callable[[Batch], object], n: int, seconds: float, seed: int) -> float:
    """Programs per second and process of ``work`` on fresh copies of a batch."""
    batch = programs(n, seed)
    work(batch.take(np.arange(n)))
    done, spent = 0, 0.0
    while spent < seconds:
        copy = batch.take(np.arange(n))
        started = time.perf_counter()
        work(copy)
        spent += time.perf_counter() - started
        done += n
    return done / spent


def evaluated(seed: int, seconds: float) -> float:
    """Programs evaluated per second by one process."""
    points = np.linspace(0.01, 1.0, 64)
    return rate(lambda batch: evaluate(batch, points), 2048, seconds, seed)


def fitted(seed: int, seconds: float) -> float:
    """Structures fitted per second by one process."""
    nodes = sampled(resolve_target("exp2"), NODES)
    return rate(lambda batch: screen(batch, nodes), 2048, seconds, seed)


def main() -> None:
    """Measure and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    seconds = parser.parse_args().seconds
    cores = len(os.sched_getaffinity(0))
    rows = []
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        for name, work in (("evaluated, 64 points", evaluated), ("fitted", fitted)):
            each = list(pool.map(work, range(cores), [seconds] * cores))
            rows.append({"programs": name, "processes": cores, "per second": round(sum(each))})
            print(json.dumps(rows[-1]), flush=True)
    document = {
        "title": "Rates of the kernels",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.rates"),
        "rows": rows,
    }
    (DATA / "rates.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
