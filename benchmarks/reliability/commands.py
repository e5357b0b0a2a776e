"""Searches from the command line, and what the trials of faults have in common."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SEARCH = ["search", "elementary", "exp2", "--set", "max_ops=4", "--seed", "1", "--islands", "2"]

Row = dict[str, Any]


class Unavailable(Exception):
    """What a scenario needs is not there; the text says what."""


def command(*arguments: str, archive: Path) -> list[str]:
    """A command line of elitemap."""
    script = [sys.executable, "-c", "from elitemap.cli import main; main()"]
    return [*script, *arguments, "--archive", str(archive)]


def search(archive: Path, evaluations: int, *more: str) -> list[str]:
    """A search with a budget in evaluations, the same every time."""
    budget = ["--evaluations", str(evaluations), "--workers", "1", "--quiet", *more]
    return command(*SEARCH, *budget, archive=archive)


def undisturbed(folder: Path, evaluations: int) -> Path:
    """An archive with what the search finds where nothing goes wrong; made once in a folder."""
    archive = folder / f"undisturbed-{evaluations}.db"
    if not archive.exists():
        told(search(archive, evaluations), 0)
    return archive


def told(arguments: list[str], code: int, **how: Any) -> str:
    """Run a command that has to end with a code; the last line of what it says on stderr."""
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600, **how)
    assert done.returncode == code, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr, done.stderr
    return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""


def wait(condition: Callable[[], bool], patience: float = 300.0) -> None:
    """Wait until something is so; it must not take too long."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)


def plain(line: str, folder: Path) -> str:
    """A line without the folder of this trial."""
    return line.replace(str(folder), "...")
