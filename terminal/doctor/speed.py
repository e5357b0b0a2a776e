"""How fast this machine searches and writes: short measurements, to compare machines by."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from elitemap.archive.errors import ElitemapError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import EliteRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.terminal.doctor.checks import Check
from elitemap.terminal.numbers import count

#: Evaluations of the short search, and programs that are written.
EVALUATIONS, PROGRAMS = 100_000, 20_000


def measured() -> list[Check]:
    """Proposals and evaluations a second of one worker, and programs a second into an archive."""
    with tempfile.TemporaryDirectory(prefix="elitemap-") as folder:
        path = Path(folder, "speed.db")
        try:
            return [_search(path), _archive(path)]
        except ElitemapError as error:
            return [Check("speed", "broken", str(error))]


def _search(path: Path) -> Check:
    spec = TaskSpec.of("elementary", "exp2", {"max_ops": "6"})
    config = SearchConfig(seed=1, evaluations=EVALUATIONS, islands=1, workers=1)
    outcome = search(path, spec, config)
    summary = outcome.summary
    seconds = max(float(summary["seconds"]), 1e-3)
    return Check(
        "search",
        "ok",
        f"{count(summary['proposals'] / seconds)} proposals/s and"
        f" {count(summary['evaluations'] / seconds)} evaluations/s on one core, proofs included"
        f" (2^x, {seconds:.1f} s)",
    )


def _archive(path: Path) -> Check:
    with ArchiveReader.open(path) as reader:
        run = reader.run()
    records = [_record(k) for k in range(PROGRAMS)]
    with ArchiveWriter.open(path) as writer:
        writer.begin(replace(run, id="speed", config={}))
        begun = time.perf_counter()
        writer.flush("speed", records)
        took = time.perf_counter() - begun
    return Check("archive", "ok", f"{count(PROGRAMS / took)} programs/s written")


def _record(slot: int) -> EliteRecord:
    constant = ["const", float(slot + 1).hex(), (0.0).hex()]
    rows = [constant, *(["mul", k, k + 1] for k in range(8))]
    return EliteRecord(
        slot=slot,
        cell=(slot,),
        program={"schema": 1, "inputs": ["x"], "instructions": rows, "outputs": [9]},
        source=f"x * {slot}",
        quality=float(slot),
        objectives={"ops": 8, "error": 1.0 / (slot + 1)},
        measures={"ops": 8},
        status="candidate",
        certificate=None,
        parent=None,
        operator=None,
    )
