"""What travels of a state: to the byte the same state, whoever kept what."""

import zlib
from dataclasses import replace

import numpy as np
import pytest
from executors import Losing

from elitemap.archive.errors import SearchError
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState, read_counters, read_elites
from elitemap.engine.running import travel, worker
from elitemap.engine.running.travel import KeptState, Parcel, Shelf, apply, changed, version
from elitemap.engine.running.worker import EpochOrder, Unknown, epoch_task
from elitemap.engine.search.coordinator import resume, search


@pytest.fixture
def settings(config):
    return config(cache_bits=14)


@pytest.fixture
def states(toy, settings):
    """A new island's state and those after each of five epochs, as bytes."""
    args = toy.space, toy.evaluator, settings
    made = [IslandState.fresh(*args, 0).to_bytes()]
    for _ in range(5):
        state = IslandState.from_bytes(made[-1], *args)
        made.append(run_epoch(*args, state, Limits(1024), None)[0].to_bytes())
    return made


@pytest.fixture
def changes(states):
    return [changed(a, b) for a, b in zip(states, states[1:], strict=False)]


def test_a_change_leads_to_the_state_and_is_small(states, changes):
    for before, change, after in zip(states, changes, states[1:], strict=False):
        assert apply(before, change) == after
        assert (change.before, change.after) == (version(before), version(after))
        assert len(change.body) < len(after) / 5


def test_a_change_tells_elites_and_counters(toy, states, changes):
    body = zlib.decompress(changes[2].body)
    assert read_counters(body) == read_counters(states[3])
    mine, whole = (read_elites(data, toy.space).arrays() for data in (body, states[3]))
    assert len(mine["uid"]) and all(np.array_equal(mine[k], whole[k], True) for k in whole)


@pytest.mark.parametrize("kept", range(6))
def test_a_worker_goes_on_from_any_state_that_it_has(states, changes, kept):
    shelf = Shelf()
    shelf.keep(version(states[kept]), states[kept])
    assert shelf.open(Parcel(None, tuple(changes[2:]))) == (states[5] if kept >= 2 else None)
    assert len(shelf.states) == (kept < 2)
    assert shelf.open(Parcel(states[5])) == states[5]


def test_a_shelf_has_an_end(states, monkeypatch):
    monkeypatch.setattr(travel, "MOST_KEPT", 3 * len(states[-1]))
    shelf = Shelf()
    for state in states:
        shelf.keep(version(state), state)
    assert version(states[0]) not in shelf.states and version(states[5]) in shelf.states
    assert sum(map(len, shelf.states.values())) <= 3 * len(states[-1])


def test_the_coordinator_keeps_every_state(states, changes):
    kept = KeptState()
    assert kept.whole() is None and kept.parcel(False) is None and kept.latest is None
    for number, change in enumerate(changes, 1):
        kept.take(change, lambda: states[0])
        if number in (2, 5):
            assert kept.whole() == states[number]
    assert kept.parcel(False).whole is None and kept.parcel(True) == Parcel(states[5])
    assert sum(len(c.body) for c in kept.recent) <= travel.MOST_CHANGED * len(states[0])
    kept.take(states[1], lambda: pytest.fail("is not new"))
    assert kept.parcel(False) == Parcel(states[1])


def test_a_damaged_change_is_refused(states, changes):
    kept = KeptState(states[0])
    kept.take(replace(changes[0], after=b"another"), lambda: pytest.fail("is not new"))
    with pytest.raises(SearchError, match="arrived damaged"):
        kept.whole()


def test_a_worker_that_knows_nothing_says_so(spec, settings, states, changes, monkeypatch):
    monkeypatch.setattr(worker, "_SHELF", Shelf())
    order = EpochOrder(spec(), settings, 0, Parcel(None, tuple(changes)), Limits(1024), None, True)
    assert epoch_task(order) == Unknown()
    first = epoch_task(replace(order, state=None))
    assert apply(states[0], first.state) == states[1]
    second = epoch_task(replace(order, state=Parcel(None, (first.state,))))
    assert apply(states[1], second.state) == states[2]
    # It went on from there: what it began with is kept no more.
    assert epoch_task(replace(order, state=Parcel(None, (first.state,)))) == Unknown()
    assert epoch_task(replace(order, state=Parcel(states[1]), brief=False)).state == states[2]


class Forgetful(Losing):
    """Loses workers, and those that stay forget what they had."""

    def submit(self, fn, /, *args):
        if self.lost.submitted % 3 == 0:
            worker._SHELF.states.clear()
        return super().submit(fn, *args)


@pytest.mark.parametrize("kept", [-1, 0, 10**9])
def test_a_run_does_not_depend_on_what_workers_keep(
    tmp_path, spec, config, contents, monkeypatch, kept
):
    """Also through an interruption, and with another number of workers after it."""
    monkeypatch.setattr(
        "elitemap.engine.search.exploration.MOST_KEPT", 10**9 if kept == 0 else kept
    )
    monkeypatch.setattr(travel, "MOST_KEPT", kept)
    settings = config(evaluations=8000)
    search(tmp_path / "calm.db", spec(), settings)
    seen = []
    path = tmp_path / "rough.db"
    stopped = config(evaluations=8000, workers=3)
    search(path, spec(), stopped, seen.append, lambda: len(seen) > 6, Forgetful)
    assert resume(path, None, 2, recruit=Forgetful).done
    assert contents(tmp_path / "calm.db") == contents(path)
