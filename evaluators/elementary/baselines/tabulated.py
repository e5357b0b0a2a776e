"""The best approximations known before, for the problems of the benchmarks."""

import csv
from functools import lru_cache
from pathlib import Path

from elitemap.engine.protocols import Baseline
from elitemap.searchspaces.elementary.targets import Target, resolve_target

#: Written by ``python -m benchmarks.baselines.shipped``: for each problem and number of operations
#: the form with most digits among minimax, Padé and Taylor forms and published programs.
PATH = Path(__file__).parent / "baselines.csv"


def baselines(target: Target) -> tuple[Baseline, ...]:
    """What is known for a target on its domain; nothing for other problems than those tabulated."""
    return tuple(
        Baseline(row["family"], _objectives(float(row["ops"]), float(row["digits"])))
        for tabulated, rows in _tabulated()
        if _same(tabulated, target)
        for row in rows
    )


@lru_cache(maxsize=1)
def _tabulated() -> tuple[tuple[Target, tuple[dict[str, str], ...]], ...]:
    """The problems of the table, and the rows of each; to resolve the targets takes a moment."""
    problems: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    with PATH.open(newline="") as file:
        for row in csv.DictReader(file):
            problems.setdefault((row["target"], row["domain"], row["error"]), []).append(row)
    return tuple((resolve_target(*problem), tuple(rows)) for problem, rows in problems.items())


def _same(one: Target, other: Target) -> bool:
    return (str(one.expression), one.lo, one.hi, one.relative) == (
        str(other.expression),
        other.lo,
        other.hi,
        other.relative,
    )


def _objectives(ops: float, digits: float) -> dict[str, float]:
    return {"ops": ops, "digits": digits, "error": 10.0**-digits}
