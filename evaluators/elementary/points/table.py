"""A table of points: read from CSV, checked, and shared out between search and confirmation."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.elementary.measures import parse_error

Floats = NDArray[np.float64]

#: Columns, of which the last may be missing.
COLUMNS = ("x", "y", "weight")

#: Fewest points, and the share that the search does not see.
LEAST, HELD = 20, 0.3

#: Largest size of a number: squares of differences stay finite.
_LARGEST = 1e150


def read_points(path: Path) -> dict[str, NDArray[Any]]:
    """A CSV file of x, y and perhaps weights, with or without a line of names.

    Raises:
        ValueError: In one line, with the number of the line.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    rows = [cells for cells in rows if any(cells) and not cells[0].startswith("#")]
    if rows and len(rows[0]) in (2, 3) and not any(_is_number(cell) for cell in rows[0]):
        del rows[0]  # a line of names
    found: list[list[float]] = []
    for number, cells in enumerate(rows, 1):
        _read(cells, f"row {number} ({','.join(cells)[:40]!r})", found)
    if not found:
        raise ValueError("expected rows of x, y[, weight], got none")
    columns = np.array(found, np.float64).T
    return dict(zip(COLUMNS, columns, strict=False))


def _read(cells: list[str], where: str, found: list[list[float]]) -> None:
    try:
        numbers = [float(cell) for cell in cells]
    except ValueError:
        raise ValueError(f"expected numbers in {where}") from None
    if len(numbers) not in (2, 3) or (found and len(found[0]) != len(numbers)):
        wanted = "two or three" if not found else str(len(found[0]))
        raise ValueError(f"expected {wanted} columns x, y[, weight], got {len(numbers)} in {where}")
    if not all(math.isfinite(n) and abs(n) <= _LARGEST for n in numbers):
        raise ValueError(f"expected finite numbers in {where}")
    found.append(numbers)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, eq=False)
class Table:
    """Points and how errors at them count, by rising x.

    Attributes:
        x: float64[n].
        y: float64[n].
        factor: float64[n], what turns P(x) - y into an error, the user's weights included.
        error: ``relative``, ``absolute``, ``mean`` or ``blend:FLOOR``.
    """

    x: Floats
    y: Floats
    factor: Floats
    error: str

    def errors(self, values: Floats) -> Floats:
        """float64[n], sizes of the errors of values at the points; infinite for no number."""
        with np.errstate(all="ignore"):
            found = np.abs(values - self.y) * self.factor
        return np.where(np.isfinite(found), found, np.inf)

    def taken(self, rows: NDArray[Any]) -> "Table":
        """Some of the points."""
        return Table(self.x[rows], self.y[rows], self.factor[rows], self.error)


def table_of(arrays: Mapping[str, NDArray[Any]], error: str, floor: float) -> Table:
    """The table of a file.

    Args:
        arrays: As :func:`read_points` returns them.
        error: How errors are measured.
        floor: Of a blend.

    Raises:
        UsageError: If there are too few points, or errors are not defined at some.
    """
    order = np.lexsort((arrays["y"], arrays["x"]))
    x, y = arrays["x"][order], arrays["y"][order]
    weight = arrays["weight"][order] if "weight" in arrays else np.ones(len(x))
    if len(x) < LEAST:
        raise UsageError(f"expected at least {LEAST} points, got {len(x)}: give more")
    if not x[0] < x[-1]:
        raise UsageError(f"expected points at several x, got x = {x[0]:g} only")
    if not (weight > 0).all():
        at = x[np.flatnonzero(weight <= 0)[0]]
        raise UsageError(f"expected positive weights, got another at x = {at:g}: leave it out")
    if error == "relative" and not y.all():
        at = x[np.flatnonzero(y == 0)[0]]
        raise UsageError(
            f"expected no y = 0 under relative error, got one at x = {at:g}: use error=absolute or "
            "error=blend:FLOOR"
        )
    sizes = {"relative": np.abs(y), "absolute": np.ones(len(y)), "mean": np.ones(len(y))}
    size = sizes[error] if error in sizes else np.maximum(floor, np.abs(y))
    return Table(x, y, weight / size, error)


def parted(table: Table) -> tuple[Table, Table]:
    """The points that a search sees, and those that are held out.

    Which is which is drawn from numbers of a fixed seed, so every process draws alike.
    """
    drawn = np.random.default_rng(len(table.x)).permutation(len(table.x))
    held = math.ceil(HELD * len(drawn))
    return table.taken(np.sort(drawn[held:])), table.taken(np.sort(drawn[:held]))


def kind_of(text: str, arrays: Mapping[str, NDArray[Any]]) -> str:
    """The kind of error that is asked for; relative by default if no y vanishes or changes sign.

    Raises:
        UsageError: As :func:`parse_error`.
    """
    if text:
        return parse_error(text)
    y = arrays["y"]
    return "relative" if (y > 0).all() or (y < 0).all() else "absolute"
