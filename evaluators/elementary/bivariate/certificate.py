"""Certificates over boxes: a rigorous bound of the largest error of a program of two inputs.

The part with the largest bound is halved until that is close to an error that is proved to be
attained, within a quarter of a percent as a rule: branch and bound (R. E. Moore, "Methods and
Applications of Interval Analysis", 1979) with Taylor's theorem in ball arithmetic on every part.
What holds for the float64 evaluation is found by intervals of floats (:mod:`.float64`).
"""

import heapq
import math
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from elitemap.evaluators.elementary.bivariate import means
from elitemap.evaluators.elementary.bivariate.enclose import Enclosed, enclose, error_at
from elitemap.evaluators.elementary.bivariate.float64 import Checked, check_float64
from elitemap.evaluators.elementary.certificate import LATE, at_least, digits_of
from elitemap.evaluators.elementary.liveness import without_dead_code
from elitemap.searchspaces.elementary.bivariate.regions import Box
from elitemap.searchspaces.elementary.bivariate.targets import BivariateTarget
from elitemap.searchspaces.programs.program import Program

METHOD = "branch and bound with Taylor expansions in two variables, ball arithmetic"

#: Part of the error by which a bound may exceed what is attained; it doubles with every so many
#: parts, up to a largest value, because an error that is largest along a whole edge (of ``max(x,
#: y)``, say) takes as many parts as its inverse.
_TOLERANCE, _PATIENCE, _COARSEST = 2.5e-3, 2000, 0.05
#: What is small enough for programs that have no error.
_LEAST = 1e-13
#: Halvings of a part, of both sides together, before it counts as without a bound.
_FINEST = 80
#: Points of each side at which the error is looked at first.
_PROBES = 13
_BITS = 128


@dataclass(frozen=True)
class BivariateCertificate:
    """What is proved about one program on one target.

    Attributes:
        upper: Proved bound of the error on the whole box, rounded up; None if none was found.
        lower: The error is proved to be at least this, at ``argument`` where the largest error
            counts, rounded down.
        argument: float64 x and y in the box.
        digits: -log10(upper), rounded down to 4 decimals; None without a bound, or where the code
            is not shown to be finite.
        digits_limit: -log10(lower), rounded up: what ``digits`` cannot exceed.
        float64_error: Largest error measured of the float64 code; None if not finite.
        float64: Whether the code is finite, and where that was measured; None without a bound.
        target: The target as text.
        domain: Bounds of x, then of y, as text, exactly.
        error: How errors are measured.
        proves: What ``upper`` bounds, as an inequality.
        method: How the bound was found.
        precision_bits: Precision of the ball arithmetic.
        parts: Boxes in the proof.
        seconds: Time taken.
        failure: Why there is no bound, or why the code does not keep it; empty otherwise.
    """

    upper: float | None
    lower: float
    argument: tuple[float, float]
    digits: float | None
    digits_limit: float
    float64_error: float | None
    float64: Checked | None
    target: str
    domain: tuple[str, ...]
    error: str
    proves: str
    method: str
    precision_bits: int
    parts: int
    seconds: float
    failure: str = ""

    def to_json(self) -> dict[str, Any]:
        """The certificate as a JSON object."""
        found = asdict(self) | {"domain": list(self.domain), "argument": list(self.argument)}
        return found | {"float64": None if self.float64 is None else self.float64.to_json()}


@dataclass(frozen=True)
class _Bound:
    """The state of a proof: what is shown so far."""

    upper: float
    lower: float
    argument: tuple[float, float]
    parts: int = 0
    failure: str = ""


def certify(
    program: Program, target: BivariateTarget, seconds: float, aim: float = 0.0
) -> BivariateCertificate:
    """Bound the error of a program.

    Args:
        program: Two inputs, one output; its constants count exactly as stored.
        target: Function, box and error mode.
        seconds: Time after which the proof is given up; the certificate then has no bound.
        aim: A bound that is good enough, such as one that somebody else has proved.
    """
    start = time.monotonic()
    program = without_dead_code(program)
    bound = _probe(program, target)
    if target.mean:
        bound = _prove_mean(program, target, bound, start + seconds)
    else:
        bound = _prove(program, target, bound, start + seconds, aim)
    proved = not bound.failure
    code = check_float64(program, target) if proved else None
    return BivariateCertificate(
        upper=bound.upper if proved else None,
        lower=bound.lower,
        argument=bound.argument,
        digits=digits_of(bound.upper, up=False) if code and code.finite else None,
        digits_limit=digits_of(max(bound.lower, 1e-300), up=True),
        float64_error=code.error if code else None,
        float64=code,
        target=str(target.expression),
        domain=target.ends,
        error=target.error_mode,
        proves=target.measure.proves,
        method=means.METHOD if target.mean else METHOD,
        precision_bits=_BITS,
        parts=bound.parts,
        seconds=time.monotonic() - start,
        failure=code.failure if code else bound.failure,
    )


def _probe(program: Program, target: BivariateTarget) -> _Bound:
    """The largest error at a grid of points."""
    bound = _Bound(math.inf, 0.0, (target.inner[0][0], target.inner[1][0]))
    for x, y in target.grid(_PROBES).T.tolist():
        bound = _raised(program, target, bound, (x, y))
    return bound


def _raised(
    program: Program, target: BivariateTarget, bound: _Bound, at: tuple[float, float]
) -> _Bound:
    """Raise what is attained, if the error at a point is larger."""
    error = error_at(program, target, *at, _BITS)
    found = 0.0 if error is None else at_least(error)
    return replace(bound, lower=found, argument=at) if found > bound.lower else bound


def _prove(
    program: Program, target: BivariateTarget, bound: _Bound, deadline: float, aim: float
) -> _Bound:
    """Halve the part with the largest bound until it is close to the largest error attained."""
    order = 4 if bound.lower > 1e-5 else 7 if bound.lower > 1e-11 else 10

    def enclosed(box: Box) -> Enclosed:
        return enclose(program, target, box, _BITS, order) or Enclosed(math.inf, 0.0)

    # The largest bound first; of equal ones, which are infinite, the smallest part.
    first = enclosed(target.box)
    parts = [(-first.upper, 0, 0, target.box)]
    made = 1
    while -parts[0][0] > (aim if bound.lower <= aim else _enough(bound.lower, made)):
        if time.monotonic() > deadline:
            return replace(bound, failure=LATE)
        _, depth, _, box = heapq.heappop(parts)
        if -depth >= _FINEST:
            x, y = map(float, box.middle)
            place = f"(x, y) = ({x:.6g}, {y:.6g})"
            return replace(bound, failure=f"the program has no bounded value near {place}")
        for half in box.halves(target.box):
            found = enclosed(half)
            heapq.heappush(parts, (-found.upper, depth - 1, made, half))
            made += 1
            if found.middle > bound.lower:
                bound = _raised(program, target, bound, _inside(target, half))
    return replace(bound, upper=-parts[0][0], parts=len(parts))


def _prove_mean(
    program: Program, target: BivariateTarget, bound: _Bound, deadline: float
) -> _Bound:
    """Enclose the root of the mean square; the argument stays that of the largest error seen."""
    found = means.mean_error(program, target, deadline, LATE, _BITS)
    return replace(
        bound,
        upper=found.upper,
        lower=found.lower,
        parts=found.subintervals,
        failure=found.failure,
    )


def _enough(lower: float, parts: int) -> float:
    """A bound that is close enough to what is attained, after so many parts."""
    tolerance = min(_TOLERANCE * 2.0 ** (parts // _PATIENCE), _COARSEST)
    return max(lower * (1 + tolerance), _LEAST)


def _inside(target: BivariateTarget, box: Box) -> tuple[float, float]:
    """The middle of a part, as float64 in the domain."""
    (x, y), (across, up) = box.middle, target.inner
    return min(max(float(x), across[0]), across[1]), min(max(float(y), up[0]), up[1])
