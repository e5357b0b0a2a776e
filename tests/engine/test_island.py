from dataclasses import replace

import numpy as np
import pytest

from elitemap.engine.islands.cache import Cache
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.migration import emigrants
from elitemap.engine.islands.state import IslandState, read_counters, read_elites
from elitemap.engine.map.elites import RANDOM, REFINE, Elites, pack, unpack


@pytest.fixture
def epoch(toy, config):
    """Runs one epoch of an island from its bytes; gives its bytes and report."""

    def run(data, proposals=3000, evaluations=None, immigrants=None, island=0, **changes):
        args = (toy.space, toy.evaluator, config(**changes))
        if data is None:
            state = IslandState.fresh(*args, island)
        else:
            state = IslandState.from_bytes(data, *args)
        state, report = run_epoch(*args, state, Limits(proposals, evaluations), immigrants)
        return state.to_bytes(), report

    return run


def test_a_state_survives_its_bytes(epoch, toy, config):
    data, report = epoch(epoch(None)[0])
    again = IslandState.from_bytes(data, toy.space, toy.evaluator, config())
    assert again.to_bytes() == data
    assert again.counters == report.counters == read_counters(data)
    assert np.array_equal(read_elites(data, toy.space).uid, again.elites.uid[again.grid.filled()])


def test_an_epoch_is_a_function_of_its_arguments(epoch):
    first, _ = epoch(None)
    one, other = epoch(first), epoch(first)
    assert one[0] == other[0]
    assert epoch(first, seed=6)[0] != one[0] != epoch(None)[0]


def test_counters_add_up_on_each_island(epoch):
    for island in (0, 4):
        data, report = epoch(None, 5000, island=island)
        counters = report.counters
        assert counters.epoch == 1 and counters.generation == 10 and counters.proposals == 5000
        left = counters.proposals - counters.invalid - counters.hits + counters.audits
        assert left - counters.duplicates <= counters.screened <= left
        assert 100 < counters.accepted <= counters.fitted < counters.screened
        assert counters.births >= counters.fitted
        assert np.all(report.best <= epoch(data, island=island)[1].best)


def test_the_same_function_is_evaluated_once(toy, config):
    seen = []

    class Watched(type(toy.evaluator)):
        def evaluate(self, batch, hurdle):
            seen.append(batch.bits.copy())
            return super().evaluate(batch, hurdle)

    watched = Watched(toy.options, {})
    for cache_bits, all_new in ((18, True), (0, False)):
        seen.clear()
        changes = config(cache_bits=cache_bits, cache_audit=0.0, cache_forget=0.0)
        state = IslandState.fresh(toy.space, watched, changes, 0)
        _, report = run_epoch(toy.space, watched, changes, state, Limits(8000), None)
        bits = np.concatenate(seen)
        # A key may lose its place in the cache to another one.
        assert (len(bits) - len(np.unique(bits, axis=0)) <= 5) == all_new
        assert (report.counters.function_hits > 50) == all_new


def test_uids_are_unique_and_tell_the_island(epoch, toy):
    for island in (0, 3):
        elites = read_elites(epoch(None, island=island)[0], toy.space)
        assert len(np.unique(elites.uid)) == len(elites)
        assert set((elites.uid >> np.uint64(40)).tolist()) == {island + 1}


def test_elites_are_what_the_evaluator_says(epoch, toy):
    elites = read_elites(epoch(epoch(None)[0])[0], toy.space)
    scores = toy.evaluator.refine(elites.batch)
    again = toy.evaluator.score(elites.batch)
    assert np.array_equal(again.quality, elites.quality)
    assert np.array_equal(again.measures, elites.measures)
    assert np.all(scores.quality >= elites.quality)


def test_refined_elites_replace_their_origin(epoch, toy):
    elites = read_elites(epoch(epoch(None)[0])[0], toy.space)
    refined = elites.operator == REFINE
    assert 5 < refined.sum() < len(elites)
    assert np.all(elites.batch.tune[refined] == 1.0)
    assert not np.isin(elites.parent[refined], elites.uid).any()


@pytest.mark.parametrize("corrects", [True, False])
def test_what_refining_finds_worse_replaces_its_origin_only_as_a_correction(toy, config, corrects):
    class Flattering(type(toy.evaluator)):
        def refine(self, batch):
            worst = self.score(type(batch)(batch.bits, np.full(len(batch), -3.0)))
            return replace(worst, corrects=corrects)

    args = (toy.space, Flattering(toy.options, {}), config())
    state, _ = run_epoch(*args, IslandState.fresh(*args, 0), Limits(6000), None)
    elites = read_elites(state.to_bytes(), toy.space)
    refined = elites.operator == REFINE
    assert (refined.sum() > 5) == corrects
    assert np.all(elites.batch.tune[refined] == -3.0)
    assert not np.isin(elites.parent[refined], elites.uid).any()


def test_nobody_who_may_be_an_ancestor_is_lost(epoch, toy):
    data, report = epoch(None, 6000)
    known = [report.displaced]
    for _ in range(4):
        data, report = epoch(data, 6000)
        known.append(report.displaced)
        everyone = Elites.concatenate([*known, read_elites(data, toy.space)])
        orphans = ~np.isin(everyone.parent, everyone.uid) & (everyone.parent != 0)
        assert not orphans.any()
        assert np.array_equal(everyone.parent == 0, everyone.operator == RANDOM)


def test_a_budget_in_evaluations_is_met_within_a_small_generation(epoch):
    _, report = epoch(None, 10**6, evaluations=5000)
    # A last refinement comes on top.
    assert 5000 <= report.counters.evaluations < 5000 + 512 + 64


def test_a_search_that_finds_nothing_new_says_so(epoch, toy, config):
    data, report = epoch(None)
    assert not report.counters.exhausted
    args = (toy.space, toy.evaluator, config(random_generations=0))
    state = IslandState.from_bytes(data, *args)
    known = np.arange(1 << 12, dtype=np.uint64)

    class Known(Cache):
        def filter(self, keys, rng):
            return super().filter(np.full_like(keys, 5), rng)

    state.caches = (Known(known, np.zeros(len(known)), 0.0, 0.0), *state.caches[1:])
    _, report = run_epoch(*args, state, Limits(1000), None)
    assert report.counters.exhausted and report.counters.proposals == 4000


def test_migration_is_deterministic_and_sends_the_best_of_cells(epoch, toy, config):
    elites = read_elites(epoch(None, 6000)[0], toy.space)
    sent = emigrants(elites, config(migration_size=20), 0, 1)
    again = emigrants(elites, config(migration_size=20), 0, 1)
    assert len(sent) == 20 and np.array_equal(sent.uid, again.uid)
    assert not np.array_equal(emigrants(elites, config(migration_size=20), 0, 2).uid, sent.uid)
    assert len(np.unique(sent.cell)) == 20
    for cell, quality in zip(sent.cell, sent.quality, strict=True):
        assert quality == elites.quality[elites.cell == cell].max()
    assert len(emigrants(elites.take(np.empty(0, int)), config(), 0, 1)) == 0


def test_immigrants_compete_and_keep_their_descent(epoch, toy, config):
    donor = read_elites(epoch(epoch(None, 6000)[0], 6000)[0], toy.space)
    sent = emigrants(donor, config(migration_size=60), 0, 1)
    data, report = epoch(None, 64, immigrants=sent, island=1)
    elites = read_elites(data, toy.space)
    arrived = np.isin(elites.uid, sent.uid)
    assert arrived.sum() > 40
    for row in np.flatnonzero(arrived):
        origin = np.flatnonzero(sent.uid == elites.uid[row])[0]
        assert elites.parent[row] == sent.parent[origin]
        assert elites.quality[row] == sent.quality[origin]
    refused = set(sent.uid.tolist()) - set(elites.uid.tolist()) - set(report.displaced.uid.tolist())
    for uid in refused:
        row = np.flatnonzero(sent.uid == uid)[0]
        assert report.best[sent.cell[row]] >= sent.quality[row]


@pytest.mark.parametrize("cache", [0, 1])
def test_audits_find_a_cache_that_lies(epoch, toy, config, cache):
    data, _ = epoch(None, 20000)
    args = (toy.space, toy.evaluator, config(cache_audit=1.0))
    state = IslandState.from_bytes(data, *args)
    lie = state.caches[cache]
    lie.quality[:] += 100.0
    # Audits look at what would enter its cell: with lower thresholds that is nearly everything.
    state.grid.quality[state.grid.filled()] -= 1000.0
    _, report = run_epoch(*args, state, Limits(6000), None)
    # An audited entry is corrected, so later hits on it agree.
    assert report.counters.audits > report.counters.mismatches > 20
    state = IslandState.from_bytes(data, *args)
    _, report = run_epoch(*args, state, Limits(3000), None)
    assert report.counters.audits > 50 and report.counters.mismatches == 0


def test_saved_states_hold_no_objects():
    with pytest.raises(TypeError, match="plain data"):
        pack({"bad": np.array([{}], object)})
    for data in (b"", b"PK", b"\x93NUMPY"):
        with pytest.raises((ValueError, OSError, EOFError)):
            unpack(data)
