"""A rigorous enclosure of the root of the mean square of a program's error over its domain.

On a subinterval a Taylor model has ``e(t) = sum c_k(t) t^k`` with balls around the ``c_k(t)``; its
square has balls D_j, and where t^j has one sign the integral of ``d_j(t) t^j`` lies in D_j times
that of t^j, elsewhere in mid(D_j) times that, plus or minus rad(D_j) times the integral of |t^j|.
Subintervals are halved until what is open is a small part of what is known.
"""

import math
import time
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from elitemap.evaluators.elementary.enclose import Settings, Way, enclosed
from elitemap.evaluators.elementary.fitting.models import Model, Undefined
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

METHOD = "integrals of squares of Taylor models in ball arithmetic"

#: Part of an integral that may be open before a subinterval is halved.
_TOLERANCE = 1e-4
_FINEST = Fraction(1, 2**40)


@dataclass(frozen=True)
class Mean:
    """What is proved about a mean.

    Attributes:
        lower: The root of the mean square is at least this.
        upper: And at most this; infinite where that was not found.
        subintervals: Subintervals in the proof.
        failure: Why there is no bound; empty otherwise.
    """

    lower: float
    upper: float
    subintervals: int
    failure: str = ""


def mean_error(
    program: Program,
    target: Target,
    settings: Settings,
    estimate: float,
    deadline: float,
    late: str,
) -> Mean:
    """Enclose the root of the mean square of the error.

    Args:
        program: One input, one output, without dead code.
        target: What it approximates.
        settings: Of the Taylor models.
        estimate: About the root of the mean square; decides only how fine the proof is.
        deadline: Of ``time.monotonic``.
        late: What to say after that.
    """
    width = target.hi - target.lo
    cuts = [target.lo, *([Fraction(0)] if target.lo < 0 < target.hi else []), target.hi]
    pieces = list(zip(cuts[:-1], cuts[1:], strict=True))
    total, count = arb(0), 0
    while pieces:
        if time.monotonic() > deadline:
            return Mean(0.0, math.inf, count, late)
        a, b = pieces.pop()
        found = enclosed(program, target, (a, b), settings, _integral)
        share = estimate**2 * float(b - a)
        fine = found is not None and float(found.rad()) <= _TOLERANCE * max(
            share, float(found.mid())
        )
        if fine and found is not None:
            with precision(settings.bits):
                total += found
            count += 1
        elif b - a > width * _FINEST:
            middle = (a + b) / 2
            pieces += [(middle, b), (a, middle)]
        else:
            place = f"{float((a + b) / 2):.6g}"
            return Mean(0.0, math.inf, count, f"no bounded square of the error near x = {place}")
    with precision(settings.bits):
        return rooted(total / ball(width), count)


def rooted(mean: arb, count: int) -> Mean:
    """What is proved of the root of a mean square, from so many parts."""
    root = mean.max(arb(0)).sqrt()
    return Mean(_down(root), _up(root), count)


def _integral(error: Model, way: Way) -> arb:
    """The integral of the square over the piece of a way.

    Raises:
        Undefined: If there is none.
    """
    if 2 * error.valuation + way.root <= 0:
        raise Undefined("the square of the error is not integrable")
    square = error.poly * error.poly
    coefficients = square.coeffs()
    if not all(c.is_finite() for c in coefficients):
        raise Undefined("the error is not finite")
    total = arb(0)
    # dx is |scale| root t^(root - 1) dt; frames at an end have t from 0, others from -1.
    for k, c in enumerate(coefficients):
        power = k + 2 * error.valuation + way.root - 1
        if way.frame.one_sided:
            total += c / (power + 1)
        elif power % 2 == 0:
            total += 2 * c / (power + 1)
        else:
            total += arb(0, c.rad() * 2 / (power + 1))
    found: arb = total * ball(abs(way.scale)) * way.root
    if not found.is_finite():
        raise Undefined("the integral is not finite")
    return found


def _down(value: arb) -> float:
    return max(0.0, math.nextafter(float(value.lower().mid()) * (1 - 2.0**-52), 0.0))


def _up(value: arb) -> float:
    return math.nextafter(float(value.upper().mid()) * (1 + 2.0**-52), math.inf)
