"""When a search with a goal has looked long enough."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from elitemap.engine.protocols import Goal
from elitemap.engine.search.quest import LEAST, PATIENCE, Quest, around

GOAL = Goal("ops", "error", 1e-4, "digits", 4.0, "digits>=4")


def front(*pairs):
    return [{"ops": ops, "error": error} for ops, error in pairs]


def test_nothing_reaching_the_goal_is_never_enough():
    quest = Quest(GOAL)
    quest.note(front((3, 1e-2), (5, 2e-4)), 10)
    assert not quest.over(10**15)


def test_patience_begins_anew_with_every_cheaper_one():
    quest, late = Quest(GOAL), 3 * LEAST
    quest.note(front((3, 1e-2), (7, 1e-4)), 10)
    assert not quest.over(PATIENCE * LEAST - 1) and quest.over(PATIENCE * LEAST)
    quest.note(front((8, 1e-9)), late)
    assert quest.over(PATIENCE * LEAST)
    quest.note(front((6, 1e-5)), late)
    assert not quest.over(PATIENCE * LEAST) and quest.over(PATIENCE * late)


@given(st.lists(st.tuples(st.integers(1, 12), st.floats(1e-9, 1.0)), max_size=30))
def test_it_remembers_the_cheapest_that_reached(rows):
    quest = Quest(GOAL)
    for k, row in enumerate(rows):
        quest.note(front(row), k)
    reaching = [ops for ops, error in rows if error <= 1e-4]
    assert quest.cost == min(reaching, default=float("inf"))
    if reaching:
        assert rows[quest.since][0] == quest.cost


def rows_around(goal, *pairs):
    costs, errors = (np.array(column, float) for column in zip(*pairs, strict=True))
    columns = {"ops": np.append(costs, 0), "error": np.append(errors, 1)}
    return around(np.arange(len(pairs)), columns, goal).tolist()


def test_of_a_front_only_what_a_goal_is_about_is_proved():
    pairs = [(2, 1e-1), (3, 1e-2), (4, 1e-3), (5, 1e-5), (6, 1e-6), (7, 1e-7), (8, 1e-8)]
    assert rows_around(GOAL, *pairs) == [3, 4, 5, 2, 1]
    assert rows_around(GOAL, *pairs[:3]) == [2, 1]
    assert rows_around(GOAL, *pairs[3:]) == [0, 1, 2]
    assert rows_around(None, *pairs) == list(range(7))
    assert around(np.empty(0, np.intp), {"ops": np.empty(0), "error": np.empty(0)}, GOAL).size == 0


def test_some_that_are_proved_reach_a_goal_with_room_to_spare():
    pairs = [(k, 0.99e-4) for k in range(2, 8)] + [(8, 0.9e-4), (9, 0.9e-4), (10, 0.9e-4)]
    assert rows_around(GOAL, *pairs) == [6, 0, 1, 2, 7]


def test_the_likely_answer_is_proved_first():
    pairs = [(3, 2e-4), (4, 0.98e-4), (5, 0.7e-4), (6, 0.95e-4), (7, 0.1e-4)]
    assert rows_around(GOAL, *pairs) == [2, 1, 3, 4, 0]
