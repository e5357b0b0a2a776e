"""The best kinds of elites have offspring of their own where evaluations fit no constants."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.judgement import judge
from elitemap.engine.islands.proposals import random_proposals, sift
from elitemap.engine.islands.state import Counters, IslandState, completed
from elitemap.engine.islands.tuning import (
    EDITED,
    FIRST,
    LATER,
    MOST,
    OFFSPRING,
    SHARE,
    best_kinds,
    due,
    pursued,
    tunable,
)
from elitemap.engine.protocols import TUNE, Screen


@pytest.fixture
def tuned(toy):
    """The toy's space and evaluator, a constant counting as it is and none fitted."""

    class Space(type(toy.space)):
        operators = (*toy.space.operators, TUNE)

        def vary(self, parents, partners, operators, rng):
            made = super().vary(parents, partners, operators, rng)
            tuning = operators == len(type(toy.space).operators)
            step = 0.1 * rng.standard_normal(len(parents))
            made.tune = np.where(tuning, parents.tune + step, made.tune)
            return made

        def kinds(self, batch):
            return np.packbits(batch.bits, axis=1).view(np.uint32)[:, 0].astype(np.uint64)

    class AsItIs(type(toy.evaluator)):
        def screen(self, batch, hurdle):
            scores = self.score(batch)
            keys = self.keys(batch)
            promising = scores.quality > hurdle(scores.measures)
            return replace(super().screen(batch, hurdle), promising=promising, keys=keys)

        def evaluate(self, batch, hurdle):
            return self.score(batch)

        def refine(self, batch):
            unknown = np.full(len(batch), np.nan)
            return replace(self.score(batch), quality=unknown, work=np.zeros(len(batch)))

    space, evaluator = Space(), AsItIs(toy.options, {})
    evaluator.keys = space.keys
    return space, evaluator


@pytest.fixture
def epochs(tuned, config):
    """Runs epochs of an island of it from bytes; gives bytes and counters."""

    def run(n, data=None, operators=None, **changes):
        space, evaluator = tuned
        if operators is not None:
            space.operators = operators
        args = (space, evaluator, config(**changes))
        for _ in range(n):
            fresh = data is None
            state = IslandState.fresh(*args, 0) if fresh else IslandState.from_bytes(data, *args)
            state, report = run_epoch(*args, state, Limits(2048), None)
            data = state.to_bytes()
        return data, report.counters

    return run


def state_of(data, tuned, config):
    return IslandState.from_bytes(data, *tuned, config())


def test_tuning_gets_its_part_of_the_evaluations(epochs):
    counters = epochs(8)[1]
    both = counters.bred + counters.tuned
    expected = SHARE * min(both, FIRST) + LATER * max(both - FIRST, 0)
    assert abs(counters.tuned - expected) < 0.1 * both
    assert both < counters.evaluations, "random candidates are evaluated, too"


@pytest.mark.parametrize("both, part", [(100, 70), (FIRST, 700), (FIRST + 1000, 1100)])
def test_it_is_due_below_its_part(both, part):
    for spent in (part - 2, part + 2):
        assert due(Counters(bred=both - spent, tuned=spent)) == (spent < part)


def test_a_space_without_such_an_operator_tunes_nothing(epochs, tuned):
    plain = tuned[0].operators[:-1]
    assert epochs(4, operators=plain)[1].tuned == 0


def test_kinds_are_told_by_what_is_not_constant(tuned, epochs, config):
    space, _ = tuned
    state = state_of(epochs(4)[0], tuned, config)
    found = best_kinds(space, state)
    names = space.kinds(state.elites.batch.take(found.slots))
    assert len(np.unique(found.kind)) == len(np.unique(names)) == len(found.leaders) <= MOST
    for kind, leader in enumerate(found.leaders):
        own = found.slots[found.kind == kind]
        assert len(np.unique(names[found.kind == kind])) == 1
        assert state.grid.quality[leader] == state.grid.quality[own].max()
    qualities = state.grid.quality[found.leaders]
    assert (np.diff(qualities) <= 0).all() and found.least(state.grid) == qualities[-1]
    assert qualities[0] == state.grid.quality.max()


def test_many_elites_of_one_kind_leave_room_for_others(tuned, epochs, config):
    space, _ = tuned
    state = state_of(epochs(4)[0], tuned, config)
    before = best_kinds(space, state)
    rest = state.grid.champions()
    order = np.argsort(-state.grid.quality[rest], kind="stable")
    copies = rest[order[: MOST + 4]]
    state.elites.batch.bits[copies] = state.elites.batch.bits[before.leaders[0]]
    after = best_kinds(space, state)
    assert (after.kind == 0).sum() >= MOST + 4 and len(after.leaders) > 1


def test_the_best_kinds_are_tuned_and_edited(tuned, epochs, config):
    space, _ = tuned
    state = state_of(epochs(4)[0], tuned, config)
    found, tune = best_kinds(space, state), space.operators.index(TUNE)
    rng, edited = np.random.default_rng(1), 0
    for _ in range(20):
        made = pursued(space, state, found, 0.15, rng)
        assert len(made.parents) == OFFSPRING and np.isin(made.parents, found.slots).all()
        assert (made.emitters == -1).all()
        parents, only = state.elites.batch.take(made.parents), made.operators == tune
        np.testing.assert_array_equal(made.batch.bits[only], parents.bits[only])
        assert (made.batch.tune[only] != parents.tune[only]).all()
        edited += (~only).sum()
    assert abs(edited / (20 * OFFSPRING) - EDITED) < 0.1


def test_constants_of_the_best_become_better_by_it(epochs, tuned, config):
    def missing(data):
        state = state_of(data, tuned, config)
        return np.abs(state.elites.batch.tune[best_kinds(tuned[0], state).leaders] - 1.0).mean()

    followed = missing(epochs(8)[0])
    assert followed < 0.5 * missing(epochs(8, operators=tuned[0].operators[:-1])[0])


def test_emitters_and_operators_learn_nothing_from_it(epochs, tuned, config):
    """What is known of them is of generations that they took part in."""
    space, evaluator = tuned
    state = state_of(epochs(3)[0], tuned, config)
    state.counters.tuned, state.counters.bred = 0, 1000
    before = state.emitters, state.operators, state.curiosity.copy(), state.counters.generation
    assert tunable(space) and due(state.counters)
    limits = Limits(OFFSPRING)
    after, report = run_epoch(space, evaluator, config(), state, limits, None)
    assert report.counters.tuned > 0 and report.counters.generation == before[3] + 1
    for old, new in zip(before[:2], (after.emitters, after.operators), strict=True):
        np.testing.assert_array_equal(old.reward, new.reward)
        np.testing.assert_array_equal(old.trials, new.trials)
    stays = after.curiosity == before[2]
    assert (~stays).sum() <= OFFSPRING  # those alone whose slots were taken


def test_an_island_that_went_through_bytes_ends_as_one_that_did_not(epochs):
    whole, parts = epochs(6)[0], epochs(3)[0]
    assert epochs(3, parts)[0] == whole


def test_a_state_of_before_there_was_tuning_goes_on_and_tunes(epochs, tuned, toy, config):
    space, evaluator = tuned
    before = toy.space, toy.evaluator, config()
    state, _ = run_epoch(*before, IslandState.fresh(*before, 0), Limits(2000), None)
    data = completed(state.to_bytes(), space, evaluator, config())
    _, report = run_epoch(*tuned, config(), state_of(data, tuned, config), Limits(2000), None)
    assert report.counters.tuned > 0


def test_a_state_with_operators_that_there_are_no_longer_is_refused(tuned, toy, config):
    state = IslandState.fresh(*tuned, config(), 0).to_bytes()
    with pytest.raises(ValueError, match="operators that the space lacks"):
        completed(state, toy.space, toy.evaluator, config())


@pytest.mark.parametrize("least", [-np.inf, 1.0])
def test_lots_are_drawn_where_a_cell_is_full_but_not_by_who_is_tuned(tuned, config, least):
    space, evaluator = tuned
    always = Screen("all", 0.1, partial(promising, evaluator), one_in=8)
    evaluator.screens = (always,)
    state = IslandState.fresh(space, evaluator, config(cache_bits=0), 0)
    state.grid.quality[:] = 0.0
    rng = np.random.default_rng(2)
    fresh = sift(space, state, random_proposals(space, 2000, rng), rng)
    judged = judge(evaluator, state, fresh, rng, least)
    share = len(judged.rows) / len(fresh.rows)
    assert share == 1.0 if least > 0 else 0.08 < share < 0.17


def promising(evaluator, batch, hurdle):
    """A screen that lets everybody pass."""
    screened = evaluator.screen(batch, lambda measures: np.full(len(measures), -np.inf))
    return replace(screened, promising=np.ones(len(batch), bool))
