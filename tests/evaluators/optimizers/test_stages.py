"""Evaluations that stop where a rule cannot reach its hurdle."""

import numpy as np

from elitemap.evaluators.optimizers import stages
from elitemap.evaluators.optimizers.catalogue import WORKLOADS, chosen
from elitemap.evaluators.optimizers.evaluator import SEEDS, RuleEvaluator
from elitemap.evaluators.optimizers.fitting import most_expected, try_rates
from elitemap.evaluators.optimizers.stages import ShortRuns, order
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.zoo import known

PAIR = WORKLOADS["digits-logistic"], WORKLOADS["rosenbrock"]


def batch(*names):
    space = RuleSpace(2, 60, "random", len(PAIR))
    return space.canonical(space.batch([known(name, 2) for name in names]))[0]


def evaluated(bar):
    """SGD and AdamW, where a cell asks for so much."""
    return RuleEvaluator(PAIR, 2, 60).evaluate(
        batch("SGD", "AdamW"), lambda measures: np.full(len(measures), bar)
    )


def test_a_rule_that_cannot_reach_its_hurdle_stops_and_the_other_is_measured_as_ever():
    free = evaluated(-np.inf)
    assert (free.samples.count == SEEDS).all()
    bar = free.quality[1] - 0.01
    some = evaluated(bar)
    assert some.samples.count.tolist() == [0, SEEDS]
    assert free.quality[0] <= some.quality[0] <= bar, "what it might have had, and too little"
    assert some.quality[1] == free.quality[1] and some.samples.spread[1] == free.samples.spread[1]
    assert (some.batch.rate[1] == free.batch.rate[1]).all()


def test_what_was_drawn_before_is_never_stopped():
    free = evaluated(-np.inf)
    again = RuleEvaluator(PAIR, 2, 60).sample(
        free.batch, lambda measures: np.full(len(measures), np.inf), np.full(2, SEEDS)
    )
    assert (again.samples.count == SEEDS).all() and (again.batch.rate == free.batch.rate).all()


def test_short_runs_are_made_once_and_say_the_same_again(monkeypatch):
    made = []
    coarse = stages.coarse
    monkeypatch.setattr(stages, "coarse", lambda *of: made.append(len(of[0])) or coarse(*of))
    shorts, both = ShortRuns(PAIR), batch("SGD", "AdamW")
    rates, least = shorts.look(both.programs)
    assert made == [2, 2]
    found = shorts.recall(both.programs.take(np.array([1])))
    assert made == [2, 2] and (found[0] == rates[1]).all() and (found[1] == least[1]).all()
    assert (ShortRuns(PAIR).recall(both.programs)[0] == rates).all(), "nothing was looked at before"


def test_a_rule_that_does_not_learn_is_not_tried_on_dearer_workloads():
    space = RuleSpace(2, 60, "random", len(PAIR))
    still = space.canonical(space.random(40, np.random.default_rng(2)))[0]
    rates, least = ShortRuns(PAIR).look(still.programs)
    lost = np.isnan(least[:, 1])
    assert lost.any() and np.isnan(least[lost]).all() and (rates[lost, 0] == 0).all()


def test_the_cheapest_comes_first():
    names = [one.name for one in chosen("mixed", "small", None, 60.0, None)]
    mixed = chosen("mixed", "small", None, 60.0, None)
    assert [names[k] for k in order(mixed)] == [
        "rosenbrock", "quadratic", "digits-logistic", "digits-mlp",
    ]  # fmt: skip


def test_nothing_is_expected_where_the_best_rate_is_the_last_one_tried():
    logistic, usual = PAIR[0], batch("AdamW").programs
    tried = try_rates(usual, logistic, np.array([1e-2]))
    assert np.isfinite(tried).sum() == 4
    assert np.isneginf(most_expected(try_rates(usual, logistic, np.array([1e-7]))))[0]
    falling = np.where(np.isfinite(tried), [[np.inf, np.inf, np.inf, 3, 1, 2, 4, 0, 0, 0]], np.inf)
    assert 0.5 < most_expected(falling)[0] < 1.0
