"""A rigorous enclosure of the root of the mean square of a program's error over a box.

On a part the error is a Taylor polynomial in u and v with balls as coefficients, those of the
highest total degree over the whole part (:mod:`.enclose`). Its square has balls D_ij; where both
powers are even the integral of ``d_ij u^i v^j`` lies in D_ij times that of ``u^i v^j``, elsewhere
within rad(D_ij) times that of its size. Where the error is not analytic the integral is between
zero and that of the square of a bound. Parts are halved until what is open is a small part of what
is known.
"""

import heapq
import math
import time

from flint import arb

from elitemap.evaluators.elementary.bivariate.enclose import (
    ERRORS,
    enclose,
    expansions,
)
from elitemap.evaluators.elementary.means import Mean, rooted
from elitemap.formulas.bivariate import Bivariate
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.searchspaces.elementary.bivariate.regions import Box
from elitemap.searchspaces.elementary.bivariate.targets import BivariateTarget
from elitemap.searchspaces.programs.program import Program

METHOD = "integrals of squares of Taylor expansions in two variables, ball arithmetic"

#: Part of the integral that may be open; it doubles with every so many parts, up to a largest
#: value, because kinks along a curve take as many parts as its inverse.
_TOLERANCE, _PATIENCE, _COARSEST = 1e-3, 300, 0.03
#: What is little enough for programs that have no error, and most halvings of a part.
_LEAST, _FINEST = 1e-26, 80
#: Terms of the expansions; the last of them is over the whole part.
_LENGTH = 7

#: What is open, negative; halvings; a number that tells equal ones apart; where, and the integral.
_Part = tuple[float, int, int, Box, arb]


def mean_error(
    program: Program, target: BivariateTarget, deadline: float, late: str, bits: int
) -> Mean:
    """Enclose the root of the mean square of the error over the box.

    Args:
        program: Two inputs, one output, without dead code.
        target: What it approximates.
        deadline: Of ``time.monotonic``.
        late: What to say after that.
        bits: Precision.
    """
    first = _integral_on(program, target, target.box, bits)
    # What is most open first; of equal ones, which are infinite, the largest part.
    parts = [(-_open(first), 0, 0, target.box, first)]
    made = 1
    while not _enough(parts):
        if time.monotonic() > deadline:
            return Mean(0.0, math.inf, made, late)
        for _ in range(1 + len(parts) // 8):
            _, depth, _, box, _ = heapq.heappop(parts)
            if depth >= _FINEST:
                place = "(x, y) = ({:.6g}, {:.6g})".format(*map(float, box.middle))
                return Mean(0.0, math.inf, made, f"no bounded square of the error near {place}")
            for half in box.halves(target.box):
                own = _integral_on(program, target, half, bits)
                heapq.heappush(parts, (-_open(own), depth + 1, made, half, own))
                made += 1
    with precision(bits):
        total = sum((part[-1] for part in parts), arb(0))
        return rooted(total / ball(4 * target.box.radii[0] * target.box.radii[1]), len(parts))


def _open(integral: arb) -> float:
    return float(integral.rad()) if integral.is_finite() else math.inf


def _enough(parts: list[_Part]) -> bool:
    """Whether little of the whole integral is open."""
    known = sum(float(part[-1].mid()) for part in parts)
    tolerance = min(_TOLERANCE * 2.0 ** (len(parts) // _PATIENCE), _COARSEST)
    return -sum(part[0] for part in parts) <= max(tolerance * known, _LEAST)


def _integral_on(program: Program, target: BivariateTarget, box: Box, bits: int) -> arb:
    """The integral of the square of the error over a part; not finite where none is found."""
    for error in ERRORS:
        with precision(bits, _LENGTH):
            at, over = expansions(error, program, target, box)
            found = _integral(at, over, [ball(radius) for radius in box.radii])
        if found.is_finite():
            return found
    bound = enclose(program, target, box, bits, 1)
    if bound is None:
        return arb.nan()
    with precision(bits):
        most = arb(bound.upper) ** 2 * ball(4 * box.radii[0] * box.radii[1])
        return arb(0).union(most)


def _integral(at: Bivariate, over: Bivariate, radii: list[arb]) -> arb:
    order = len(at.rows) - 1
    terms = [
        (i, j, row[j] if i + j < order else over.rows[i][j])
        for i, row in enumerate(at.rows)
        for j in range(order - i + 1)
    ]
    square: dict[tuple[int, int], arb] = {}
    for i, j, c in terms:
        for k, m, d in terms:
            square[i + k, j + m] = square.get((i + k, j + m), arb(0)) + c * d
    total = arb(0)
    for (i, j), c in square.items():
        size = 4 * radii[0] ** (i + 1) * radii[1] ** (j + 1) / ((i + 1) * (j + 1))
        total += size * (c if i % 2 == 0 == j % 2 else arb(0, c.rad()))
    return total
