"""High-precision numbers: mpmath supplies the functions, Arb balls do the arithmetic.

Arb is used for its speed; balls are replaced by their midpoints after every step, so nothing here
is a proof. 220 bits are about 66 digits, far beyond the errors that are measured (down to 1e-25).
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import flint
import mpmath
import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.elementary.baselines.numbers import Number, arb, to_float

BITS = 220

#: A function of one real variable on ``mpmath.mpf``.
RealFunction = Callable[[Any], Any]


def precise() -> None:
    """Set the working precision of both libraries; call it before computing anything."""
    flint.ctx.prec = BITS
    mpmath.mp.prec = BITS + 20


def to_mpf(value: Number) -> Any:
    """The midpoint of a ball as ``mpmath.mpf``, exactly."""
    mantissa, exponent = value.mid().man_exp()
    return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))


def cached(function: RealFunction) -> Callable[[Number], Number]:
    """The function on balls, with a memory of the arguments seen."""
    memory: dict[Any, Number] = {}

    def value(x: Number) -> Number:
        key = x.man_exp()
        if key not in memory:
            memory[key] = arb(function(to_mpf(x)))
        return memory[key]

    return value


def solve(rows: Sequence[Sequence[Number]], right: Sequence[Number]) -> list[Number]:
    """Solve a square linear system.

    Raises:
        ZeroDivisionError: If the matrix is singular to working precision.
    """
    n = len(right)
    matrix = flint.arb_mat(n, n, [entry for row in rows for entry in row])
    solution = matrix.solve(flint.arb_mat(n, 1, list(right)), nonstop=False)
    return [solution[i, 0].mid() for i in range(n)]


def chebyshev(lo: Number, hi: Number, count: int) -> list[Number]:
    """Chebyshev points of the first kind on [lo, hi], ascending."""
    angles = [math.cos(math.pi * (2 * k + 1) / (2 * count)) for k in range(count)]
    return [((lo + hi) / 2 - (hi - lo) / 2 * arb(c)).mid() for c in angles]


def extremal(lo: Number, hi: Number, count: int) -> list[Number]:
    """Chebyshev extrema on [lo, hi], ascending, both ends included."""
    angles = [math.cos(math.pi * k / (count - 1)) for k in range(1, count - 1)]
    inner = [((lo + hi) / 2 - (hi - lo) / 2 * arb(c)).mid() for c in angles]
    return [lo, *inner, hi]


def digits(error: float) -> float:
    """``-log10`` of an error."""
    return -math.log10(error)


def floats(values: Sequence[Number]) -> NDArray[np.float64]:
    """Midpoints as an array of float64."""
    return np.array([to_float(v) for v in values])
