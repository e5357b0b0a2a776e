"""What searches for update rules find, next to controls of the same size, on runs nobody has seen.

``python -m benchmarks.optimizers --seeds 5 --evaluations 1000`` starts a search from AdamW for each
seed, and as many controls: random rules, and AdamW with its constants evolved. Every one of them
picks its best rule by 24 runs of the search's kind; then that rule, known rules and AdamW train on
the same 32 fresh runs, on the workload of the search and on the others, which no search has seen.
Learning rates of all are fitted alike. It prints a line as soon as something is known, and with
``--record`` keeps the table in ``benchmarks/data``. ``--rates`` says how fast it all is,
``--audit`` whether what the fingerprint takes for the same trains the same.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.provenance import provenance
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.evaluators.optimizers.behaviour import observe
from elitemap.evaluators.optimizers.catalogue import WORKLOADS
from elitemap.evaluators.optimizers.comparing import fresh_logs, interval, tuned
from elitemap.evaluators.optimizers.evaluator import SEEDS, RuleEvaluator, final_losses
from elitemap.evaluators.optimizers.labels import EQUAL, label
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.optimizers.zoo import ZOO, known
from elitemap.searchspaces.programs.tensors import TENSORS

#: Rules that are looked at again before the best is picked, runs of each then, and fresh runs.
FINALISTS, AGAIN, FRESH = 8, 24, 32

COST = 30
SLOTS = 2

DATA = Path(__file__).resolve().parent / "data" / "optimizers.json"

TITLE = "Update rules of optimizers"

TEXT = """\
Losses at the end of training on 32 fresh runs, next to those of AdamW (its usual constants) on the
same runs, with 95 % intervals; below 1 is better. Every rule has a learning rate of its own on
every workload, fitted in the same way. Searches begin with AdamW and have 1,000 evaluations on the
first workload, as have the controls; each of them picks one rule before the fresh runs. The other
workloads were never seen. Known rules have their usual constants. A run diverges where its loss
grows to 50 times the first."""


def anything(measures: NDArray[np.float64]) -> NDArray[np.float64]:
    """The hurdle of an empty map."""
    return np.full(len(measures), -np.inf)


def climbed(evaluator: RuleEvaluator, batch: Rules) -> tuple[Rules, NDArray[np.float64], float]:
    """Rules that come through the screens, their qualities, and evaluations spent."""
    spent = 0.0
    for screen in evaluator.screens:
        screened = screen.run(batch, anything)
        spent += float(screened.work.sum())
        # A screen also chooses whom to train by the map, which controls do not have.
        batch = screened.batch.take(np.isfinite(screened.quality))
    scores = evaluator.evaluate(batch, anything)
    return scores.batch, np.nan_to_num(scores.quality, nan=-np.inf), spent + len(batch)


def best_of(evaluator: RuleEvaluator, rules: Rules, quality: NDArray[np.float64]) -> Rules:
    """The best of the finalists by the mean of more runs, one row."""
    finalists = rules.take(np.argsort(-quality, kind="stable")[:FINALISTS])
    drawn = np.zeros(len(finalists), np.int64)
    total = np.zeros(len(finalists))
    for at in range(0, AGAIN, SEEDS):
        # The first three are those that evaluated the rule; they do not fit the rate again.
        scores = evaluator.refine(finalists) if at == 0 else None
        scores = scores or evaluator.sample(finalists, anything, drawn + at)
        total += np.nan_to_num(scores.quality, nan=-np.inf)
    return finalists.take(np.array([int(np.argmax(total))]))


def searched(workload: Workload, seed: int, evaluations: int) -> tuple[Rules, NDArray[np.float64]]:
    """All elites of a search from AdamW, and their qualities."""
    config = SearchConfig(seed=seed, evaluations=evaluations, islands=2, workers=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        outcome = search(path, TaskSpec.of("optimizers", workload.name, {}), config)
        with ArchiveReader.open(path) as reader:
            elites = list(reader.elites(ElitesQuery(run=outcome.run)))
    rules = RuleSpace(SLOTS, COST, "adamw").from_json([elite.program for elite in elites])
    return rules, np.array([elite.quality for elite in elites])


def random_rules(workload: Workload, seed: int, evaluations: int) -> tuple[Rules, NDArray]:
    """Random rules, as many as there are evaluations."""
    rng, space = np.random.default_rng(seed), RuleSpace(SLOTS, COST, "random")
    evaluator, spent, kept, known_ = RuleEvaluator([workload], SLOTS, COST), 0.0, [], []
    while spent < evaluations:
        batch, valid = space.canonical(space.random(256, rng))
        rules, quality, work = climbed(evaluator, batch.take(valid))
        spent += work
        kept.append(rules)
        known_.append(quality)
    return Rules.concatenate(kept), np.concatenate(known_)


def constants_only(workload: Workload, seed: int, evaluations: int) -> tuple[Rules, NDArray]:
    """AdamW whose constants evolve: 16 survive, 32 offspring a generation."""
    rng, space = np.random.default_rng(seed), RuleSpace(SLOTS, COST, "adamw")
    evaluator, operator = RuleEvaluator([workload], SLOTS, COST), _operator("constant")
    rules = space.canonical(space.batch([known("AdamW", SLOTS)]))[0]
    rules, quality, spent = climbed(evaluator, rules)
    while spent < evaluations:
        parents = rules.take(rng.integers(0, min(len(rules), 16), 32))
        changed = space.vary(parents, parents, np.full(32, operator, np.uint8), rng)
        batch, valid = space.canonical(changed)
        made, found, work = climbed(evaluator, batch.take(valid))
        spent += work
        rules, quality = Rules.concatenate([rules, made]), np.concatenate([quality, found])
        order = np.argsort(-quality, kind="stable")[:16]
        rules, quality = rules.take(order), quality[order]
    return rules, quality


def _operator(name: str) -> int:
    return TENSORS.operators.index(name)


def against(rule: Rules, workload: Workload, fitting: bool) -> str:
    """Loss next to AdamW's on fresh runs, with a 95 % interval."""
    evaluator = RuleEvaluator([workload], SLOTS, COST)
    if fitting:
        bare = Rules(rule.programs, 1)
        rule = evaluator.fitted(bare, np.zeros(1, np.intp))
    logs = fresh_logs(rule, (workload,), "bench", FRESH)[0, 0]
    usual = fresh_logs(tuned("AdamW", (workload,)), (workload,), "bench", FRESH)[0, 0]
    if not np.isfinite(logs).all():
        return f"{int((~np.isfinite(logs)).sum())} of {FRESH} diverged"
    mean, half = interval(logs - usual)
    return f"{np.exp(mean):.3f} ({np.exp(mean - half):.3f} to {np.exp(mean + half):.3f})"


def compared(title: str, name: str, rule: Rules, home: Workload) -> dict[str, str]:
    """A row: :func:`against` on the workload of the search, then on the others."""
    others = [one for one in WORKLOADS.values() if one != home]
    row = {"rule": title, "name": name, home.name: against(rule, home, False)}
    row |= {one.name: against(rule, one, True) for one in others}
    print(f"| {' | '.join(row.values())} |", flush=True)
    return row


def signs(rules: Rules) -> str:
    """One-slot rules that take the sign of an average, by behaviour, among elites."""
    seen = observe(rules.programs)
    flat = np.flatnonzero((seen.slots == 1) & (seen.flatness > 0.97) & (abs(seen.exponent) < 0.1))
    found = [label(rules.programs.program(int(row))) for row in flat]
    near = [each for each in found if each.difference < EQUAL]
    names = sorted(each.name for each in near if each.name in ("Signum", "Lion"))
    told = ", ".join(f"{names.count(n)} {n}" for n in dict.fromkeys(names)) or "none"
    return f"{len(flat)} sign-like elites with one slot; equal to {told}"


def report(
    title: str,
    how: Callable[[Workload, int, int], tuple[Rules, NDArray]],
    workload: Workload,
    seeds: Sequence[int],
    evaluations: int,
) -> list[dict[str, str]]:
    """A row for each seed."""
    rows = []
    for seed in seeds:
        begun = time.process_time()
        rules, quality = how(workload, seed, evaluations)
        spent = time.process_time() - begun
        best = best_of(RuleEvaluator([workload], SLOTS, COST), rules, quality)
        name = label(best.programs.program(0)).text
        rows.append(compared(f"{title}, seed {seed}", name, best, workload))
        space = RuleSpace(SLOTS, COST, "adamw")
        text = space.source(space.to_json(best, 0)).replace("\n", "; ")
        print(f"  {spent:.0f} s of a core, {len(rules)} rules; {signs(rules)}; {text}", flush=True)
    return rows


def per_second(work: Callable[[], int], least: float = 3.0) -> float:
    """How much of something is done in a second of one core, after a first time."""
    work()
    begun, done = time.process_time(), 0
    while time.process_time() - begun < least:
        done += work()
    return done / (time.process_time() - begun)


def rates(workload: Workload) -> None:
    """Proposals, fingerprints, training runs and whole evaluations per second and core."""
    space, evaluator = RuleSpace(SLOTS, COST, "adamw"), RuleEvaluator([workload], SLOTS, COST)
    rng = np.random.default_rng(0)
    parents, valid = space.canonical(space.random(4096, rng))
    parents = parents.take(valid)

    def propose() -> int:
        operators = rng.integers(0, len(space.operators), len(parents)).astype(np.uint8)
        made, good = space.canonical(space.vary(parents, parents, operators, rng))
        space.keys(made.take(good))
        return int(good.sum())

    def look() -> int:
        observe(parents.programs)
        return len(parents)

    some = parents.take(np.arange(32))
    rate = np.full(len(some), 1e-3)

    def train() -> int:
        final_losses(some, workload, rate, "rates", np.zeros(len(some), np.int64))
        return len(some)

    def evaluate() -> int:
        climbed(evaluator, some)
        return len(some)

    print(f"valid proposals, varied, canonical and hashed: {per_second(propose):,.0f} /s")
    print(f"of those with fingerprint and measures: {per_second(look):,.0f} /s")
    print(f"{workload.name}, {SEEDS} runs at one rate: {per_second(train):,.1f} /s")
    print(f"{workload.name}, screens and learning rate included: {per_second(evaluate):,.1f} /s")


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


def audit(workload: Workload, pairs: int = 1000) -> None:
    """How often rules of one fingerprint train differently, each with its own learning rate."""
    space, evaluator = RuleSpace(SLOTS, COST, "adamw"), RuleEvaluator([workload], SLOTS, COST)
    rng, found = np.random.default_rng(3), []
    while sum(len(one) for one, _ in found) < pairs:
        found.append(alike(space, rng))
    sides = (Rules.concatenate([pair[k] for pair in found]).take(np.arange(pairs)) for k in (0, 1))
    one, other = (evaluator.evaluate(side, anything).quality for side in sides)
    same = np.isclose(one, other, atol=0.01, rtol=0, equal_nan=True)
    print(f"{workload.name}: {pairs - int(same.sum())} of {pairs} pairs differ by more than 1 %")


def main() -> None:
    """Print known rules, searches and controls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", default="digits-mlp", choices=WORKLOADS)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--controls", type=int, default=2)
    parser.add_argument("--evaluations", type=int, default=1000)
    parser.add_argument("--record", action="store_true", help="keep the table")
    parser.add_argument("--rates", action="store_true", help="only how fast it all is")
    parser.add_argument("--audit", action="store_true", help="only fingerprints, on the workload")
    given = parser.parse_args()
    if given.audit:
        return audit(WORKLOADS[given.workload])
    if given.rates:
        for workload in WORKLOADS.values():
            rates(workload)
        return
    home, size = WORKLOADS[given.workload], given.evaluations
    names = [home.name, *(name for name in WORKLOADS if name != home.name)]
    print(f"| rule | name | {' | '.join(names)} |", flush=True)
    rows = [compared(name, "", tuned(name, (home,)), home) for name in ZOO]
    rows += report("search", searched, home, range(1, given.seeds + 1), size)
    controls = range(1, given.controls + 1)
    rows += report("constants of AdamW", constants_only, home, controls, size)
    rows += report("random rules", random_rules, home, controls, size)
    if given.record:
        document = {
            "title": TITLE,
            "text": TEXT,
            "provenance": provenance("python -m benchmarks.optimizers"),
            "rows": rows,
        }
        DATA.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
