"""The baselines as data: ``benchmarks/data/baselines.json`` and questions about it."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypedDict

DATA = Path(__file__).resolve().parents[1] / "data"
PATH = DATA / "baselines.json"

#: Our own nested forms with every constant fitted. Nobody has published them for the purpose, so
#: they are shown for comparison and are no part of the envelope of known approximations.
NESTED = "nested doublings, every constant fitted"
UNPUBLISHED = (NESTED,)


class Row(TypedDict):
    """The best of one family at one number of operations."""

    target: str
    domain: str
    error: str
    family: str
    ops: int
    digits: float
    shape: str
    form: str


def load(path: Path = PATH) -> list[Row]:
    """The rows of the data file.

    Raises:
        FileNotFoundError: If the baselines have not been computed; run ``python -m
            benchmarks.baselines``.
    """
    rows: list[Row] = json.loads(path.read_text())["rows"]
    return rows


def select(rows: Iterable[Row], target: str, error: str | None = None) -> list[Row]:
    """Rows of one target, under its first error mode in the data unless one is named."""
    of_target = [row for row in rows if row["target"] == target]
    mode = error or next((row["error"] for row in of_target), None)
    return [row for row in of_target if row["error"] == mode]


def best_baseline(
    target: str,
    ops: int,
    error: str | None = None,
    rows: Sequence[Row] | None = None,
    without: Sequence[str] = UNPUBLISHED,
) -> Row | None:
    """The baseline with most digits among those with at most ``ops`` operations.

    Args:
        target: Name as in the data.
        ops: Operations allowed.
        error: ``relative`` or ``absolute``; the target's first mode in the data by default.
        rows: The data; read from the file by default.
        without: Families left out.

    Returns:
        The row, or None if there is none.
    """
    candidates = [
        row
        for row in select(load() if rows is None else rows, target, error)
        if row["ops"] <= ops and row["family"] not in without
    ]
    return max(candidates, key=lambda row: row["digits"], default=None)


def families(rows: Iterable[Row]) -> dict[str, dict[int, float]]:
    """Digits by operations for every family in the rows, in order of appearance."""
    table: dict[str, dict[int, float]] = {}
    for row in rows:
        table.setdefault(row["family"], {})[row["ops"]] = row["digits"]
    return table
