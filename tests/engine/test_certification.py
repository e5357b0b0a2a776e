"""Proofs at the end of a search: past the limit, in rounds, and what is said of the rest."""

import time
from collections import deque
from dataclasses import replace
from types import SimpleNamespace

import pytest

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import UNPROVED, EliteRecord
from elitemap.engine import events
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import Goal
from elitemap.engine.proving import certification, trial
from elitemap.engine.proving.certification import Prover, certify_front
from elitemap.engine.proving.trial import Trial, kept_for
from elitemap.engine.running.budget import MOST_CERTIFY, reserve, search_seconds
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import Tried
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.tasks import load_task


@pytest.fixture
def told():
    return []


@pytest.fixture
def proved(told):
    """The latest event about each slot."""
    return lambda: {e.elite.slot: e for e in told if isinstance(e, events.Certified)}.values()


SHORT = {"evaluations": None, "seconds": 0.5, "islands": 1, "epoch_seconds": 0.1}


def test_a_front_is_proved_past_the_limit(tmp_path, spec, config, told, proved):
    """An effort above what the first rounds give, and far above the whole budget."""
    effort = certification.LEAST * certification.GROWTH + 1
    outcome = search(tmp_path / "a.db", spec(effort=str(effort)), config(**SHORT), told.append)
    assert outcome.done
    front = [e for e in proved() if e.elite.objectives["ones"] != 3]
    assert len(front) > 3 and {e.elite.status for e in front} == {"certified"}
    numbers = [e.number for e in told if isinstance(e, events.Certified)]
    assert numbers == sorted(numbers)
    assert numbers[-1] == told[-2].total
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        assert len(reader.elites(ElitesQuery(where="status = 'certified'"))) == len(front)


def test_who_never_has_time_enough_stays_a_candidate(tmp_path, spec, config, proved, told):
    outcome = search(tmp_path / "a.db", spec(effort="1e9"), config(**SHORT), told.append)
    assert outcome.done
    late = [e for e in proved() if e.failure == "too late"]
    assert late and {e.elite.status for e in late} == {"candidate"}
    assert all(UNPROVED not in e.elite.objectives for e in late)
    tried = [e for e in told if isinstance(e, events.Certified) and e.failure == "too late"]
    assert len(tried) == certification.ROUNDS * len(late)


def test_a_proof_that_cannot_be_is_tried_once_and_its_reason_kept(tmp_path, spec, config, told):
    search(tmp_path / "a.db", spec(effort="1"), config(), told.append)
    never = [e for e in told if isinstance(e, events.Certified) and e.failure == "three ones"]
    assert len(never) == 1
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        (view,) = reader.elites(ElitesQuery(where=f"{UNPROVED} = 'three ones'"))
        assert (view.slot, view.status, view.certificate) == (
            never[0].elite.slot,
            "candidate",
            None,
        )


def test_a_stop_ends_proofs_and_resuming_makes_them(tmp_path, spec, config, told):
    def stopped():
        return any(isinstance(event, events.Certified) for event in told)

    path = tmp_path / "a.db"
    outcome = search(path, spec(), config(), told.append, stopped)
    assert not outcome.done and isinstance(told[-1], events.Interrupted)
    again = []
    assert resume(path, None, None, again.append).done
    with ArchiveReader.open(path) as reader:
        front = [e.elite for e in again if isinstance(e, events.Certified)]
        assert {e.status for e in front} == {"certified"} and len(front) > 3
        proved = {e.slot for e in reader.elites(ElitesQuery(where="status = 'certified'"))}
    # What was proved before the stop is not tried again.
    before = {event.elite.slot for event in told if isinstance(event, events.Certified)}
    assert before and not before & {e.slot for e in front}
    assert proved == before | {e.slot for e in front}


def test_what_is_kept_for_proofs_follows_from_trying_some(spec):
    config = SearchConfig(seconds=300.0, workers=2, islands=2)
    usual = reserve(config)
    assert search_seconds(config, usual) == 300.0 - usual
    jobs: deque[Job] = deque()
    records = [type("Record", (), {"program": {"n": n}})() for n in range(12)]
    trial = Trial.begin(spec(), records, config, jobs)
    assert {job.arguments[1]["n"] for job in jobs} == {6, 11}
    assert all(job.arguments[2] == usual / 6 for job in jobs)
    trial.note(Tried(({}, {}, {"method": "count"}), 0.5))
    assert reserve(config, trial.needed) == usual
    trial.note(Tried(({}, {}, {"method": "count"}), 6.0))
    assert usual < reserve(config, trial.needed) == 2 * 6 * 6.0
    trial.note(Tried(({}, {}, None), 6.0))
    assert reserve(config, trial.needed) == MOST_CERTIFY * 300.0


def test_a_search_by_the_clock_tries_proofs_and_keeps_nothing_of_it(
    tmp_path, spec, config, monkeypatch
):
    tries = []

    class Trials(Trial):
        def note(self, tried):
            tries.append(tried.result[2])
            super().note(tried)

    monkeypatch.setattr("elitemap.engine.search.exploration.Trial", Trials)
    monkeypatch.setattr("elitemap.engine.search.exploration.AT", 0.0)
    settings = config(**{**SHORT, "seconds": 60.0, "migration_epochs": 1})
    search(tmp_path / "a.db", spec(), settings, halted=lambda: bool(tries))
    assert tries in ([{"method": "count"}], 2 * [{"method": "count"}])
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        assert not reader.elites(ElitesQuery(where="status = 'certified'"))


GOAL = Goal("cost", "error", 1.0, "proved", 1.0, "proved<=1", sign=-1)


class Bench:
    """Stands for writer, observer and dispatcher: proofs are done in order, so many at a time.

    Each takes ``effort`` seconds; what would take longer than it may is late.
    """

    def __init__(self, room=1, effort=0.0, last_first=False):
        self.room, self.effort, self.last_first = room, effort, last_first
        self.writer = self.dispatcher = self
        self.limits, self.begun, self.tried, self.said = [], [], [], []

    def certify(self, run, slot, record):
        self.tried.append(slot)

    def observer(self, event):
        self.said += [event.message] if isinstance(event, events.Warned) else []

    def halted(self):
        return False

    def work(self, jobs, done, over, patience):
        running = []
        while (jobs or running) and not over():
            while jobs and len(running) < self.room:
                running.append(jobs.popleft())
                self.begun.append(running[-1].arguments[1]["slot"])
            job = running.pop(-1 if self.last_first else 0)
            _, program, limit = job.arguments
            self.limits.append(limit)
            late = limit < self.effort
            proof = None if late else {"method": "said"}
            done(job, Tried((program, {"proved": program["error"]}, proof), self.effort))


def record(slot, error):
    facts = {"cost": float(slot), "error": error}
    return EliteRecord(
        slot,
        (slot,),
        {"error": error, "slot": slot},
        "",
        1.0,
        facts,
        {},
        "candidate",
        None,
        None,
        None,
    )


@pytest.fixture
def proving(spec, toy):
    """What is proved of elites with these errors, at a deadline that is past."""

    def run(errors, goal, expected=0.0, **how):
        bench = Bench(**how)
        task = replace(toy, goal=goal, space=SimpleNamespace(source=lambda program: ""))
        prover = Prover("run", spec(), task, bench)
        front = [record(slot, error) for slot, error in enumerate(errors)]
        certify_front(prover, front, [], time.monotonic() - 10.0, expected)
        return bench

    return run


def test_past_the_deadline_the_first_that_reaches_the_goal_is_the_last(proving):
    bench = proving([1.2, 0.9, 0.8, 1.5], GOAL)
    assert bench.tried == [0, 1]
    (said,) = bench.said
    assert "until one with proved<=1 is, or all are tried" in said
    assert proving([1.2, 1.1, 1.5], GOAL).tried == [0, 1, 2]
    assert proving([1.2, 0.9, 0.8, 1.5], None).tried == [0, 1, 2, 3]


def test_nobody_is_tried_with_less_than_a_proof_is_known_to_take(proving):
    assert set(proving([1.2, 1.1], GOAL).limits) == {certification.LEAST}
    assert set(proving([1.2, 1.1], GOAL, 40.0).limits) == {certification.ENOUGH * 40.0}


def test_proofs_that_take_far_longer_than_expected_are_made_all_the_same(proving):
    """As on a machine whose processors are shared by threads that take half of each."""
    bench = proving([1.2, 0.9, 0.8], GOAL, 40.0, effort=200.0)
    assert bench.begun == bench.tried == [0, 1]


def test_a_proof_under_way_is_finished_when_another_is_the_answer(proving):
    for last_first in (False, True):
        how = {"room": 2, "effort": 50.0, "last_first": last_first}
        bench = proving([0.9, 0.8, 0.7, 0.6], GOAL, 40.0, **how)
        assert bench.begun == bench.tried == [0, 1]


def test_what_never_has_time_enough_is_tried_once_where_that_is_known(proving):
    bench = proving([1.2, 0.9, 0.8], GOAL, 40.0, effort=1e9)
    assert bench.begun == [0, 1, 2] and not bench.tried
    assert len(proving([1.2, 0.9], GOAL, effort=1e9).begun) == 2 * certification.ROUNDS


def test_what_proofs_take_is_kept_and_said_where_it_is_too_much():
    config = SearchConfig(seconds=100.0, workers=2, islands=2)
    assert kept_for(0.5, 3, config) == (reserve(config), "")
    assert kept_for(10.0, 3, config) == (trial.MARGIN * 20.0, "")
    kept, said = kept_for(40.0, 3, config)
    assert kept == MOST_CERTIFY * 100.0
    assert said.startswith("a proof takes about 40 s here, and 50 s of the budget are kept")
    assert said.endswith("search for 160 s")


def test_a_search_looks_ahead_where_the_task_knows_what_proofs_take(
    tmp_path, spec, config, monkeypatch, told
):
    def load(named):
        return replace(load_task(named), proving=lambda: 1e4)

    monkeypatch.setattr("elitemap.engine.search.coordinator.load_task", load)
    search(tmp_path / "a.db", spec(), config(**SHORT), told.append)
    (said,) = [e.message for e in told if isinstance(e, events.Warned)]
    assert said.startswith("a proof takes about 10000 s here")
