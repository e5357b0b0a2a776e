"""The correctly rounded values of a function at every 16-bit number, by ball arithmetic."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.formulas.exactly import exact_value
from elitemap.formulas.expression import Expression
from elitemap.formulas.parsing import parse
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, value_at
from elitemap.searchspaces.elementary.halves.formats import EVERY, FORMATS, SIZE, Format, Words
from elitemap.searchspaces.elementary.halves.functions import Half

Floats = NDArray[np.float64]
Bits = NDArray[np.bool_]

#: Precisions in turn.
_BITS = (96, 384, 1536)

#: Of a unit: values nearer to the middle between two numbers are looked at more closely.
_CLOSE = 2.0**-30

#: Beyond it everything is infinite, in units of the format's last place or not.
_MOST = 2.0**200

#: Of tiny numbers, how many for each power of two tell how they round.
_KEPT = 8


@dataclass(frozen=True, eq=False)
class Truth:
    """A function at the 16-bit numbers that it is asked for.

    Attributes:
        words: uint16[n], bits of the arguments.
        results: uint16[n], bits of the correctly rounded values.
        values: float64[n], the values to nearly the accuracy of a float64; NaN where there is none.
        signed: bool[n], whether the sign of a zero counts.
        unsettled: Arguments at which it could not be told how to round.
    """

    words: Words
    results: Words
    values: Floats
    signed: Bits
    unsettled: int

    def ulp(self, number: Format, words: Words) -> Floats:
        """float64[n], errors of results in units of the last place of the true value.

        Infinite for a NaN, and for a number in its place; infinity stands for the first power of
        two beyond the format.
        """
        right = words == self.results
        right |= ~self.signed & (number.places(words) == number.places(self.results))
        right &= ~number.is_nan(words)
        nan = np.isnan(self.values)
        top = 2.0 ** (number.most + 1)
        with np.errstate(invalid="ignore"):
            got, true = (np.clip(v, -top, top) for v in (number.values(words), self.values))
            error = np.abs(got - true) / number.units(true)
        # A correctly rounded result is within half a unit; so much float64 has not to decide.
        error = np.where(right, np.minimum(error, 0.5), error * (1 + 2.0**-50))
        zero = ~right & (number.places(words) == 0) & (number.places(self.results) == 0)
        error[np.isnan(error) | zero] = np.inf
        found: Floats = np.where(nan, np.where(number.is_nan(words), 0.0, np.inf), error)
        return found

    def apart(self, number: Format, words: Words) -> Floats:
        """float64[n], absolute errors; infinite for a NaN, and for a number in its place.

        Infinity stands for the first power of two beyond the format.
        """
        top = 2.0 ** (number.most + 1)
        got, true = (np.clip(v, -top, top) for v in (number.values(words), self.values))
        # Values are float64.
        error = np.abs(got - true) * (1 + 2.0**-50) + np.abs(true) * 2.0**-52
        error[(got == true) | (np.isnan(true) & np.isnan(got))] = 0.0
        error[np.isnan(error)] = np.inf
        return error

    def right(self, number: Format, words: Words) -> Bits:
        """bool[n], which results are correctly rounded."""
        same = words == self.results
        same |= ~self.signed & (number.places(words) == number.places(self.results))
        nan = number.is_nan(self.results)
        found: Bits = np.where(nan, number.is_nan(words), same & ~number.is_nan(words))
        return found


def truth(half: Half, thinned: bool = False) -> Truth:
    """The function at all arguments that it is asked for.

    Args:
        half: The function.
        thinned: Whether a few for each power of two will do where arguments are tiny; see
            :func:`telling`.

    Raises:
        SearchError: If it has no value at one of its domain.
    """
    number, (low, high) = half.number, half.domain
    words = telling(number) if thinned else EVERY
    every = number.values(words)
    inside = (every >= low) & (every <= high)
    values, results = np.full(len(every), np.nan), np.full(len(every), number.nan, np.uint16)
    values[inside], results[inside], unsettled = _expressed(
        str(half.expression), number.name, half.domain, thinned
    )
    # An underflow keeps its sign; at an exact zero only special values say which.
    signed = inside & (values != 0.0)
    told = np.zeros(len(every), np.bool_)
    for beyond, where in ((half.below, every < low), (half.above, every > high)):
        if beyond is not None:
            where &= np.isfinite(every)
            values[where] = beyond(every[where])
            told |= where
    for argument, value in half.specials:
        if np.isnan(argument):
            where = number.is_nan(words)
        else:
            where = words == number.words(np.array([argument]))[0]
        values[where] = value
        told |= where
    numbers = told & ~np.isnan(values)
    results[numbers] = rounded(number, values[numbers])
    results[told & np.isnan(values)] = number.nan
    asked = inside | told
    signed |= told
    return Truth(words[asked], results[asked], values[asked], signed[asked], unsettled)


def telling(number: Format) -> Words:
    """Bits of the numbers at which a smooth function rounds in its own way.

    Those below 2^-(p + 1) are thinned to some for each power of two: there a function of p bits
    that is smooth at 0 is next to its value, or to a multiple of its argument. Subnormal numbers,
    which round in their own way, stay.
    """
    size = EVERY & np.uint16(SIZE)
    values = np.abs(number.values(EVERY))
    last = (1 << (number.precision - 1)) - 1
    fraction = (size & np.uint16(last)).astype(np.int64)
    kept = (fraction % max((last + 1) // _KEPT, 1) == 0) | (fraction == last) | (fraction == 1)
    tiny = (values < 2.0 ** -(number.precision + 1)) & (values >= 2.0**number.least)
    found: Words = EVERY[~tiny | kept]
    return found


def rounded(number: Format, values: Floats) -> Words:
    """float64 to nearest, ties to even, infinite beyond the largest; not for NaN."""
    top = 2.0 ** (number.most + 1)
    inside = np.clip(values, -top, top)
    units = number.units(inside)
    near = np.rint(inside / units) * units
    infinite = np.abs(near) > number.largest
    return number.words(np.where(infinite, np.copysign(np.inf, values), near))


@lru_cache(maxsize=4)
def _expressed(
    text: str, name: str, domain: tuple[float, float], thinned: bool
) -> tuple[Floats, Words, int]:
    """Values, correctly rounded results and what is unsettled, in the order of bits."""
    expression, number = parse(text), FORMATS[name]
    every = number.values(telling(number) if thinned else EVERY)
    asked = every[(every >= domain[0]) & (every <= domain[1])]
    points, back = np.unique(asked, return_inverse=True)
    values = np.array([_value(expression, x, number) for x in points.tolist()])
    results = rounded(number, values)
    offset = np.abs(values) / number.units(values)
    close = np.abs(offset - np.floor(offset) - 0.5) < _CLOSE
    unsettled = 0
    for k in np.flatnonzero(close & (np.abs(values) < _MOST)).tolist():
        exact = _settled(expression, float(points[k]), values[k], number)
        unsettled += exact is None
        if exact is not None:
            results[k] = rounded(number, np.array([exact]))[0]
    return values[back], results[back], unsettled


def _value(expression: Expression, x: float, number: Format) -> float:
    """The value at a number to nearly the accuracy of a float64; at most 2^200 in size."""
    for bits in _BITS:
        value = value_at(expression, _exactly(x, bits), bits)
        if value.is_finite() and (value.rel_accuracy_bits() > 60 or abs(value) < 2.0**-200):
            with precision(bits):
                return float(value.min(arb(_MOST)).max(arb(-_MOST)).mid())
    raise SearchError(
        f"expected a function with a value at every {number.name} of its domain, got none at "
        f"x = {x!r}: choose a domain without that"
    )


def _exactly(x: float, bits: int) -> arb:
    with precision(bits, 1):
        return ball(Fraction(x))


def _settled(expression: Expression, x: float, near: float, number: Format) -> float | None:
    """A float64 that rounds as a value that is close to the middle between two numbers does.

    None if it cannot be told.
    """
    unit = float(number.units(np.array([near]))[0])
    middle = (np.floor(abs(near) / unit) + 0.5) * unit * (1 if near > 0 else -1)
    exact = exact_value(expression, Fraction(x))
    if exact is not None:
        return _beside(middle, (exact > Fraction(middle)) - (exact < Fraction(middle)), unit)
    for bits in _BITS:
        value = value_at(expression, _exactly(x, bits), bits)
        with precision(bits):
            off = value - ball(Fraction(middle))
            if off > 0 or off < 0:
                return _beside(middle, 1 if off > 0 else -1, unit)
    return None


def _beside(middle: float, side: int, unit: float) -> float:
    return middle + side * unit / 4
