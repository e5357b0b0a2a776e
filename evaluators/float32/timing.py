"""Nanoseconds per element of compiled functions, side by side."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load

_SOURCE = Path(__file__).resolve().parent / "kernel" / "timing.c"

#: Elements: argument and result fit the first cache.
ELEMENTS = 4096

_TURNS, _CALLS = 200, 8

#: Above it a machine is too busy for a figure.
NOISY = 0.25


@dataclass(frozen=True)
class Timing:
    """What one function took.

    Attributes:
        ns: Nanoseconds for one element, the least of all turns.
        ratio: To the reference (a polynomial of degree 8 by Horner's rule), least to least.
        spread: How much longer the median turn took, as a share of the least.
    """

    ns: float
    ratio: float
    spread: float

    @property
    def noisy(self) -> bool:
        """Whether the machine was too busy for the figure to mean much."""
        return self.spread > NOISY


def timings(
    functions: Sequence[Any], arguments: Sequence[NDArray[np.float32]], turns: int = _TURNS
) -> list[Timing]:
    """Time functions in turns, with the reference, on arrays in the first cache.

    Args:
        functions: Of ``void f(const float *x, float *y, size_t n)``, from loaded libraries.
        arguments: float32[:data:`ELEMENTS`] for each.
        turns: How many.
    """
    library = load(_SOURCE)
    every = [*functions, library.reference]
    points = [np.ascontiguousarray(x, np.float32) for x in (*arguments, arguments[0])]
    many = len(every)
    addresses = (ctypes.c_void_p * many)(*(ctypes.cast(f, ctypes.c_void_p) for f in every))
    inputs = (ctypes.c_void_p * many)(*(x.ctypes.data for x in points))
    result, spent = np.empty(ELEMENTS, np.float32), np.empty((turns, many))
    library.timed(
        addresses,
        ctypes.c_size_t(many),
        inputs,
        pointer(result),
        ctypes.c_size_t(ELEMENTS),
        ctypes.c_int(turns),
        ctypes.c_int(_CALLS),
        pointer(spent),
    )
    least, median = spent.min(axis=0), np.median(spent, axis=0)
    return [
        Timing(float(least[k]), float(least[k] / least[-1]), float(median[k] / least[k] - 1.0))
        for k in range(many - 1)
    ]
