"""Who is not dominated: the one Pareto front that searches, queries and drawings share."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

#: Rows of a sample whose front rules most of many others out, and how many of that front are asked.
_FEW, _GUARDS = 1000, 16


def undominated(gains: Floats) -> Indices:
    """Rows that no other row dominates, best first in the first column; of equal rows the first.

    A row dominates another if it is nowhere less and somewhere more.

    Args:
        gains: float64[n, axes] without NaN, more is better on every axis.
    """
    rows = _hopeful(gains)
    rows = rows[np.lexsort((rows, *(-gains[rows].T[::-1])))]
    if gains.shape[1] == 2 and len(rows):
        # From the best on: dominated is who is not above all before.
        second = gains[rows, 1]
        above = second[1:] > np.maximum.accumulate(second)[:-1]
        return rows[np.concatenate(([True], above))]
    front: list[int] = []
    while len(rows):
        # The first of the sorted rows is dominated by none of the others.
        front.append(int(rows[0]))
        rows = rows[np.any(gains[rows] > gains[rows[0]], axis=1)]
    return np.array(front, np.intp)


def _hopeful(gains: Floats) -> Indices:
    """All rows, or of very many those that no member of a small sample's front dominates."""
    rows = np.arange(len(gains))
    if len(gains) <= _FEW:
        return rows
    some = rows[:: -(-len(rows) // _FEW)]
    guards = some[undominated(gains[some])]
    for guard in guards[:: -(-len(guards) // _GUARDS)]:
        ours = gains[rows]
        more, equal = ours > gains[guard], ours == gains[guard]
        rows = rows[more.any(axis=1) | equal.all(axis=1)]
    return rows
