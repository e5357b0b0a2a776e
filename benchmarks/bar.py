"""Are searches at least as good as the best known form, at every number of operations?

``python -m benchmarks.bar`` searches nineteen functions, fifteen on their usual intervals, with
three seeds of at most 300 seconds each and counts the worst seed; ``--evaluations N`` gives a
budget that repeats on any machine, ``TARGET...`` and ``--seeds`` choose less. Searches start from
random programs. Best known is the best of the tabulated baselines and of those that are computed
for the target.

A budget in seconds is spent in legs, and what is proved after each is compared: where nobody is
ahead any more, and the search is ahead of everybody at half of the places, it stops, for fronts
only get better. So five hours are two or three, and the rows tell how long it took.

The bar is gathered in as many sittings as one likes: every search is kept as soon as it ends, those
that are kept are not run again (but with ``--again``, after a change), and a row is the worst of
all seeds of its budget. What is to be forgotten is taken out of the file by ``--forget``.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from benchmarks.searches import DATA
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.search.extending import More
from elitemap.engine.tasks import TaskSpec, load_task

PATH = DATA / "bar.json"
OPS = range(4, 15)

#: Digits by which two forms may differ and be called level: proofs round down.
LEVEL = 0.02

#: Of a budget in seconds, the parts after which a search is looked at.
LEGS = (0.2, 0.5, 1.0)

#: Seconds for which a search is not begun again.
LEAST_LEG = 10.0

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
in brackets what that is ahead by of the best tabulated or computed form, where there is one.
Seconds (with two workers; a search of seconds ends early once nobody is ahead of it anywhere, and
it is ahead of everybody at half of the places) and processor seconds are those of the seed that
took most, proofs included."""


def found(
    target: str, seed: int, budget: Mapping[str, Any], best: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """One search: proved digits by operations, and seconds.

    Args:
        target: Which function.
        seed: Of the search.
        budget: Seconds, of which it may leave some, or evaluations.
        best: Digits known, by operations.
    """
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "search.db"
        most = budget.get("seconds")
        ends = [most * leg for leg in LEGS] if most else [None]
        first = {"seconds": ends[0]} if most else budget
        config = SearchConfig(seed=seed, islands=2, **first)
        outcome = search(archive, _spec(target), config)
        for end in ends[1:]:
            left = end - outcome.summary["seconds"]
            if left < LEAST_LEG or reached(_proved(archive), best):
                break
            outcome = resume(archive, more=More(seconds=left))
        return _proved(archive), float(outcome.summary["seconds"])


def reached(digits: Mapping[str, float], best: Mapping[str, float]) -> bool:
    """Whether nothing known is ahead at any number of operations, and half of it is behind."""
    ahead = [_within(digits, ops) - _within(best, ops) for ops in OPS]
    return min(ahead) >= -LEVEL and 2 * sum(a > LEVEL for a in ahead) >= len(ahead)


def _proved(archive: Path) -> dict[str, float]:
    with ArchiveReader.open(archive) as reader:
        views = reader.elites(ElitesQuery(pareto="ops,digits", limit=100))
    return _best((v.objectives["ops"], v.objectives["digits"]) for v in views)


def known(target: str) -> dict[str, float]:
    """Digits of the best tabulated or computed form by operations."""
    task = load_task(_spec(target))
    forms = (*task.baselines, *task.rivals())
    return _best((form.objectives["ops"], form.objectives["digits"]) for form in forms)


def _spec(target: str) -> TaskSpec:
    settings = {**TARGETS[target], "max_ops": str(OPS[-1])}
    return TaskSpec.of("elementary", target, settings)


def _best(pairs: Iterable[tuple[float | None, float | None]]) -> dict[str, float]:
    """The most digits by operations, as JSON has keys."""
    best: dict[str, float] = {}
    for ops, digits in pairs:
        if ops is not None and digits is not None:
            best[str(int(ops))] = max(digits, best.get(str(int(ops)), 0.0))
    return best


def row_of(runs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The table's row: the worst of a budget's seeds at each number of operations.

    Args:
        runs: Searches of one function; digits, and those known, by operations.
    """
    first = runs[0]
    row = {
        "target": first["target"],
        "seeds": ", ".join(sorted(str(run["seed"]) for run in runs)),
        "budget": first["budget"],
        "seconds": str(round(max(run.get("seconds", 0.0) for run in runs)) or ""),
        "processor seconds": str(max(run["processor seconds"] for run in runs)),
    }
    for ops in OPS:
        worst = min(_within(run["digits"], ops) for run in runs)
        best = _within(first["known"], ops)
        row[str(ops)] = f"{worst:.2f}" + (f" ({worst - best:+.2f})" if best else "")
    return row


def _within(digits: Mapping[str, float], ops: int) -> float:
    """The most digits with at most so many operations; 0 without any."""
    return max((d for k, d in digits.items() if int(k) <= ops), default=0.0)


def processor_seconds() -> float:
    """What this process and those that it started and that have ended have used."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def kept() -> list[dict[str, Any]]:
    """The searches of earlier sittings; none if there is no file."""
    return json.loads(PATH.read_text())["runs"] if PATH.exists() else []


def write(runs: Sequence[Mapping[str, Any]]) -> None:
    """Keep searches, and the rows that they give."""
    rows = [row_of(list(same)) for same in grouped(runs)]
    command = "python -m benchmarks.bar, in several sittings"
    document = {"title": TITLE, "text": TEXT, "provenance": provenance(command)}
    text = json.dumps({**document, "rows": rows, "runs": runs}, indent=1)
    PATH.write_text(text + "\n")


def grouped(runs: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Searches of one function and budget together, in the order of the functions."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for run in sorted(runs, key=lambda run: list(TARGETS).index(run["target"])):
        groups.setdefault((run["target"], run["budget"]), []).append(run)
    return list(groups.values())


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="all if left out")
    parser.add_argument("--seeds", default="1,2,3", help="such as 1,2,3")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--evaluations", type=int)
    parser.add_argument("--again", action="store_true", help="also what is kept already")
    parser.add_argument("--forget", metavar="BUDGET", help="drop the rows of a budget, no search")
    chosen = parser.parse_args()
    if unknown := [t for t in chosen.targets if t not in TARGETS]:
        parser.error(f"expected targets of {', '.join(TARGETS)}, got {unknown[0]}")
    return chosen


def main() -> None:
    """Run what is asked for and is not kept; print and keep the rows."""
    chosen = parsed()
    if chosen.forget:
        write([run for run in kept() if run["budget"] != chosen.forget])
        return
    budget = (
        {"evaluations": chosen.evaluations} if chosen.evaluations else {"seconds": chosen.seconds}
    )
    said = ", ".join(f"{value:,.0f} {name}" for name, value in budget.items())
    for seed in (int(text) for text in chosen.seeds.split(",")):
        for target in chosen.targets or TARGETS:
            key = {"target": target, "seed": seed, "budget": said}
            if any(key.items() <= run.items() for run in kept()) and not chosen.again:
                continue
            began = processor_seconds()
            best = known(target)
            digits, took = found(target, seed, budget, best)
            spent = {
                "seconds": round(took),
                "processor seconds": round(processor_seconds() - began),
            }
            run = {**key, **spent, "digits": digits, "known": best}
            # Read once more: another sitting may have written meanwhile.
            write([*(other for other in kept() if not key.items() <= other.items()), run])
            print(
                *row_of([run]).values(),
                "" if reached(digits, best) else "behind",
                sep="  ",
                flush=True,
            )


if __name__ == "__main__":
    main()
