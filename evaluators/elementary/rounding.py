"""The rounding error of a plain float64 evaluation, measured against the exact program."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.evaluators.elementary.enclose import error_at
from elitemap.searchspaces.elementary.precision import precision
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

_POINTS = 512
_BITS = 160


class Measured(NamedTuple):
    """Largest values over the sample.

    Attributes:
        error: Error of the float64 evaluation against the target; None where it is not finite.
        extra: Its difference from the exact error at the same argument; None likewise.
    """

    error: float | None
    extra: float | None


def run_float64(program: Program, xs: Floats) -> Floats:
    """The first output in plain float64, constants rounded, every instruction rounded once."""
    values = [xs]
    with np.errstate(all="ignore"):
        for instruction in program.instructions:
            if program.is_constant(instruction):
                values.append(np.full_like(xs, float(instruction.exact)))
                continue
            operands = (values[k] for k in instruction.operands)
            run = program.primitive(instruction).run
            values.append(np.asarray(run(*operands), np.float64))
    return values[program.outputs[0]]


def measure_rounding(program: Program, target: Target) -> Measured:
    """Evaluate at arguments across the domain, spread evenly and towards both ends."""
    lo, hi = float(target.lo), float(target.hi)
    even = lo + (hi - lo) * (np.arange(_POINTS // 2) + 0.5) / (_POINTS // 2)
    xs = np.concatenate([even, target.chebyshev(_POINTS // 2)])
    results = run_float64(program, xs)
    worst = extra = 0.0
    for x, got in zip(xs.tolist(), results.tolist(), strict=True):
        exact = error_at(program, target, x, _BITS)
        if exact is None or not np.isfinite(got):
            return Measured(None, None)
        wanted = target.value(Fraction(x), _BITS)
        with precision(_BITS):
            error = arb(got) / wanted - 1 if target.relative else arb(got) - wanted
            worst = max(worst, abs(float(error.mid())))
            extra = max(extra, abs(float((error - exact).mid())))
    return Measured(worst, extra)
