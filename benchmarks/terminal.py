"""A command on a terminal of its own, as a user has it: what it draws and when, and its memory."""

import fcntl
import os
import pty
import re
import struct
import termios
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

#: What moves the cursor or sets colours, between the characters that are shown.
_ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[\]P_].*?(?:\x07|\x1b\\\\)|\x1b.", re.DOTALL)

#: Seconds after which nothing more is expected.
_PATIENCE = 20.0

#: Seconds after which a key is taken to change nothing.
_IDLE = 2.0


class Terminal:
    """A process on a pseudo-terminal of 160 x 50 characters."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        """Start a command.

        Args:
            command: Program and arguments.
            environment: What to set beside the environment that is there.
        """
        self._drawn = bytearray()
        self._times: list[tuple[float, int]] = []
        self.started = time.perf_counter()
        self._process, self._file = pty.fork()
        if not self._process:  # the child
            os.execvpe(command[0], list(command), {**os.environ, **environment})
        size = struct.pack("HHHH", 50, 160, 0, 0)
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, size)
        threading.Thread(target=self._read, daemon=True).start()

    def __enter__(self) -> Self:
        """The terminal itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave with the key for it, and wait for the end."""
        os.write(self._file, b"q")
        os.waitpid(self._process, 0)

    def wait_for(self, text: str) -> float:
        """Seconds from the start until a text has been drawn.

        Raises:
            TimeoutError: If it does not come.
        """
        while time.perf_counter() < self.started + _PATIENCE:
            seen = len(self._times)
            plain = _ESCAPES.sub(b"", bytes(self._drawn)).decode(errors="replace")
            if text in plain:
                return self._times[seen - 1][0] - self.started
            time.sleep(0.005)
        raise TimeoutError(f"expected {text!r} on the screen within {_PATIENCE:g} s")

    def press(self, key: bytes) -> float | None:
        """Seconds until anything is drawn after a key, None if nothing is; returns at rest."""
        seen = len(self._times)
        begun = time.perf_counter()
        os.write(self._file, key)
        while len(self._times) == seen:
            if time.perf_counter() > begun + _IDLE:
                return None
            time.sleep(0.0005)
        answered = self._times[seen][0] - begun
        self.settle()
        return answered

    def settle(self, still: float = 0.4) -> float:
        """Wait until nothing has been drawn for so many seconds; seconds until the last drawing."""
        while not self._times or time.perf_counter() - self._times[-1][0] < still:
            time.sleep(0.01)
        return self._times[-1][0] - self.started

    @property
    def memory(self) -> float:
        """Largest size of the process so far, in MiB."""
        status = Path(f"/proc/{self._process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def _read(self) -> None:
        while True:
            try:
                drawn = os.read(self._file, 1 << 16)
            except OSError:  # the process has ended
                return
            self._drawn += drawn
            self._times.append((time.perf_counter(), len(self._drawn)))
