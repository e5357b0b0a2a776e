"""What travels of a state: to the byte the same state, whoever kept what."""

from dataclasses import replace

import numpy as np
import pytest
from executors import Losing
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import SearchError
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState, read_counters, read_elites
from elitemap.engine.map.elites import pack
from elitemap.engine.running import travel, worker
from elitemap.engine.running.squeezing import expanded, squeezed
from elitemap.engine.running.travel import (
    KeptState,
    Parcel,
    Shelf,
    applied,
    arrays_of,
    changed,
    version,
    weight,
)
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
    made, at = [], version(states[0])
    for before, after in zip(states, states[1:], strict=False):
        made.append(changed(arrays_of(before), arrays_of(after), at))
        at = made[-1].after
    return made


@pytest.fixture
def versions(states, changes):
    return [version(states[0]), *(change.after for change in changes)]


def apply(state, change):
    return pack(applied(arrays_of(state), change))


@given(st.lists(st.binary(max_size=9) | st.integers(0, 40).map(bytes)).map(b"".join))
def test_what_is_squeezed_comes_back(data):
    assert expanded(squeezed(data)) == data
    assert len(squeezed(data)) <= 8 + len(data) + len(data) // 32 + 5


def test_a_change_leads_to_the_state_and_is_small(states, changes):
    for before, change, after in zip(states, changes, states[1:], strict=False):
        assert apply(before, change) == after
        assert len(change.body) < len(after) / 5
    assert [change.before for change in changes[1:]] == [change.after for change in changes[:-1]]
    assert len({change.after for change in changes}) == len(changes)


def test_a_change_tells_elites_and_counters(toy, states, changes):
    body = expanded(changes[2].body)
    assert read_counters(body) == read_counters(states[3])
    mine, whole = (read_elites(data, toy.space).arrays() for data in (body, states[3]))
    assert len(mine["uid"]) and all(np.array_equal(mine[k], whole[k], True) for k in whole)


@pytest.mark.parametrize("kept", range(6))
def test_a_worker_goes_on_from_any_state_that_it_has(states, changes, versions, kept):
    shelf = Shelf()
    shelf.keep(versions[kept], arrays_of(states[kept]))
    parcel = Parcel(None, tuple(changes[2:]))
    found = shelf.open(parcel)
    assert (found and pack(found)) == (states[5] if kept >= 2 else None)
    assert len(shelf.states) == (kept < 2)
    assert pack(shelf.open(Parcel(states[5]))) == states[5]
    assert parcel.leads_to() == versions[5] == Parcel(states[5], version=versions[5]).leads_to()
    assert Parcel(states[5]).leads_to() == version(states[5])


def test_a_shelf_has_an_end(states, versions, monkeypatch):
    monkeypatch.setattr(travel, "MOST_KEPT", 3 * len(states[-1]))
    shelf = Shelf()
    for name, state in zip(versions, states, strict=True):
        shelf.keep(name, arrays_of(state))
    assert versions[0] not in shelf.states and versions[5] in shelf.states
    assert sum(map(weight, shelf.states.values())) <= 3 * len(states[-1])


def test_the_coordinator_keeps_every_state(states, changes):
    kept = KeptState()
    assert kept.whole() is None and kept.parcel(False) is None and kept.latest is None
    for number, change in enumerate(changes, 1):
        kept.take(change, lambda: states[0])
        if number in (2, 5):
            assert kept.whole() == states[number]
    assert kept.parcel(False).whole is None
    assert kept.parcel(True) == Parcel(states[5], version=changes[-1].after)
    assert sum(len(c.body) for c in kept.recent) <= travel.MOST_CHANGED * len(states[0])
    kept.take(states[1], lambda: pytest.fail("is not new"))
    assert kept.parcel(False) == Parcel(states[1])


def test_changes_do_not_pile_up_where_nobody_asks_for_the_whole(states, changes, monkeypatch):
    most = max(len(change.body) for change in changes)
    monkeypatch.setattr(travel, "MOST_PENDING", 1.5 * most / len(states[0]))
    kept = KeptState(states[0])
    for change in changes:
        kept.take(change, lambda: pytest.fail("is not new"))
        assert sum(len(each.body) for each in kept.pending) <= 1.5 * most
    assert kept.base != states[0]
    assert kept.whole() == states[5]


@pytest.mark.parametrize("how", [{"after": b"another"}, {"before": b"another"}, {"body": b"x" * 9}])
def test_a_damaged_change_is_refused(states, changes, how):
    kept = KeptState(states[0])
    kept.take(replace(changes[0], **how), lambda: pytest.fail("is not new"))
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
