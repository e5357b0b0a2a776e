"""The best approximations known before, for the problems of the benchmarks."""

import csv
from pathlib import Path

from elitemap.engine.protocols import Baseline
from elitemap.searchspaces.elementary.targets import Target, resolve_target

#: Written by ``python -m benchmarks.baselines.shipped``: for each problem and number of operations
#: the form with most digits among minimax, Padé and Taylor forms and published programs.
PATH = Path(__file__).parent / "baselines.csv"


def baselines(target: Target) -> tuple[Baseline, ...]:
    """What is known for a target on its domain; nothing for other problems than those tabulated."""
    with PATH.open(newline="") as file:
        rows = list(csv.DictReader(file))
    problems = {(row["target"], row["domain"], row["error"]) for row in rows}
    same = {problem for problem in problems if _same(resolve_target(*problem), target)}
    return tuple(
        Baseline(row["family"], _objectives(float(row["ops"]), float(row["digits"])))
        for row in rows
        if (row["target"], row["domain"], row["error"]) in same
    )


def _same(one: Target, other: Target) -> bool:
    return (str(one.expression), one.lo, one.hi, one.relative) == (
        str(other.expression),
        other.lo,
        other.hi,
        other.relative,
    )


def _objectives(ops: float, digits: float) -> dict[str, float]:
    return {"ops": ops, "digits": digits, "error": 10.0**-digits}
