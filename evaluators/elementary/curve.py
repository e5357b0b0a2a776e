"""The error of a program over the whole domain, to be looked at: neither a bound nor a score."""

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
from flint import arb

from elitemap.archive.errors import SearchError
from elitemap.engine.protocols import Curve
from elitemap.evaluators.elementary.enclose import values_at
from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.targets import Target
from elitemap.searchspaces.programs.program import Program

#: Arguments, evenly spread and with both ends.
POINTS = 400

# The working precision of the certificate's own measurements.
_BITS = 160


def error_curve(program: Program, target: Target) -> Curve:
    """The signed error of the program in exact arithmetic, without that of evaluating in float64.

    Args:
        program: A program of one input and one output.
        target: What it approximates.

    Returns:
        :data:`POINTS` values of P/T - 1 or P - T, NaN where program or target have none.
    """
    xs = np.linspace(*target.inner, POINTS)
    wanted, got = _wanted(target), values_at(program, xs.tolist(), _BITS)
    with precision(_BITS):
        ys = [
            _error(p, t, target.relative) * float(target.weight(Fraction(x), _BITS).mid())
            for p, t, x in zip(got, wanted, xs.tolist(), strict=True)
        ]
    return Curve(xs, np.array(ys, np.float64), "x", f"{target.error_mode} error")


def _error(got: arb, wanted: arb | None, relative: bool) -> float:
    if wanted is None:
        return math.nan
    error = got / wanted - 1 if relative else got - wanted
    return float(error.mid()) if error.is_finite() else math.nan


@lru_cache(maxsize=4)
def _wanted(target: Target) -> tuple[arb | None, ...]:
    """The target at the points, None where it has no value: many programs are compared with it."""
    return tuple(_value(target, x) for x in np.linspace(*target.inner, POINTS).tolist())


def _value(target: Target, x: float) -> arb | None:
    try:
        return target.value(Fraction(x), _BITS)
    except SearchError:
        return None
