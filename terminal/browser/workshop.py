"""Work with tasks (export, curves) on one thread of its own, so that no key ever waits for it.

One thread and not several: ball arithmetic keeps its precision in a global setting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Workshop:
    """A thread that does one job after the other."""

    def __init__(self) -> None:
        """A thread, started by the first job."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browse-work")

    async def do(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The result of a job; what is cancelled before its turn is never begun."""
        return await asyncio.wrap_future(self._thread.submit(job, *args, **kwargs))

    def close(self) -> None:
        """Give up what has not begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)
