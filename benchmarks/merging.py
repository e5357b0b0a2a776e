"""Merging archives: seconds and memory for a million elites, whether they are new or known.

Makes two archives of ``--elites`` made-up programs each, half of the second the same as in the
first, as :mod:`benchmarks.archive_rates` makes them, and merges them with the command line into a
new archive: first one, then the other, then the first again, of which nothing is new. Memory is the
most that a command held, as the system tells it.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.archive_rates import records, run_record
from benchmarks.provenance import provenance
from elitemap.archive.store import ArchiveWriter

DATA = Path(__file__).resolve().parent / "data"
FLUSH = 20_000


def make(path: Path, elites: int, shift: int, name: str) -> None:
    """An archive of one run; those of two shifts share what lies in both ranges."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(run_record(name, 1))
        for first in range(shift, shift + elites, FLUSH):
            writer.flush(name, records(min(FLUSH, shift + elites - first), first, 1))
        writer.finish(name, "done", {})


def merge(target: Path, source: Path) -> dict[str, float]:
    """Seconds, the most memory in MB, and what the command says is new."""
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
        make(first, arguments.elites, 0, "first")
        make(second, arguments.elites, arguments.elites // 2, "second")
        for what, source in (
            ("into a new archive", first),
            ("into that, half of the programs known", second),
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
