"""What fills an archive: the same search with this elitemap and, side by side, an older one.

Runs one search of ``elementary`` with a budget in evaluations, looks at the size of the archive and
its log ten times a second, and asks SQLite at the end what the pages hold. ``free`` are pages
that hold nothing. The processor's seconds are those of the whole search with its workers. The
column ``before`` is the same search with an older ``elitemap``, named by ``--before``: the last one
that neither compressed the states of islands nor gave back what a finished search needs no more.
"""

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from benchmarks.provenance import provenance

DATA = Path(__file__).resolve().parent / "data"
SEARCH = ("search", "elementary", "exp(-x)", "--set", "domain=0,20", "--set", "max_ops=13")
KINDS = {
    "program": "programs and ancestry",
    "elite": "elites",
    "program_id": "indexes",
    "elite_program": "indexes",
    "state": "states of islands",
}


def grow(command: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """Sizes in MB and seconds of one search."""
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = Path(folder) / "growth.db"
        asked = [*SEARCH, "--evaluations", arguments.evaluations, "--seed", arguments.seed]
        asked += ["--islands", 4, "--quiet", "--archive", path]
        before = _busy()
        with subprocess.Popen([command, *map(str, asked)], stdout=subprocess.DEVNULL) as process:
            file = log = 0
            while process.poll() is None:
                file, log = max(file, _size(path)), max(log, _size(Path(f"{path}-wal")))
                time.sleep(0.1)
        if process.returncode:
            raise SystemExit(f"{command} ended with {process.returncode}")
        found = {"processor seconds": _busy() - before}
        found |= {"largest file, MB": file / 1e6, "largest log beside it, MB": log / 1e6}
        return found | {"file at the end, MB": path.stat().st_size / 1e6} | _contents(path)


def _contents(path: Path) -> dict[str, float]:
    """Megabytes at the end, by what is in them."""
    found = dict.fromkeys(("programs and ancestry", "elites", "indexes", "states of islands"), 0.0)
    found |= {"free": 0.0, "everything else": 0.0}
    with closing(sqlite3.connect(path)) as connection:
        for table, size in connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
            found[KINDS.get(table, "everything else")] += size / 1e6
        free, page = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("freelist_count", "page_size")
        )
    found["free"] = free * page / 1e6
    return {f"{name} at the end, MB": value for name, value in found.items()}


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _busy() -> float:
    """Processor time of the children that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=100_000_000)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    parser.add_argument("--before", type=Path, help="the elitemap of an older version")
    arguments = parser.parse_args()
    columns: dict[str, Mapping[str, float]] = {}
    if arguments.before:
        columns["before"] = grow(arguments.before, arguments)
    columns["now"] = grow(Path(sys.executable).with_name("elitemap"), arguments)
    first = next(iter(columns.values()))
    rows = [
        {"what": what} | {name: round(values[what], 2) for name, values in columns.items()}
        for what in first
    ]
    print(json.dumps(rows))
    document = {
        "title": "Growth of an archive",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance(
            f"python -m benchmarks.archive_growth --evaluations {arguments.evaluations}"
            + (" --before OLD/elitemap" if arguments.before else "")
        ),
        "rows": rows,
    }
    (DATA / "archive_growth.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
