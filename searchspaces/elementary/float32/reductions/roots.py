"""Roots: the exponent is divided, the mantissa is the core's."""

from fractions import Fraction

from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, bits
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import BIAS, LEAST, PLACE

#: What subnormal arguments are lifted by, as a power of two that both roots divide.
_LIFT = 24


def inverse_square_root(complete: bool) -> Reduction:
    """1 / sqrt(4^k m) = 2^-k times a core of m, from 1/2 to 2.

    Args:
        complete: Whether subnormals, zeros, negative arguments, infinity and NaN are among the
            arguments; otherwise they are positive normal numbers.
    """
    code = Assembly(1)
    x = 0
    if complete:
        small, x = _lifted(code, 0)
    word = code.do("bits", x)
    moved = code.do("isub", word, code.word(bits(0.5)))
    even = code.do("and", moved, code.word(0xFF000000))
    reduced = code.do("float", code.do("isub", word, even))
    rest = after(code)
    down = rest.do("shr", even, rest.word(1))
    value = rest.do("float", rest.do("isub", rest.do("bits", CORE), down))
    if complete:
        back = rest.do("select", small, rest.single(2.0 ** (_LIFT // 2)), rest.single(1.0))
        value = rest.do("fmul", value, back)
        others = rest.do("fdiv", rest.single(1.0), rest.do("sqrt", 0))
        rest.do("select", _positive(rest, 0), value, others)
    core = core_target("1 / sqrt(x)", Fraction(1, 2), Fraction(2))
    return joined("exponent-halved", code, reduced, rest, core, 1.0)


def cube_root(complete: bool) -> Reduction:
    """The cube root of 8^k m as 2^k times a core of m, from 1 to 8; the sign of x.

    Args:
        complete: Whether subnormals, zeros, infinity and NaN are among the arguments.
    """
    code = Assembly(1)
    size = code.do("abs", 0)
    x = size
    if complete:
        small, x = _lifted(code, size)
    word = code.do("bits", x)
    exponent = code.do("isub", code.do("ushr", word, code.word(PLACE)), code.word(BIAS))
    third = code.single(1.0 / 3.0)
    # A third less of it is nearest to the whole number below.
    thirds = code.do("fma", code.do("fromint", exponent), third, code.single(-1.0 / 3.0))
    whole = code.do("bits", code.do("fadd", thirds, code.single(MAGIC)))
    up = code.do("shl", whole, code.word(PLACE))
    threefold = code.do("iadd", up, code.do("shl", whole, code.word(PLACE + 1)))
    reduced = code.do("float", code.do("isub", word, threefold))
    rest = after(code)
    value = rest.do("float", rest.do("iadd", rest.do("bits", CORE), up))
    if complete:
        back = rest.do("select", small, rest.single(2.0 ** -(_LIFT // 3)), rest.single(1.0))
        value = rest.do("fmul", value, back)
        value = rest.do("select", _positive(rest, size), value, size)
    rest.do("copysign", value, 0)
    core = core_target("cbrt(x)", Fraction(1), Fraction(8))
    return joined("exponent-in-thirds", code, reduced, rest, core, 1.0)


def _lifted(code: Assembly, x: int) -> tuple[int, int]:
    """Whether a value is subnormal, and it or a multiple that is not."""
    small = code.do("less", x, code.single(LEAST))
    return small, code.do("select", small, code.do("fmul", x, code.single(2.0**_LIFT)), x)


def _positive(code: Assembly, x: int) -> int:
    """Whether a value is above 0 and finite."""
    infinite = code.do("float", code.word(0x7F800000))
    return code.do("and", code.do("less", code.single(0.0), x), code.do("less", x, infinite))
