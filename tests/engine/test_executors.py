"""Executors by import path, workers that come and go, and jobs that hang."""

import math
import re
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from executors import Cancelling, Losing, Pure, Stubborn
from misbehaving import stuck_for_good

from elitemap.archive.errors import ElitemapError, SearchError, UsageError
from elitemap.engine.islands.state import Counters
from elitemap.engine.running import worker
from elitemap.engine.running.budget import (
    MOST_COORDINATING,
    MOST_STRETCH,
    flush_gap,
    flush_leg,
    limits,
    paced,
)
from elitemap.engine.running.crew import Crew
from elitemap.engine.running.dispatch import Dispatcher
from elitemap.engine.running.executors import SerialExecutor, WorkerPool
from elitemap.engine.running.hanging import Hung
from elitemap.engine.running.job import Job
from elitemap.engine.running.named_executor import named_executor
from elitemap.engine.running.worker import run_job
from elitemap.engine.search.coordinator import search

ADAPTER = '''
"""A batch system as an executor, as docs/guides/cluster.md shows."""
from concurrent.futures import Executor, ThreadPoolExecutor

class Batch(ThreadPoolExecutor):
    pass

def nodes(workers):
    return Batch(workers)

def broken(workers):
    raise OSError("no such partition")

def wrong(workers):
    return object()

thing = 3
'''


@pytest.fixture
def adapter(tmp_path, monkeypatch):
    (tmp_path / "my_batch_adapter.py").write_text(ADAPTER)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*sys.path])


def test_an_executor_by_import_path(adapter, tmp_path, spec, config, contents):
    search(tmp_path / "here.db", spec(), config(evaluations=4000))
    for number, text in enumerate(
        ["my_batch_adapter:nodes", "concurrent.futures:ThreadPoolExecutor"]
    ):
        path = tmp_path / f"{number}.db"
        settings = config(evaluations=4000, workers=2)
        search(path, spec(), settings, recruit=named_executor(text))
        assert contents(path) == contents(tmp_path / "here.db")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nothing", "expected an executor as module:factory"),
        ("a b:c", "expected an executor as module:factory"),
        ("no_such_module_here:make", "cannot import the module of .*ModuleNotFoundError"),
        ("my_batch_adapter:absent", "got nothing of that name"),
        ("my_batch_adapter:thing", "got int"),
    ],
)
def test_what_names_no_executor_is_refused(adapter, text, told):
    with pytest.raises(UsageError, match=told):
        named_executor(text)


def test_what_makes_no_executor_is_told(adapter):
    with pytest.raises(ElitemapError, match="made no executor, OSError: no such partition"):
        named_executor("my_batch_adapter:broken")(2)
    with pytest.raises(UsageError, match="got object: wrap it"):
        named_executor("my_batch_adapter:wrong")(2)


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, Stubborn, Losing, Cancelling, Pure])
def test_every_executor_searches_alike(tmp_path, spec, config, contents, kind):
    settings = config(evaluations=3000)
    search(tmp_path / "here.db", spec(rungs="0"), settings)
    search(
        tmp_path / "there.db", spec(rungs="0"), config(evaluations=3000, workers=3), recruit=kind
    )
    assert contents(tmp_path / "here.db") == contents(tmp_path / "there.db")


class Changing(ThreadPoolExecutor):
    """Has one worker more with every job, and keeps who works where."""

    def __init__(self):
        super().__init__(8)
        self.given, self.running, self.most = [], 0, 0

    def workers(self):
        return 1 + len(self.given) // 3

    def submit_near(self, place, fn, /, *args):
        self.given.append(place)
        return self.submit(fn, *args)

    def forsake(self, future):
        raise AssertionError("nobody is late")


def test_workers_that_join_get_work(tmp_path):
    crowd, done = Changing(), []
    jobs = deque(Job(k, f"job {k}", math.factorial, (k,), place=k % 3) for k in range(12))
    with Dispatcher(lambda: crowd, 1) as dispatcher:
        dispatcher.warm(math.factorial, 3)
        assert dispatcher.room == 1 and not dispatcher.here
        dispatcher.work(jobs, lambda job, result: done.append(job.tag), lambda: False, 0.0)
        assert dispatcher.room == 5
    assert sorted(done) == list(range(12)) and crowd.given[1:] == [k % 3 for k in range(12)]


def test_a_job_that_hangs_is_ended_where_it_runs_and_named(monkeypatch):
    assert run_job("1", time.sleep, (0.0,), 60.0) is None

    def stuck():
        while True:
            time.sleep(0.001)

    assert run_job("1", stuck, (), 0.05) == Hung(0.05)
    with Dispatcher(SerialExecutor, 1) as dispatcher:
        jobs = deque([Job(0, "the epoch", stuck, (), 0.05)])
        with pytest.raises(SearchError, match=r"the epoch has lost its worker 3 times .*hung for"):
            dispatcher.work(jobs, lambda *_: None, lambda: False, 0.0)
        assert dispatcher.losses == 3


@pytest.mark.slow
def test_a_worker_stuck_in_machine_code_ends_itself(tmp_path):
    with WorkerPool(1) as pool:
        future = pool.submit(stuck_for_good, str(tmp_path / "begun"))
        assert type(future.exception(120)).__name__ == "BrokenProcessPool"
    assert (tmp_path / "begun").exists()


def test_a_crew_is_who_worked_lately():
    crew = Crew()
    crew.note("a/1", 1000, 2.0, 10.0)
    crew.note("b/2", 300, 1.0, 11.0)
    assert [(hand.name, hand.rate) for hand in crew.hands()] == [("a/1", 500.0), ("b/2", 300.0)]
    crew.note("b/2", 100, 1.0, 100.0)
    assert [(hand.name, hand.rate) for hand in crew.hands()] == [("b/2", 100.0)]


GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "cluster.md"


class Batch:
    """What the guide uses of submitit; every job is a process that remembers nothing."""

    def __init__(self, folder):
        self.pool, self.lost = ThreadPoolExecutor(4), 0

    def update_parameters(self, **parameters):
        assert parameters["slurm_array_parallelism"] == 2

    def submit(self, fn, *args):
        return SimpleNamespace(result=self.pool.submit(self.alone, fn, args).result)

    def alone(self, fn, args):
        with worker._ALONE:
            worker._SHELF.states.clear()
            self.lost += 1
            if self.lost == 5:
                raise OSError("the node has failed")
            return fn(*args)


def test_the_guide_shows_an_executor_that_works(tmp_path, spec, config, contents, monkeypatch):
    (code,) = re.findall(r"```python\n# slurm_jobs\.py\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "slurm_jobs.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*sys.path])
    monkeypatch.setitem(sys.modules, "submitit", SimpleNamespace(AutoExecutor=Batch))
    search(tmp_path / "here.db", spec(), config(evaluations=6000))
    recruit = named_executor("slurm_jobs:Jobs")
    search(tmp_path / "there.db", spec(), config(evaluations=6000, workers=2), recruit=recruit)
    assert contents(tmp_path / "here.db") == contents(tmp_path / "there.db")


def test_epochs_become_longer_until_the_coordinator_keeps_up():
    # A coordinator of forty islands that takes 10 ms for each epoch.
    stretch, shares = 1.0, []
    for _ in range(30):
        shares.append(40 * 0.010 / (1.5 * stretch))
        stretch = paced(stretch, shares[-1])
    assert shares[0] > 0.2 and MOST_COORDINATING / 4 < shares[-1] <= MOST_COORDINATING
    for _ in range(30):
        stretch = paced(stretch, 0.001)
    assert stretch == 1.0 and paced(1e9, 1.0) == MOST_STRETCH


def test_a_longer_epoch_is_asked_for_where_time_rules(config):
    timed = config(evaluations=None, seconds=1000.0, epoch_seconds=1.5)
    counters = Counters(epoch=20)
    assert limits(timed, 0, counters, 10.0, 5.0).seconds == 1.5
    assert limits(timed, 0, counters, 10.0, 5.0, 8.0).seconds == 12.0
    assert limits(timed, 0, Counters(), 10.0, 5.0, 8.0).seconds == 0.3
    assert limits(config(), 0, counters, 10.0, 0.0, 8.0).seconds is None


def test_flushes_take_a_hundredth_of_the_time_of_a_search_that_waits_for_them():
    assert 3.0 / (3.0 + flush_gap(3.0, stalls=True)) < 0.01
    assert flush_gap(3.0, stalls=False) < flush_gap(3.0, stalls=True)


def test_flushes_of_a_budget_in_evaluations_are_an_eighth_of_the_run_apart_at_most():
    legs = [leg for leg in range(300) if flush_leg(leg)]
    gaps = {leg: after - leg for leg, after in pairwise(legs)}
    assert all(gap == 1 for leg, gap in gaps.items() if leg < 16)
    assert all(gap <= max(1, leg / 8) and gap <= 16 for leg, gap in gaps.items())
    assert all(gap == 16 for leg, gap in gaps.items() if leg >= 128)
