"""Tables of digits by operations, in Markdown."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.baselines.table import UNPUBLISHED, Row, best_baseline

OPS = range(1, 21)
#: Columns of the tables and the families each takes the best of.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "Taylor": ("Taylor", "Taylor with identities"),
    "Padé": ("Padé", "Padé with identities"),
    "polynomial": ("minimax polynomial, Horner", "minimax polynomial, adapted"),
    "rational, Horner": ("minimax rational, Horner",),
    "rational, fraction": ("minimax rational, continued fraction",),
    "with identities": ("minimax with identities, Horner", "minimax with identities"),
    "coth fraction": ("coth fraction, squarings",),
    "coth, centred": ("symmetric fraction about the middle, squarings",),
    "f10 family": ("f10 family",),
    "nested": UNPUBLISHED,
}


def baseline_table(rows: Sequence[Row]) -> str:
    """Digits by operations and column; the envelope last but the unpublished."""
    best: dict[tuple[str, int], float] = {}
    for row in rows:
        for column, members in COLUMNS.items():
            if row["family"] in members:
                key = (column, row["ops"])
                best[key] = max(best.get(key, 0.0), row["digits"])
    columns = [c for c in COLUMNS if any(key[0] == c for key in best)]
    nested = [c for c in columns if c == "nested"]
    columns = [c for c in columns if c != "nested"]
    header = ["ops", *columns, "best known", *nested]
    lines = []
    for ops in OPS:
        envelope = _envelope(rows, ops)
        cells = [best.get((c, ops)) for c in columns]
        cells += [envelope["digits"] if envelope else None]
        lines.append([str(ops), *map(number, cells), *(number(best.get((c, ops))) for c in nested)])
    return markdown(header, lines)


def search_table(found: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> str:
    """Digits that searches reached with at most so many operations, against the best known."""
    runs = per_run(found)
    most = max((int(row["ops"]) for row in found), default=0)
    lines = []
    for ops in OPS:
        if ops > most:
            break
        values = sorted(v for run in runs.values() if (v := reached(run, ops)) is not None)
        if not values:
            continue
        envelope = _envelope(rows, ops)
        known = envelope["digits"] if envelope else None
        gain = values[-1] - known if known is not None else None
        middle = statistics.median(values)
        cells = [values[0], middle, values[-1], known, gain]
        lines.append([str(ops), str(len(values)), *map(number, cells)])
    header = ["ops", "runs", "worst run", "median", "best run", "best known", "best run ahead by"]
    return markdown(header, lines)


def milestone_table(found: Iterable[Mapping[str, Any]]) -> str:
    """When estimates passed milestones (``passed``: seconds by milestone); nothing without."""
    passed = {(r["seed"], r["seconds"]): r["passed"] for r in found if "passed" in r}
    lines = []
    for milestone in dict.fromkeys(name for times in passed.values() for name in times):
        seconds = [t for times in passed.values() if (t := times.get(milestone)) is not None]
        middle = f"{statistics.median(seconds):.0f}" if seconds else ""
        lines.append([milestone, f"{len(seconds)} of {len(passed)}", middle])
    return (
        "\n" + markdown(["milestone", "runs whose estimate passed it", "median seconds"], lines)
        if lines
        else ""
    )


def _envelope(rows: Sequence[Row], ops: int) -> Row | None:
    return best_baseline(rows[0]["target"], ops, rows[0]["error"], rows) if rows else None


def per_run(found: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], dict[int, float]]:
    """Digits by operations for every run (system, seed, seconds)."""
    runs: dict[tuple[Any, ...], dict[int, float]] = {}
    for row in found:
        if row["digits"] is not None:
            key = (row.get("system", ""), row["seed"], row["seconds"])
            run = runs.setdefault(key, {})
            run[row["ops"]] = max(run.get(row["ops"], 0.0), row["digits"])
    return runs


def reached(run: Mapping[int, float], ops: int) -> float | None:
    """The most digits with at most so many operations."""
    return max((d for k, d in run.items() if k <= ops), default=None)


def number(value: float | None) -> str:
    """Two decimals, or nothing."""
    return "" if value is None else f"{round(value, 2) + 0.0:.2f}"


def plain(value: Any) -> str:
    """A cell of a table of unknown meaning."""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def markdown(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table."""
    rows = [header, ["---:"] * len(header), *lines]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)
