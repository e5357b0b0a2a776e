"""Where tasks run: this process, or a pool of processes that end with it."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from inspect import signature
from multiprocessing import connection, get_context, parent_process
from types import ModuleType
from typing import Any, ParamSpec, Protocol, TypeVar, runtime_checkable

P = ParamSpec("P")
T = TypeVar("T")


class SerialExecutor(Executor):
    """Runs a task in the caller's thread as soon as it is submitted."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Run the task and return its result as a future; its exception is raised here."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class WorkerPool(ProcessPoolExecutor):
    """Processes that ignore Ctrl-C and end when this one does, even by SIGKILL."""

    def __init__(self, workers: int) -> None:
        """A pool of so many processes, started when needed."""
        super().__init__(workers, mp_context=get_context("spawn"), initializer=_prepare)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Submit a task; a process started for it inherits that SIGINT is blocked."""
        with _interrupts_held(), _script_hidden():
            return super().submit(fn, *args, **kwargs)

    def abandon(self) -> None:
        """End at once, without waiting for running tasks; a stopped process ends as well."""
        processes, results = list((self._processes or {}).values()), self._result_queue
        self.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.kill()
        for process in processes:
            process.join()
        # Where a worker has sent a part of a result, the pool's thread waits for the rest for ever,
        # unless nobody can write any more.
        writer: Any = getattr(results, "_writer", None)
        if writer is not None:
            writer.close()


@runtime_checkable
class Crowd(Protocol):
    """An executor whose workers come and go, and that can tell them apart."""

    def workers(self) -> int:
        """How many there are now."""

    def submit_near(self, place: int | None, fn: Callable[..., T], /, *args: Any) -> "Future[T]":
        """Submit a task to the worker that had the last one of its place, if it has time."""

    def forsake(self, future: "Future[Any]") -> None:
        """Give up a task that does not end, and its worker with it, without waiting for either."""


def open_executor(workers: int) -> Executor:
    """This process for one worker, else a pool."""
    return SerialExecutor() if workers == 1 else WorkerPool(workers)


def close_executor(executor: Executor) -> None:
    """Give up what still runs and free the executor's processes."""
    if isinstance(executor, WorkerPool):
        executor.abandon()
    elif "cancel_futures" in signature(executor.shutdown).parameters:
        executor.shutdown(wait=False, cancel_futures=True)
    else:
        executor.shutdown(wait=False)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Block SIGINT: a worker that is still importing could not ignore it yet."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _script_hidden() -> Iterator[None]:
    """Let a process that is started now not import the script that runs here.

    It needs nothing of it, and a script that searches without ``if __name__ == "__main__":`` would
    begin a search in every worker.
    """
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _prepare() -> None:
    """Initialise a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the parent is gone: waiting on the task queue would last forever."""
    parent: Any = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
