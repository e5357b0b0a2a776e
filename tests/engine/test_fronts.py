"""Which elites are parents more often than others of the Pareto emitter."""

from dataclasses import replace

import numpy as np
import pytest

from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.fronts import FRUGAL, UNDOMINATED, chosen, favoured
from elitemap.engine.islands.state import IslandState
from elitemap.engine.map.elites import columns_of
from elitemap.engine.protocols import steering
from elitemap.engine.tasks import load_task


@pytest.fixture
def island(spec, config):
    """An island after an epoch, its evaluator, and the choice of the Pareto emitter."""
    task = load_task(spec())
    args = task.space, task.evaluator, config()
    state, _ = run_epoch(*args, IslandState.fresh(*args, 0), Limits(4000), None)
    return state, task.evaluator, chosen(state, task.evaluator, 64)


def dominated(table, row):
    """Whether another row is nowhere less and somewhere more."""
    return bool(np.any(np.all(table >= row, axis=1) & np.any(table > row, axis=1)))


def gains(state, evaluator, slots, *axes):
    """What elites are worth, and little of what axes measure."""
    columns = dict(zip(columns_of(evaluator), state.elites.objectives[slots].T, strict=True))
    worth = [sign * columns[name] for name, sign in steering(evaluator.objectives)]
    return np.stack([*worth, *(-state.elites.measures[slots, axis] for axis in axes)], axis=1)


def times(slots):
    return dict(zip(*(part.tolist() for part in np.unique(slots, return_counts=True)), strict=True))


def test_what_nobody_dominates_is_taken_several_times(island):
    state, evaluator, front = island
    taken, usual = times(favoured(state, evaluator, front)), times(front)
    more = [slot for slot in taken if taken[slot] > usual.get(slot, 0)]
    table = gains(state, evaluator, state.grid.champions())
    assert more and not any(dominated(table, row) for row in gains(state, evaluator, more))
    assert all(taken[slot] <= usual.get(slot, 0) + UNDOMINATED for slot in more)


def test_so_is_what_only_those_dominate_that_have_more_of_a_frugal_axis(island, monkeypatch):
    state, evaluator, front = island
    before = times(favoured(state, evaluator, front))
    axes = [replace(axis, frugal=k == 1) for k, axis in enumerate(evaluator.axes)]
    monkeypatch.setattr(evaluator, "axes", tuple(axes), raising=False)
    after = times(favoured(state, evaluator, front))
    more = [slot for slot in after if after[slot] > before.get(slot, 0)]
    champions = state.grid.champions()
    table, alone = gains(state, evaluator, champions, 1), gains(state, evaluator, champions)
    assert more
    assert not any(dominated(table, row) for row in gains(state, evaluator, more, 1))
    assert all(dominated(alone, row) for row in gains(state, evaluator, more))
    assert all(after[slot] <= before.get(slot, 0) + FRUGAL for slot in more)
    assert all(after[slot] == before[slot] for slot in before if slot not in more)
