"""The error of a program over the whole domain, to be looked at: neither a bound nor a score."""

import numpy as np

from elitemap.engine.protocols import Curve
from elitemap.evaluators.elementary.enclose import error_at
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
    xs = np.linspace(float(target.lo), float(target.hi), POINTS)
    errors = [error_at(program, target, x, _BITS) for x in xs.tolist()]
    ys = [np.nan if error is None else float(error.mid()) for error in errors]
    return Curve(xs, np.array(ys, np.float64), "x", f"{target.error_mode} error")
