"""Jobs that hang are ended where they run: nobody else can end a task that has begun.

An exception is raised in the job's thread, which ends whatever runs in Python. If that does not
help for a while, the process ends, if it is a worker's own: to the coordinator a lost worker.
"""

import ctypes
import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Seconds that a job has to end after it was asked to.
GRACE = 10.0

#: Exit code of a worker that ended itself.
EXIT = 75


class HungError(BaseException):
    """Raised in a job that takes too long; no job may take it for an error of its own."""


@dataclass(frozen=True)
class Hung:
    """What comes of a job that took too long.

    Attributes:
        limit: Seconds that it had.
    """

    limit: float


@contextmanager
def ended_after(limit: float) -> Iterator[None]:
    """End what runs in this thread after so many seconds; infinity for never."""
    if limit == float("inf"):
        yield
        return
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(done, threading.get_ident(), limit), daemon=True)
    try:
        watch.start()
    except RuntimeError as error:  # the system has no room for a thread
        raise MemoryError(str(error)) from error
    try:
        yield
    finally:
        done.set()
        watch.join()


def _watch(done: threading.Event, thread: int, limit: float) -> None:
    if done.wait(limit):
        return
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(HungError))
    if not done.wait(GRACE) and multiprocessing.parent_process() is not None:
        os._exit(EXIT)
