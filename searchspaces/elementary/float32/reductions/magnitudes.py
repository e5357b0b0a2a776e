"""Functions of the magnitude: odd ones, and those that are constant far out."""

import math
from fractions import Fraction

from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import (
    PI,
    SLACK,
    polynomial,
    power,
    scaled,
    split_constant,
)
from elitemap.searchspaces.elementary.targets import Target

#: From where on tanh and erf come from what they lack of 1.
SEAM = 0.875

#: exp(-2|x|) is no larger beyond it.
_FAR = Fraction(math.exp(-2.0 * SEAM)) + SLACK

#: -log2(erfc(x)) / x at the seam, nearly.
_SLOPE = Fraction(43, 16)


def plain(target: Target) -> Reduction:
    """The core is the function."""
    return joined("none", Assembly(1), 0, None, target)


def magnitude(target: Target, limit: float | None) -> Reduction:
    """An odd function by a core in |x|, with the sign of x.

    Args:
        target: The core: the function on [0, limit], or up to its end.
        limit: From where on the value is that at the limit; None for no such place.
    """
    code = Assembly(1)
    size = code.do("abs", 0)
    if limit is not None:
        size = code.do("min", size, code.single(limit))
    rest = after(code)
    rest.do("copysign", CORE, 0)
    return joined("magnitude", code, size, rest, target)


def tanh(limit: float) -> Reduction:
    """Near 0 x + x times a core; beyond, 1 - 2u / (1 + u), u = exp(-2|x|), by fixed polynomials.

    Args:
        limit: From where on the value is 1.
    """
    code = Assembly(1)
    size = code.do("abs", 0)
    rest = after(code)
    far = rest.do("min", size, rest.single(limit))
    shifted, mantissa = power(rest, rest.do("fmul", far, rest.single(-2.0)))
    small = scaled(rest, mantissa, shifted)
    share = polynomial(rest, small, "2 / (1 + x)", (Fraction(0), _FAR), 5)
    _seamed(rest, size, rest.do("fma", rest.do("neg", small), share, rest.single(1.0)))
    return _joined(code, size, rest, "tanh(x)")


def erf(limit: float) -> Reduction:
    """Near 0 x + x times a core; beyond, 1 - 2^(P(|x|) - c |x|) with a fixed polynomial P.

    Of the exponent most is in c |x| near the seam, where its rounding would matter.

    Args:
        limit: From where on the value is 1.
    """
    code = Assembly(1)
    size = code.do("abs", 0)
    rest = after(code)
    far = rest.do("min", size, rest.single(limit))
    ends = Fraction(SEAM) * (1 - SLACK), Fraction(limit)
    bend = polynomial(rest, far, f"log2(erfc(x)) + {_SLOPE} * x", ends, 9)
    slope = rest.single(-float(_SLOPE))
    shifted = rest.do("fadd", rest.do("fma", far, slope, bend), rest.single(MAGIC))
    minus = rest.do("fsub", rest.single(MAGIC), shifted)
    reduced = rest.do("fadd", rest.do("fma", far, slope, minus), bend)
    half = Fraction(1, 2) + SLACK
    small = scaled(rest, polynomial(rest, reduced, "exp2(x)", (-half, half), 6), shifted)
    _seamed(rest, size, rest.do("fsub", rest.single(1.0), small))
    return _joined(code, size, rest, "erf(x)")


def _seamed(code: Assembly, size: int, far: int) -> None:
    """By the core where the magnitude is below the seam, another value beyond; the sign of x."""
    near = code.do("less", size, code.single(SEAM))
    below = code.do("fma", size, CORE, size)
    code.do("copysign", code.do("select", near, below, far), 0)


def _joined(code: Assembly, size: int, rest: Assembly, function: str) -> Reduction:
    ends = Fraction(0), Fraction(SEAM)
    core, share = (core_target(f"{function} / x{less}", *ends) for less in (" - 1", ""))
    return joined("near-and-far", code, size, rest, core, size=share)


def arctangent() -> Reduction:
    """A core on [0, 1]; beyond, atan as pi/2 less the core of the inverse."""
    code = Assembly(1)
    size, one = code.do("abs", 0), code.single(1.0)
    beyond = code.do("less", one, size)
    reduced = code.do("select", beyond, code.do("fdiv", one, size), size)
    rest = after(code)
    with precision(160, 1):
        high, low = split_constant(PI / 2, 2, 24)
    turned = rest.do("fadd", rest.single(high), rest.do("fsub", rest.single(low), CORE))
    rest.do("copysign", rest.do("select", beyond, turned, CORE), 0)
    return joined("inverse", code, reduced, rest, core_target("atan(x)", Fraction(0), Fraction(1)))
