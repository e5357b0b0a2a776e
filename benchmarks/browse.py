"""How long the browser waits for an archive of a million elites: ``python -m benchmarks.browse``.

Writes made-up elementary programs of four runs (one has seven tenths of them), a third of them
certified and a few marked, and then asks in a new process what the browser asks: the counts of the
tree, the first page and any other page of a table in several orders and filters, a search for a
text, the map, the Pareto plot, and everything about one elite. Wall-clock seconds, median of the
repetitions, with the file in the system's cache. ``longest pause`` is how long another thread had
to wait for its turn while a listing was made, and ``memory`` the largest size of the process that
asked it all. Then the browser itself on a terminal of 160 x 50 characters: seconds from the start
of the command until a view shows something (of so many elites a sample, or the first page) and
until it shows everything, and a visit of some forty keys: seconds until the screen answers each.
"""

import argparse
import json
import multiprocessing
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.archive_rates import records
from benchmarks.provenance import provenance
from benchmarks.visits import openings, visit
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import EliteRecord, RunRecord, Status
from elitemap.archive.store import ArchiveWriter

DATA = Path(__file__).resolve().parent / "data"

#: Share of the elites of each run, in tenths.
SHARES = (7, 1, 1, 1)
FLUSH = 20_000

#: Orders and filters of a table.
QUERIES = {
    "as found": ElitesQuery(),
    "by digits": ElitesQuery(sort="-digits"),
    "by operations, digits": ElitesQuery(sort="ops,-digits"),
    "by program text": ElitesQuery(sort="source"),
    "filtered, by error": ElitesQuery(where="ops <= 12 and status = 'certified'", sort="error"),
    "searched": ElitesQuery(search="0.12"),
    "marked": ElitesQuery(where="mark = 'star'"),
}


def write(path: Path, elites: int) -> None:
    """An archive with so many elites."""
    with ArchiveWriter.open(path) as writer:
        for number, share in enumerate(SHARES):
            run = _run(number)
            writer.begin(run)
            total = elites * share // sum(SHARES)
            for first in range(0, total, FLUSH):
                batch = records(min(FLUSH, total - first), first, number)
                writer.flush(run.id, [_checked(elite) for elite in batch])
                writer.remark(batch[0].id, "star", "worth a look")
            writer.finish(run.id, "done", {})


def _run(number: int) -> RunRecord:
    return RunRecord(
        id=f"run-{number}",
        space="elementary",
        target=("exp2", "exp2", "tanh", "erf")[number],
        options={"domain": "0,1"},
        config={"pareto": [["ops", -1], ["digits", 1]]},
        seed=number,
        started_at=f"2026-01-0{number + 1}T00:00:00+00:00",
        finished_at=None,
        status="running",
        version="0",
        summary={},
    )


def _checked(elite: EliteRecord) -> EliteRecord:
    status: Status = "certified" if elite.slot % 3 == 0 else "candidate"
    return replace(elite, status=status)


def seconds(question: Callable[[], Any], repetitions: int) -> tuple[float, Any]:
    """Median wall-clock seconds of a question, and its last answer."""
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        answer = question()
        times.append(time.perf_counter() - start)
    return statistics.median(times), answer


def opening(path: Path) -> None:
    """From a closed file to a tree and a first page."""
    with ArchiveReader.open(path) as reader:
        reader.overview()
        reader.page(ElitesQuery(sort="-digits"), 0, 50)


def inventory(reader: ArchiveReader) -> None:
    """The columns of a table, which the reader keeps until another question comes."""
    reader.columns(ElitesQuery())
    reader.columns(ElitesQuery(target="none"))


def questions(path: Path, repetitions: int) -> Iterator[tuple[str, float, str]]:
    """Everything that the browser asks: what, how much, and the unit."""

    def asked(what: str, question: Callable[[], Any]) -> tuple[str, float, str]:
        return what, round(seconds(question, repetitions)[0], 4), "s"

    yield asked("open, tree and first page", lambda: opening(path))
    with ArchiveReader.open(path) as reader:
        yield asked("tree", reader.overview)
        for name, query in QUERIES.items():
            yield asked(f"{name}: first page", partial(reader.page, query, 0, 50))
            took, listing = seconds(partial(reader.listing, query), repetitions)
            yield f"{name}: listing", round(took, 4), "s"
            pages = [partial(reader.page, listing, len(listing) * k // 7, 50) for k in range(7)]
            waits = [seconds(page, 1)[0] for page in pages]
            yield f"{name}: slowest of seven pages", round(max(waits), 4), "s"
        every = reader.listing(ElitesQuery())
        (line,) = reader.page(every, len(every) // 2, 1)
        yield asked("find an elite in a listing", partial(reader.locate, every, line.id))
        yield asked("count of a filter", partial(reader.count, ElitesQuery(where="ops <= 12")))
        yield asked("columns", lambda: inventory(reader))
        for x, y in (("ops", "divisions"), ("error", "digits")):
            yield asked(f"map of {x}, {y}", partial(reader.heatmap, ElitesQuery(), x, y))
        yield asked("Pareto plot", partial(reader.points, ElitesQuery(), "ops", "digits"))
        yield asked("one elite", partial(reader.elite, line.id))
        yield asked("its cell", partial(reader.cell_mates, line.run, line.cell))
    yield "longest pause", round(longest_pause(path), 4), "s"
    yield "memory", round(memory()), "MiB"


def memory() -> float:
    """Largest size of this process, in MiB; what getrusage tells begins with the parent's size."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def longest_pause(path: Path) -> float:
    """Longest time that this thread was kept from running while another made a listing."""
    done = threading.Event()

    def work() -> None:
        with ArchiveReader.open(path) as reader:
            reader.listing(ElitesQuery(sort="-digits"))
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    longest, before = 0.0, time.perf_counter()
    while not done.is_set():
        time.sleep(0.001)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    thread.join()
    return longest


def _report(path: Path, repetitions: int, results: Any) -> None:
    results.send(list(questions(path, repetitions)))


def main() -> None:
    """Measure, print and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elites", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = Path(folder) / "browse.db"
        write(path, arguments.elites)
        spawn = multiprocessing.get_context("spawn")
        receiver, sender = spawn.Pipe(duplex=False)
        child = spawn.Process(target=_report, args=(path, arguments.repetitions, sender))
        child.start()
        found = receiver.recv()
        child.join()
        found += [*openings(path, arguments.repetitions), *visit(path, arguments.repetitions)]
    rows = [{"what": what, "value": value, "unit": unit} for what, value, unit in found]
    for row in rows:
        print(f"{row['what']:45} {row['value']:10} {row['unit']}")
    document = {
        "title": f"Browsing {arguments.elites:,} elites",
        "text": (__doc__ or "").split("\n\n", 1)[1].strip(),
        "provenance": provenance("python -m benchmarks.browse"),
        "rows": rows,
    }
    (DATA / "browse.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()
