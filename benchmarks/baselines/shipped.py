"""Baselines for the installed package: ``python -m benchmarks.baselines.shipped``.

Plots of searches draw it in. One row per problem and number of operations at which something new
becomes known; families of our own that nobody published are left out.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.baselines.table import UNPUBLISHED, Row, load

FOLDER = Path(__file__).resolve().parents[2] / "evaluators" / "elementary" / "baselines"
PATH = FOLDER / "baselines.csv"

COLUMNS = ("target", "domain", "error", "ops", "digits", "family")


def envelope(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that have more digits than every published one with as many operations or fewer."""
    best: dict[tuple[str, str, str], float] = {}
    for row in sorted(rows, key=lambda row: (row["ops"], -row["digits"])):
        problem = row["target"], row["domain"], row["error"]
        if row["family"] not in UNPUBLISHED and row["digits"] > best.get(problem, 0.0):
            best[problem] = row["digits"]
            yield row


def main() -> None:
    """Write the file."""
    kept = sorted(envelope(load()), key=lambda r: (r["target"], r["domain"], r["error"], r["ops"]))
    with PATH.open("w", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(kept)
    print(f"{len(kept)} rows in {PATH}", file=sys.stderr)


if __name__ == "__main__":
    main()
