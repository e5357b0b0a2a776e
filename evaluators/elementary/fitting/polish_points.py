"""Constants of a program together with the errors they leave on a grid and at its local extrema."""

from dataclasses import dataclass

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.evaluators.elementary.fitting.polish_system import System
from elitemap.searchspaces.elementary.domain import vanishes_at
from elitemap.searchspaces.elementary.targets import Target

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """Constants and what they achieve on a grid.

    Attributes:
        constants: Balls without radius.
        xs: Increasing arguments.
        errors: The error at each.
        signs: The signs of all divisors at each.
        worst: The largest |error|.
    """

    constants: list[arb]
    xs: list[float]
    errors: list[arb]
    signs: list[tuple[bool, ...]]
    worst: arb

    @property
    def flips(self) -> tuple[int, ...]:
        """How often each divisor changes its sign along the grid: a new change is a new pole."""
        changes = np.diff(np.array(self.signs, dtype=np.int8), axis=0)
        return tuple(np.abs(changes).sum(axis=0).tolist())


def grid_of(target: Target, points: int) -> list[float]:
    """Chebyshev arguments, and one next to either end, where errors peak.

    If the target vanishes at 0 under relative error a program must, too: there the argument is so
    close that anything else is a huge error.
    """
    width = target.hi - target.lo
    xs = set(target.chebyshev(points).tolist())
    for end, inwards in ((target.lo, width), (target.hi, -width)):
        xs.add(float(end + inwards / 2**30))
        if end == 0 and target.relative and vanishes_at(target.expression, end, inwards):
            xs.add(float(inwards / 2**900))
    return sorted(xs)


def measure(system: System, constants: list[arb], xs: list[float]) -> Point | None:
    """Errors on a grid, or None if one is not finite."""
    found = []
    for x in xs:
        row = system.error(x, constants)
        if row is None:
            return None
        found.append(row)
    errors = [error for error, _ in found]
    worst = max((abs(e) for e in errors), default=arb(0))
    return Point(constants, xs, errors, [signs for _, signs in found], worst)


def extended(system: System, point: Point | None) -> Point | None:
    """The point with its local extrema between grid points added."""
    if point is None or not point.worst > 0:
        return point
    scaled = np.array([float(e / point.worst) for e in point.errors])
    known = set(point.xs)
    extra = [x for x in _extrema(np.array(point.xs), scaled) if x not in known]
    found = measure(system, point.constants, extra)
    if found is None:
        return None
    xs, errors = point.xs + found.xs, point.errors + found.errors
    signs = point.signs + found.signs
    order = sorted(range(len(xs)), key=xs.__getitem__)
    return Point(
        point.constants,
        [xs[k] for k in order],
        [errors[k] for k in order],
        [signs[k] for k in order],
        max(point.worst, found.worst),
    )


def _extrema(xs: Floats, errors: Floats) -> list[float]:
    """Vertices of parabolas through the local maxima of |error| and their neighbours."""
    size = np.abs(errors)
    found = []
    for k in range(1, len(xs) - 1):
        if size[k] < size[k - 1] or size[k] < size[k + 1]:
            continue
        left, right = xs[k] - xs[k - 1], xs[k + 1] - xs[k]
        below = (errors[k] - errors[k - 1]) / left
        above = (errors[k + 1] - errors[k]) / right
        if below != above:
            # The slope at xs[k] and the curvature of the interpolating parabola.
            slope = (below * right + above * left) / (left + right)
            shift = -slope * (left + right) / (2 * (above - below))
            found.append(float(np.clip(xs[k] + shift, xs[k] - left / 2, xs[k] + right / 2)))
    return found
