"""Searches from AdamW and their controls, as rules with qualities."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.evaluators.optimizers.bench.peers import PEERS
from elitemap.evaluators.optimizers.bench.tuning import SPACE as TUNED
from elitemap.evaluators.optimizers.bench.tuning import Contender
from elitemap.evaluators.optimizers.bench.tuning import tuned as bench_tuned
from elitemap.evaluators.optimizers.evaluator import SEEDS, RuleEvaluator
from elitemap.evaluators.optimizers.workloads import Workload
from elitemap.searchspaces.optimizers.rules import Rules, RuleSpace
from elitemap.searchspaces.optimizers.tuning import tune

Floats = NDArray[np.float64]

#: Of the searches: the usual options.
COST, SLOTS = 30, 2

#: Rules that are looked at again before the best is picked, and runs of each then.
FINALISTS, AGAIN = 8, 24

#: Trials by which AdamW is tuned before its constants evolve.
TRIALS = 160


def anything(measures: Floats) -> Floats:
    """The hurdle of an empty map."""
    return np.full(len(measures), -np.inf)


def climbed(evaluator: RuleEvaluator, batch: Rules) -> tuple[Rules, Floats, float]:
    """Rules that come through the screens, their qualities, and evaluations spent."""
    spent = 0.0
    for screen in evaluator.screens:
        screened = screen.run(batch, anything)
        spent += float(screened.work.sum())
        # A screen also chooses whom to train by the map, which controls do not have.
        batch = screened.batch.take(np.isfinite(screened.quality))
    scores = evaluator.evaluate(batch, anything)
    return scores.batch, np.nan_to_num(scores.quality, nan=-np.inf), spent + len(batch)


def best_of(workloads: Sequence[Workload], rules: Rules, quality: Floats) -> Rules:
    """The best of the finalists by the mean of more runs, one row."""
    evaluator = RuleEvaluator(workloads, SLOTS, COST)
    finalists = rules.take(np.argsort(-quality, kind="stable")[:FINALISTS])
    drawn = np.zeros(len(finalists), np.int64)
    total = np.zeros(len(finalists))
    for at in range(0, AGAIN, SEEDS):
        # The first three are those that evaluated the rule.
        scores = evaluator.sample(finalists, anything, drawn + at)
        total += np.nan_to_num(scores.quality, nan=-np.inf)
    return finalists.take(np.array([int(np.argmax(total))]))


def searched(workloads: Sequence[Workload], seed: int, evaluations: int) -> tuple[Rules, Floats]:
    """All elites of a search from AdamW, and their qualities."""
    config = SearchConfig(seed=seed, evaluations=evaluations, islands=2, workers=1)
    spec = TaskSpec.of("optimizers", ",".join(one.name for one in workloads), {})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        outcome = search(path, spec, config)
        with ArchiveReader.open(path) as reader:
            elites = list(reader.elites(ElitesQuery(run=outcome.run)))
    space = RuleSpace(SLOTS, COST, "adamw", len(workloads))
    rules = space.from_json([elite.program for elite in elites])
    return rules, np.array([elite.quality for elite in elites])


def random_rules(
    workloads: Sequence[Workload], seed: int, evaluations: int
) -> tuple[Rules, Floats]:
    """Random rules, as many as there are evaluations."""
    rng, space = np.random.default_rng(seed), RuleSpace(SLOTS, COST, "random", len(workloads))
    evaluator, spent, kept, known = RuleEvaluator(workloads, SLOTS, COST), 0.0, [], []
    while spent < evaluations:
        batch, valid = space.canonical(space.random(256, rng))
        rules, quality, work = climbed(evaluator, batch.take(valid))
        spent += work
        kept.append(rules)
        known.append(quality)
    return Rules.concatenate(kept), np.concatenate(known)


def changed(batch: Rules, rng: np.random.Generator) -> Rules:
    """The same rules with other constants, as searches change them."""
    programs = batch.programs.take(np.arange(len(batch)))
    tune(programs, rng)
    return Rules(programs, batch.rate.shape[1])


def constants_only(
    workloads: Sequence[Workload], seed: int, evaluations: int
) -> tuple[Rules, Floats]:
    """AdamW as tuned for each workload, whose constants evolve: 16 survive, 32 offspring each.

    As elites of a search, survivors are trained again each time, with other runs, until they have
    had :data:`AGAIN`: else the luckiest of many would survive, and many more evaluations end worse.
    """
    rng = np.random.default_rng(seed)
    space = RuleSpace(TUNED.slots, TUNED.max_cost, "random", len(workloads))
    evaluator = RuleEvaluator(workloads, space.slots, COST)
    adamw = Contender("AdamW", PEERS["AdamW"])
    begun = [bench_tuned(adamw, one, TRIALS, seed).programs(one.steps) for one in workloads]
    rules = Rules.concatenate([Rules(each, len(workloads)) for each in begun])
    rules, quality, spent = climbed(evaluator, space.canonical(rules)[0])
    runs = np.full(len(rules), SEEDS)
    while spent < evaluations:
        parents = rules.take(rng.integers(0, len(rules), 32))
        batch, valid = space.canonical(changed(parents, rng))
        made, found, work = climbed(evaluator, batch.take(valid))
        rules, quality = Rules.concatenate([rules, made]), np.concatenate([quality, found])
        order = np.argsort(-quality, kind="stable")[:16]
        rules, quality = rules.take(order), quality[order]
        runs = np.concatenate([runs, np.full(len(made), SEEDS)])[order]
        spent += work + trained_again(evaluator, rules, quality, runs)
    return rules, quality


def trained_again(
    evaluator: RuleEvaluator, rules: Rules, quality: Floats, runs: NDArray[np.int64]
) -> int:
    """Train with other runs who has had fewer than :data:`AGAIN`; means and counts, in place."""
    some = np.flatnonzero(runs < AGAIN)
    scores = evaluator.sample(rules.take(some), anything, runs[some])
    found = np.nan_to_num(scores.quality, nan=-np.inf)
    quality[some] = (quality[some] * runs[some] + found * SEEDS) / (runs[some] + SEEDS)
    runs[some] += SEEDS
    return len(some)
