"""Every reader fuzzed under guidance by coverage, each in a process of its own."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.reliability.targets import targets

_DONE = re.compile(r"^Done (\d+) runs", re.MULTILINE)
_COVERED = re.compile(r"cov: (\d+)")


def guided(folder: Path, times: int, seconds: float) -> list[dict[str, Any]]:
    """A row for each reader: how many inputs, and how many places of the code they reached.

    Raises:
        SystemExit: If atheris is not installed, or an input was not refused as we say.
    """
    if find_spec("atheris") is None:
        raise SystemExit("expected the package atheris: pip install atheris")
    found = targets()
    return [
        _row(folder, name, one.seeds, times, seconds / len(found)) for name, one in found.items()
    ]


def _row(
    folder: Path, name: str, seeds: tuple[bytes, ...], times: int, seconds: float
) -> dict[str, Any]:
    corpus = folder / name.split()[0]
    corpus.mkdir()
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed)
    limits = [f"-runs={times}", f"-max_total_time={max(1, round(seconds))}", "-max_len=200000"]
    command = [sys.executable, "-m", "benchmarks.reliability.coverage", name.split()[0]]
    done = subprocess.run([*command, *limits, str(corpus)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-2000:]}")
    return {
        "reads": name,
        "inputs": int(_DONE.findall(done.stderr)[-1]),
        "places reached": int(_COVERED.findall(done.stderr)[-1]),
        "not refused as promised": 0,
    }
