"""Run the command line as a user does, and watch the time and the memory of all its processes."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Seconds between two looks at the memory.
PAUSE = 0.05


@dataclass(frozen=True)
class Watched:
    """One search.

    Attributes:
        result: What ``--json`` printed.
        run: Its record in the archive, as ``elitemap runs --json`` prints it.
        seconds: Wall-clock seconds of the process, start and end included.
        megabytes: Largest memory of its processes together, shared pages counted once (PSS).
    """

    result: dict[str, Any]
    run: dict[str, Any]
    seconds: float
    megabytes: float


def search(space: str, target: str, arguments: Sequence[str]) -> Watched:
    """``elitemap search SPACE TARGET ... --json --quiet`` in an empty archive.

    Raises:
        subprocess.CalledProcessError: If it fails.
    """
    command = str(Path(sys.executable).with_name("elitemap"))
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder) / "search.db")
        line = [command, "search", space, target, *arguments, "--archive", archive]
        started = time.perf_counter()
        process = subprocess.Popen(
            [*line, "--json", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        memory = _Memory(process.pid)
        memory.start()
        out, errors = process.communicate()
        seconds = time.perf_counter() - started
        memory.stop()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, line, out, errors)
        runs = subprocess.run(
            [command, "runs", "--archive", archive, "--json"], check=True, capture_output=True
        )
    return Watched(json.loads(out), json.loads(runs.stdout)[-1], seconds, memory.most / 1e6)


class _Memory(threading.Thread):
    """Samples the memory of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        """Watch a process."""
        super().__init__(daemon=True)
        self.pid, self.most, self.done = pid, 0, threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self.done.wait(PAUSE):
            self.most = max(self.most, sum(map(_resident, _family(self.pid))))

    def stop(self) -> None:
        """Stop sampling."""
        self.done.set()
        self.join()


def _family(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:
                continue  # it has ended meanwhile
    return found


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it has ended meanwhile
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
