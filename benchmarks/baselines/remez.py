"""Minimax fits of nonlinear families: Remez exchange around Newton's method.

For a family with N constants the best fit has an error that alternates at N + 1 points. Each round
solves ``error(x_i) = (-1)^i E`` for the constants and E (damped Newton, derivatives by differences
in high precision), then moves the x_i to the extrema of the new error curve. See Ralston, "Rational
Chebyshev approximation by Remes' algorithms", Numerische Mathematik 7 (1965).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.baselines.numbers import Number, arb, extremal, floats, solve, to_float

ErrorFunction = Callable[[Number, Sequence[Number]], Number]

_ROUNDS = 30
_NEWTON_STEPS = 30
_HALVINGS = 4
_INTERPOLATION_STEPS = 200
#: A fit is levelled when the largest extremum exceeds the level by less than this (0.0002 digits).
_LEVELLED = 5e-4


class NoFit(Exception):
    """The exchange did not converge to a levelled error curve."""


@dataclass(frozen=True)
class Fit:
    """A levelled fit: the constants and the largest error on the domain."""

    constants: tuple[Number, ...]
    error: float


@dataclass(frozen=True)
class _Extremum:
    x: Number
    value: float


def minimax(
    error: ErrorFunction, start: Sequence[Number], lo: Number, hi: Number, cap: float = 0.05
) -> Fit:
    """Fit the constants of a family so that its largest error on [lo, hi] is least.

    Args:
        error: Signed error at x for given constants.
        start: Constants whose error curve alternates already (an interpolant's does).
        lo: Start of the domain.
        hi: End of the domain.
        cap: Largest relative change of a constant in a step that does not descend.

    Raises:
        NoFit: If the error curve has too few alternations or does not level out.
    """
    constants = list(start)
    grid = extremal(lo, hi, max(64, 14 * (len(start) + 2)))
    for _ in range(_ROUNDS):
        extrema = _alternation(error, constants, grid, len(start) + 1)
        heights = [abs(e.value) for e in extrema]
        if max(heights) <= (1 + _LEVELLED) * min(heights):
            return Fit(tuple(constants), max(heights))
        constants = _level(error, constants, [e.x for e in extrema], cap)
    raise NoFit("expected a levelled error curve, got none within the rounds allowed")


def interpolated(
    error: ErrorFunction, start: Sequence[Number], points: Sequence[Number], cap: float = 0.05
) -> list[Number]:
    """Constants whose error vanishes at as many points as there are constants.

    Newton's method with no constant moving by more than a cap (relative) a step: full steps leave
    the basin of nested forms (line searches do, too).

    Raises:
        NoFit: If it does not converge.
    """
    now = list(start)
    for _ in range(_INTERPOLATION_STEPS):
        errors = [error(x, now) for x in points]
        rows = _slopes(error, now, points, errors)
        try:
            step = solve(rows, [(-e).mid() for e in errors])
        except (ZeroDivisionError, ValueError) as problem:
            raise NoFit("expected independent constants, got a singular system") from problem
        fraction = _capped(now, step, cap)
        now = _moved(now, step, fraction)
        if fraction == 1 and all(abs(d) <= 1e-20 * abs(c) for c, d in zip(now, step, strict=True)):
            return now
    raise NoFit("expected an interpolant, got none within the steps allowed")


def largest_error(
    error: ErrorFunction, constants: Sequence[Number], lo: Number, hi: Number
) -> float:
    """The largest absolute error on [lo, hi] for given constants.

    Raises:
        NoFit: If the error is not finite everywhere (a pole in the domain).
    """
    grid = extremal(lo, hi, max(100, 16 * (len(constants) + 2)))
    return max(abs(e.value) for e in _extrema(error, constants, grid))


def _alternation(
    error: ErrorFunction, constants: Sequence[Number], grid: Sequence[Number], count: int
) -> list[_Extremum]:
    extrema = _extrema(error, constants, grid)
    while len(extrema) > count:
        if len(extrema) == count + 1:
            drop = 0 if abs(extrema[0].value) < abs(extrema[-1].value) else len(extrema) - 1
            del extrema[drop]
        else:
            pairs = [
                abs(a.value) + abs(b.value) for a, b in zip(extrema, extrema[1:], strict=False)
            ]
            k = int(np.argmin(pairs))
            del extrema[k : k + 2]
    if len(extrema) < count:
        raise NoFit(f"expected {count} alternations, got {len(extrema)}")
    return extrema


def _extrema(
    error: ErrorFunction, constants: Sequence[Number], grid: Sequence[Number]
) -> list[_Extremum]:
    values = floats([error(x, constants) for x in grid])
    if not np.all(np.isfinite(values)):
        raise NoFit("expected a finite error on the domain, got a pole")
    changes = np.flatnonzero(np.signbit(values[1:]) != np.signbit(values[:-1])) + 1
    runs = np.split(np.arange(len(grid)), changes)
    peaks = [int(run[np.argmax(np.abs(values[run]))]) for run in runs]
    return [_sharpened(error, constants, grid, values[k], k) for k in peaks]


def _sharpened(
    error: ErrorFunction, constants: Sequence[Number], grid: Sequence[Number], value: float, k: int
) -> _Extremum:
    """Two parabolic steps from a peak of the grid; a peak at an end stays there."""
    best = _Extremum(grid[k], float(value))
    if k in (0, len(grid) - 1):
        return best
    left, right = to_float(grid[k - 1] - grid[k]), to_float(grid[k + 1] - grid[k])
    centre = grid[k]
    for shrink in (1.0, 0.05):
        a, b = left * shrink, right * shrink
        ea = to_float(error((centre + a).mid(), constants)) - best.value
        eb = to_float(error((centre + b).mid(), constants)) - best.value
        curvature = a * eb - b * ea
        if curvature == 0.0 or not np.isfinite(curvature):
            break
        offset = 0.5 * (a * a * eb - b * b * ea) / curvature
        x = (centre + min(max(offset, a), b)).mid()
        found = to_float(error(x, constants))
        if abs(found) > abs(best.value):
            best, centre = _Extremum(x, found), x
    return best


def _level(
    error: ErrorFunction, constants: Sequence[Number], points: Sequence[Number], cap: float
) -> list[Number]:
    """Newton's method for equal errors of alternating sign at the points."""
    now = list(constants)
    errors = [error(x, now) for x in points]
    signs = [1 if i % 2 == 0 else -1 for i in range(len(points))]
    level = sum((s * e for s, e in zip(signs, errors, strict=True)), arb(0)) / len(points)
    for _ in range(_NEWTON_STEPS):
        step, target = _newton_step(error, now, points, errors, signs)
        before = _residual(errors, signs, level)
        for fraction in (arb(0.5) ** k for k in range(_HALVINGS)):
            trial = _moved(now, step, fraction)
            trial_errors = [error(x, trial) for x in points]
            trial_level = (level + fraction * (target - level)).mid()
            after = _residual(trial_errors, signs, trial_level)
            if after < before:
                break
        else:
            # a curved valley: short steps that climb are better than none
            trial = _moved(now, step, _capped(now, step, cap))
            trial_errors, trial_level = [error(x, trial) for x in points], target
            after = _residual(trial_errors, signs, trial_level)
        now, errors, level = trial, trial_errors, trial_level
        if after <= 1e-4 * abs(to_float(level)):
            break
    return now


def _moved(constants: Sequence[Number], step: Sequence[Number], fraction: Number) -> list[Number]:
    return [(c + fraction * d).mid() for c, d in zip(constants, step, strict=True)]


def _capped(constants: Sequence[Number], step: Sequence[Number], cap: float) -> Number:
    """The fraction of a step by which no constant moves more than the cap."""
    change = max(abs(to_float(d / c)) for c, d in zip(constants, step, strict=True))
    if not np.isfinite(change):
        raise NoFit("expected a finite Newton step")
    return arb(min(1.0, cap / change)) if change > 0 else arb(1)


def _residual(errors: Sequence[Number], signs: Sequence[int], level: Number) -> float:
    gaps = floats([e - s * level for e, s in zip(errors, signs, strict=True)])
    return float(np.max(np.abs(gaps))) if np.all(np.isfinite(gaps)) else np.inf


def _newton_step(
    error: ErrorFunction,
    constants: Sequence[Number],
    points: Sequence[Number],
    errors: Sequence[Number],
    signs: Sequence[int],
) -> tuple[list[Number], Number]:
    """The step of the constants and the new level."""
    slopes = _slopes(error, constants, points, errors)
    rows = [[*slope, arb(-sign)] for slope, sign in zip(slopes, signs, strict=True)]
    try:
        *step, level = solve(rows, [(-e).mid() for e in errors])
    except (ZeroDivisionError, ValueError) as problem:
        raise NoFit("expected independent constants, got a singular system") from problem
    return step, level


def _slopes(
    error: ErrorFunction,
    constants: Sequence[Number],
    points: Sequence[Number],
    errors: Sequence[Number],
) -> list[list[Number]]:
    """Derivatives by the constants (columns) at the points (rows)."""
    columns = []
    for j, c in enumerate(constants):
        h = arb(2.0**-80 * max(abs(to_float(c)), 1e-12))
        moved = [*constants[:j], (c + h).mid(), *constants[j + 1 :]]
        columns.append(
            [((error(x, moved) - e) / h).mid() for x, e in zip(points, errors, strict=True)]
        )
    return [list(row) for row in zip(*columns, strict=True)]
