"""Constants moved to the true minimax optimum in extended precision.

Sequential linear programming for nonlinear Chebyshev approximation (M. R. Osborne and G. A. Watson,
"An algorithm for minimax approximation in the nonlinear case", Computer Journal 12, 1969): each
step minimises the largest linearised error on a grid that carries the current local extrema, and is
cut back until the true error falls. Derivatives, orthogonalisation and errors are computed in 96
digits, so neither tiny errors nor ill-conditioned constants limit the result; only the linear
programme is float64, and it is solved on orthonormal directions scaled to the current error.
"""

import time
from collections import deque
from dataclasses import dataclass

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.evaluators.elementary.fitting.polish_points import Point, extended, grid_of, measure
from elitemap.evaluators.elementary.fitting.polish_step import minimax_step, orthonormal
from elitemap.evaluators.elementary.fitting.polish_system import (
    BITS,
    System,
    anchors,
    exact_constants,
)
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.targets import Target, split
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

#: Stop when the linear model promises less than this part of the error.
_PROMISE = 3e-5
#: Constants beyond this would not fit in a float64.
_LARGEST = arb(2) ** 1000
#: If a full step fails, no constant changes by more than this part of itself.
_LARGEST_CHANGE = 0.05
#: Stop when so many steps together leave more than this part of the error: some valleys never end.
_LATELY, _CREEPING = 10, 0.97
_SHORTENINGS = 6
_EXCURSION = 8
_GRID = 80


def polish(program: Program, target: Target, seconds: float) -> tuple[Program, float]:
    """Fit the constants of a program to the smallest maximum error.

    Args:
        program: One input, one output; its constants are the start.
        target: Function, domain and error mode.
        seconds: Time after which the best so far is returned.

    Returns:
        The program with constants rounded to sums of two float64, and its largest error on a grid
        with the local extrema (infinite if it is not finite somewhere). Never worse than given.
    """
    deadline = time.monotonic() + seconds
    with precision(BITS):
        fixed = anchors(program, target)
        system = System(program, target, frozenset(fixed))
        grid = grid_of(target, max(_GRID, 8 * len(program.constants)))
        given = exact_constants(program)
        start = extended(system, measure(system, given, grid))
        anchored = [fixed.get(k, value) for k, value in enumerate(given)]
        best = extended(system, measure(system, anchored, grid)) if fixed else start
        if start is None or best is None:
            return program, float("inf")
        lately = deque([best.worst], _LATELY)
        while time.monotonic() < deadline:
            following = _improve(system, best, grid, deadline)
            if following is None:
                break
            best = following
            if len(lately) == _LATELY and best.worst > lately[0] * _CREEPING:
                break
            lately.append(best.worst)
        return _rounded(system, program, start, best)


def _rounded(system: System, program: Program, start: Point, best: Point) -> tuple[Program, float]:
    """Store constants as pairs of floats; keep the given program if that is no better."""
    pairs = [split(c) for c in best.constants]
    changed = program.with_constants(pairs)
    final = measure(system, exact_constants(changed), sorted({*start.xs, *best.xs}))
    if final is None or not final.worst < start.worst:
        return program, float(start.worst)
    return changed, float(final.worst)


def _improve(system: System, point: Point, grid: list[float], deadline: float) -> Point | None:
    """One accepted change of the constants, or None at an optimum.

    Tried in turn: the full step; an excursion through worse points, which is what strongly curved
    valleys need; the step cut back; steps that leave the worst determined directions alone.
    """
    linear = _linearised(system, point)
    full = None if linear is None else _step(linear, point, linear.rank)
    if linear is None or full is None or full.promised > 1 - _PROMISE:
        return None
    enough = 1 - (1 - full.promised) / 4
    tried = _moved(system, point, full.change, 1.0, grid)
    if tried is not None and tried.worst < point.worst * enough:
        return tried
    found = _excursion(system, point, full.change, grid, deadline)
    if found is not None:
        return found
    for rank in range(linear.rank, 0, -1):
        step = full if rank == linear.rank else _step(linear, point, rank)
        better = None if step is None else _shortened(system, point, step.change, grid)
        if better is not None or time.monotonic() > deadline:
            return better
    return None


@dataclass(frozen=True)
class _Linear:
    """The linearised error: scaled residuals and orthonormal directions of change."""

    residuals: Floats
    directions: Floats
    ways: list[list[arb]]

    @property
    def rank(self) -> int:
        return len(self.ways)


@dataclass(frozen=True)
class _Step:
    """A change of the constants and the part of the error that the linear model leaves."""

    change: list[arb]
    promised: float


def _linearised(system: System, point: Point) -> _Linear | None:
    """None if the error is zero or its derivatives are not finite."""
    rows = [system.row(x, point.constants) for x in point.xs] if point.worst > 0 else [None]
    gradients = [row[1] for row in rows if row is not None]
    if len(gradients) < len(rows):
        return None
    columns = [[g[k] for g in gradients] for k in range(len(point.constants))]
    basis, ways = orthonormal(columns)
    residuals = np.array([float(e / point.worst) for e in point.errors])
    directions = np.array([[float(v) for v in column] for column in basis]).T
    return _Linear(residuals, directions, ways) if ways else None


def _step(linear: _Linear, point: Point, rank: int) -> _Step | None:
    """The best step along the first directions, or None if the solver fails."""
    found = minimax_step(linear.residuals, linear.directions[:, :rank])
    if found is None:
        return None
    weights = [arb(float(v)) * point.worst for v in found[0]]
    change = [
        sum((w * way[k] for w, way in zip(weights, linear.ways, strict=False)), arb(0)).mid()
        for k in range(len(point.constants))
    ]
    return _Step(change, found[1])


def _careful(point: Point, change: list[arb]) -> float:
    """The part of a step at which no constant changes too much."""
    pairs = zip(change, point.constants, strict=True)
    largest = max((float(abs(d / c)) for d, c in pairs if not c.is_zero()), default=0.0)
    return min(1.0, _LARGEST_CHANGE / largest) if largest > 0 else 1.0


def _moved(
    system: System, point: Point, change: list[arb], length: float, grid: list[float]
) -> Point | None:
    """The point a step away; None if an error is not finite or a pole has come in."""
    pairs = zip(point.constants, change, strict=True)
    constants = [(c + d * length).mid() for c, d in pairs]
    if not all(abs(c) < _LARGEST for c in constants):
        return None
    tried = extended(system, measure(system, constants, grid))
    return tried if tried is not None and tried.flips == point.flips else None


def _excursion(
    system: System, point: Point, change: list[arb], grid: list[float], deadline: float
) -> Point | None:
    """Follow careful steps without asking each to improve; None if that leads nowhere."""
    here: Point | None = point
    for _ in range(_EXCURSION):
        assert here is not None
        here = _moved(system, here, change, _careful(here, change), grid)
        if here is None or time.monotonic() > deadline:
            return None
        if here.worst < point.worst * 0.9:
            return here
        linear = _linearised(system, here)
        step = None if linear is None else _step(linear, here, linear.rank)
        if step is None:
            return None
        change = step.change
    return None


def _shortened(system: System, point: Point, change: list[arb], grid: list[float]) -> Point | None:
    """The longest of a few shortenings of a step that lowers the true error."""
    careful = _careful(point, change)
    for k in range(_SHORTENINGS):
        tried = _moved(system, point, change, careful / 4**k, grid)
        if tried is not None and tried.worst < point.worst * (1 - 1e-5):
            return tried
    return None
