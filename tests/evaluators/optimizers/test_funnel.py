"""How far rules come, and how many steps they need."""

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.engine.islands.judgement import drawn_by_lot
from elitemap.evaluators.optimizers import funnel
from elitemap.evaluators.optimizers.catalogue import WORKLOADS, next_size, others, sized
from elitemap.evaluators.optimizers.comparing import tuned
from elitemap.evaluators.optimizers.evaluator import RuleEvaluator
from elitemap.evaluators.optimizers.funnel import Gates, gates, passed
from elitemap.evaluators.optimizers.options import gates_of
from elitemap.evaluators.optimizers.pace import LENGTHS, crossing, steps_ratio
from elitemap.searchspaces.optimizers.rules import RuleSpace
from elitemap.searchspaces.optimizers.zoo import known

ROSENBROCK, QUADRATIC = WORKLOADS["rosenbrock"], WORKLOADS["quadratic"]


def anything(measures):
    return np.full(len(measures), -np.inf)


def test_lengths_are_parts_of_the_usual_schedule_and_it_is_one_of_them():
    assert LENGTHS[0] == 0.25 and LENGTHS[-1] == 2 and 1.0 in LENGTHS.round(12)


@pytest.mark.parametrize(
    "logs, aim, expected",
    [
        (-np.log(LENGTHS), -np.log(1.3), 1.3),
        (np.full(7, -9.0), -1.0, 0.25),
        (np.full(7, 9.0), -1.0, np.inf),
        ([np.nan, np.nan, -9, 0, 0, 0, 0], -1.0, LENGTHS[2]),
        ([1, 1, 1, 1, 1, 1, -1], -1.5, np.inf),
    ],
)
def test_a_loss_is_reached_where_the_line_through_lengths_passes_it(logs, aim, expected):
    assert crossing(np.asarray(logs, float), aim) == pytest.approx(expected)


def test_adamw_needs_as_many_steps_as_adamw():
    usual = tuned("AdamW", (QUADRATIC,))
    ratio, low, high = steps_ratio(usual, QUADRATIC, usual.rate[:, 0])
    assert low <= ratio <= high and ratio == pytest.approx(1.0)
    slow = tuned("SGD", (ROSENBROCK,))
    assert steps_ratio(slow, ROSENBROCK, slow.rate[:, 0])[0] > 1.2


def test_who_is_not_better_for_certain_does_not_pass():
    rng = np.random.default_rng(1)
    noise = rng.standard_normal(8)
    assert passed(0.01 * noise - 1.0) and not passed(noise - 0.1) and not passed(noise + 9)
    assert not passed(np.append(0.01 * noise - 1.0, np.nan))


@pytest.fixture
def changes(monkeypatch):
    """What each gate says of the rule: by the names of its workloads."""
    said = {}
    monkeypatch.setattr(
        funnel, "against", lambda program, of: np.stack([said[one.name] for one in of])
    )
    return said


def test_every_gate_is_asked_only_of_those_that_passed_the_one_before(changes):
    better, worse = np.linspace(-1.1, -0.9, 8), np.linspace(0.9, 1.1, 8)
    along = Gates((sized("quadratic", "medium"),), (ROSENBROCK, WORKLOADS["digits-mlp"]))
    assert gates(None, False, along) == (0, [])
    changes |= {"quadratic medium": worse}
    stage, told = gates(None, True, along)
    assert stage == 1 and [one["gate"] for one in told] == ["larger"]
    changes |= {"quadratic medium": better, "rosenbrock": better, "digits-mlp": 0.1 * worse}
    stage, told = gates(None, True, along)
    assert stage == 3 and told[1]["low"] < told[1]["ratio"] < told[1]["high"] < 1
    assert told[1]["against_adamw"] == pytest.approx(np.exp([-1.0, 0.1]))
    changes["digits-mlp"] = np.append(worse[1:], np.nan)
    stage, told = gates(None, True, along)
    assert stage == 2 and told[1]["against_adamw"][1] is None and "ratio" not in told[1]


def test_gates_are_the_next_size_and_workloads_that_a_search_does_not_see():
    mlp = WORKLOADS["digits-mlp"]
    along = gates_of((mlp,), {})
    assert [w.name for w in along.larger] == ["digits-mlp medium"]
    assert [w.name for w in along.unseen] == ["digits-logistic", "quadratic", "rosenbrock"]
    assert others(tuple(WORKLOADS.values())) == () == next_size((mlp,), "large")
    named = gates_of((mlp,), {"unseen": "quadratic"})
    assert [w.name for w in named.unseen] == ["quadratic"]
    with pytest.raises(UsageError, match="expected unseen workloads, got digits-mlp"):
        gates_of((mlp,), {"unseen": "quadratic,digits-mlp"})


def test_all_rules_go_on_whose_cell_has_room_and_few_of_the_others():
    space = RuleSpace(2, 30, "adamw")
    screen = RuleEvaluator([ROSENBROCK], 2, 30).screens[0]
    batch, valid = space.canonical(space.random(300, np.random.default_rng(4)))
    batch = batch.take(valid)
    seen = screen.run(batch, anything)
    assert (seen.promising == np.isfinite(seen.quality)).all()
    lots = seen.promising & drawn_by_lot(seen.keys, screen.one_in)
    assert 0 < lots.sum() < seen.promising.sum() / 4
    some = screen.run(batch.take(np.arange(99)), anything)
    alone = some.promising & drawn_by_lot(some.keys, screen.one_in)
    assert (alone == lots[:99]).all(), "a lot does not depend on its company"


def test_short_runs_drop_rules_that_cannot_enter_their_cell():
    """SGD on Rosenbrock's function learns, but not what a full cell asks for."""
    space = RuleSpace(2, 60, "random")
    evaluator = RuleEvaluator([ROSENBROCK], 2, 60)
    batch = space.canonical(space.batch([known(name, 2) for name in ("SGD", "AdamW")]))[0]
    screen = evaluator.screens[1]
    free = screen.run(batch, anything)
    assert free.promising.all()
    final = evaluator.evaluate(batch, anything).quality
    assert (free.quality >= final).all(), "what a short run says is not below the full run"
    asked = screen.run(batch, lambda measures: free.quality[1:] - 0.01 + np.zeros(len(measures)))
    assert asked.promising.tolist() == [False, True]
