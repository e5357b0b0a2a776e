"""The error of a program over the whole box, to be looked at: neither a bound nor a score."""

import math

import numpy as np

from elitemap.engine.protocols import Surface
from elitemap.evaluators.elementary.bivariate.enclose import error_at
from elitemap.searchspaces.elementary.bivariate.targets import BivariateTarget
from elitemap.searchspaces.programs.program import Program

#: Arguments along each side, evenly spread and with both ends.
POINTS = 41

_BITS = 128


def error_surface(program: Program, target: BivariateTarget) -> Surface:
    """The signed error of the program in exact arithmetic; NaN where there is none."""
    xs, ys = (np.linspace(*side, POINTS) for side in target.inner)
    errors = np.full((POINTS, POINTS), math.nan)
    for i, x in enumerate(xs.tolist()):
        for j, y in enumerate(ys.tolist()):
            found = error_at(program, target, x, y, _BITS)
            if found is not None:
                errors[j, i] = float(found.mid())
    return Surface(xs, ys, errors, "x", "y", f"{target.error_mode} error")
