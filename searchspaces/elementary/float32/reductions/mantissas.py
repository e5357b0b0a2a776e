"""Exponentials of few bits: exponent and mantissa are one sum, moved into its place.

The bits of a number are nearly its logarithm (N. N. Schraudolph, Neural Computation 11, 1999). Here
they are so but for a fraction f, for which the core puts 2^f - 1; k and f come of one sum.
"""

from fractions import Fraction

from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import BIAS, PLACE, SLACK, clamped

#: Bits of a fraction: what is left of a mantissa that has k + 127 too, with the next bit 0.
_KEPT = 14

#: A sum from here to one and a half times as much has that form.
_BEGIN = 2.0 ** (PLACE - _KEPT)

#: What arguments are lifted by whose results may be subnormal.
_LIFT = 64


def in_place(
    scale: float | None, ends: tuple[float, float] | None, normal: float = 0.0
) -> Reduction:
    """An exponential 2^(x s) as 2^k (1 + f times a core), f from 0 to 1.

    Args:
        scale: s; None for 1.
        ends: What the argument is clamped to, so that everything beyond becomes 0 or infinity and
            NaN stays; None where all results are normal numbers.
        normal: From where on they are; below, arguments are lifted.
    """
    code = Assembly(1)
    x, base = 0, code.single(_BEGIN + BIAS)
    if ends is not None:
        small = code.do("less", x, code.single(normal))
        base = code.do("select", small, code.single(_BEGIN + BIAS + _LIFT), base)
        x = clamped(code, x, *ends)
    if scale is None:
        total = code.do("fadd", x, base)
    else:
        total = code.do("fma", x, code.single(scale), base)
    cut = code.do("and", code.do("bits", total), code.word(0xFFFFFFFF << _KEPT & 0xFFFFFFFF))
    whole = code.do("float", cut)
    fraction = code.do("fsub", total, whole)
    rest = after(code)
    value = rest.do("fma", fraction, CORE, whole)
    if ends is not None:
        # Its bits are those of infinity.
        value = rest.do("min", value, rest.single(_BEGIN + 2 * BIAS + 1))
    moved = rest.do("shl", rest.do("bits", value), rest.word(PLACE - _KEPT))
    value = rest.do("float", moved)
    if ends is not None:
        back = rest.do("select", small, rest.single(2.0**-_LIFT), rest.single(1.0))
        value = rest.do("fmul", value, back)
        rest.do("select", rest.do("equal", 0, 0), value, 0)
    core = core_target("(exp2(x) - 1) / x", Fraction(0), 1 + SLACK)
    size = core_target("exp2(x) / x", Fraction(0), 1 + SLACK)
    reach = 0.0, 1.0 / (scale or 1.0)
    return joined("in-place", code, fraction, rest, core, size=size, reach=reach)
