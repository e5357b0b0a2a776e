"""How fast update rules are proposed, looked at and trained: seconds of a core.

``python -m benchmarks.optimizers.rates`` takes half a minute.
"""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.optimizers.searching import COST, SLOTS, climbed
from elitemap.evaluators.optimizers.behaviour import observe
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.evaluator import SEEDS, RuleEvaluator, final_losses
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace


def per_second(work: Callable[[], int], least: float = 3.0) -> float:
    """How much of something is done in a second of one core, after a first time."""
    work()
    begun, done = time.process_time(), 0
    while time.process_time() - begun < least:
        done += work()
    return done / (time.process_time() - begun)


def proposals(space: RuleSpace, rng: np.random.Generator) -> Rules:
    """A generation of valid rules from AdamW."""
    parents, valid = space.canonical(space.random(4096, rng))
    return parents.take(valid)


def proposed(space: RuleSpace, parents: Rules, rng: np.random.Generator) -> Rules:
    """Valid offspring, one for each parent at most, hashed."""
    operators = rng.integers(0, len(space.operators), len(parents)).astype(np.uint8)
    made, good = space.canonical(space.vary(parents, parents, operators, rng))
    some = made.take(good)
    space.keys(some)
    return some


def proposing() -> None:
    """Proposals without and with a look at what they do."""
    space, rng = RuleSpace(SLOTS, COST, "adamw"), np.random.default_rng(0)
    parents = proposals(space, rng)

    def propose() -> int:
        return len(proposed(space, parents, rng))

    def look() -> int:
        made = proposed(space, parents, rng)
        observe(made.programs)
        return len(made)

    print(f"valid proposals, varied, canonical and hashed: {per_second(propose):,.0f} /s")
    print(f"the same with fingerprint and measures: {per_second(look):,.0f} /s")


def training(workload: Workload) -> None:
    """Training runs and whole evaluations of one workload."""
    space, evaluator = RuleSpace(SLOTS, COST, "adamw"), RuleEvaluator([workload], SLOTS, COST)
    some = proposals(space, np.random.default_rng(0)).take(np.arange(32))
    rate, none = np.full(len(some), 1e-3), np.zeros(len(some), np.int64)

    def train() -> int:
        final_losses(some, workload, rate, "rates", none)
        return len(some)

    def evaluate() -> int:
        climbed(evaluator, some)
        return len(some)

    print(f"{workload.name}, {SEEDS} runs at one rate: {per_second(train):,.1f} /s")
    print(f"{workload.name}, screens and learning rate included: {per_second(evaluate):,.1f} /s")


def main() -> None:
    """Print all rates."""
    proposing()
    for workload in WORKLOADS.values():
        training(workload)


if __name__ == "__main__":
    main()
