"""Rates of the archive: programs per second into it, and seconds for a Pareto front out of it.

Writes a run of ``--elites`` made-up elementary programs of ten operations, flush by flush as a
search does, and then asks for the front of operations and digits; every elite is certified, the
worst case (uncertified ones have no digits and take no part). The records exist before the clock
starts; encoding, hashing and committing them is what is timed. The rate per processor second leaves
out what else the machine did. Prints one line of JSON.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.provenance import provenance
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter

DATA = Path(__file__).resolve().parent / "data"
OPERATIONS = ("add", "sub", "mul", "div")


def records(n: int, first: int, seed: int) -> list[EliteRecord]:
    """Elites for slots ``first`` to ``first + n``, with digits that grow with the operations."""
    rng = np.random.default_rng([seed, first])
    ops = rng.integers(4, 25, n)
    digits = ops * rng.uniform(0.2, 1.45, n)
    constants = rng.standard_normal((n, 4))
    operands = rng.integers(0, 5, (n, 10, 2))
    return [
        _record(first + k, int(ops[k]), float(digits[k]), constants[k], operands[k])
        for k in range(n)
    ]


def _record(
    slot: int, ops: int, digits: float, constants: np.ndarray, operands: np.ndarray
) -> EliteRecord:
    rows = [["const", float(c).hex(), (0.0).hex()] for c in constants]
    rows += [
        [OPERATIONS[(slot + k) % 4], int(a), int(b)] for k, (a, b) in enumerate(operands.tolist())
    ]
    program = {"schema": 1, "inputs": ["x"], "instructions": rows, "outputs": [14]}
    return EliteRecord(
        slot=slot,
        cell=(ops, slot % 5, slot % 7),
        program=program,
        source=f"({float(constants[0])!r} + x*{float(constants[1])!r})/({float(constants[2])!r})",
        quality=digits,
        objectives={"ops": ops, "digits": digits, "error": 10.0**-digits},
        measures={"ops": ops, "constants": 4, "divisions": slot % 5, "depth": slot % 7},
        status="certified",
        certificate=None,
        parent=None,
        operator="change operand",
    )


def run_record(name: str, seed: int) -> RunRecord:
    """A run to which made-up elites may belong."""
    return RunRecord(
        id=name,
        space="elementary",
        target="exp2",
        options={"domain": "0,1"},
        config={"pareto": [["ops", -1], ["digits", 1]]},
        seed=seed,
        started_at="2026-01-01T00:00:00+00:00",
        finished_at=None,
        status="running",
        version="0",
        summary={},
    )


def _flushes(elites: int, flush: int, seed: int) -> Iterator[list[EliteRecord]]:
    for first in range(0, elites, flush):
        yield records(min(flush, elites - first), first, seed)


def _write(path: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Write the run; rates by the clock and by the processor's time of this process."""
    run = run_record("benchmark", arguments.seed)
    clock, processor, rates = 0.0, 0.0, []
    with ArchiveWriter.open(path) as writer:
        writer.begin(run)
        for batch in _flushes(arguments.elites, arguments.flush, arguments.seed):
            start, busy = time.perf_counter(), time.process_time()
            writer.flush(run.id, batch, (), (), {"rate": 0.0}, {0: b"state"})
            took = time.perf_counter() - start
            clock, processor = clock + took, processor + time.process_time() - busy
            rates.append(round(len(batch) / took))
        start = time.perf_counter()
        writer.finish(run.id, "done", {})
        finish = time.perf_counter() - start
    return {
        "programs_per_second": round(arguments.elites / clock),
        "programs_per_processor_second": round(arguments.elites / processor),
        "programs_per_second_by_flush": {
            "slowest": min(rates),
            "median": round(statistics.median(rates)),
            "fastest": max(rates),
        },
        "seconds_to_finish": round(finish, 2),
    }


def _ask(path: Path, query: ElitesQuery) -> tuple[float, int]:
    """Seconds from a closed file to the answer, and its length."""
    start = time.perf_counter()
    with ArchiveReader.open(path) as reader:
        found = reader.elites(query)
    return time.perf_counter() - start, len(found)


QUERIES = {
    "pareto": ElitesQuery(pareto="ops,digits"),
    "pareto_where": ElitesQuery(pareto="ops,digits", where="divisions <= 2"),
    "pareto_other": ElitesQuery(pareto="-error,-depth"),
    "pareto_three": ElitesQuery(pareto="ops,digits,-depth"),
    "sort": ElitesQuery(sort="-digits", limit=20),
    "where": ElitesQuery(where="digits >= 34 and ops <= 24", limit=20),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--elites", type=int, default=1_000_000)
    parser.add_argument("--flush", type=int, default=20_000, help="elites per flush")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        path = Path(folder) / "rates.db"
        rates = _write(path, arguments)
        answers = {name: _ask(path, query) for name, query in QUERIES.items()}
        report = {
            "elites": arguments.elites,
            **rates,
            "bytes_per_elite": round(path.stat().st_size / arguments.elites),
            "seconds": {name: round(took, 3) for name, (took, _) in answers.items()},
            "rows": {name: rows for name, (_, rows) in answers.items()},
        }
    print(json.dumps(report))
    rows = [{"what": name, "value": value} for name, value in _flat(report)]
    document = {
        "title": "Rates of the archive",
        "text": (__doc__ or "").split("\n\n", 1)[1].rsplit(" Prints", 1)[0].strip(),
        "provenance": provenance("python -m benchmarks.archive_rates"),
        "rows": rows,
    }
    (DATA / "archive.json").write_text(json.dumps(document, indent=1) + "\n")


def _flat(report: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Names and values, nested names joined."""
    for name, value in report.items():
        if isinstance(value, dict):
            yield from ((f"{name}: {inner}", number) for inner, number in value.items())
        else:
            yield name, value


if __name__ == "__main__":
    main()
