"""What searches for update rules find, next to controls, on runs nobody has seen.

``python -m benchmarks.optimizers`` looks at known rules, at a search from AdamW for each seed, at
AdamW with its constants evolved and at random rules, the latter two with four times the
evaluations; parts of it can be named. Every search and control picks its best rule by 24 runs of
the search's kind; then that rule and AdamW train on the same 32 fresh runs, on the workload of the
search and on the others, which no search has seen. Learning rates of all are fitted alike. A row is
printed as soon as it is known, and with ``--record`` kept in ``benchmarks/data``, in place of an
older one.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.optimizers.records import Row, keep
from benchmarks.optimizers.searching import (
    COST,
    SLOTS,
    best_of,
    constants_only,
    random_rules,
    searched,
)
from benchmarks.optimizers.signs import signs
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.comparing import fitted, fresh_logs, interval, tuned, usual_logs
from elitemap.evaluators.optimizers.labels import label
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.optimizers.zoo import ZOO

#: Fresh runs.
FRESH = 32

#: Evaluations of a control, as a multiple of those of a search.
TIMES = 4

TITLE = "Update rules of optimizers"

TEXT = """\
Losses at the end of training on 32 fresh runs, next to those of AdamW (its usual constants) on the
same runs, with 95 % intervals; below 1 is better. Every rule has a learning rate of its own on
every workload, fitted in the same way. Searches begin with AdamW and have {evaluations:,}
evaluations on {home}, controls four times as many; constants evolve from AdamW tuned by 160 trials.
Each picks one rule before the fresh runs. The other workloads were never seen. Known rules have
their usual constants. A run diverges where its loss grows to 50 times the first. The last columns
are of all elites of a search: rules with one slot whose updates are all equally large, and how many
of them are Signum by what they do; shares of new gradients in the two averages of Lion's form."""

Method = Callable[[Sequence[Workload], int, int], tuple[Rules, NDArray[np.float64]]]

#: Parts by name: what does it, and its evaluations as a multiple.
PARTS: Mapping[str, tuple[Method, int]] = {
    "search": (searched, 1),
    "constants of AdamW": (constants_only, TIMES),
    "random rules": (random_rules, TIMES),
}


def against(rule: Rules, workload: Workload, fitting: bool) -> NDArray[np.float64]:
    """float64[FRESH], log losses less AdamW's on fresh runs; NaN for what diverged."""
    rule = fitted(rule.programs, (workload,)) if fitting else rule
    logs: NDArray[np.float64] = fresh_logs(rule, (workload,), "bench", FRESH)[0, 0]
    return logs - usual_logs((workload,), "bench", FRESH)[0]


def told(change: NDArray[np.float64]) -> str:
    """A ratio of losses with a 95 % interval."""
    if not np.isfinite(change).all():
        return f"{int((~np.isfinite(change)).sum())} of {len(change)} diverged"
    mean, half = interval(change)
    return f"{np.exp(mean):.3f} ({np.exp(mean - half):.3f} to {np.exp(mean + half):.3f})"


def compared(title: str, name: str, rule: Rules, home: Workload) -> Row:
    """A row: :func:`against` on the workload of the search, then on the others."""
    others = [one for one in WORKLOADS.values() if one != home]
    row = {"rule": title, "name": name, home.name: told(against(rule, home, False))}
    return row | {one.name: told(against(rule, one, True)) for one in others}


def found(part: str, home: Workload, seed: int, evaluations: int) -> Row:
    """The row of one search or control."""
    how, times = PARTS[part]
    begun = time.process_time()
    rules, quality = how((home,), seed, times * evaluations)
    spent = time.process_time() - begun
    best = best_of((home,), rules, quality)
    row = compared(f"{part}, seed {seed}", label(best.programs.program(0)).text, best, home)
    if part == "search":
        row |= signs(rules)
        space = RuleSpace(SLOTS, COST, "adamw")
        print("  " + space.source(space.to_json(best, 0)).replace("\n", "; "), file=sys.stderr)
    print(f"  {spent:.0f} s of a core, {len(rules)} rules", file=sys.stderr)
    return row


def main() -> None:
    """Print and keep rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["known", *PARTS], help="of the table")
    parser.add_argument("--workload", default="digits-mlp", choices=WORKLOADS)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3, 4, 5])
    parser.add_argument("--evaluations", type=int, default=1000, help="of a search")
    parser.add_argument("--record", action="store_true", help="keep the rows")
    given = parser.parse_args()
    if unknown := set(given.parts) - {"known", *PARTS}:
        parser.error(f"expected parts among known, {', '.join(PARTS)}, got {', '.join(unknown)}")
    home = WORKLOADS[given.workload]
    usual = home.name == "digits-mlp"
    command = f"python -m benchmarks.optimizers --workload {home.name}"

    def tell(row: Row) -> None:
        print(f"| {' | '.join(row.values())} |", flush=True)
        if given.record:
            keep(
                "optimizers" if usual else f"optimizers_{home.name}",
                TITLE if usual else f"{TITLE}, searched on {home.name}",
                TEXT.format(home=home.name, evaluations=given.evaluations),
                f"{command} --evaluations {given.evaluations}",
                row,
            )

    if "known" in given.parts:
        for name in ZOO:
            tell(compared(name, "", tuned(name, (home,)), home))
    for part in (part for part in PARTS if part in given.parts):
        for seed in given.seeds:
            tell(found(part, home, seed, given.evaluations))


if __name__ == "__main__":
    main()
