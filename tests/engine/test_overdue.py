"""Workers that never answer: their jobs are begun again, and nobody waits for them for ever."""

import math
import operator
import os
import threading
import time
from collections import deque
from concurrent.futures import Future

import pytest
from executors import Silent
from misbehaving import send_half_once, stop_once

from elitemap.archive.errors import SearchError
from elitemap.engine.islands.epoch import Limits
from elitemap.engine.running.budget import BUILDING, endurance, patience, unhurried
from elitemap.engine.running.dispatch import Dispatcher
from elitemap.engine.running.executors import WorkerPool
from elitemap.engine.running.job import LEAVING, Job
from elitemap.engine.running.overdue import GROWTH, MOST_BETWEEN, Waiting


def never():
    return False


def neg_jobs(numbers, endurance):
    return deque(Job(k, f"job {k}", operator.neg, (k,), endurance=endurance) for k in numbers)


def test_a_job_that_never_ends_is_begun_again_with_other_workers():
    opened, done = [], []

    def open_one():
        opened.append(Silent(silent=(3,) if not opened else ()))
        return opened[-1]

    with Dispatcher(open_one, 2) as dispatcher:
        jobs = neg_jobs(range(5), 0.15)
        dispatcher.work(jobs, lambda job, result: done.append(result), never, 0.0)
        assert dispatcher.losses == 1
    assert sorted(done) == [-4, -3, -2, -1, 0] and len(opened) == 2


def test_a_job_that_never_ends_on_any_worker_ends_the_search_and_is_named():
    with Dispatcher(lambda: Silent(silent=(1,)), 2) as dispatcher:
        with pytest.raises(SearchError, match=r"job 1 has lost its worker 3 times .*silent for"):
            dispatcher.work(neg_jobs(range(3), 0.01), lambda *_: None, never, 0.0)


def test_a_job_that_waits_in_a_queue_is_not_late():
    class Queue(Silent):
        def submit(self, fn, /, *args):
            if self.silent:
                threading.Timer(0.4, self.run, (future := Future(), fn, args)).start()
                return future
            return super().submit(fn, *args)

        def run(self, future, fn, args):
            future.set_result(fn(*args))

    with Dispatcher(lambda: Queue(silent=(0,)), 1) as dispatcher:
        done = []
        jobs = neg_jobs((0,), 0.05)
        dispatcher.work(jobs, lambda job, result: done.append(result), never, 0.0)
        assert done == [0] and dispatcher.losses == 0


class Two(Silent):
    """A crowd of two workers, one of whom never answers until it is given up."""

    def __init__(self):
        super().__init__(silent=(0,))
        self.forsaken = []

    def workers(self):
        return 2

    def submit_near(self, place, fn, /, *args):
        return self.submit(fn, *args)

    def forsake(self, future):
        self.forsaken.append(future)
        self.silent = ()


def test_a_crowd_loses_no_other_worker():
    crowd, done = Two(), []
    with Dispatcher(lambda: crowd, 2) as dispatcher:
        jobs = neg_jobs(range(4), 0.15)
        dispatcher.work(jobs, lambda job, result: done.append(result), never, 0.0)
        assert dispatcher.losses == 1
    assert sorted(done) == [-3, -2, -1, 0] and len(crowd.forsaken) == 1
    assert crowd.calls == 5


def test_time_that_nobody_saw_makes_no_job_late(clock):
    waiting, future = Waiting(), Future()
    future.set_running_or_notify_cancel()
    ticks = clock(3600.0)
    waiting.look([future])
    for _ in range(5):
        waiting.look([future])
    assert waiting.seconds[future] == 5 * MOST_BETWEEN and ticks.spent == 6 * 3600.0
    assert waiting.overdue(future, 4.9, 0) and not waiting.overdue(future, 5.0, 0)
    assert not waiting.overdue(future, 4.9, 1) and waiting.overdue(future, 4.9 / GROWTH, 1)
    waiting.look([])
    assert not waiting.overdue(future, 0.0, 0)


def test_a_worker_ends_a_job_before_it_is_taken_for_lost():
    timed, counted = Limits(100, seconds=2.0), Limits(100, evaluations=100)
    for asked in (timed, counted):
        limit, waits = patience(asked), endurance(asked, 7.0)
        job = Job(0, "an epoch", abs, (1,), limit, endurance=waits)
        assert math.isfinite(job.lost_after) and job.lost_after >= BUILDING
    assert Job(0, "", abs, (), patience(timed)).lost_after == patience(timed) + LEAVING
    assert endurance(counted, 7.0) == unhurried(7.0) and math.isinf(patience(counted))


@pytest.mark.slow
@pytest.mark.parametrize("fault", [stop_once, send_half_once])
def test_a_pool_of_processes_is_replaced_and_ends(fault, tmp_path):
    (tmp_path / "marker").touch()
    done = []
    with Dispatcher(lambda: WorkerPool(2), 2) as dispatcher:
        jobs = deque(
            Job(k, f"job {k}", fault, (str(tmp_path / "marker"),), endurance=6.0) for k in range(3)
        )
        dispatcher.work(jobs, lambda job, result: done.append(result), never, 0.0)
        assert dispatcher.losses >= 1
        assert len(done) == 3 and os.getpid() not in done
    # The thread of the pool that was given up ends, or this process never could.
    deadline = time.monotonic() + 60
    while _pool_threads() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _pool_threads()


def _pool_threads():
    return [one for one in threading.enumerate() if "ExecutorManager" in type(one).__name__]
