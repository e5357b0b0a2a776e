"""What caches of update rules do: ``python -m benchmarks.optimizers.caches``.

First an audit: 1,000 pairs of different programs that the fingerprint takes for the same, each with
a learning rate of its own, on the same runs; a pair is wrong where losses differ by more than one
per cent. Then what caches save: the same search with them and without, and the evaluations that
either takes to the best loss that the one with caches has reached at its end. When that is found
is a matter of luck, so it is also told what as many proposals take without caches.
"""

import argparse
from collections.abc import Iterator

import numpy as np

from benchmarks.optimizers.records import Row, keep
from benchmarks.optimizers.searching import COST, SLOTS, anything
from elitemap.engine.config import SearchConfig
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.optimizers.behaviour import observe
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace

TITLE = "Caches of update rules"

TEXT = """\
Pairs: different programs of one fingerprint, each with a learning rate of its own; wrong are those
whose losses differ by more than 1 %. Saved: evaluations that a search without caches takes to the
best loss that the same search with caches reaches within its own, over those that this one
takes, for each seed; a search without caches ends after {most} times as many. Of as many
proposals: evaluations without caches over those with them, for each seed, and in brackets how much
better or worse the best log loss is then."""

Point = tuple[int, float, int]

#: Log losses that differ by more are those of different rules.
OFF = 0.01

#: A search without caches has so many times the evaluations.
MOST = 8


def alike(space: RuleSpace, rng: np.random.Generator) -> tuple[Rules, Rules]:
    """Different programs of one fingerprint, among four generations of variations of AdamW."""
    batch, valid = space.canonical(space.random(4000, rng))
    batch = batch.take(valid)
    for _ in range(4):
        operators = rng.integers(0, len(space.operators), len(batch)).astype(np.uint8)
        partners = batch.take(rng.permutation(len(batch)))
        made, valid = space.canonical(space.vary(batch, partners, operators, rng))
        batch = Rules.concatenate([batch, made.take(valid)])
        batch = batch.take(np.sort(rng.permutation(len(batch))[:4000]))
    batch = batch.take(np.sort(np.unique(space.keys(batch), return_index=True)[1]))
    seen = observe(batch.programs)
    batch, prints = batch.take(seen.sane), seen.fingerprint[seen.sane]
    order = np.argsort(prints, kind="stable")
    same = np.flatnonzero(np.diff(prints[order]) == 0)
    return batch.take(order[same]), batch.take(order[same + 1])


def audit(workload: Workload, pairs: int) -> Row:
    """How often rules of one fingerprint train differently."""
    space, evaluator = RuleSpace(SLOTS, COST, "adamw"), RuleEvaluator([workload], SLOTS, COST)
    rng, found = np.random.default_rng(3), []
    while sum(len(one) for one, _ in found) < pairs:
        found.append(alike(space, rng))
    sides = (Rules.concatenate([pair[k] for pair in found]).take(np.arange(pairs)) for k in (0, 1))
    one, other = (evaluator.evaluate(side, anything).quality for side in sides)
    same = np.isclose(one, other, atol=OFF, rtol=0, equal_nan=True)
    return {"workload": workload.name, "pairs": str(pairs), "wrong": str(pairs - int(same.sum()))}


def progress(workload: Workload, seed: int, bits: int, evaluations: int) -> Iterator[Point]:
    """Evaluations, best quality and proposals of one island by epochs; bits 0: without caches."""
    task = load_task(TaskSpec.of("optimizers", workload.name, {}))
    config = SearchConfig(seed=seed, evaluations=evaluations, batch=256, cache_bits=bits)
    state = IslandState.fresh(task.space, task.evaluator, config, 0)
    spent = 0
    while spent < evaluations:
        limits = Limits(1024, evaluations=evaluations - spent)
        state, report = run_epoch(task.space, task.evaluator, config, state, limits, None)
        spent = report.counters.evaluations
        yield spent, float(report.best.max()), report.counters.proposals


def saved(workload: Workload, seed: int, evaluations: int) -> tuple[str, str]:
    """Evaluations without caches as a multiple: to the same best, and of as many proposals."""
    *whole, last = progress(workload, seed, 18, evaluations)
    aim = last[1]
    took = next(spent for spent, best, _ in (*whole, last) if best >= aim)
    reached, same = None, None
    for spent, best, proposals in progress(workload, seed, 0, MOST * evaluations):
        reached = spent if reached is None and best >= aim else reached
        # The last epoch of the search with caches ends early.
        same = (spent, best) if proposals == whole[-1][2] else same
        if reached is not None and same is not None:
            break
    told = f"> {MOST}" if reached is None else f"{reached / took:.1f}"
    if same is None:
        return told, f"> {MOST}"
    return told, f"{same[0] / whole[-1][0]:.1f} ({same[1] - whole[-1][1]:+.2f})"


def main() -> None:
    """Print both, and keep them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workloads", nargs="*", default=list(WORKLOADS), choices=WORKLOADS)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--evaluations", type=int, default=1000)
    parser.add_argument("--record", action="store_true", help="keep the table")
    given = parser.parse_args()
    text = TEXT.format(most=MOST)
    for workload in (WORKLOADS[name] for name in given.workloads):
        row = audit(workload, given.pairs)
        every = [saved(workload, k, given.evaluations) for k in range(1, given.seeds + 1)]
        if every:
            best, proposed = zip(*every, strict=True)
            row |= {
                "searches of": f"{given.evaluations:,}",
                "saved": ", ".join(best),
                "of as many proposals": ", ".join(proposed),
            }
        print(f"| {' | '.join(row.values())} |", flush=True)
        if given.record:
            command = "python -m benchmarks.optimizers.caches"
            keep("optimizers_caches", TITLE, text, command, row)


if __name__ == "__main__":
    main()
