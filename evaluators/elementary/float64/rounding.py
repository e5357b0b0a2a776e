"""The rounding error of a plain float64 evaluation, measured against the exact program."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.evaluators.elementary.enclose import value_of
from elitemap.evaluators.elementary.float64.points import measured_at
from elitemap.evaluators.elementary.float64.removable import Run
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.emission.float64 import Mend, mended
from elitemap.searchspaces.programs.emission.vectors import evaluate
from elitemap.searchspaces.programs.program import Program

Floats = NDArray[np.float64]

_BITS = 160
#: Working precisions for the exact program: near removable points sums of it cancel.
_TRIED = (160, 640, 2560)
#: Relative errors of values below the smallest normal number are taken relative to that number:
#: the subnormal numbers below it lie as far apart as those above it.
_SMALLEST = arb(2) ** -1022


class Measured(NamedTuple):
    """Largest values over the arguments.

    Attributes:
        error: Error of the float64 evaluation against the target; None where it is not finite.
        extra: Its difference from the exact error at the same argument; None likewise.
        worst: The argument with the largest error, or at which the evaluation is not finite.
        arguments: How many were looked at.
    """

    error: float | None
    extra: float | None
    worst: float
    arguments: int


def measure_rounding(
    program: Program, target: Target, places: Sequence[Run] = (), mends: Sequence[Mend] = ()
) -> Measured:
    """Evaluate at arguments across the domain, spread evenly and towards ends and places.

    Args:
        program: What is evaluated, without dead code.
        target: What it approximates; arguments at which it has no value count only as finite.
        places: Where the evaluation may be in trouble.
        mends: Where the code returns something else.
    """
    xs = measured_at(target, places)
    results = mended(mends, xs, evaluate(program, xs))
    error, extra, worst = 0.0, 0.0, float(xs[0])
    for x, got in zip(xs.tolist(), results.tolist(), strict=True):
        if not np.isfinite(got):
            return Measured(None, None, x, len(xs))
        try:
            wanted = target.value(Fraction(x), _BITS)
        except SearchError:
            continue
        found = _distance(arb(got), wanted, target, x)
        if found > error:
            error, worst = found, x
        if not any(m.low <= x <= m.high for m in mends):
            extra = max(extra, _added(program, target, x, got, wanted))
    return Measured(error, extra, worst, len(xs))


def _added(program: Program, target: Target, x: float, got: float, wanted: arb) -> float:
    """How far the evaluation is from the exact program; 0 where that has no value."""
    for bits in _TRIED:
        exact = value_of(program, x, bits)
        if exact.is_finite() and exact.rel_accuracy_bits() > 80:
            return _distance(arb(got), exact, target, x, wanted)
    return 0.0


def _distance(got: arb, other: arb, target: Target, x: float, wanted: arb | None = None) -> float:
    """|got - other| weighted, under relative error as part of the target's value."""
    with precision(_BITS):
        difference = abs(got - other)
        if target.relative:
            difference /= abs(other if wanted is None else wanted).max(_SMALLEST)
        return float((difference * target.weight(Fraction(x), _BITS)).mid())
