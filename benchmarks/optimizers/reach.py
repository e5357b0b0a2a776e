"""How far Lion's form is from Signum for a search: ``python -m benchmarks.optimizers.reach``.

Signum is varied once, many times over, by all operators alike. Of the different rules that come of
it, those with one slot whose updates are all equally large are trained as a search trains them; of
the best twenty it is told how many are Lion's form with two different shares, by behaviour.
"""

import argparse

import numpy as np

from benchmarks.optimizers.searching import COST, SLOTS, anything
from benchmarks.optimizers.signs import signs
from elitemap.evaluators.optimizers.behaviour import observe
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.optimizers.zoo import known

#: Rules that are looked at in the end.
BEST = 20

#: What counts as equally large, and as whatever the size of gradients.
FLAT, STILL = 0.97, 0.1


def varied(space: RuleSpace, number: int) -> tuple[Rules, Rules]:
    """Signum, and the different sign-like one-slot rules among its variations."""
    rng = np.random.default_rng(0)
    signum = space.canonical(space.batch([known("Signum", SLOTS)]))[0]
    parents = signum.take(np.zeros(number, np.intp))
    operators = rng.integers(0, len(space.operators), number).astype(np.uint8)
    made, valid = space.canonical(space.vary(parents, parents, operators, rng))
    made = made.take(valid)
    made = made.take(np.unique(space.keys(made), return_index=True)[1])
    seen = observe(made.programs)
    like = seen.sane & (seen.slots == 1) & (seen.flatness > FLAT) & (abs(seen.exponent) < STILL)
    return signum, made.take(np.flatnonzero(like))


def main() -> None:
    """Print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workload", default="rosenbrock", choices=WORKLOADS)
    parser.add_argument("--proposals", type=int, default=50_000)
    given = parser.parse_args()
    space = RuleSpace(SLOTS, COST, "adamw")
    evaluator = RuleEvaluator([WORKLOADS[given.workload]], SLOTS, COST)
    signum, like = varied(space, given.proposals)
    loss = evaluator.evaluate(signum, anything).objectives["loss"][0]
    quality = np.nan_to_num(evaluator.evaluate(like, anything).quality, nan=-np.inf)
    best = like.take(np.argsort(-quality, kind="stable")[:BEST])
    better = np.count_nonzero(quality > -np.log(loss) + 0.1)
    print(f"{given.proposals} variations of Signum: {len(like)} different sign-like rules")
    print(f"better by 10 %: {better}; the best has {np.exp(-quality.max()) / loss:.4f} of its loss")
    print(f"of the best {BEST}, Lion's form with shares {signs(best)['Lion']}")


if __name__ == "__main__":
    main()
