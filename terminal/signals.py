"""Ctrl-C as a request: the first asks the search to save and stop, the second stops at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from elitemap.terminal.boundary import say


@contextmanager
def stop_requests() -> Iterator[Callable[[], bool]]:
    """While the context lasts, SIGINT and SIGTERM only raise a flag; give the flag's reader.

    A second signal has its usual effect.
    """
    asked = False

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        say("saving; once more to stop at once")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
