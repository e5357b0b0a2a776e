"""Enumerations: what is found depends on the blocks alone; nothing is lost, nothing is twice."""

import json
import os
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from executors import Late, Losing

from elitemap.archive.errors import ArchiveError, SearchError, UsageError
from elitemap.archive.identity import identity
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.engine import events
from elitemap.engine.config import SearchConfig
from elitemap.engine.search import enumeration
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.tasks import load_task

BLOCKS = 30


class Watch:
    """Keeps the events, and stops after so many of a kind."""

    def __init__(self, kind=None, stop_after=None):
        self.seen, self.kind, self.stop_after = [], kind, stop_after

    def __call__(self, event):
        self.seen.append(event)

    def halted(self):
        return self.kind is not None and len(self.of(self.kind)) >= self.stop_after

    def of(self, kind):
        return [event for event in self.seen if isinstance(event, kind)]


@pytest.fixture
def spec(spec):
    """Names the toy task with blocks."""
    return lambda **settings: spec(**{"blocks": str(BLOCKS)} | settings)


@pytest.fixture
def everything():
    """All that a run found, certificates and families included; not what depends on time."""

    def read(path):
        with ArchiveReader.open(path) as reader:
            views = reader.elites(ElitesQuery())
            return [
                (
                    view.slot,
                    view.to_json() | {"run": None, "problem": None},
                    reader.members(view.run, view.id),
                    [a.operator for a in reader.lineage(view.id)],
                )
                for view in views
            ]

    return read


@pytest.fixture
def expected(spec):
    """What an enumeration must find, worked out one find after the other."""

    def families(blocks=BLOCKS):
        task = load_task(spec())
        best, members = {}, {}
        for find in (find for b in range(blocks) for find in task.enumeration.scan(b).finds):
            name = identity(find.document)
            if name not in best or find.quality > best[name].quality:
                best[name] = find
            own = members.setdefault(name, [])
            if find.member not in own:
                own.append(dict(find.member))
        return best, members

    return families


def test_what_is_found_does_not_depend_on_workers(tmp_path, spec, everything, monkeypatch):
    found = []
    recruits = [(1, {}), (3, {"recruit": ThreadPoolExecutor}), (3, {"recruit": Losing})]
    for number, (workers, recruit) in enumerate(recruits):
        path = tmp_path / f"{number}.db"
        search(path, spec(), SearchConfig(workers=workers), **recruit)
        found.append(everything(path))
    # Flushes after every job must not show either.
    monkeypatch.setattr(enumeration, "FLUSH_SECONDS", 0.0)
    monkeypatch.setattr(enumeration, "flush_gap", lambda cost, stalls: 0.0)
    monkeypatch.setattr(enumeration, "MOST_BLOCKS", 2)
    search(tmp_path / "often.db", spec(), SearchConfig(workers=1))
    assert found[0] == found[1] == found[2] == everything(tmp_path / "often.db")
    assert len(found[0]) > 40


@pytest.mark.slow
def test_what_is_found_does_not_depend_on_processes(tmp_path, spec, everything):
    for workers in (1, 2):
        search(tmp_path / f"{workers}.db", spec(), SearchConfig(workers=workers))
    assert everything(tmp_path / "1.db") == everything(tmp_path / "2.db")


def test_finds_of_one_document_are_one_elite_with_a_family(tmp_path, spec, expected):
    path = tmp_path / "a.db"
    watch = Watch(events.Certified, 1)
    search(path, spec(), SearchConfig(workers=1), watch, watch.halted)
    best, families = expected()
    with ArchiveReader.open(path) as reader:
        run = reader.run()
        views = reader.elites(ElitesQuery(where="status = 'candidate'"))
        assert len(views) == len(best) - 1 == 79
        order = list(best)
        for view in views:
            assert view.slot == order.index(view.id)
            assert view.quality == best[view.id].quality
            assert view.objectives["ones"] == best[view.id].objectives["ones"]
            assert view.objectives["side"] == best[view.id].objectives["side"]
            assert (view.measures["changes"], view.measures["ones"]) == best[view.id].measures
            assert reader.members(run.id, view.id) == families[view.id]
            assert view.family == len(families[view.id])
            assert view.to_json()["family"] == {"size": view.family}


def test_elites_lie_in_the_cells_of_the_map(tmp_path, spec):
    search(tmp_path / "a.db", spec(), SearchConfig(workers=1))
    axes = load_task(spec()).enumeration.axes
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        for view in reader.elites(ElitesQuery()):
            for axis, place in zip(axes, view.cell, strict=True):
                value = view.measures[axis.name]
                assert place == sum(value >= edge for edge in axis.edges)


def test_every_elite_is_certified_and_equals_become_one(tmp_path, spec, expected):
    watch = Watch()
    outcome = search(tmp_path / "a.db", spec(), SearchConfig(workers=1), watch)
    best, families = expected()
    strings = {find.document["bits"] for find in best.values()}
    hopeless = {name for name, find in best.items() if find.document["bits"].startswith("111")}
    assert len(watch.of(events.Certified)) == len(best) == 2 * len(strings)
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        views = reader.elites(ElitesQuery())
        united = [view for view in views if view.status == "certified"]
        assert {view.id for view in views if view.status == "candidate"} == hopeless
        assert len(united) + len(hopeless) // 2 == len(strings)
        for view in united:
            pair = [n for n, find in best.items() if find.document["bits"] == view.program["bits"]]
            mine = reader.members(outcome.run, view.id)
            assert mine == merged(families, pair, load_task(spec()).enumeration)
            assert view.slot == list(best).index(pair[0])
            assert view.certificate is not None and view.objectives["label"] in ("even", "odd")
            assert [a.operator for a in reader.lineage(view.id)] == ["certify", "enumerated"]
    assert outcome.summary["classes"] == len(views)
    assert outcome.summary["members"] == sum(view.family for view in views)
    assert outcome.summary["cells"] == len({view.cell for view in views})


def merged(families, names, blocks):
    """The members of several families, in the order in which they were found."""
    finds = [find for block in range(BLOCKS) for find in blocks.scan(block).finds]
    theirs = [dict(find.member) for find in finds if identity(find.document) in names]
    assert len(theirs) >= max(len(families[name]) for name in names)
    return [one for k, one in enumerate(theirs) if one not in theirs[:k]]


@pytest.mark.parametrize(
    ("kind", "stop_after"),
    [(events.Started, 1), (events.Covered, 1), (events.Covered, 7), (events.Certified, 20)],
)
def test_an_interrupted_enumeration_ends_as_the_uninterrupted_one(
    tmp_path, spec, everything, monkeypatch, kind, stop_after
):
    search(tmp_path / "whole.db", spec(), SearchConfig(workers=1))
    monkeypatch.setattr(enumeration, "MOST_BLOCKS", 3)
    watch = Watch(kind, stop_after)
    path = tmp_path / "parts.db"
    outcome = search(path, spec(), SearchConfig(workers=1), watch, watch.halted)
    assert not outcome.done and outcome.enumerated
    assert watch.of(events.Interrupted)[0].cure == f"elitemap resume {outcome.run}"
    before = outcome.summary["candidates"]
    again = Watch()
    rest = resume(path, None, 2, again, recruit=ThreadPoolExecutor)
    assert rest.done and rest.run == outcome.run
    assert again.seen[0].resumed and again.seen[0].plan.covered == before
    assert everything(path) == everything(tmp_path / "whole.db")


def test_a_budget_in_seconds_interrupts_and_resume_goes_on_to_the_end(tmp_path, spec, everything):
    path = tmp_path / "a.db"
    watch = Watch()
    config = SearchConfig(workers=1, seconds=0.5)
    outcome = search(path, spec(delay="0.05"), config, watch)
    assert not outcome.done and not watch.of(events.Certified)
    assert 0 < outcome.summary["candidates"] < outcome.summary["size"]
    assert watch.seen[0].plan.estimate == pytest.approx(BLOCKS * 0.05)
    again = Watch()
    assert resume(path, None, 1, again).done
    assert again.seen[0].seconds is None
    search(tmp_path / "whole.db", spec(), SearchConfig(workers=1))
    assert everything(path) == everything(tmp_path / "whole.db")
    with ArchiveReader.open(path) as reader:
        assert reader.run().config["search"]["seconds"] == 0.5


def test_enough_seconds_are_enough(tmp_path, spec):
    outcome = search(tmp_path / "a.db", spec(), SearchConfig(workers=1, seconds=60))
    assert outcome.done and outcome.summary["seconds"] < 30


@pytest.mark.parametrize("workers", [1, 3])
def test_a_budget_in_evaluations_is_one_in_candidates(tmp_path, spec, everything, workers):
    recruit = {} if workers == 1 else {"recruit": ThreadPoolExecutor}
    config = SearchConfig(workers=workers, evaluations=420)
    watch = Watch()
    outcome = search(tmp_path / "a.db", spec(), config, watch, **recruit)
    assert outcome.done and outcome.summary["candidates"] == 450
    assert watch.of(events.Covered)[-1].done == 1
    search(tmp_path / "b.db", spec(blocks="9"), SearchConfig(workers=1))
    assert everything(tmp_path / "a.db") == everything(tmp_path / "b.db")


def test_progress_adds_up(tmp_path, spec, expected, monkeypatch):
    monkeypatch.setattr(enumeration, "MOST_BLOCKS", 1)
    watch = Watch()
    outcome = search(tmp_path / "a.db", spec(), SearchConfig(workers=1), watch)
    plan = watch.seen[0].plan
    assert (plan.size, plan.blocks, plan.covered) == (BLOCKS * 50, BLOCKS, 0)
    told = watch.of(events.Covered)
    assert len(told) == BLOCKS
    for name in ("candidates", "done", "elapsed", "members", "classes"):
        values = [getattr(event, name) for event in told]
        assert values == sorted(values)
    last = told[-1]
    assert (last.candidates, last.size, last.done, last.remaining) == (1500, 1500, 1.0, 0.0)
    best, families = expected()
    kept = last.counts["kept"]
    assert last.counts == {"drawn": 1500, "kept": kept}
    assert last.classes == len(best) and kept >= last.members >= sum(map(len, families.values()))
    summary = outcome.summary
    assert summary["evaluations"] == summary["proposals"] == summary["size"] == 1500
    assert (summary["cache_hit_rate"], summary["count.kept"]) == (0, kept)
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        assert reader.run().summary == summary
        assert reader.metrics(outcome.run)[-1]["candidates"] == 1500
        # A run that is through has nothing to go on to.
        assert not any(reader.state(outcome.run).values())


def test_a_box_beyond_all_time_begins_at_once(tmp_path, spec):
    config = SearchConfig(workers=1, seconds=0.3)
    outcome = search(tmp_path / "a.db", spec(blocks=str(10**15), delay="0.01"), config)
    assert not outcome.done and 0 < outcome.summary["candidates"] < 10**6


def test_a_slow_block_does_not_let_results_pile_up(tmp_path, spec, monkeypatch):
    monkeypatch.setattr(enumeration, "AHEAD", 3)
    monkeypatch.setattr(enumeration, "MOST_BLOCKS", 1)
    late, ended, idle, most = Late(), [], [False], []

    def tell():
        """The result of block 2 is told when there is no other that could be."""
        starts = [getattr(result, "first", None) for _, result in late.held]
        others = [place for place, first in enumerate(starts) if first != 2]
        for place in reversed(others):
            ended.append(starts[place])
            late.release(slice(place, place + 1))
        idle.append(late.held and not others)
        if all(idle[-4:]):  # looks follow one another before what was ordered starts
            most.append(len([first for first in ended if first is not None]))
            idle.append(False)
            late.release()
        return False

    settings = SearchConfig(workers=2)
    outcome = search(tmp_path / "a.db", spec(), settings, halted=tell, recruit=lambda n: late)
    assert outcome.done and outcome.summary["candidates"] == 50 * BLOCKS
    (waited,) = most
    assert 3 < waited <= 2 + 3 + 2


def test_only_enumerations_do_without_a_budget(tmp_path, spec):
    with pytest.raises(UsageError, match="expected a budget"):
        search(tmp_path / "a.db", spec(blocks="0"), SearchConfig())
    assert not (tmp_path / "a.db").exists()


@pytest.mark.parametrize(
    "state", ["x'00'", "x''", "(SELECT body FROM state WHERE island = 7)"], ids=str
)
def test_a_damaged_state_is_refused_in_one_line(tmp_path, spec, state):
    import zlib

    path = tmp_path / "a.db"
    watch = Watch(events.Covered, 1)
    search(path, spec(), SearchConfig(workers=1), watch, watch.halted)
    with sqlite3.connect(path) as db:
        other = zlib.compress(json.dumps({"clock": 1, "upcoming": -4}).encode())
        db.execute("INSERT INTO state SELECT key, 7, ? FROM run", [other])
        db.execute(f"UPDATE state SET body = {state} WHERE island = -1")
    db.close()
    with pytest.raises(ArchiveError, match="does not fit its task: start a new search"):
        resume(path)


def test_a_state_beyond_the_blocks_is_refused(tmp_path, spec):
    path = tmp_path / "a.db"
    watch = Watch(events.Certified, 1)
    search(path, spec(), SearchConfig(workers=1), watch, watch.halted)
    with sqlite3.connect(path) as db:
        (config,) = db.execute("SELECT config FROM run").fetchone()
        changed = config.replace(f'"blocks":"{BLOCKS}"', '"blocks":"3"')
        db.execute("UPDATE run SET config = ?", [changed])
    db.close()
    assert changed != config
    with pytest.raises(ArchiveError, match="at most 3 blocks, got 30"):
        resume(path)


@pytest.mark.slow
def test_a_killed_enumeration_ends_as_the_uninterrupted_one(tmp_path, spec, process, everything):
    path = tmp_path / "killed.db"
    child = process(path, SearchConfig(workers=2), blocks="300", delay="0.02")
    deadline = time.monotonic() + 120
    while not _merged(path):
        assert time.monotonic() < deadline and child.poll() is None
        time.sleep(0.05)
    with pytest.raises(UsageError, match="is being searched by another process"):
        resume(path, None, 1)
    child.send_signal(signal.SIGKILL)
    child.wait()
    held = _merged(path)
    assert 0 < held < 300 * 50
    watch = Watch()
    assert resume(path, None, 2, watch).done
    assert watch.seen[0].plan.covered >= held
    search(tmp_path / "whole.db", spec(blocks="300"), SearchConfig(workers=1))
    assert everything(path) == everything(tmp_path / "whole.db")


def _merged(path):
    """Candidates that the archive knows to be done."""
    if not path.exists():
        return 0
    db = sqlite3.connect(path)
    rows = db.execute("SELECT body ->> 'candidates' FROM metric ORDER BY step DESC").fetchall()
    db.close()
    return rows[0][0] if rows else 0


@pytest.mark.slow
def test_an_interrupt_of_the_whole_group_stops_and_saves(tmp_path, spec, process, everything):
    path = tmp_path / "a.db"
    child = process(path, SearchConfig(workers=2), blocks="300", delay="0.02")
    for _ in range(4):
        child.stdout.readline()
    os.killpg(child.pid, signal.SIGINT)
    told, errors = child.communicate(timeout=120)
    assert (child.returncode, errors) == (0, "")
    assert told.split()[-1] == "Interrupted"
    assert 0 < _merged(path) < 300 * 50
    assert resume(path, None, 2).done
    search(tmp_path / "whole.db", spec(blocks="300"), SearchConfig(workers=1))
    assert everything(path) == everything(tmp_path / "whole.db")


@pytest.mark.slow
def test_blocks_whose_worker_died_are_scanned_again(tmp_path, spec, everything):
    bomb = tmp_path / "bomb"
    bomb.mkdir()
    (bomb / "1").touch()
    search(tmp_path / "shaken.db", spec(bomb=str(bomb)), SearchConfig(workers=2))
    assert not any(bomb.iterdir())
    search(tmp_path / "calm.db", spec(), SearchConfig(workers=1))
    assert everything(tmp_path / "shaken.db") == everything(tmp_path / "calm.db")


@pytest.mark.slow
def test_workers_that_keep_dying_end_it_and_it_can_go_on(tmp_path, spec):
    bomb = tmp_path / "bomb"
    bomb.mkdir()
    for number in range(50):
        (bomb / str(number)).touch()
    with pytest.raises(SearchError, match="blocks from .* has lost its worker 3 times"):
        search(tmp_path / "a.db", spec(bomb=str(bomb)), SearchConfig(workers=2))
    for fuse in bomb.iterdir():
        fuse.unlink()
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        assert reader.run().status == "failed"
    assert resume(tmp_path / "a.db").done
