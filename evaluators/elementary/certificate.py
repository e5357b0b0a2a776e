"""Certificates: a rigorous bound of a program's maximum error over a whole domain.

The error function is enclosed by Taylor models on subintervals that are halved until the bound is
within a part in a thousand of a value that the error is proved to attain. Everything is ball
arithmetic over the reals with the program's exact constants. What holds for the float64
evaluation is said separately (:mod:`elitemap.evaluators.elementary.float64.check`) and is no part
of the bound.
"""

import math
import time
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from flint import arb

from elitemap.evaluators.elementary import means
from elitemap.evaluators.elementary.enclose import Enclosed, Settings, enclose, error_at
from elitemap.evaluators.elementary.float64.check import Float64Check, check_float64
from elitemap.evaluators.elementary.liveness import without_dead_code
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

#: Part of the error that remainders may add to a bound before a subinterval is halved.
_TOLERANCE = 2e-4
#: Subintervals are not halved below this part of the domain.
_FINEST = Fraction(1, 2**70)
_PROBES = 33
_MAX_BITS = 4096
#: The failure that more time may mend.
LATE = "the deadline passed before the proof was complete"
METHOD = "adaptive Taylor models in ball arithmetic"


@dataclass(frozen=True)
class Certificate:
    """What is proved about one program on one target.

    Attributes:
        upper: Proved bound of the error on the whole domain, rounded up; None if none was found.
        lower: The error is proved to be at least this at ``argument``, rounded down; the mean of
            the whole domain, where the mean square counts.
        argument: A float64 in the domain.
        digits: -log10(upper), rounded down to 4 decimals; None without a bound.
        digits_limit: -log10(lower), rounded up: what ``digits`` cannot exceed.
        float64_error: Largest error measured of the float64 code; None if not finite.
        float64_extra: Largest difference measured between that and the exact program.
        float64: Where that was measured, whether the code is finite, and how it is mended; None
            without a bound.
        target: The target as text.
        domain: Its ends as text, exactly.
        error: How the error is measured, such as ``relative``.
        proves: What ``upper`` bounds, as an inequality.
        method: How the bound was found.
        precision_bits: Precision of the ball arithmetic.
        subintervals: Subintervals in the proof.
        seconds: Time taken.
        failure: Why there is no bound, or why the code does not keep it; empty otherwise.
    """

    upper: float | None
    lower: float
    argument: float
    digits: float | None
    digits_limit: float
    float64_error: float | None
    float64_extra: float | None
    float64: Float64Check | None
    target: str
    domain: tuple[str, str]
    error: str
    proves: str
    method: str
    precision_bits: int
    subintervals: int
    seconds: float
    failure: str = ""

    def to_json(self) -> dict[str, Any]:
        """The certificate as a JSON object."""
        code = None if self.float64 is None else self.float64.to_json()
        return asdict(self) | {"domain": list(self.domain), "float64": code}


@dataclass(frozen=True)
class _Bound:
    """The state of a proof: what is shown so far."""

    upper: float
    lower: float
    argument: float
    subintervals: int = 0
    failure: str = ""


def certify(program: Program, target: Target, deadline_seconds: float) -> Certificate:
    """Bound the error of a program.

    Args:
        program: One input, one output; its constants count exactly as stored.
        target: Function, domain and error mode.
        deadline_seconds: Time after which the proof is given up; the certificate then has no bound.

    Returns:
        The certificate; ``failure`` says why if there is no bound (a pole, an undefined value, the
        deadline).
    """
    start = time.monotonic()
    program = without_dead_code(program)
    settings, lower, argument = _probe(program, target)
    prove = _prove_mean if target.mean else _prove
    bound = prove(program, target, settings, _Bound(0.0, lower, argument), start + deadline_seconds)
    proved = not bound.failure
    code = check_float64(program, target, bound.upper) if proved else None
    return Certificate(
        upper=bound.upper if proved else None,
        lower=bound.lower,
        argument=bound.argument,
        digits=digits_of(bound.upper, up=False) if code and code.finite else None,
        digits_limit=digits_of(max(bound.lower, 1e-300), up=True),
        float64_error=code.measured.error if code else None,
        float64_extra=code.measured.extra if code else None,
        float64=code,
        target=str(target.expression),
        domain=target.ends,
        error=target.error_mode,
        proves=target.judged.proves,
        method=means.METHOD if target.mean else METHOD,
        precision_bits=settings.bits,
        subintervals=bound.subintervals,
        seconds=time.monotonic() - start,
        failure=code.failure if code else bound.failure,
    )


def _probe(program: Program, target: Target) -> tuple[Settings, float, float]:
    """Sample the error: a first lower bound, and the precision at which it is accurate."""
    bits = 128
    xs = target.chebyshev(_PROBES).tolist()
    while True:
        best, argument, accurate = 0.0, xs[0], False
        for x in xs:
            error = error_at(program, target, x, bits)
            if error is None:
                continue
            value = at_least(error)
            if value > best:
                best, argument, accurate = value, x, error.rel_accuracy_bits() >= 40
        if accurate or 2 * bits > _MAX_BITS // 4:
            return Settings(bits, 16 if best > 1e-9 else 24), best, argument
        bits *= 2


def _prove(
    program: Program, target: Target, settings: Settings, bound: _Bound, deadline: float
) -> _Bound:
    """Enclose the error on subintervals until all are close to the largest value attained."""
    pieces = _initial(target)
    finest = (target.hi - target.lo) * _FINEST
    while pieces:
        if time.monotonic() > deadline:
            return replace(bound, failure=LATE)
        a, b = pieces.pop()
        found = enclose(program, target, a, b, settings)
        divisible = b - a > finest
        if found is None and not divisible:
            place = f"{float((a + b) / 2):.6g}"
            return replace(bound, failure=f"the program has no bounded value near x = {place}")
        if found is not None:
            bound = _raised(program, target, settings, bound, found)
        if divisible and (found is None or not _tight(found, bound)):
            middle = (a + b) / 2
            pieces += [(middle, b), (a, middle)]
        elif found is not None:
            bound = replace(
                bound,
                upper=max(bound.upper, found.upper),
                subintervals=bound.subintervals + 1,
            )
    return bound


def _prove_mean(
    program: Program, target: Target, settings: Settings, bound: _Bound, deadline: float
) -> _Bound:
    """Enclose the root of the mean square; the argument stays that of the largest error seen."""
    # The mean of a fit's error is about half of the largest.
    found = means.mean_error(program, target, settings, bound.lower / 4, deadline, LATE)
    return replace(
        bound,
        upper=found.upper,
        lower=found.lower,
        subintervals=found.subintervals,
        failure=found.failure,
    )


def _initial(target: Target) -> list[tuple[Fraction, Fraction]]:
    """The domain, cut at 0, where programs like to have removable points."""
    if target.lo < 0 < target.hi:
        return [(Fraction(0), target.hi), (target.lo, Fraction(0))]
    return [(target.lo, target.hi)]


def _tight(found: Enclosed, bound: _Bound) -> bool:
    """Whether halving a subinterval could not lower the overall bound by much."""
    return found.upper <= bound.lower or found.gap <= _TOLERANCE * bound.lower


def _raised(
    program: Program, target: Target, settings: Settings, bound: _Bound, found: Enclosed
) -> _Bound:
    """Raise the lower bound where a subinterval shows a larger error."""
    if found.value <= bound.lower:
        return bound
    for x in found.arguments:
        error = error_at(program, target, x, settings.bits)
        if error is not None and at_least(error) > bound.lower:
            return replace(bound, lower=at_least(error), argument=x)
    return bound


def at_least(error: arb) -> float:
    """|error| rounded down to float64; 0 where even the sign is open."""
    low = float(error.abs_lower().mid())
    return max(0.0, math.nextafter(low * (1 - 2.0**-52), 0.0))


def digits_of(error: float, up: bool) -> float:
    """-log10(error), rounded to 4 decimals in the stated direction."""
    with precision(128):
        exact = -(arb(error).log() / arb.const_log10()) * 10000
        whole = exact.ceil() if up else exact.floor()
        number = whole.upper() if up else whole.lower()
        return round(float(number)) / 10000
