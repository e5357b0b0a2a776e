"""Ctrl-C as a request: the first asks the search to save and stop, the second stops at once."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from elitemap.terminal.boundary import say

#: Seconds within which a second signal is the first one again: ``timeout`` and some shells send one
#: to the process and one to its group.
_ECHO = 0.5


@contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """While the context lasts, SIGINT and SIGTERM only raise a flag; give the flag's reader.

    Another signal, unless it is the echo of the first, raises KeyboardInterrupt.
    """
    asked: float | None = None

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        now = time.monotonic()
        if asked is None:
            asked = now
            # Where the signal came in the middle of a line, stderr refuses another one.
            with suppress(RuntimeError):
                say("saving; once more to stop at once")
        elif now - asked > _ECHO:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked is not None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
