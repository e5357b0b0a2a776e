"""Run searches and keep their certified fronts: ``python -m benchmarks.searches TARGET``.

Every seed starts from random programs with the options given and nothing else. The digits recorded
are the certified ones; the time at which the search's own estimate first passed a bar is recorded
beside them. Rows of seeds that were run before are kept; a repeated seed replaces its rows.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.provenance import provenance
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event, Progress
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.searchspaces.elementary.targets import NAMED

DATA = Path(__file__).resolve().parent / "data"

#: Operations and estimated digits whose first passing is timed, by target.
BARS: Mapping[str, tuple[tuple[int, float], ...]] = {
    "exp2": ((7, 9.2), (8, 11.0), (9, 12.8), (10, 14.6)),
}


#: What tells the rows of one search from those of others.
KEY = ("target", "seed", "seconds", "options")


class Stopwatch:
    """Notes when a search's estimated front first passes each bar."""

    def __init__(self, bars: tuple[tuple[int, float], ...]) -> None:
        """Wait for the given (operations, digits)."""
        self.waiting = list(bars)
        self.passed: dict[str, float] = {}
        self.last: Progress | None = None

    def __call__(self, event: Event) -> None:
        """An observer of the engine's events."""
        if not isinstance(event, Progress):
            return
        self.last = event
        for ops, digits in list(self.waiting):
            if any(row["ops"] <= ops and row["error"] <= 10.0**-digits for row in event.front):
                self.passed[f"{ops} ops >= {digits}"] = round(event.elapsed, 1)
                self.waiting.remove((ops, digits))


def run(
    target: str, settings: Mapping[str, str], seed: int, seconds: float
) -> list[dict[str, Any]]:
    """One search; the certified elites of its front as rows."""
    watch = Stopwatch(BARS.get(target, ()))
    spec = TaskSpec.of("elementary", target, settings)
    options = load_task(spec).options
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "search.db"
        search(archive, spec, SearchConfig(seed=seed, seconds=seconds), watch)
        with ArchiveReader.open(archive) as reader:
            views = reader.elites(ElitesQuery(pareto="ops,digits", limit=100))
    shared = {
        "target": target,
        "domain": settings.get("domain") or NAMED.get(target, ("", "0,1", ""))[1],
        "error": options["error"],
        "options": dict(settings),
        "seed": seed,
        "seconds": seconds,
    }
    rows = [
        {**shared, "ops": int(v.objectives["ops"] or 0), "digits": v.objectives["digits"]}
        | {"source": v.source}
        for v in views
    ]
    last = watch.last
    figures = {} if last is None else {
        "screened_per_second": last.screened / last.elapsed,
        "proposals_per_second": last.proposals / last.elapsed,
        "hit_rate": last.hit_rate,
        "audits": last.audits,
        "audit_mismatches": last.audit_mismatches,
    }  # fmt: skip
    print(json.dumps({**shared, "passed": watch.passed, **figures}), file=sys.stderr, flush=True)
    return [{**row, "passed": watch.passed} for row in rows]


def main() -> None:
    """Run the seeds asked for and merge their rows into the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seeds", default="1", help="such as 1,2,3")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--name", help="of the data file; the target if left out")
    arguments = parser.parse_args()
    settings = dict(pair.split("=", 1) for pair in arguments.set)
    path = DATA / f"search_{arguments.name or arguments.target}.json"
    kept = json.loads(path.read_text())["rows"] if path.exists() else []
    for seed in (int(text) for text in arguments.seeds.split(",")):
        rows = run(arguments.target, settings, seed, arguments.seconds)
        same = (arguments.target, seed, arguments.seconds, settings)
        kept = [row for row in kept if tuple(row[key] for key in KEY) != same]
        kept += rows
        command = "python -m benchmarks.searches " + " ".join(sys.argv[1:])
        document = {"provenance": provenance(command), "rows": kept}
        path.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
