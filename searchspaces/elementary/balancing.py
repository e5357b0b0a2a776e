"""Where pieces of a function should meet: where polynomials are equally good on all of them.

Errors of best approximations grow with their interval, so pieces are best where their errors are
the same (Lawson, "Characteristic properties of the segmented rational minimax approximation
problem", Numerische Mathematik 6, 1964). A level of error is found by bisection, at which pieces
that reach as far as they can cover the domain; then every place is moved between its neighbours.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from elitemap.searchspaces.elementary.targets import Target

Floats = NDArray[np.float64]

#: Points of the domain, and those of a fit as parts of its piece: dense towards the ends, where a
#: kink comes in.
_POINTS = 1024
_SHARES = (1.0 - np.cos(np.pi * (np.arange(40) + 0.5) / 40)) / 2
#: Halvings of the logarithm of the level, and of the interval in which a place is.
_LEVELS, _STEPS = 24, 18


def balanced(target: Target, degrees: Sequence[int]) -> tuple[float, ...]:
    """The inner ends of pieces, rising, for polynomials of these degrees from left to right."""
    grid = _Grid(target)
    low, high = math.log(1e-18), math.log(max(grid.error(0, _POINTS, min(degrees)), 1e-17))
    for _ in range(_LEVELS):
        middle = (low + high) / 2
        if grid.reached(math.exp(middle), degrees)[-1] == _POINTS:
            high = middle
        else:
            low = middle
    ends = grid.reached(math.exp(high), degrees)
    places = [grid.between(end) for end in ends[:-1]]
    edges = [target.inner[0], *places, target.inner[1]]
    for k in range(1, len(edges) - 1):
        edges[k] = _moved(target, edges[k - 1 : k + 2], degrees[k - 1 : k + 1], grid.step)
    return tuple(edges[1:-1])


@dataclass
class _Grid:
    """A target at the middles of equal parts of its domain, and errors of fits found before."""

    target: Target
    known: dict[tuple[int, int, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        low, high = self.target.inner
        self.step = (high - low) / _POINTS
        self.xs: Floats = low + self.step * (np.arange(_POINTS, dtype=np.float64) + 0.5)
        self.values = self.target.sample(self.xs)[0]
        self.factors = self.target.units(self.xs, self.values)

    def between(self, end: int) -> float:
        """The place between the last point of a piece and the first of the next."""
        return self.target.inner[0] + self.step * min(max(end, 1), _POINTS - 1)

    def error(self, start: int, end: int, degree: int) -> float:
        """Of a polynomial on some of the points."""
        key = start, end, degree
        if key not in self.known:
            rows = np.unique(np.rint(start + (end - 1 - start) * _SHARES).astype(int))
            self.known[key] = _error(self.xs[rows], self.values[rows], self.factors[rows], degree)
        return self.known[key]

    def reached(self, level: float, degrees: Sequence[int]) -> list[int]:
        """Ends of pieces that reach as far as their errors allow."""
        ends, start = [], 0
        for degree in degrees:
            low, high = min(start + 1, _POINTS), _POINTS
            while low < high:
                middle = (low + high + 1) // 2
                if self.error(start, middle, degree) <= level:
                    low = middle
                else:
                    high = middle - 1
            ends.append(low)
            start = min(low, _POINTS - 1)
        return ends


def _moved(target: Target, edges: list[float], degrees: Sequence[int], step: float) -> float:
    """The place between its neighbours at which both errors are the same."""
    first, place, last = edges
    low, high = max(place - 3 * step, first), min(place + 3 * step, last)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        left = _error_on(target, first, middle, degrees[0])
        if left < _error_on(target, middle, last, degrees[1]):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _error_on(target: Target, low: float, high: float, degree: int) -> float:
    xs = low + (high - low) * _SHARES
    values = target.sample(xs)[0]
    return _error(xs, values, target.units(xs, values), degree)


def _error(xs: Floats, values: Floats, factors: Floats, degree: int) -> float:
    """The largest error of the best polynomial by least squares."""
    if len(xs) <= degree + 1:
        return 0.0
    scaled = (2 * xs - xs[0] - xs[-1]) / (xs[-1] - xs[0])
    basis = chebyshev.chebvander(scaled, degree) * factors[:, None]
    wanted = values * factors
    found = np.linalg.lstsq(basis, wanted, rcond=None)[0]
    return float(np.abs(basis @ found - wanted).max())
