import os
import signal
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from elitemap.archive.errors import SearchError, UsageError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine import events
from elitemap.engine.protocols import Axis
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.tasks import load_task


class Watch:
    """An observer that keeps the events and stops a search after so many epochs."""

    def __init__(self, stop_after=None):
        self.seen = []
        self.stop_after = stop_after

    def __call__(self, event):
        self.seen.append(event)

    def halted(self):
        epochs = len(self.of(events.Progress))
        return self.stop_after is not None and epochs >= self.stop_after

    def of(self, kind):
        return [event for event in self.seen if isinstance(event, kind)]


def orphans(stored):
    """Programs and elites whose parents the archive does not hold."""
    ids = {row[0] for row in stored["programs"]}
    return [row for row in stored["programs"] if row[3] is not None and row[3] not in ids]


def test_the_archive_does_not_depend_on_workers_or_executor(tmp_path, spec, config, contents):
    results = []
    recruits = [{}, {}, {"recruit": ThreadPoolExecutor}]
    for number, (workers, recruit) in enumerate(zip((1, 2, 3), recruits, strict=True)):
        path = tmp_path / f"{number}.db"
        search(path, spec(), config(workers=workers), **recruit)
        results.append(contents(path))
    assert results[0] == results[1] == results[2]
    assert len(results[0]["elites"]) > 100
    # A run that is done leaves what it takes to extend it.
    assert all(len(state) > 1000 for _, state in results[0]["states"])


@pytest.mark.slow
def test_the_archive_does_not_depend_on_the_hash_seed(tmp_path, config, process, contents):
    results = []
    for seed in ("1", "77"):
        child = process(tmp_path / f"{seed}.db", config(), seed)
        _, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
        results.append(contents(tmp_path / f"{seed}.db"))
    assert results[0] == results[1]


def test_stopped_searches_agree_to_the_bit_of_their_state(tmp_path, spec, config, contents):
    results = []
    for name, workers in (("a", 1), ("b", 2)):
        path = tmp_path / f"{name}.db"
        for stop_after in (4, 3):
            watch = Watch(stop_after)
            if path.exists():
                resume(path, None, workers, watch, watch.halted)
            else:
                search(path, spec(), config(workers=workers, islands=1), watch, watch.halted)
        results.append(contents(path))
    assert results[0] == results[1] and len(results[0]["states"][0][1]) > 10_000


def test_seeds_and_islands_matter(tmp_path, spec, config, contents):
    seen = set()
    for number, changes in enumerate(({}, {"seed": 6}, {"islands": 2}, {"migration_size": 0})):
        path = tmp_path / f"{number}.db"
        search(path, spec(), config(migration_epochs=1, **changes))
        seen.add(str(contents(path)["elites"]))
    assert len(seen) == 4


@pytest.mark.parametrize("stop_after", [1, 5, 9])
def test_a_resumed_search_ends_as_the_uninterrupted_one(
    tmp_path, spec, config, contents, stop_after
):
    search(tmp_path / "whole.db", spec(), config())
    watch = Watch(stop_after)
    outcome = search(tmp_path / "parts.db", spec(), config(), watch, watch.halted)
    assert not outcome.done
    assert watch.of(events.Interrupted)[0].cure == f"elitemap resume {outcome.run}"
    again = resume(tmp_path / "parts.db", None, workers=2)
    assert again.done and again.run == outcome.run
    whole, parts = contents(tmp_path / "whole.db"), contents(tmp_path / "parts.db")
    assert parts["elites"] == whole["elites"]
    assert not orphans(parts)


def test_every_elite_has_its_complete_ancestry(tmp_path, spec, config, contents):
    search(tmp_path / "a.db", spec(), config(evaluations=30_000))
    stored = contents(tmp_path / "a.db")
    assert not orphans(stored)
    origins = Counter(row[4] for row in stored["programs"])
    # The same bits with another constant are known by their function.
    assert set(origins) - {"certify"} == {"flip", "block", "cross", "random", "refine"}
    assert all((row[3] is None) == (row[4] == "random") for row in stored["programs"])
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        for row in stored["elites"][::10]:
            line = reader.lineage(row[1])
            assert line[-1].operator == "random" and line[-1].parent is None


def test_the_front_is_certified(tmp_path, spec, config, contents):
    watch = Watch()
    search(tmp_path / "a.db", spec(), config(workers=2), watch)
    told = watch.of(events.Certified)
    assert [event.number for event in told] == list(range(1, told[0].total + 1))
    stored = contents(tmp_path / "a.db")
    assert len(stored["certificates"]) == len(told) > 3
    front = {row[0] for row in stored["elites"] if row[4] == "certified"}
    assert front == {event.elite.slot for event in told}
    assert all("proved" in event.elite.objectives for event in told)


def test_the_beginning_names_the_problem_among_the_others_of_the_archive(tmp_path, spec, config):
    names = []
    for rungs in ("1", "2", "1"):
        watch = Watch(stop_after=1)
        search(tmp_path / "a.db", spec(rungs=rungs), config(), watch, watch.halted)
        names.append(watch.seen[0].problem)
    assert names == ["bits", "bits rungs 2", "bits rungs 1"]


def test_progress_adds_up(tmp_path, spec, config):
    watch = Watch()
    outcome = search(tmp_path / "a.db", spec(), config(), watch)
    told = watch.of(events.Progress)
    assert isinstance(watch.seen[0], events.Started) and not watch.seen[0].resumed
    assert isinstance(watch.seen[-1], events.Finished)
    for name in ("proposals", "fitted", "evaluations", "audits", "cells", "qd_score", "done"):
        values = [getattr(event, name) for event in told]
        assert values == sorted(values)
    last = told[-1]
    assert last.done == 1 and last.audits > 0 and last.audit_mismatches == 0
    assert 20_000 <= last.evaluations == outcome.summary["evaluations"] < 20_000 + 3 * 1024
    assert sum(last.operators.values()) == pytest.approx(1)
    assert len(last.strip) == 16 and last.strip[0] is not None
    assert {"ones", "score"} == set(last.front[0])
    assert outcome.summary["cells"] == last.cells


def test_failed_evaluations_are_counted_and_never_stored(tmp_path, spec, config, contents):
    outcome = search(tmp_path / "a.db", spec(failures="yes"), config())
    assert 800 < outcome.summary["failed"] < outcome.summary["fitted"] / 4
    for row in contents(tmp_path / "a.db")["programs"]:
        bits = row[2].removeprefix("toy ")
        assert int(bits[::-1], 2) % 7 != 0 or row[4] in ("refine", "certify")


def test_a_budget_in_seconds_is_kept(tmp_path, spec, config, clock):
    watch = Watch()
    settings = config(evaluations=None, seconds=40.0, islands=2, epoch=10**6, epoch_seconds=5.0)
    ticking = clock(0.2)
    outcome = search(tmp_path / "a.db", spec(), settings, watch)
    assert 20.0 < ticking.spent < 60.0
    assert outcome.done and watch.of(events.Certified)
    assert watch.of(events.Progress)[0].elapsed < 10.0
    assert watch.of(events.Progress)[-1].remaining > 0


@pytest.mark.slow
def test_a_budget_in_seconds_ends_two_workers(tmp_path, spec, config):
    watch = Watch()
    settings = config(evaluations=None, seconds=4.0, workers=2, islands=2, epoch=10**6)
    outcome = search(tmp_path / "a.db", spec(), settings, watch)
    assert outcome.done and watch.of(events.Certified)


@pytest.mark.slow
def test_killing_a_search_loses_little(tmp_path, config, process, spec, contents):
    path = tmp_path / "a.db"
    settings = config(evaluations=10**8, workers=2, islands=2)
    child = process(path, settings, delay="0.002")
    events_told = [child.stdout.readline().strip() for _ in range(12)]
    assert events_told[0] == "Started"
    workers = [
        int(pid)
        for pid in os.listdir("/proc")
        if pid.isdigit() and _parent(pid) == child.pid and _spawned(pid)
    ]
    child.send_signal(signal.SIGKILL)
    child.wait()
    stored = contents(path)
    assert stored["elites"] and len(stored["states"]) == 2 and not orphans(stored)
    assert len(workers) == 2 and _gone(workers, 60.0)
    watch = Watch(stop_after=3)
    outcome = resume(path, None, 1, watch, watch.halted)
    assert watch.seen[0].resumed and not outcome.done
    best = dict(Counter())
    for slot, _, _, quality, _ in stored["elites"]:
        best[slot // 4] = max(best.get(slot // 4, -1e9), quality)
    later = {}
    for slot, _, _, quality, _ in contents(path)["elites"]:
        later[slot // 4] = max(later.get(slot // 4, -1e9), quality)
    assert all(later[cell] >= quality for cell, quality in best.items())


@pytest.mark.slow
@pytest.mark.parametrize("epochs", [0, 6])
def test_an_interrupt_of_the_whole_group_stops_and_saves(
    tmp_path, config, process, contents, epochs
):
    path = tmp_path / "a.db"
    child = process(path, config(evaluations=10**8, workers=2, islands=2), delay="0.002")
    for _ in range(1 + epochs):
        child.stdout.readline()
    os.killpg(child.pid, signal.SIGINT)
    told, errors = child.communicate(timeout=120)
    assert (child.returncode, errors) == (0, "")
    assert told.split()[-1] == "Interrupted"
    assert resume(path, None, 1, halted=lambda: True).done is False
    assert not orphans(contents(path))


def _parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None


def _spawned(pid):
    with open(f"/proc/{pid}/cmdline") as file:
        return "spawn_main" in file.read()


def _gone(pids, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(os.path.exists(f"/proc/{pid}") and _parent(pid) != 0 for pid in pids):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_an_epoch_whose_worker_died_is_run_again(tmp_path, spec, config, contents):
    search(tmp_path / "calm.db", spec(), config())
    bomb = tmp_path / "bomb"
    bomb.mkdir()
    (bomb / "1").touch()
    search(tmp_path / "shaken.db", spec(bomb=str(bomb)), config(workers=2))
    assert not any(bomb.iterdir())
    calm, shaken = contents(tmp_path / "calm.db"), contents(tmp_path / "shaken.db")
    assert calm == shaken


@pytest.mark.slow
def test_workers_that_keep_dying_end_the_search(tmp_path, spec, config):
    bomb = tmp_path / "bomb"
    bomb.mkdir()
    for number in range(100):
        (bomb / str(number)).touch()
    with pytest.raises(SearchError, match="of island . has lost its worker 3 times"):
        search(tmp_path / "a.db", spec(bomb=str(bomb)), config(workers=2))
    for fuse in bomb.iterdir():
        fuse.unlink()
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        assert reader.run().status == "failed"
    assert resume(tmp_path / "a.db").done


def test_nothing_to_resume(tmp_path, spec, config):
    path = tmp_path / "a.db"
    done = search(path, spec(), config(evaluations=2000))
    with pytest.raises(UsageError, match="no unfinished run"):
        resume(path)
    with pytest.raises(UsageError, match="is done, nothing to resume"):
        resume(path, done.run[:6])


def test_bad_requests_write_nothing(tmp_path, config, spec):
    from elitemap.engine.tasks import TaskSpec

    path = tmp_path / "a.db"
    for bad in (TaskSpec.of("tox", "bits", {}), TaskSpec.of("toy", "bit", {}), spec(dely="1")):
        with pytest.raises(UsageError):
            search(path, bad, config())
    assert not path.exists()


def test_the_run_is_recorded(tmp_path, spec, config):
    settings = config(evaluations=2000)
    outcome = search(tmp_path / "a.db", spec(failures="yes"), settings)
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        record = reader.run(outcome.run)
        assert record.status == "done" and record.summary == outcome.summary
        assert record.config["pareto"] == [["ones", -1], ["score", 1]]
        assert record.config["search"] == settings.to_json()
        assert record.config["settings"] == {"failures": "yes"}
        assert reader.metrics(outcome.run)[-1]["evaluations"] == outcome.summary["evaluations"]


def test_a_damaged_state_is_refused_in_one_line(tmp_path, spec, config):
    from elitemap.archive.errors import ArchiveError

    path = tmp_path / "a.db"
    watch = Watch(1)
    search(path, spec(), config(), watch, watch.halted)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE state SET body = x'00' WHERE island = 0")
    db.close()
    with pytest.raises(ArchiveError, match="does not fit its task"):
        resume(path)


def test_a_run_on_a_map_of_another_version_is_not_gone_on_with(tmp_path, spec, config, monkeypatch):
    from elitemap.archive.errors import ArchiveError

    path = tmp_path / "a.db"
    watch = Watch(1)
    search(path, spec(), config(), watch, watch.halted)
    of = type(load_task(spec()).evaluator)
    monkeypatch.setattr(of, "axes", (*of.axes, Axis("more", (1.5, 2.5))))
    with pytest.raises(ArchiveError, match="does not fit its task: start a new search"):
        resume(path)
