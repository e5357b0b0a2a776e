"""How long people wait: ``python -m benchmarks.startup``.

Wall-clock seconds of whole processes, median of the runs: ``elitemap --help``, and from the start
of a search of cos to its first front, with an empty kernel cache (as after a fresh install) and
with the kernels built.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.provenance import provenance

DATA = Path(__file__).resolve().parent / "data"

FIRST_FRONT = """
import sys
from pathlib import Path
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Progress
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec

def observe(event):
    if isinstance(event, Progress) and event.front:
        print("front", flush=True)

if __name__ == "__main__":
    spec = TaskSpec.of("elementary", "cos", {})
    search(Path(sys.argv[1]), spec, SearchConfig(seconds=3.0), observe)
"""


def help_seconds() -> float:
    """Seconds that ``elitemap --help`` takes."""
    command = Path(sys.executable).with_name("elitemap")
    started = time.perf_counter()
    subprocess.run([command, "--help"], check=True, capture_output=True)
    return time.perf_counter() - started


def front_seconds(cache: Path) -> float:
    """Seconds from the start of a process to the first front of its search."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "first_front.py"
        script.write_text(FIRST_FRONT)
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, str(script), f"{folder}/a.db"],
            stdout=subprocess.PIPE,
            env={**os.environ, "ELITEMAP_CACHE": str(cache)},
        )
        assert process.stdout is not None
        process.stdout.readline()
        waited = time.perf_counter() - started
        process.communicate()
    return waited


def main() -> None:
    """Measure and write the data file."""
    with tempfile.TemporaryDirectory() as folder:
        cold = [front_seconds(Path(folder) / str(k)) for k in range(3)]
        warm = [front_seconds(Path(folder) / "0") for _ in range(3)]
    waits = {
        "elitemap --help": [help_seconds() for _ in range(7)],
        "first front, no kernels yet": cold,
        "first front, kernels built": warm,
    }
    rows = [
        {"what": what, "seconds": round(statistics.median(times), 2), "runs": len(times)}
        for what, times in waits.items()
    ]
    print(json.dumps(rows))
    document = {
        "title": "Waiting",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.startup"),
        "rows": rows,
    }
    (DATA / "startup.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
