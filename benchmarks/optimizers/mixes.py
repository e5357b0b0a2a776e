"""What Lion's two mixes are worth: ``python -m benchmarks.optimizers.mixes``.

Lion takes the sign of one average and remembers another one; Signum's shares are the same. Whether
a search can be expected to keep Lion's form depends on whether it is ahead of Signum on the
workload: of each form the shares that are best on 24 runs of the search's kind then train on the
same 32 fresh runs, each with a learning rate of its own.
"""

import argparse
from itertools import product

import numpy as np

from benchmarks.optimizers.__main__ import FRESH, told
from benchmarks.optimizers.records import Row, keep
from benchmarks.optimizers.searching import AGAIN, COST, SLOTS
from benchmarks.optimizers.signs import APART
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.comparing import fitted, fresh_logs
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.optimizers.writing import rule

TITLE = "Two mixes instead of one"

TEXT = """\
The sign of an average, where another average is remembered (Lion's form, without decay), beside
that where the same is (Signum). Shares of new gradients from {shares}, the best of each form by
{again} runs; loss of Lion's form relative to Signum's on {fresh} other runs, with its 95 %
interval: below 1 it is ahead. A search that goes by the loss has no reason to keep it elsewhere."""

#: Shares of what is new in what is used, and in what is remembered.
SHARES = (0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.01)

Mixes = tuple[float, float]


def rules(mixes: list[Mixes], workload: Workload) -> Rules:
    """Rules that use and remember averages, with learning rates fitted."""
    space = RuleSpace(SLOTS, COST, "random")
    text = "update = sign(interp(m, g, {}))\nm = interp(m, g, {})"
    programs = [rule(text.format(used, kept), SLOTS) for used, kept in mixes]
    return fitted(space.canonical(space.batch(programs))[0].programs, (workload,))


def row(workload: Workload) -> Row:
    """The best of both forms on a workload, and what the second mix brings."""
    mixes = list(product(SHARES, SHARES))
    known = rules(mixes, workload)
    mean = fresh_logs(known, (workload,), "search", AGAIN)[:, 0].mean(axis=1)
    mean = np.where(np.isfinite(mean), mean, np.inf)
    one = [k for k, (used, kept) in enumerate(mixes) if used == kept]
    two = [k for k, (used, kept) in enumerate(mixes) if max(used, kept) > APART * min(used, kept)]
    best = [min(rows, key=mean.__getitem__) for rows in (one, two)]
    logs = fresh_logs(known.take(np.array(best)), (workload,), "bench", FRESH)[:, 0]
    return {
        "workload": workload.name,
        "Signum's share": f"{mixes[best[0]][0]:g}",
        "Lion's shares, used and remembered": " and ".join(f"{m:g}" for m in mixes[best[1]]),
        "loss of Lion's form / Signum's": told(logs[1] - logs[0]),
    }


def main() -> None:
    """Print and keep rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workloads", nargs="*", default=list(WORKLOADS), choices=WORKLOADS)
    parser.add_argument("--record", action="store_true", help="keep the rows")
    given = parser.parse_args()
    shares = ", ".join(f"{share:g}" for share in SHARES)
    text = TEXT.format(shares=shares, again=AGAIN, fresh=FRESH)
    for name in given.workloads:
        made = row(WORKLOADS[name])
        print(f"| {' | '.join(made.values())} |", flush=True)
        if given.record:
            keep("optimizers_mixes", TITLE, text, "python -m benchmarks.optimizers.mixes", made)


if __name__ == "__main__":
    main()
