"""The error of one value of a float32 function, settled by ball arithmetic."""

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import arb

from elitemap.evaluators.float32.pieces import number
from elitemap.formulas.expression import Expression
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, value_at

#: Precisions in turn; a value that is exactly between two floats is never settled by balls.
_BITS = (128, 512, 2048)


class Settled(NamedTuple):
    """The error at one argument.

    Attributes:
        ulp: A bound of it from above, in units of the last place of the true value.
        misrounded: Whether it is above one half; None if that could not be told.
    """

    ulp: float
    misrounded: bool | None


def settle(expression: Expression, bits: int, value: float) -> Settled:
    """The error of ``value`` at the float32 with these bits.

    Args:
        expression: The true function.
        bits: Of the argument.
        value: A float32, perhaps infinite, which stands for 2^128.
    """
    x, got = Fraction(number(bits)), _exact(value)
    found = Settled(float("inf"), None)
    for working in _BITS:
        wanted = value_at(expression, ball(x), working)
        with precision(working):
            beyond = arb(2) ** 128
            wanted = wanted.min(beyond).max(-beyond)
            units = {_unit(abs(end)) for end in (wanted.lower(), wanted.upper())}
            error = abs(ball(got) - wanted) / ball(min(units))
            above = float(error.upper()) * (1 + 2.0**-52)
        if error < 0.5:
            return Settled(above, False)
        # Where the unit is open the true value is next to a power of two, and that is its rounding.
        certain = error > 0.5 if len(units) == 1 else error > 0.75
        found = Settled(above, True if certain else None)
        if certain and len(units) == 1:
            break
    return found


def _exact(value: float) -> Fraction:
    if np.isinf(value):
        return Fraction(2) ** 128 * (1 if value > 0 else -1)
    return Fraction(value)


def _unit(size: arb) -> Fraction:
    """The unit of the last place of a number that is exact, as float32."""
    mantissa, power = size.man_exp()
    exponent = int(power) + int(mantissa).bit_length() - 1 if mantissa else -200
    return Fraction(2) ** (min(max(exponent, -126), 127) - 23)
