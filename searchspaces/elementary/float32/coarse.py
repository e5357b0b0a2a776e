"""Reductions for errors of 7 to 18 bits, which leave out what such errors do not see.

A function that is nearly constant far out is one where it is so but for a share of the error, and
signs of zeros are lost. Cores are functions of the magnitude: of its square they would have to have
half as many terms again, because the domain is so much wider. Gelu's core is the normal
distribution at -|x| itself. To the base 2 a logarithm is a sum, without a word for the last bits.
Exponentials have exponent and mantissa in one sum, whose rounding a few bits do not see; for more
bits log(2) is one float.
"""

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType

from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.exponentials import all_normal, binades
from elitemap.searchspaces.elementary.float32.reductions.logarithms import exponent
from elitemap.searchspaces.elementary.float32.reductions.mantissas import in_place
from elitemap.searchspaces.elementary.float32.reductions.pieces import LEAST, LOG2E

#: Errors for which there are such reductions.
FINEST, COARSEST = 2.0**-18, 2.0**-7

#: From which errors on exponentials take the bits of one sum: its last bit, and half of that again
#: by which it is rounded, are a fifth of them.
_IN_PLACE = 2.0**-12.5

#: Exponentials are 2^(x s); None for 1.
_SCALES: Mapping[str, float | None] = MappingProxyType({"exp2": None, "exp": LOG2E})

#: What a clamp may take away, as a share of the error: cores make up for it at one end.
_SHARE = 0.5


def reductions(
    name: str, relative: float, absolute: float | None, ends: tuple[float, float]
) -> tuple[Reduction, Reduction] | None:
    """The reduction of a function for errors, and that for arguments without special cases.

    Args:
        name: Of the function.
        relative: The largest error that is asked for, where it is a relative one.
        absolute: The same where it is an absolute one; None where errors are relative.
        ends: The domain, which may have arguments that are special.
    """
    if not FINEST <= (relative if absolute is None else absolute) <= COARSEST:
        return None
    if name == "log2":
        whole, part = (exponent(None, kind, exact=False) for kind in (ends[0] < LEAST, False))
        return whole, part
    if name in _SCALES and absolute is None:
        return _exponential(_SCALES[name], relative, ends)
    if absolute is None or name not in _MADE:
        return None
    made = _MADE[name](_SHARE * absolute)
    return made, made


def _exponential(
    scale: float | None, relative: float, ends: tuple[float, float]
) -> tuple[Reduction, Reduction] | None:
    clamped = None if all_normal(scale, *ends) else ends
    if relative >= _IN_PLACE:
        return in_place(scale, clamped, -125.0 / (scale or 1.0)), in_place(scale, None)
    if scale is None:
        return None
    return binades(scale, clamped, exact=False), binades(scale, None, exact=False)


def _tanh(lost: float) -> Reduction:
    return _saturated("tanh(x)", math.atanh(1.0 - lost), 0.0)


def _sigmoid(lost: float) -> Reduction:
    return _saturated("tanh(x / 2) / 2", 2.0 * math.atanh(1.0 - 2.0 * lost), 0.5)


def _saturated(function: str, limit: float, middle: float) -> Reduction:
    """A core in |x|, which is constant from a limit on, with the sign of x; and a constant."""
    code = Assembly(1)
    size = code.do("min", code.do("abs", 0), code.single(rounded(limit)))
    rest = after(code)
    # The sign is turned, not put: one operation fewer.
    sign = rest.do("and", rest.do("bits", 0), rest.word(1 << 31))
    value = rest.do("float", rest.do("xor", rest.do("bits", CORE), sign))
    if middle:
        rest.do("fadd", value, rest.single(middle))
    target = core_target(function, Fraction(0), Fraction(rounded(limit)))
    return joined("saturated", code, size, rest, target)


def _gelu(lost: float) -> Reduction:
    """The larger of x and 0, less |x| times a core for the distribution at -|x|."""
    limit = rounded(_tail(lost))
    code = Assembly(1)
    minus = code.do("max", code.do("neg", code.do("abs", 0)), code.single(-limit))
    rest = after(code)
    # With -0, whose sign the sum keeps.
    rest.do("fma", minus, CORE, rest.do("max", 0, rest.single(-0.0)))
    target = core_target("erfc(-x / sqrt(2)) / 2", Fraction(-limit), Fraction(0))
    return joined("normal-distribution", code, minus, rest, target)


def _tail(lost: float) -> float:
    """From where on x times the normal distribution at -x is no more than that, by halving."""
    low, high = 1.0, 16.0
    while high - low > 2.0**-12:
        middle = (low + high) / 2
        small = middle * math.erfc(middle / math.sqrt(2.0)) / 2 <= lost
        low, high = (low, middle) if small else (middle, high)
    return high


_MADE: Mapping[str, Callable[[float], Reduction]] = MappingProxyType(
    {"tanh": _tanh, "sigmoid": _sigmoid, "gelu": _gelu}
)

#: Functions whose cores are about magnitudes, or the opposite of them.
MAGNITUDES = tuple(_MADE)
