"""A Dask cluster as the workers of a search: what is asked of it, and what may go wrong with it."""

import asyncio
import math
import time
from concurrent.futures import Future

import pytest

from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine import events
from elitemap.engine.running import cluster
from elitemap.engine.running.cluster import ClusterExecutor, check_address, different
from elitemap.engine.search.coordinator import search


@pytest.mark.parametrize(
    ("address", "trusted", "told"),
    [
        ("tcp://127.0.0.1:8786", False, None),
        ("tcp://localhost:8786", False, None),
        ("tcp://[::1]:8786", False, None),
        ("tls://far.example.org:8786", False, None),
        ("tcp://10.0.0.7:8786", True, None),
        ("tcp://10.0.0.7:8786", False, "use tls://, or say --trust-network"),
        ("tcp://far.example.org:8786", False, "not on this machine and not encrypted"),
        ("10.0.0.7:8786", False, "expected a cluster as tcp://HOST:PORT"),
        ("tcp://127.0.0.1", False, "expected a cluster as tcp://HOST:PORT"),
        ("inproc://x:1", False, "expected a cluster as tcp://HOST:PORT"),
    ],
)
def test_nothing_leaves_this_machine_unencrypted_unasked(address, trusted, told):
    if told is None:
        check_address(address, trusted)
        return
    with pytest.raises(UsageError, match=told):
        check_address(address, trusted)


def test_versions_that_differ_are_told_in_words():
    mine = {"elitemap": "0.1.0 (aa)", "Python": "3.11"}
    assert different(mine, dict(mine)) == ""
    told = different(mine, {"elitemap": "0.1.0 (bb)"})
    assert told == "elitemap 0.1.0 (bb) instead of 0.1.0 (aa), Python none instead of 3.11"


@pytest.fixture(scope="module")
def dask():
    """A cluster of two worker processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as local:
        yield local


@pytest.fixture
def recruit(dask):
    opened = []

    def recruit(workers):
        opened.append(ClusterExecutor(dask.scheduler_address))
        return opened[-1]

    yield recruit
    for executor in opened:
        executor.shutdown()


def settled_at(executor, number):
    deadline = time.monotonic() + 120
    while executor.workers() != number and time.monotonic() < deadline:
        time.sleep(0.1)
    assert executor.workers() == number


@pytest.mark.slow
def test_a_search_on_a_cluster_is_that_of_this_process(tmp_path, spec, config, contents, recruit):
    told = []
    search(tmp_path / "here.db", spec(), config())
    search(tmp_path / "there.db", spec(), config(workers=2), told.append, recruit=recruit)
    assert contents(tmp_path / "here.db") == contents(tmp_path / "there.db")
    crews = [event.crew for event in told if isinstance(event, events.Progress)]
    assert 1 <= max(map(len, crews)) <= 2 and all(hand.rate > 0 for hand in crews[-1])


@pytest.mark.slow
def test_a_lost_worker_costs_its_epoch(tmp_path, spec, config, contents, recruit, dask):
    search(tmp_path / "calm.db", spec(), config())
    bomb = tmp_path / "bomb"
    bomb.mkdir()
    (bomb / "1").touch()
    search(tmp_path / "rough.db", spec(bomb=str(bomb)), config(workers=2), recruit=recruit)
    assert not any(bomb.iterdir())
    assert contents(tmp_path / "calm.db") == contents(tmp_path / "rough.db")


@pytest.mark.slow
def test_who_has_another_version_is_refused(recruit, dask, monkeypatch):
    mine = dict(cluster.about())
    monkeypatch.setattr(cluster.metadata, "version", lambda package: "0.9")
    cluster.about.cache_clear()
    with pytest.raises(UsageError, match=r"the worker tcp://\S+ has numpy .* instead of 0\.9"):
        recruit(2)
    monkeypatch.undo()
    cluster.about.cache_clear()
    # One that joins later and does not fit gets no work; if there is nobody else, that is told.
    executor = recruit(2)
    executor._expected = {**mine, "Python": "2.7"}
    error = executor.submit(abs, -3).exception(120)
    assert type(error).__name__ == "ForeignWorkerError" and "Python 3" in str(error)


@pytest.mark.slow
def test_workers_come_and_go(recruit, dask):
    executor = recruit(2)
    settled_at(executor, 2)
    assert executor.submit_near(1, math.factorial, 5).result(60) == 120
    home = executor._homes[1]
    assert executor.submit_near(1, math.factorial, 6).result(60) == 720
    assert executor._homes[1] == home
    # Equal calls run as often as they are submitted.
    times = [executor.submit(time.monotonic) for _ in range(3)]
    assert len({future.result(60) for future in times}) == 3
    dask.scale(3)
    settled_at(executor, 3)
    dask.scale(1)
    settled_at(executor, 1)
    assert executor.submit_near(1, math.factorial, 4).result(60) == 24


@pytest.mark.slow
def test_a_worker_whose_task_is_given_up_is_started_anew(recruit, dask):
    dask.scale(2)
    executor = recruit(2)
    settled_at(executor, 2)
    hung = executor.submit_near(None, time.sleep, 600.0)
    # The scheduler has to have sent the task away before somebody can be blamed for it.
    wait_until(lambda: any(executor._client.processing().values()))
    executor.forsake(hung)
    wait_until(lambda: not any(executor._client.processing().values()))
    assert executor.submit(math.factorial, 5).result(60) == 120 and not hung.done()
    settled_at(executor, 2)
    assert not executor._foreign or executor._foreign.isdisjoint(executor._addresses())


def wait_until(condition):
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert condition()


def test_an_address_where_nobody_answers(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    with pytest.raises(SearchError, match="cannot reach the cluster at tcp://127.0.0.1:9, "):
        ClusterExecutor("tcp://127.0.0.1:9")


@pytest.mark.parametrize("error", [RuntimeError("KilledWorker"), asyncio.CancelledError()])
def test_whatever_ends_a_task_means_a_lost_worker(error):
    class Task:
        def result(self):
            raise error

        def release(self):
            pass

    executor, future = object.__new__(ClusterExecutor), Future()
    executor._tasks = {future: Task()}
    executor._ended(future, None, abs, (), Task())
    assert isinstance(future.exception(0), Exception)
