"""What runs in a worker: results, errors and missing data as values; and a state that travels."""

from collections import deque

import numpy as np
import pytest

from elitemap.archive.errors import SearchError
from elitemap.engine.data.arrays import ArraysContent
from elitemap.engine.data.contents import forget, keep, kept
from elitemap.engine.islands.epoch import Limits, run_epoch
from elitemap.engine.islands.state import IslandState
from elitemap.engine.running.dispatch import Dispatcher
from elitemap.engine.running.executors import SerialExecutor
from elitemap.engine.running.job import Job
from elitemap.engine.running.worker import (
    Raised,
    blocks_task,
    certify_task,
    prepare_task,
    run_job,
    run_supplied_job,
)
from elitemap.engine.settling import settled
from elitemap.engine.tasks import load_task

WEIGHTS = np.linspace(0.5, 2.0, 32)


@pytest.fixture(autouse=True)
def nothing_kept():
    forget()
    yield
    forget()


@pytest.fixture
def brought(spec, tmp_path):
    """A task with a user's array, its content, and no file or memory of it left here."""
    path = tmp_path / "weights.npy"
    np.save(path, WEIGHTS)
    task = settled(spec(weights=str(path)))
    content = kept(dict(task.digests)["weights"])
    path.unlink()
    forget()
    return task, content


def test_what_a_job_raises_comes_back_with_its_place():
    answer = run_job("1", np.linalg.inv, (np.zeros((2, 2)),))
    assert isinstance(answer, Raised) and isinstance(answer.error, np.linalg.LinAlgError)
    assert "in a worker:\nTraceback" in answer.error.__notes__[0]


def test_a_task_lacks_its_data_until_it_is_sent(brought):
    task, content = brought
    digest = dict(task.digests)["weights"]
    answer = run_job("1", prepare_task, (task,))
    assert answer.digests == (digest,) and kept(digest) is None
    assert run_supplied_job("2", [content], prepare_task, (task,)) is None
    assert kept(digest) is not None and run_job("3", prepare_task, (task,)) is None


def test_data_are_sent_once_and_only_to_who_lacks_them(brought):
    task, content = brought
    digest, sent, done = dict(task.digests)["weights"], [], []

    class Watched(SerialExecutor):
        def submit(self, fn, /, *args, **more):
            sent.append(fn.__name__)
            return super().submit(fn, *args, **more)

    with Dispatcher(Watched, 1, {digest: content}) as dispatcher:
        jobs = deque(Job(k, f"job {k}", prepare_task, (task,)) for k in range(3))
        dispatcher.work(jobs, lambda job, result: done.append(job.tag), lambda: False, 0.0)
    assert done == [0, 1, 2] and sent == ["run_job", "run_supplied_job", "run_job", "run_job"]


@pytest.mark.parametrize("sent", ["nothing", "something else"])
def test_a_worker_that_never_gets_its_data_ends_the_search(brought, sent):
    task, _ = brought
    other = ArraysContent.of({"a": np.arange(3.0)})
    contents = {} if sent == "nothing" else {dict(task.digests)["weights"]: other}
    with Dispatcher(SerialExecutor, 1, contents) as dispatcher:
        jobs = deque([Job(0, "the first epoch", prepare_task, (task,))])
        with pytest.raises(SearchError, match="the first epoch did not get the data"):
            dispatcher.work(jobs, lambda job, result: None, lambda: False, 0.0)


def test_what_is_sent_is_known_by_what_it_is():
    # As it comes out of another process: writable, in any layout.
    content = ArraysContent({"a": np.asfortranarray(np.arange(6.0).reshape(2, 3))})
    digest = keep(content)
    held = kept(digest).load()["a"]
    assert digest == ArraysContent.of(content.arrays).digest() and not held.flags.writeable
    np.testing.assert_array_equal(held, content.arrays["a"])


def test_a_task_without_blocks_has_none_to_go_through(spec):
    with pytest.raises(ValueError, match="expected a task with an enumeration, got toy bits"):
        blocks_task(spec(), 0, 1)


def test_blocks_are_numbered_and_an_attempt_is_timed(spec, toy):
    found = blocks_task(spec(blocks="4"), 1, 2)
    assert found.first == 1 and len(found.blocks) == 2 and found.seconds >= 0
    rows = toy.space.random(1, np.random.default_rng(1))
    tried = certify_task(spec(), toy.space.to_json(rows, 0), 1.0)
    assert tried.result[2] == {"method": "count"} and tried.seconds >= 0


@pytest.mark.parametrize("settings", [{}, {"noise": "1.5"}, {"rungs": "3"}], ids=str)
@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_a_state_is_the_same_to_the_bit_after_any_journey(spec, config, epochs, settings):
    task = load_task(spec(**settings))
    args = task.space, task.evaluator, config()
    state = IslandState.fresh(*args, 1)
    for _ in range(epochs):
        state, _ = run_epoch(*args, state, Limits(600), None)
    data = state.to_bytes()
    again = IslandState.from_bytes(data, *args)
    assert again.to_bytes() == data
    stays, _ = run_epoch(*args, state, Limits(600), None)
    goes_on, _ = run_epoch(*args, again, Limits(600), None)
    assert stays.to_bytes() == goes_on.to_bytes()
