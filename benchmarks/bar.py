"""Are searches at least as good as the best known form, at every number of operations?

``python -m benchmarks.bar`` searches nineteen functions, fifteen on their usual intervals, with
three seeds of 300 seconds each (about five hours) and counts the worst seed; ``--evaluations N``
gives a budget that repeats on any machine, ``TARGET...`` and ``--seeds`` choose less. Searches
start from random programs. Best known is the best of the tabulated baselines and of those that are
computed for the target. Rows of a target, seed and budget that were run before are replaced.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from benchmarks.searches import DATA
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec, load_task

PATH = DATA / "bar.json"
OPS = range(4, 15)

#: Functions as ``--set`` takes them, with a domain where the usual one of the target is not meant.
TARGETS: Mapping[str, Mapping[str, str]] = {
    **{name: {} for name in ("exp2", "exp", "log2", "log", "sin", "cos", "tan", "atan", "tanh")},
    **{name: {} for name in ("erf", "erfc", "gelu", "gamma", "airyai")},
    "besselj(0,x)": {"domain": "0,2"},
    # The normal distribution, sinc, and Debye's function.
    "erfc(-x/sqrt(2))/2": {"domain": "-4,4", "error": "absolute"},
    "sin(x)/x": {"domain": "0,pi"},
    "cbrt(x)": {"domain": "1/8,1"},
    "x**3/(exp(x) - 1)": {"domain": "1/10,10"},
}

TITLE = "The best known form at every number of operations"
TEXT = """\
Proved digits with at most 4 to 14 operations, from random programs, of the worst seed of a budget;
in brackets what that is ahead by of the best tabulated or computed form, where there is one."""


def found(target: str, seed: int, budget: Mapping[str, Any], most: int) -> dict[int, float]:
    """One search: proved digits by operations."""
    spec = TaskSpec.of("elementary", target, {**TARGETS[target], "max_ops": str(most)})
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "search.db"
        search(archive, spec, SearchConfig(seed=seed, islands=2, **budget), _ignore)
        with ArchiveReader.open(archive) as reader:
            views = reader.elites(ElitesQuery(pareto="ops,digits", limit=100))
    digits = [(v.objectives["ops"], v.objectives["digits"]) for v in views]
    return {int(o): float(d) for o, d in digits if o is not None and d is not None}


def _ignore(event: Event) -> None:
    """An observer that wants to know nothing."""


def known(target: str, most: int) -> dict[int, tuple[float, str]]:
    """Digits and name of the best form with at most so many operations."""
    task = load_task(TaskSpec.of("elementary", target, {**TARGETS[target], "max_ops": str(most)}))
    forms = [(b.objectives["ops"], b.objectives["digits"], b.name) for b in
             (*task.baselines, *task.rivals())]  # fmt: skip
    best = {}
    for ops in OPS:
        within = [(digits, name) for cost, digits, name in forms if cost <= ops]
        if within:
            best[ops] = max(within)
    return best


def row_of(
    target: str, runs: Mapping[int, Mapping[int, float]], most: int, budget: str
) -> dict[str, str]:
    """The table's row: the worst seed at each number of operations, against the best form."""
    best = known(target, most)
    row = {"target": target, "seeds": str(len(runs)), "budget": budget}
    for ops in (k for k in OPS if k <= most):
        reached = [
            max((d for k, d in run.items() if k <= ops), default=0.0) for run in runs.values()
        ]
        worst = min(reached)
        gap = f" ({worst - best[ops][0]:+.2f})" if ops in best else ""
        row[str(ops)] = f"{worst:.2f}{gap}"
    return row


def main() -> None:
    """Run what is asked for; print and keep the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(TARGETS), metavar="TARGET")
    parser.add_argument("--seeds", default="1,2,3", help="such as 1,2,3")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--evaluations", type=int)
    parser.add_argument("--max-ops", type=int, default=OPS[-1])
    chosen = parser.parse_args()
    if unknown := [t for t in chosen.targets if t not in TARGETS]:
        parser.error(f"expected targets of {', '.join(TARGETS)}, got {unknown[0]}")
    budget = (
        {"evaluations": chosen.evaluations} if chosen.evaluations else {"seconds": chosen.seconds}
    )
    said = ", ".join(f"{value:,} {name}" for name, value in budget.items())
    kept = json.loads(PATH.read_text())["rows"] if PATH.exists() else []
    command = "python -m benchmarks.bar " + " ".join(sys.argv[1:])
    for target in chosen.targets:
        seeds = [int(text) for text in chosen.seeds.split(",")]
        runs = {seed: found(target, seed, budget, chosen.max_ops) for seed in seeds}
        row = row_of(target, runs, chosen.max_ops, said)
        kept = [one for one in kept if (one["target"], one["budget"]) != (target, said)] + [row]
        document = {"title": TITLE, "text": TEXT, "provenance": provenance(command)}
        PATH.write_text(json.dumps({**document, "rows": kept}, indent=1) + "\n")
        print(*row.values(), sep="  ", flush=True)


if __name__ == "__main__":
    main()
