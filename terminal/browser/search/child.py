"""A process of one's own that does a job, tells what happens, and ends when this process does.

The child hears of its end through the pipe: a message asks it to stop, and so does the end of the
file when this process is gone, however that came. Signals for the terminal do not reach it.
"""

import atexit
import os
import sys
import threading
from collections.abc import Callable
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from elitemap.terminal.boundary import verdict

#: Seconds that a child has to end after it was told to end at once.
_GRACE = 5.0


@dataclass(frozen=True)
class Done:
    """The last message of a job that came to its end: what it returned."""

    result: Any


@dataclass(frozen=True)
class Failed:
    """The last message of a job that did not: why, in one line."""

    reason: str


class Wire:
    """The child's end: tells messages, and knows whether to stop."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        """Listen on a connection."""
        self._connection = connection
        self._asked = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, message: Any) -> None:
        """Send a message; if nobody listens any more, that is a reason to stop."""
        try:
            self._connection.send(message)
        except OSError:
            self._asked.set()

    def halted(self) -> bool:
        """Whether the job is to save and stop."""
        return self._asked.is_set()

    def wait(self) -> None:
        """Wait until the job is to stop."""
        self._asked.wait()

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            self._connection.recv()
        self._asked.set()


Job = Callable[..., Any]


class Child:
    """One job in a process of its own. :meth:`news` is to be asked for several times a second."""

    def __init__(self, job: Job, *args: Any) -> None:
        """Start ``job(wire, *args)`` in a new process; all of it must be picklable."""
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        self._connection: Connection[Any, Any] = ours
        self._process = context.Process(target=_run, args=(theirs, job, args), name="elitemap-job")
        # The process for shared resources is given stderr, for which Textual has put an object
        # without a file.
        with redirect_stderr(sys.__stderr__):
            self._process.start()
        theirs.close()
        self._open = True
        # Before multiprocessing waits for its processes at exit, the child must know that it is
        # time to stop.
        atexit.register(self._hang_up)

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self._open

    def news(self) -> list[Any]:
        """The messages since the last call; the last one of all is :class:`Done` or `Failed`."""
        messages: list[Any] = []
        while self._open:
            # What the child said before it ended is still in the pipe: first look, then read.
            alive = self._process.is_alive()
            try:
                if not self._connection.poll():
                    if alive:
                        break
                    raise EOFError
                messages.append(self._connection.recv())
            except (EOFError, OSError):
                messages.append(Failed(self._obituary()))
            if isinstance(messages[-1], Done | Failed):
                self._bury()
        return messages

    def ask_to_stop(self) -> None:
        """Ask it to save and stop."""
        with suppress(OSError):
            self._connection.send("stop")

    def kill(self) -> None:
        """End it at once, whatever it is doing; there will be no more messages."""
        if self._open:
            self._process.kill()
            self._bury()

    def wait(self, seconds: float) -> bool:
        """Wait for a child that was asked to stop, and drop what it still tells.

        Returns:
            Whether it has ended; if not, it goes on until it has saved.
        """
        self._hang_up()
        self._process.join(seconds)
        return not self._process.is_alive()

    def _bury(self) -> None:
        self._hang_up()
        self._process.join(_GRACE)

    def _hang_up(self) -> None:
        self._open = False
        atexit.unregister(self._hang_up)
        self._connection.close()

    def _obituary(self) -> str:
        self._process.join(_GRACE)
        return f"the process ended before its job was done (code {self._process.exitcode})"


def _run(connection: "Connection[Any, Any]", job: Job, args: tuple[Any, ...]) -> None:
    """What runs in the child."""
    _leave_terminal()
    wire = Wire(connection)
    # The edge of a process, as elitemap.terminal.boundary is that of the program.
    try:
        last: Done | Failed = Done(job(wire, *args))
    except BaseException as error:
        last = Failed(verdict(error)[1])
    wire.tell(last)


def _leave_terminal() -> None:
    """Neither take the terminal's signals nor its keys, nor write to it."""
    if hasattr(os, "setsid"):
        os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
