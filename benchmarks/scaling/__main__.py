"""How searches scale: ``python -m benchmarks.scaling [--evaluations N] [--rounds R] [--cluster]``.

One worker, two workers and, with ``--cluster``, two workers of a Dask cluster on this machine take
turns at the same search. Then the parts of an epoch are timed, and from these a simulation says how
busy up to a thousand workers would be, and which part is the bottleneck. Prints tables; writes
``benchmarks/data/scaling.json``, of which ``docs/reliability.md`` is made.
"""

import argparse
import json
from pathlib import Path

from benchmarks.provenance import provenance
from benchmarks.scaling.parts import measured, rows_of
from benchmarks.scaling.side_by_side import side_by_side
from benchmarks.scaling.simulation import ISLANDS, simulated
from benchmarks.tables import markdown

DATA = Path(__file__).resolve().parents[1] / "data" / "scaling.json"


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=40_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=6, help="until the parts are timed")
    parser.add_argument(
        "--cluster", action="store_true", help="with a Dask cluster on this machine"
    )
    asked = parser.parse_args()
    rates = side_by_side(asked.evaluations, asked.rounds, asked.cluster)
    parts = measured(asked.epochs)
    tables = {
        "rows": rates,
        "parts": rows_of(parts),
        "simulated": [{"islands": each, **simulated(parts, each)} for each in ISLANDS],
    }
    told = f" --evaluations {asked.evaluations} --rounds {asked.rounds} --epochs {asked.epochs}"
    command = "python -m benchmarks.scaling" + told + " --cluster" * asked.cluster
    DATA.write_text(json.dumps({"provenance": provenance(command), **tables}, indent=1) + "\n")
    for rows in tables.values():
        print(markdown(list(rows[0]), [list(map(str, row.values())) for row in rows]))


if __name__ == "__main__":
    main()
