import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.engine.islands.emitters import Pool, first_front, select_front, wonder
from elitemap.engine.islands.weights import Weights, draw

PARETO = (("ops", -1), ("digits", 1))

numbers = st.tuples(st.integers(1, 6), st.sampled_from([0.0, 1.0, 2.0, 5.5]))
strangers = st.tuples(st.integers(1, 6), st.just(np.nan))
# At least one row knows its digits, else the objective would not count.
points = st.lists(numbers | strangers, max_size=24).flatmap(
    lambda rows: st.tuples(numbers, st.permutations(rows)).map(lambda two: [two[0], *two[1]])
)


def columns(rows):
    table = np.array(rows, np.float64).reshape(-1, 2)
    return {"ops": table[:, 0], "digits": table[:, 1]}


def known(rows):
    """Rows that can be compared."""
    return [row for row in rows if not np.isnan(row[1])]


def dominated(a, b):
    """Whether a is worse than b: more operations or fewer digits, and better in nothing."""
    return b[0] <= a[0] and b[1] >= a[1] and a != b


@given(points)
def test_the_first_front_holds_each_undominated_point_once(rows):
    complete = known(rows)
    best = {a for a in complete if not any(dominated(a, b) for b in complete)}
    front = first_front(columns(rows), PARETO)
    assert [rows[k] for k in front] == sorted(best)
    assert all(rows.index(rows[k]) == k for k in front)


@given(points, st.integers(1, 30))
def test_selection_by_nsga2_takes_fronts_in_order(rows, size):
    complete = [k for k, row in enumerate(rows) if row in known(rows)]
    chosen = select_front(columns(rows), PARETO, size).tolist()
    assert len(chosen) == min(size, len(complete)) and set(chosen) <= set(complete)
    left = [k for k in complete if k not in chosen]
    assert not any(dominated(rows[a], rows[b]) for a in chosen for b in left)


def test_an_objective_that_nobody_knows_is_left_out():
    objectives = columns([(2, 1.0), (3, 2.0), (3, 1.0)]) | {"proved": np.full(3, np.nan)}
    pareto = (*PARETO, ("proved", 1))
    assert first_front(objectives, pareto).tolist() == [0, 1]
    assert select_front(objectives, pareto, 2).tolist() == [0, 1]


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 5.5, np.nan]), max_size=24), st.integers(1, 30))
def test_of_a_single_objective_the_best_are_chosen(values, size):
    known = [value for value in values if not np.isnan(value)]
    chosen = select_front({"score": np.array(values)}, (("score", -1),), size)
    assert chosen.tolist() == sorted(set(chosen.tolist()))
    assert sorted(values[k] for k in chosen) == sorted(known)[:size]


def test_emitters_choose_as_they_say():
    slots = np.array([0, 1, 2, 3, 12])
    curiosity = np.zeros(16)
    curiosity[[0, 12]] = 1.0, 3.0
    pool = Pool.of(slots, 4, curiosity, np.array([3]))
    rng = np.random.default_rng(0)
    share = np.bincount(pool.uniform(8000, rng), minlength=13) / 8000
    assert share[12] == pytest.approx(0.5, abs=0.02)
    assert share[:4] == pytest.approx(0.125, abs=0.02)
    share = np.bincount(pool.curious(8000, rng), minlength=13) / 8000
    assert share[[0, 12]] == pytest.approx([0.25, 0.75], abs=0.02)
    parents = pool.choose(np.array([2, 2, 0, 1]), rng)
    assert parents[:2].tolist() == [3, 3] and set(parents[2:]) <= set(slots.tolist())


def test_curiosity_follows_the_fate_of_offspring():
    curiosity = np.ones(3)
    wonder(curiosity, np.array([0, 0, 1]), np.array([True, True, False]))
    assert curiosity.tolist() == [3.0, 0.95, 1.0]
    wonder(curiosity, np.full(500, 1), np.zeros(500, bool))
    assert curiosity[1] == 0.01


def test_success_raises_a_share_and_forgetting_lowers_it():
    weights = Weights.equal(3)
    assert weights.probabilities(0.3) == pytest.approx([1 / 3] * 3)
    arms = np.repeat(np.arange(3), 1000)
    reward = np.where(arms == 1, 0.2, 0.01)
    learned = weights.learn(arms, reward, np.ones(3000), 0.9)
    share = learned.probabilities(0.3)
    assert share.sum() == pytest.approx(1) and share[1] > 0.6 and share[0] == share[2] >= 0.1
    for _ in range(300):
        learned = learned.learn(arms, np.full(3000, 0.05), np.ones(3000), 0.9)
    assert learned.probabilities(0.3) == pytest.approx([1 / 3] * 3, abs=1e-3)


def test_proposals_without_an_arm_teach_nothing():
    learned = Weights.equal(2).learn(np.array([-1, 0]), np.ones(2), np.ones(2), 1.0)
    assert learned.reward.tolist() == [1, 0] and learned.trials.tolist() == [1, 0]


def test_drawing_follows_the_probabilities_and_never_gives_zero_ones():
    picks = draw(np.array([0.0, 0.2, 0.8, 0.0]), 10_000, np.random.default_rng(1))
    assert set(picks) == {1, 2} and np.mean(picks == 2) == pytest.approx(0.8, abs=0.02)
