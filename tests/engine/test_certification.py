"""Proofs at the end of a search: past the limit, in rounds, and what is said of the rest."""

from collections import deque

import pytest

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import UNPROVED
from elitemap.engine import events
from elitemap.engine.config import SearchConfig
from elitemap.engine.proving import certification
from elitemap.engine.proving.trial import Trial
from elitemap.engine.running.budget import MOST_CERTIFY, reserve, search_seconds
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import Tried
from elitemap.engine.search.coordinator import resume, search


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
        assert len(reader.elites(ElitesQuery(where="status = 'certified'"))) == len(front)


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
