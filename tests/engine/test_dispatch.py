"""Jobs on executors of every kind: what is asked of them, and what they may get wrong."""

import errno
import math
import operator
import threading
from collections import deque
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
import threadpoolctl
from executors import Brittle, Cancelling, Late, Losing, Pure, Refusing, Stubborn
from misbehaving import be_here, wait_for_others

from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine.running.dispatch import Dispatcher
from elitemap.engine.running.executors import SerialExecutor, WorkerPool
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import Raised, run_job
from elitemap.engine.search.coordinator import search


def never():
    return False


def jobs_of(call, *arguments):
    return deque(Job(k, f"job {k}", call, given) for k, given in enumerate(arguments))


@pytest.mark.parametrize(
    "open_executor",
    [
        lambda width: SerialExecutor(),
        ThreadPoolExecutor,
        Stubborn,
        Losing,
        Cancelling,
        Pure,
        pytest.param(WorkerPool, marks=pytest.mark.slow),
    ],
    ids=["serial", "threads", "stubborn", "losing", "cancelling", "pure", "processes"],
)
def test_every_job_is_done_once(open_executor):
    done = {}

    def arrive(job, result):
        assert job.tag not in done
        done[job.tag] = result
        if job.tag < 3:
            jobs.append(Job(job.tag + 100, "one more", math.factorial, (job.tag,)))

    jobs = jobs_of(math.factorial, *((k,) for k in range(20)))
    with Dispatcher(lambda: open_executor(3), 3) as dispatcher:
        dispatcher.warm(math.factorial, 3)
        dispatcher.work(jobs, arrive, never, 0.0)
    assert done == {k: math.factorial(k) for k in range(20)} | {100: 1, 101: 1, 102: 2}


@pytest.mark.parametrize("open_executor", [lambda n: SerialExecutor(), ThreadPoolExecutor])
def test_something_else_is_done_in_steps_between_jobs(open_executor):
    """The first step before anything is taken in, and all of them before the work ends."""
    seen = []

    def meanwhile():
        for step in range(40):
            seen.append(step)
            yield step % 7 == 3

    jobs = jobs_of(math.factorial, *((k,) for k in range(3)))
    with Dispatcher(lambda: open_executor(3), 3) as dispatcher:
        dispatcher.work(jobs, lambda job, _: seen.append("a job"), never, 0.0, meanwhile())
        assert dispatcher.waited >= 0.0
        dispatcher.work(deque(), pytest.fail, never, 0.0, meanwhile())
    assert seen[0] == 0 and seen.count("a job") == 3
    assert [one for one in seen if one != "a job"] == 2 * list(range(40))


def test_what_a_job_raises_is_no_lost_worker():
    def refuse(error):
        calls.append(error)
        raise error

    for error in (UsageError("expected less"), BrokenExecutor("its own")):
        calls = []
        with Dispatcher(lambda: ThreadPoolExecutor(2), 2) as dispatcher:
            with pytest.raises(type(error)) as caught:
                dispatcher.work(jobs_of(refuse, (error,)), pytest.fail, never, 0.0)
        assert caught.value is error and calls == [error]
        assert "in refuse" in error.__notes__[0]


@pytest.mark.parametrize("error", [MemoryError(), OSError(errno.ENOMEM, "no room")], ids=str)
def test_a_job_that_lacks_memory_is_begun_again(error):
    def hunger(k):
        tries.append(k)
        if tries.count(k) < limit:
            raise error
        return -k

    tries, done, limit = [], {}, 3
    with Dispatcher(SerialExecutor, 1) as dispatcher:
        dispatcher.work(jobs_of(hunger, (1,), (2,)), lambda j, r: done.update({j.tag: r}), never, 0)
        assert done == {0: -1, 1: -2} and len(tries) == 6
        limit = 9
        with pytest.raises(SearchError, match=r"3 times \(\w+Error\), perhaps out of memory"):
            dispatcher.work(jobs_of(hunger, (3,)), pytest.fail, never, 0)


def test_no_room_for_a_thread_is_no_room(monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    result = run_job("1", abs, (-1,), 60.0)
    assert isinstance(result, Raised) and result.starved


@pytest.mark.slow
def test_a_job_that_blocks_starves_nobody(tmp_path):
    done = []
    blocked = Job("blocked", "a long one", wait_for_others, (str(tmp_path), 6))
    jobs = deque([blocked, *(Job(k, f"job {k}", be_here, (str(tmp_path), k)) for k in range(6))])
    with Dispatcher(lambda: WorkerPool(2), 2) as dispatcher:
        dispatcher.work(jobs, lambda job, _: done.append(job.tag), never, 0.0)
    assert sorted(done[:-1]) == list(range(6)) and done[-1] == "blocked"


def test_a_job_that_loses_every_worker_ends_the_search_and_is_named():
    done, pools = [], []

    def open_pool():
        pools.append(Brittle((13,)))
        return pools[-1]

    def end_what_runs():
        pools[-1].end()
        return False

    jobs = jobs_of(math.factorial, (1,), (13,), (2,), (3,))
    with Dispatcher(open_pool, 4) as dispatcher:
        with pytest.raises(SearchError, match=r"job 1 has lost its worker 3 times \(Broken"):
            dispatcher.work(jobs, lambda job, _: done.append(job.tag), end_what_runs, 0.0)
    # Twice everything was lost. Then each ran alone: the first was innocent.
    assert len(pools) == 3 and done == [0]


def test_an_executor_that_takes_nothing_is_given_up():
    opened = []

    def open_one():
        opened.append(Refusing())
        return opened[-1]

    with Dispatcher(open_one, 2) as dispatcher:
        with pytest.raises(SearchError, match=r"took no task 3 times .*WorkerVanishedError"):
            dispatcher.work(jobs_of(abs, (1,)), pytest.fail, never, 0.0)
    assert len(opened) == 3


def test_late_results_are_dropped():
    late = Late()
    jobs = jobs_of(operator.neg, *((k,) for k in range(5)))
    with Dispatcher(lambda: late, 2) as dispatcher:
        dispatcher.work(jobs, pytest.fail, lambda: bool(late.held), 0.0)
        assert len(late.held) == 2
        late.release()
        done = []
        jobs = jobs_of(operator.neg, (7,))

        def tell():
            late.release()
            return False

        dispatcher.work(jobs, lambda job, result: done.append(result), tell, 0.0)
    assert done == [-7]


@pytest.mark.parametrize("kind", [Losing, Cancelling, Pure])
def test_a_search_is_the_same_on_every_executor(tmp_path, spec, config, contents, kind):
    settings = config(evaluations=4000)
    search(tmp_path / "calm.db", spec(), settings)
    search(tmp_path / "rough.db", spec(), config(evaluations=4000, workers=3), recruit=kind)
    calm, rough = contents(tmp_path / "calm.db"), contents(tmp_path / "rough.db")
    assert len(calm["elites"]) > 50 and calm == rough


@pytest.mark.slow
def test_native_libraries_have_one_thread_in_anybodys_workers():
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        libraries = pool.submit(run_job, "1", threadpoolctl.threadpool_info, ()).result()
    assert libraries and {library["num_threads"] for library in libraries} == {1}
