"""Is a search better than its controls?: ``python -m benchmarks.optimizers.controls``.

Five searches from AdamW, five times random rules and five times AdamW, tuned, whose constants
evolve; controls have four times the evaluations. Each run picks one rule by 24 runs of the search's
kind, and that rule trains on the same 32 fresh runs, paired with AdamW's. Means and intervals are
over runs and fresh runs both: few runs of a search differ more than many runs of a rule.

The table is gathered in as many sittings as one likes: what a run came to is kept as soon as it
ends, and what is kept is not run again (but with ``--again``, after a change).
"""

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.optimizers.__main__ import FRESH, PARTS
from benchmarks.optimizers.records import DATA, Row
from benchmarks.optimizers.searching import COST, best_of
from benchmarks.provenance import provenance
from elitemap.evaluators.optimizers.bench.statistics import compared
from elitemap.evaluators.optimizers.catalogue import MIXED, WORKLOADS
from elitemap.evaluators.optimizers.comparing import fresh_logs, usual_logs
from elitemap.evaluators.optimizers.fitting import first_loss
from elitemap.evaluators.optimizers.labels import label
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import RuleSpace

Floats = NDArray[np.float64]
Run = Mapping[str, Any]

PATH = DATA / "optimizers_controls.json"
SEARCH = "search"

TITLE = "Searches for update rules beside their controls"
TEXT = """\
Losses at the end of training on 32 fresh runs next to those of AdamW (its usual constants) on the
same runs, of the rule that a run has picked before; below 1 is better. Searches begin with AdamW.
Controls have four times their evaluations: random rules, and constants of AdamW that evolve from
those of 160 trials. Means over runs and their 95 % intervals are by bootstrap over runs and fresh
runs, these paired; the search is ahead of a control where the interval of its loss next to the
control's ends below 1. Beaten: pairs of a search and a run of the control in which the search's
rule is better. A fresh run that diverges counts as if nothing had been learnt. Rows of searches of
1,000 and 2,000 are of before searches followed the best kinds of rules, and of a control whose
survivors were not trained again."""


def workloads_of(target: str) -> tuple[Workload, ...]:
    """The workloads of a target: one by name, or all compiled ones together."""
    return tuple(WORKLOADS.values()) if target == MIXED else (WORKLOADS[target],)


def ran(target: str, part: str, seed: int, evaluations: int) -> dict[str, Any]:
    """One search or control, and the fresh runs of the rule that it picks."""
    workloads = workloads_of(target)
    how, times = PARTS[part]
    begun = time.process_time()
    best = best_of(workloads, *how(workloads, seed, times * evaluations))
    used = round(time.process_time() - begun)
    logs = fresh_logs(best, workloads, "bench", FRESH)[0]
    first = np.log([first_loss(one) for one in workloads])[:, None]
    told = np.where(np.isnan(logs), first, logs) - usual_logs(workloads, "bench", FRESH)
    slots = len(best.programs.signature.states)
    space = RuleSpace(slots, COST, "random", len(workloads))
    return {
        "target": target,
        "evaluations": evaluations,
        "method": part,
        "seed": seed,
        "processor seconds": used,
        "rule": space.source(space.to_json(best, 0)),
        "label": label(best.programs.program(0)).text,
        "diverged": int(np.isnan(logs).sum()),
        "logs": np.round(told, 6).tolist(),
    }


def logs_of(runs: Sequence[Run]) -> Floats:
    """float64[runs, FRESH]: log losses less AdamW's, the mean over workloads."""
    return np.array([run["logs"] for run in runs]).mean(axis=1)


def ratio(logs: Floats, others: Floats) -> tuple[str, int]:
    """A ratio of losses with its interval, and -1, 0 or 1: for certain below 1, open, or above."""
    mean, low, high = compared([logs], [others]).each[0].tolist()
    told = f"{np.exp(mean):.3f} ({np.exp(low):.3f} to {np.exp(high):.3f})"
    return told, int(low > 0.0) - int(high < 0.0)


def row_of(runs: Sequence[Run], searches: Sequence[Run]) -> Row:
    """The row of a method on a target: beside AdamW, and beside the searches."""
    first, logs = runs[0], logs_of(runs)
    row = {
        "searched": first["target"],
        "evaluations of a search": f"{first['evaluations']:,}",
        "method": first["method"],
        "seeds": ", ".join(sorted(str(run["seed"]) for run in runs)),
        "loss / AdamW's": ratio(logs, np.zeros((1, FRESH)))[0],
        "search's loss / its": "",
        "the search is": "",
        "beaten": "",
        "processor seconds": f"{np.mean([run['processor seconds'] for run in runs]):.0f}",
    }
    if first["method"] == SEARCH or not searches:
        return row
    ours = logs_of(searches)
    told, side = ratio(ours, logs)
    beaten = ours.mean(axis=1)[:, None] < logs.mean(axis=1)
    return row | {
        "search's loss / its": told,
        "the search is": {-1: "ahead", 0: "not told apart", 1: "behind"}[side],
        "beaten": f"{beaten.sum()} of {beaten.size}",
    }


def rows(runs: Sequence[Run]) -> list[Row]:
    """All rows: for each target and size the search, then its controls."""
    groups: dict[tuple[str, int], dict[str, list[Run]]] = {}
    for run in runs:
        of = groups.setdefault((run["target"], run["evaluations"]), {})
        of.setdefault(run["method"], []).append(run)
    return [
        row_of(group[part], group.get(SEARCH, []))
        for _, group in sorted(groups.items())
        for part in PARTS
        if part in group
    ]


def kept() -> list[Run]:
    """The runs of earlier sittings; none if there is no file."""
    return json.loads(PATH.read_text())["runs"] if PATH.exists() else []


def write(runs: Sequence[Run]) -> None:
    """Keep runs, and the rows that they give."""
    command = "python -m benchmarks.optimizers.controls, in several sittings"
    document = {"title": TITLE, "text": TEXT, "provenance": provenance(command)}
    text = json.dumps({**document, "rows": rows(runs), "runs": runs}, indent=1)
    PATH.write_text(text + "\n")


def main() -> None:
    """Run what is asked for and is not kept; print and keep the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=["quadratic"], help="workloads, or mixed")
    parser.add_argument("--methods", nargs="*", default=[*PARTS], choices=PARTS)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3, 4, 5])
    parser.add_argument("--evaluations", type=int, default=1000, help="of a search")
    parser.add_argument("--again", action="store_true", help="also what is kept already")
    given = parser.parse_args()
    if unknown := set(given.targets) - {*WORKLOADS, MIXED}:
        parser.error(f"expected targets of {', '.join((*WORKLOADS, MIXED))}, got {min(unknown)}")
    # Seed by seed, so that what there is of a long measurement is balanced.
    for seed, target, part in (
        (s, t, p) for s in given.seeds for t in given.targets for p in given.methods
    ):
        key = {
            "target": target,
            "evaluations": given.evaluations,
            "method": part,
            "seed": seed,
        }
        if any(key.items() <= run.items() for run in kept()) and not given.again:
            continue
        made = ran(target, part, seed, given.evaluations)
        # Read once more: another sitting may have written meanwhile.
        write([*(run for run in kept() if not key.items() <= run.items()), made])
        print(*row_of([made], []).values(), sep="  ", flush=True)
    for row in rows(kept()):
        print(f"| {' | '.join(row.values())} |")


if __name__ == "__main__":
    main()
