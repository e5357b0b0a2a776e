"""One step towards the minimax optimum: a linear programme on orthonormal directions."""

from collections.abc import Sequence

import numpy as np
from flint import arb
from numpy.typing import NDArray
from scipy.optimize import linprog

Floats = NDArray[np.float64]

#: Directions whose part is smaller than this against their column count as redundant.
_REDUNDANT = arb(2) ** -160


def orthonormal(columns: Sequence[Sequence[arb]]) -> tuple[list[list[arb]], list[list[arb]]]:
    """Gram-Schmidt with column pivoting, in the precision at hand.

    Args:
        columns: k columns of m entries.

    Returns:
        (basis, steps): orthonormal columns, and for each the combination of given columns that
        yields it; the best determined directions come first, redundant ones are left out.
    """
    rest = [list(column) for column in columns]
    size = [_norm(column) for column in rest]
    ways = [[arb(int(j == k)) for j in range(len(rest))] for k in range(len(rest))]
    basis: list[list[arb]] = []
    steps: list[list[arb]] = []
    open_columns = [k for k in range(len(rest)) if size[k] > 0]
    while open_columns:
        ratios = {k: float((_norm(rest[k]) / size[k]).mid()) for k in open_columns}
        best = max(open_columns, key=ratios.__getitem__)
        length = _norm(rest[best])
        if not length > size[best] * _REDUNDANT:
            break
        open_columns.remove(best)
        direction = [(v / length).mid() for v in rest[best]]
        way = [(v / length).mid() for v in ways[best]]
        basis.append(direction)
        steps.append(way)
        for k in open_columns:
            part = _dot(direction, rest[k])
            rest[k] = [(v - part * d).mid() for v, d in zip(rest[k], direction, strict=True)]
            ways[k] = [(v - part * w).mid() for v, w in zip(ways[k], way, strict=True)]
    return basis, steps


def _dot(a: Sequence[arb], b: Sequence[arb]) -> arb:
    return sum((x * y for x, y in zip(a, b, strict=True)), arb(0)).mid()


def _norm(a: Sequence[arb]) -> arb:
    return _dot(a, a).sqrt().mid()


def minimax_step(residuals: Floats, directions: Floats) -> tuple[Floats, float] | None:
    """Minimise the largest |residual + directions @ y| over y.

    Args:
        residuals: float64[m], scaled to a maximum of about 1.
        directions: float64[m, k], orthonormal columns.

    Returns:
        (y, the minimum), or None if the solver fails.
    """
    points, width = directions.shape
    ones = np.ones((points, 1))
    above = np.vstack([np.hstack([directions, -ones]), np.hstack([-directions, -ones])])
    found = linprog(
        np.append(np.zeros(width), 1.0),
        A_ub=above,
        b_ub=np.concatenate([-residuals, residuals]),
        bounds=[(None, None)] * width + [(0, None)],
        method="highs",
    )
    if not found.success:
        return None
    return np.asarray(found.x[:width], np.float64), float(found.x[width])
