"""Fused multiply-add in Python, for interpreters older than 3.13."""

import math
from fractions import Fraction


def fused(a: float, b: float, c: float) -> float:
    """``a * b + c`` with one rounding (the fma of IEEE 754), by exact rationals."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return a * b + c
    if not math.isfinite(c):  # even where a * b alone would overflow
        return c
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if exact == 0:
        return a * b + c
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf
