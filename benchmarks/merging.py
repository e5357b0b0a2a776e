"""Merging archives: seconds and memory for a million elites, whether they are new or known.

Makes an archive of ``--elites`` made-up programs as :mod:`benchmarks.archive_rates` makes them, and
another run of the same programs in a second one, and merges them with the command line into a new
archive: first one, then the other, then the first again, of which nothing is new. Memory is the
most that a command held, as the system tells it; the processor's seconds leave out what else the
machine did.
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.archive_rates import records, run_record
from benchmarks.provenance import provenance
from elitemap.archive.store import ArchiveWriter

DATA = Path(__file__).resolve().parent / "data"
FLUSH = 20_000


def make(path: Path, elites: int) -> None:
    """An archive of one run."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(run_record("first", 1))
        for first in range(0, elites, FLUSH):
            writer.flush("first", records(min(FLUSH, elites - first), first, 1))
        writer.finish("first", "done", {})


def other(path: Path, copy: Path) -> None:
    """A copy of an archive whose run is another one."""
    shutil.copy(path, copy)
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE run SET id = 'second', seed = 2")


def merge(target: Path, source: Path) -> dict[str, float]:
    """Seconds, those of the processor, the most memory in MB, and what the command says is new."""
    command = [Path(sys.executable).with_name("elitemap"), "merge", source, "--archive", target]
    start = time.perf_counter()
    with subprocess.Popen([*command, "--json", "--quiet"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, code, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        raise SystemExit(f"merge ended with {process.returncode}")
    return {
        "seconds": round(time.perf_counter() - start, 1),
        "processor seconds": round(used.ru_utime + used.ru_stime, 1),
        "memory, MB": round(used.ru_maxrss / 1024),
        "elites more": json.loads(said)["merged"][0]["elites"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elites", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    arguments = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        first, second, target = (Path(folder) / f"{name}.db" for name in ("a", "b", "merged"))
        make(first, arguments.elites)
        other(first, second)
        for what, source in (
            ("into a new archive", first),
            ("into that, another run of the same programs", second),
            ("once more, nothing new", first),
        ):
            rows.append({"what": what, "elites": arguments.elites, **merge(target, source)})
            print(json.dumps(rows[-1]), flush=True)
    document = {
        "title": "Merging archives",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance(f"python -m benchmarks.merging --elites {arguments.elites}"),
        "rows": rows,
    }
    (DATA / "merging.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
