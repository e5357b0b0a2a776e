"""Odd functions that tend to 1: a core near 0, and what they lack of 1 beyond a seam."""

import math
from fractions import Fraction

from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import (
    LOG2E,
    SLACK,
    polynomial,
    scaled,
)

#: Where the second part begins: errors are about as large on either side.
TANH_SEAM, ERF_SEAM = 0.828125, 0.875

#: What binades of the second part are moved by: of some hundred random numbers those with which the
#: roundings of coefficients add up to least.
_TANH, _ERF = Fraction(5433, 5000), Fraction(4049, 10000)

_HALF = Fraction(1, 2) + SLACK


def tanh(limit: float) -> Reduction:
    """Near 0 x + x^3 times a core of x^2; beyond, 1 - u h(u) with u = c exp(-2|x|).

    Fixed polynomials make u and h. The exponent is rounded once, as it is s |x| less a whole number
    in one operation; that the float s is not quite -2 log2(e), c makes good near the seam.

    Args:
        limit: From where on the value is 1.
    """
    code = Assembly(1)
    size, square = code.do("abs", 0), code.do("fmul", 0, 0)
    rest = after(code)
    far = rest.do("min", size, rest.single(limit))
    slope, magic = rest.single(-2.0 * LOG2E), rest.single(MAGIC)
    shifted = rest.do("fma", far, slope, magic)
    reduced = rest.do("fma", far, slope, rest.do("fsub", magic, shifted))
    excess = f"({Fraction(rounded(LOG2E))} * log(2) - 1)"
    share = f"{_TANH} * exp2(x) * exp({2 * Fraction(TANH_SEAM)} * {excess})"
    small = scaled(rest, polynomial(rest, reduced, share, (-_HALF, _HALF), 6), shifted)
    ends = Fraction(0), _TANH * Fraction(math.exp(-2.0 * TANH_SEAM)) + SLACK
    lack = polynomial(rest, small, f"-2 / ({_TANH} + x)", ends, 5, "x")
    beyond = rest.do("fma", small, lack, rest.single(1.0))
    below = rest.do("fma", rest.do("fmul", 0, square), CORE, 0)
    core, share = "(tanh(sqrt(x)) / sqrt(x) - 1) / x", "tanh(sqrt(x)) / sqrt(x) / x"
    _select(rest, TANH_SEAM, size, below, beyond)
    return _joined(code, square, rest, TANH_SEAM, core, share)


def erf(limit: float) -> Reduction:
    """Near 0 x + x times a core of x^2; beyond, 1 - c 2^P(|x| - seam), P a fixed polynomial.

    At the seam, where errors count most, P is small and 2^P near the end of a binade.

    Args:
        limit: From where on the value is 1.
    """
    code = Assembly(1)
    size, square = code.do("abs", 0), code.do("fmul", 0, 0)
    rest = after(code)
    far = rest.do("fsub", rest.do("min", size, rest.single(limit)), rest.single(ERF_SEAM))
    seam, magic = Fraction(ERF_SEAM), rest.single(MAGIC)
    share = f"erfc(x + {seam}) / erfc({seam})"
    ends = Fraction(0), Fraction(limit) - seam
    power = polynomial(rest, far, f"log2({share}) + {_ERF}", ends, 6, share)
    shifted = rest.do("fadd", power, magic)
    reduced = rest.do("fsub", power, rest.do("fsub", shifted, magic))
    lack = polynomial(rest, reduced, f"erfc({seam}) * exp2(x - {_ERF})", (-_HALF, _HALF), 5)
    beyond = rest.do("fsub", rest.single(1.0), scaled(rest, lack, shifted))
    below = rest.do("fma", 0, CORE, 0)
    _select(rest, ERF_SEAM, size, below, beyond)
    core = "erf(sqrt(x)) / sqrt(x) - 1", "erf(sqrt(x)) / sqrt(x)"
    return _joined(code, square, rest, ERF_SEAM, *core)


def _select(code: Assembly, seam: float, size: int, below: int, beyond: int) -> None:
    """A value where the magnitude is below the seam, beyond it another one; with the sign of x."""
    near = code.do("less", size, code.single(seam))
    # Of both: sums lose that of -0.
    code.do("copysign", code.do("select", near, below, beyond), 0)


def _joined(
    code: Assembly, square: int, rest: Assembly, seam: float, core: str, size: str
) -> Reduction:
    """Two parts with a core in the square."""
    ends = Fraction(0), Fraction(seam) ** 2 + SLACK
    target, share, reach = core_target(core, *ends), core_target(size, *ends), (-seam, seam)
    return joined("near-and-far", code, square, rest, target, size=share, reach=reach)
