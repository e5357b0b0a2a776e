"""Numbers of high precision that forms are computed with."""

import math
from typing import Any

import flint

#: A real number (``flint.arb``) or anything that carries the same operators (a traced value).
Number = Any


def arb(value: Any) -> Number:
    """A ball without radius from an int, float, ``mpf`` or ball."""
    return flint.arb(value).mid()


def to_float(value: Number) -> float:
    """The midpoint as float64; NaN for a ball without bounds."""
    return float(value.mid()) if value.is_finite() else math.nan
