"""How far rules of matrices are from AdamW for a search: ``python -m benchmarks.optimizers.rungs``.

A ladder as people would climb it: an average of gradients, that over its norm, then Newton-Schulz
steps on top. Of each rung it is told what it is worth at a learning rate of its own (loss next to
that of AdamW with usual constants on the same runs, and steps to AdamW's loss next to AdamW's), and
how many of many variations by all operators alike are the next rung but for constants. A search can
climb where every rung is better than the one below and the next is within its reach.
"""

import argparse

import numpy as np

from benchmarks.optimizers.searching import SLOTS
from elitemap.evaluators.optimizers.behaviour import cost_of
from elitemap.evaluators.optimizers.catalogue import chosen
from elitemap.evaluators.optimizers.comparing import fitted, fresh_logs, interval, usual_logs
from elitemap.evaluators.optimizers.options import MOST_COST
from elitemap.evaluators.optimizers.pace import steps_ratio
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.optimizers.writing import rule

#: Fresh runs behind a loss.
FRESH = 16

#: From the lowest rung on; the second as it had to be written before there was ``unit``.
RUNGS = {
    "average": "m",
    "over its norm, three operations": "scale(m, s_div(1.0, norm(m)))",
    "over its norm": "unit(m)",
    "one step": "schulz(unit(m))",
    "two steps": "schulz(schulz(unit(m)))",
    "three steps": "schulz(schulz(schulz(unit(m))))",
}

#: The rung that an edit would come to.
NEXT = {
    "average": ("over its norm, three operations", "over its norm"),
    "over its norm": ("one step",),
    "one step": ("two steps",),
    "two steps": ("three steps",),
}


def worth(rules: Rules, workload: Workload) -> str:
    """What a rung is worth as text; ``rules`` has one row."""
    rules = fitted(rules.programs, (workload,))
    logs = fresh_logs(rules, (workload,), "bench", FRESH)[0, 0]
    mean, half = interval(logs - usual_logs((workload,), "bench", FRESH)[0])
    steps, low, high = steps_ratio(rules, workload, rules.rate[0])
    loss = f"{np.exp(mean):.3f} ({np.exp(mean - half):.3f} to {np.exp(mean + half):.3f})"
    cost = cost_of(rules.programs)[0]
    return f"cost {cost:.0f}, loss {loss}, steps {steps:.2f} ({low:.2f} to {high:.2f})"


def reached(space: RuleSpace, begun: Rules, aims: Rules, number: int) -> list[int]:
    """Of so many variations of one rule, how many are each of the aims but for constants."""
    rng = np.random.default_rng(0)
    parents = begun.take(np.zeros(number, np.intp))
    operators = rng.integers(0, len(space.operators), number).astype(np.uint8)
    made, valid = space.canonical(space.vary(parents, parents, operators, rng))
    kinds = space.kinds(made.take(valid))
    return [int((kinds == aim).sum()) for aim in space.kinds(aims)]


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workload", default="digits-autoencoder")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--proposals", type=int, default=200_000)
    given = parser.parse_args()
    (workload,) = chosen(given.workload, "small", given.steps, 60.0, None)
    space = RuleSpace(SLOTS, MOST_COST, "random", matrices=True)
    rungs = {}
    for name, text in RUNGS.items():
        program = rule(f"m = interp(m, g, 0.1)\nupdate = {text}", SLOTS)
        rungs[name] = space.canonical(space.batch([program]))[0]
    for name, rung in rungs.items():
        print(f"{name}: {worth(rung, workload)}", flush=True)
        aims = NEXT.get(name, ())
        if aims:
            next_ = Rules.concatenate([rungs[a] for a in aims])
            found = reached(space, rung, next_, given.proposals)
            told = "; ".join(f"{n} are '{a}'" for n, a in zip(found, aims, strict=True))
            print(f"  of {given.proposals:,} variations {told}", flush=True)


if __name__ == "__main__":
    main()
