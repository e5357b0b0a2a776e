"""The error of one value of a float32 function, settled by ball arithmetic."""

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from flint import arb

from elitemap.evaluators.float32.pieces import number
from elitemap.formulas.exactly import exact_value
from elitemap.formulas.expression import Expression
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, value_at

#: Precisions in turn; a value that is exactly between two floats is never settled by balls, and one
#: that is a power of two keeps two units: rational values are settled before.
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
    true = exact_value(expression, x)
    if true is not None and abs(true) < Fraction(2) ** 128:
        return _settled(got, true)
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


def _settled(got: Fraction, true: Fraction) -> Settled:
    """The error of a value where the true one is a rational number."""
    unit = _unit_of(abs(true))
    error = abs(got - true) / unit
    # Of two floats that are as near the even one is right.
    odd = (got / unit).denominator == 1 and (got / unit).numerator % 2 == 1
    misrounded = error > Fraction(1, 2) or (error == Fraction(1, 2) and odd)
    return Settled(math.nextafter(float(error), math.inf) if error else 0.0, misrounded)


def _unit_of(size: Fraction) -> Fraction:
    """The unit of the last place of a number, as float32."""
    if not size:
        return Fraction(2) ** -149
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent -= size < Fraction(2) ** exponent
    return Fraction(2) ** (min(max(exponent, -126), 127) - 23)


def _exact(value: float) -> Fraction:
    if np.isinf(value):
        return Fraction(2) ** 128 * (1 if value > 0 else -1)
    return Fraction(value)


def _unit(size: arb) -> Fraction:
    """The unit of the last place of a number that is exact, as float32."""
    mantissa, power = (int(part) for part in size.man_exp())
    return _unit_of(Fraction(mantissa) * Fraction(2) ** power)
