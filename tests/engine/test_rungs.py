"""Any number of rungs: each with its price, its cache, and fewer candidates than the one before."""

from dataclasses import replace

import numpy as np
import pytest

from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState, read_elites
from elitemap.engine.tasks import load_task


@pytest.fixture
def climbed(spec, config):
    """An island of a task with so many screens after an epoch: its state and report.

    All screens but the first are free, so that credit is the same with any number of them.
    """

    def run(rungs, proposals=8000, **changes):
        task = load_task(spec(rungs=str(rungs)))
        first, *others = task.evaluator.screens or [None]
        free = [replace(screen, price=0.0) for screen in others]
        task.evaluator.screens = (first, *free) if first else ()
        args = (task.space, task.evaluator, config(**changes))
        return run_epoch(*args, IslandState.fresh(*args, 0), Limits(proposals), None)

    return run


@pytest.mark.parametrize("rungs", [0, 1, 3])
def test_every_rung_sees_fewer_candidates_and_has_its_cache(climbed, rungs):
    state, report = climbed(rungs)
    assert len(state.caches) == len(report.seen) == len(report.seconds) == rungs + 1
    assert np.all(np.diff(report.seen) <= 0) and np.all(report.seconds > 0)
    assert report.seen[0] == report.counters.screened
    assert report.seen[-1] == report.counters.fitted
    assert all(np.count_nonzero(cache.keys) > 100 for cache in state.caches)


def test_rungs_that_say_the_same_change_nothing_but_the_work(climbed):
    """The second of two equal screens lets everything pass that the first lets pass."""
    one, first = climbed(1, cache_audit=0.0, cache_forget=0.0)
    three, last = climbed(3, cache_audit=0.0, cache_forget=0.0)
    assert first.counters.fitted == last.seen[1] == last.seen[2] == last.counters.fitted
    assert last.counters.evaluations > first.counters.evaluations
    assert np.array_equal(np.nan_to_num(first.best), np.nan_to_num(last.best))
    assert np.array_equal(one.elites.quality, three.elites.quality)


@pytest.mark.parametrize("rungs", [0, 3])
def test_states_with_other_numbers_of_rungs_survive_their_bytes(climbed, spec, config, rungs):
    state, _ = climbed(rungs)
    task = load_task(spec(rungs=str(rungs)))
    again = IslandState.from_bytes(state.to_bytes(), task.space, task.evaluator, config())
    assert again.to_bytes() == state.to_bytes()
    assert len(read_elites(state.to_bytes(), task.space)) == len(state.grid.filled())


def test_states_of_before_there_was_noise_are_read(climbed, spec, config):
    from elitemap.engine.map.elites import pack, unpack

    state, _ = climbed(1)
    arrays = dict(unpack(state.to_bytes()))
    older = {name: array for name, array in arrays.items() if name not in NEW}
    older["scalars"] = older["scalars"][:-1]
    task = load_task(spec())
    again = IslandState.from_bytes(pack(older), task.space, task.evaluator, config())
    assert again.to_bytes() == state.to_bytes()


#: What states have had since evaluations could be noisy.
NEW = ("elites.count", "elites.spread")
