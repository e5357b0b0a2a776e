"""The float64 evaluation of a program of two inputs: shown to be finite on a box, and measured."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.float64.intervals import FIELD, Flags, FloatIntervals
from elitemap.evaluators.elementary.float64.removable import leading
from elitemap.searchspaces.elementary.bivariate.targets import BivariateTarget
from elitemap.searchspaces.programs.emission.float64 import Float64
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]
Sides = tuple[tuple[float, float], ...]

#: Parts that may be open at once, and halvings.
_MOST, _FINEST = 1 << 14, 48
#: Points of each side where the error is measured, and along an axis.
_POINTS, _ALONG = 25, 1025
_BITS = 96


@dataclass(frozen=True)
class Checked:
    """What was found.

    Attributes:
        finite: Whether the result is finite for all float64 in the box that were looked at.
        proved: Whether it is proved to be for all there are.
        where: A place where that is not shown; empty if it is.
        error: Largest error measured; None where a result was not finite.
        arguments: At how many points.
        worst_at: Where it was largest, or not finite.
    """

    finite: bool
    proved: bool
    where: str
    error: float | None
    arguments: int
    worst_at: tuple[float, float]

    @property
    def failure(self) -> str:
        """Why the code cannot have the program's digits; empty if it can."""
        return "" if self.finite else f"float64 code is not shown to be finite at {self.where}"

    def to_json(self) -> dict[str, Any]:
        """The entry ``float64`` of a certificate."""
        found = asdict(self) | {"worst_at": list(self.worst_at)}
        del found["error"]
        return found


def check_float64(program: Program, target: BivariateTarget) -> Checked:
    """Examine and measure the code of a program without dead instructions."""
    code = examine(program, target)
    error, worst, points = _measured(program, target)
    where = code.where or ("" if error is not None else _place(worst))
    return Checked(not where, code.proved and not where, where, error, points, worst)


def examine(program: Program, target: BivariateTarget) -> Float64:
    """Whether the evaluation is finite, for a program without dead instructions.

    That is proved, but perhaps on an axis: a quotient by zero is an infinity of the sign of that
    zero, with which code goes on, and of which intervals know nothing. There many arguments are
    tried.
    """
    sides = target.inner
    if not _trouble(program, sides, [sides]):
        return Float64(True, True)
    where = _trouble(program, sides, list(product(*map(_without_zero, sides))))
    axes = _on_axes(target)
    wrong = axes[:, ~np.isfinite(evaluate(program, axes))]
    if wrong.size and not where:
        where = _place(tuple(wrong[:, 0].tolist()))
    return Float64(not where, False, where)


def _on_axes(target: BivariateTarget) -> Floats:
    """float64[2, n], arguments of the box with a zero, of either sign."""
    rows = []
    for k, (low, high) in enumerate(target.inner):
        if low <= 0.0 <= high:
            other = np.linspace(*target.inner[1 - k], _ALONG)
            other = np.concatenate([other, [-0.0]]) if (other == 0).any() else other
            for zero in (0.0, -0.0):
                pair = (np.full(len(other), zero), other)
                rows.append(np.stack(pair if k == 0 else pair[::-1]))
    return np.concatenate(rows, axis=1) if rows else np.empty((2, 0))


def _trouble(program: Program, whole: Sides, boxes: Sequence[Sides]) -> str:
    """A place in some boxes where the evaluation is not shown to be finite; empty if it is.

    Parts are halved across their longer side until the enclosure of the evaluation on each is
    finite.
    """
    program = leading(program)
    parts, width = np.array(boxes), np.ptp(np.array(whole), axis=1)
    for _ in range(_FINEST):
        parts = parts[~_finite(program, parts)]
        if not len(parts):
            return ""
        if len(parts) > _MOST:
            break
        shares = (parts[:, :, 1] - parts[:, :, 0]) / width
        parts = np.concatenate(_halved(parts, shares.argmax(axis=1)))
    return _place(tuple(parts[0].mean(axis=1).tolist()))


def _without_zero(side: tuple[float, float]) -> list[tuple[float, float]]:
    """The parts of a side on either side of 0."""
    low, high = side
    least = float(np.nextafter(0.0, 1.0))
    return [(a, b) for a, b in ((low, min(high, -least)), (max(low, least), high)) if a <= b]


def _finite(program: Program, parts: Floats) -> Flags:
    """bool[n], of float64[n, 2, 2] parts."""
    x, y = (FloatIntervals.of(parts[:, k, 0], parts[:, k, 1]) for k in range(2))

    def constant(value: object) -> FloatIntervals:
        filled = np.full_like(x.lo, float(value))  # type: ignore[arg-type]
        return FloatIntervals.of(filled, filled)

    found: FloatIntervals = program.run(FIELD, [x, y], constant)[0]
    return np.broadcast_to(found.finite, len(parts))


def _halved(parts: Floats, axis: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Both halves of parts along one axis each; they share the floats between them."""
    rows = np.arange(len(parts))
    middle = parts[rows, axis].mean(axis=1)
    low, high = parts.copy(), parts.copy()
    low[rows, axis, 1] = middle
    high[rows, axis, 0] = middle
    return low, high


def _measured(
    program: Program, target: BivariateTarget
) -> tuple[float | None, tuple[float, float], int]:
    """The largest error at a grid of points, where it is, and how many there are."""
    points = target.grid(_POINTS)
    results = evaluate(program, points)
    error, worst = 0.0, (float(points[0, 0]), float(points[1, 0]))
    for x, y, got in zip(*points.tolist(), results.tolist(), strict=True):
        if not np.isfinite(got):
            return None, (x, y), points.shape[1]
        try:
            wanted = target.value(x, y, _BITS)
        except SearchError:
            continue
        found = abs((wanted - got) / wanted if target.relative else wanted - got)
        found *= target.weight(x, y, _BITS)
        if float(found.mid()) > error:
            error, worst = float(found.mid()), (x, y)
    return error, worst, points.shape[1]


def _place(at: tuple[float, ...]) -> str:
    return "(x, y) = ({:.6g}, {:.6g})".format(*at)
