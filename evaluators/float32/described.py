"""The true function at float32 in any order, by the polynomials of :mod:`.pieces`."""

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.pieces import DEGREE, Piece
from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load

_SOURCE = Path(__file__).resolve().parent / "kernel" / "described.c"

_SIGN = 1 << 31


def described(made: list[Piece]) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
    """The function to 2^-44 relative; fastest where arguments follow each other.

    Args:
        made: All pieces of a domain.

    Returns:
        From float32[n] in the domain (0 and -0 are the same where only one of them is in it) to
        float64[n], at most 2^128 in size.
    """
    ordered = sorted(made, key=lambda p: p.first)
    start = np.array([p.first for p in ordered], np.uint32)
    frames = np.array([(p.center, p.inverse) for p in ordered])
    coefficients = np.array([p.coefficients for p in ordered])
    kernel = load(_SOURCE).described

    def values(points: NDArray[np.float32]) -> NDArray[np.float64]:
        bits = np.array(points, np.float32).view(np.uint32)
        if start[-1] < _SIGN:
            bits[bits == _SIGN] = 0
        if start[0] > 0:
            bits[bits == 0] = _SIGN
        found = np.empty(len(bits))
        kernel(
            pointer(bits),
            ctypes.c_size_t(len(bits)),
            pointer(start),
            ctypes.c_size_t(len(start)),
            pointer(frames),
            pointer(coefficients),
            ctypes.c_int(DEGREE),
            pointer(found),
        )
        return found

    return values
