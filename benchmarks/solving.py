"""Searches with and without the linear solution of constants, side by side.

``python -m benchmarks.solving TARGET...``: for each seed two searches with the same budget in
evaluations, which repeats on any machine however busy it is. They differ in nothing but whether
``evaluators.elementary.rational.solver`` is asked; the processor's seconds, certificates included,
say what that costs.
"""

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.baselines.table import best_baseline
from benchmarks.provenance import provenance
from benchmarks.searches import DATA
from benchmarks.tables import reached
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.evaluators.elementary.rational.solver import Solver

PATH = DATA / "solving.json"


TITLE = "Constants of deep fractions: descent alone, and linear solutions"
TEXT = """\
Searches with the same seed and budget in evaluations, from random programs. *alone*: digits
proved with at most so many operations when constants are found by descent only; *solved*: when
programs that span a whole family of quotients are given the best member's constants. *processor*:
seconds, certificates included."""


def run(target: str, seed: int, evaluations: int, solving: bool) -> tuple[dict[int, float], float]:
    """One search: proved digits by operations, and the processor's seconds."""
    if not solving:
        Solver.solve = lambda *_: None  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "search.db"
        config = SearchConfig(seed=seed, evaluations=evaluations, islands=2, workers=1)
        search(archive, TaskSpec.of("elementary", target, {}), config, _ignore)
        with ArchiveReader.open(archive) as reader:
            views = reader.elites(ElitesQuery(pareto="ops,digits", limit=100))
    front = {int(v.objectives["ops"] or 0): float(v.objectives["digits"] or 0) for v in views}
    return front, time.process_time()


def _ignore(event: Event) -> None:
    """An observer that wants to know nothing."""


def compared(target: str, seed: int, evaluations: int) -> list[dict[str, Any]]:
    """Both searches, at the same time."""
    with ProcessPoolExecutor(2, get_context("spawn"), max_tasks_per_child=1) as pool:
        jobs = [pool.submit(run, target, seed, evaluations, solving) for solving in (False, True)]
        (alone, first), (solved, second) = (job.result() for job in jobs)
    rows = []
    for ops in range(4, 13):
        known = best_baseline(target, ops)
        rows.append(
            {"target": target, "seed": seed, "ops": ops}
            | {"alone": reached(alone, ops), "solved": reached(solved, ops)}
            | {"best known": known["digits"] if known else None}
            | {"processor, alone": round(first), "processor, solved": round(second)}
        )
    return rows


def main() -> None:
    """Run the pairs; their rows replace those of the same target and seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="+")
    parser.add_argument("--seeds", default="1", help="such as 1,2,3")
    parser.add_argument("--evaluations", type=int, default=20_000_000)
    arguments = parser.parse_args()
    rows = json.loads(PATH.read_text())["rows"] if PATH.exists() else []
    for target in arguments.targets:
        for seed in (int(text) for text in arguments.seeds.split(",")):
            found = compared(target, seed, arguments.evaluations)
            rows = [row for row in rows if (row["target"], row["seed"]) != (target, seed)] + found
            command = "python -m benchmarks.solving " + " ".join(sys.argv[1:])
            document = {"title": TITLE, "text": TEXT, "provenance": provenance(command)}
            PATH.write_text(json.dumps({**document, "rows": rows}, indent=1) + "\n")
            for row in found:
                print(*row.values(), flush=True)


if __name__ == "__main__":
    main()
