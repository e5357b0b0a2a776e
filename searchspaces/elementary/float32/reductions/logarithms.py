"""Logarithms: an exponent times a constant, and a core around 0."""

from fractions import Fraction

from elitemap.searchspaces.elementary.float32.assembly import CORE, Assembly, bits, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import LEAST, LOG2E, PLACE, SLACK
from elitemap.searchspaces.elementary.targets import Target

#: From where on log1p's exponent is taken of a part of the argument: 2^-k would be subnormal.
_LARGE, _PART = 2.0**100, 16


def exponent(scale: float | None, complete: bool, exact: bool = True) -> Reduction:
    """A logarithm: log(2^k m) = k log 2 + a core in r = m - 1, with m from 2/3 to 4/3.

    To the base 2 the core is what r / log(2), which is known to twice the precision, leaves, over
    r^2; where less will do it is the logarithm over r.

    Args:
        scale: log 2; None for the base 2.
        complete: Whether subnormals, zeros, negative arguments, infinity and NaN are among the
            arguments; otherwise they are positive normal numbers.
        exact: Whether the last bit of a float32 matters.
    """
    code = Assembly(1)
    x = 0
    if complete:
        small = code.do("less", 0, code.single(LEAST))
        lifted = code.do("fmul", 0, code.single(2.0**PLACE))
        x = code.do("select", small, lifted, 0)
    word = code.do("bits", x)
    part = _power(code, word)
    mantissa = code.do("float", code.do("isub", word, part))
    reduced = code.do("fsub", mantissa, code.single(1.0))
    whole = code.do("fromint", code.do("shr", part, code.word(PLACE)))
    if complete:
        offset = code.do("select", small, code.single(-float(PLACE)), code.single(0.0))
        whole = code.do("fadd", whole, offset)
    rest = after(code)
    size = None
    if scale is None and not exact:
        value = rest.do("fma", reduced, CORE, whole)
        core = _around("log1p(x) / (log(2) * x)")
    elif scale is None:
        slope = rest.single(LOG2E)
        line = rest.do("fma", reduced, slope, whole)
        # Exact, as k is 0 or the larger of the two.
        lost = rest.do("fma", reduced, slope, rest.do("fsub", whole, line))
        square = rest.do("fmul", reduced, reduced)
        value = rest.do("fadd", line, rest.do("fma", square, CORE, lost))
        core = _around(f"(log1p(x) / log(2) - {Fraction(rounded(LOG2E))} * x) / x**2")
        size = _around("log1p(x) / log(2) / x**2")
    else:
        value = rest.do("fma", whole, rest.single(scale), CORE)
        core = _around("log1p(x)")
    if complete:
        _others(rest, 0, 0, value)
    return joined("exponent", code, reduced, rest, core, 1.0, size)


def _power(code: Assembly, word: int) -> int:
    """The k of 2^k m, with m from 2/3 to 4/3, where a float has its exponent."""
    moved = code.do("isub", word, code.word(bits(2.0 / 3.0)))
    return code.do("and", moved, code.word(0xFF800000))


def _around(shown: str) -> Target:
    return core_target(shown, Fraction(-1, 3) - SLACK, Fraction(1, 3) + SLACK)


def of_one_more(scale: float, complete: bool) -> Reduction:
    """log(1 + x) = k log 2 + a core in 2^-k x + (2^-k - 1), where 1 + x is 2^k m.

    The sum 1 + x is rounded, but only k comes of it.

    Args:
        scale: log 2.
        complete: As in :func:`exponent`; otherwise arguments are above -1 and below 2^100.
    """
    code = Assembly(1)
    one = code.single(1.0)
    x = 0
    if complete:
        large = code.do("less", code.single(_LARGE), 0)
        x = code.do("select", large, code.do("fmul", 0, code.single(2.0**-_PART)), 0)
    part = _power(code, code.do("bits", code.do("fadd", x, one)))
    inverse = code.do("float", code.do("isub", code.do("bits", one), part))
    reduced = code.do("fma", x, inverse, code.do("fsub", inverse, one))
    whole = code.do("fromint", code.do("shr", part, code.word(PLACE)))
    if complete:
        offset = code.do("select", large, code.single(float(_PART)), code.single(0.0))
        whole = code.do("fadd", whole, offset)
    rest = after(code)
    value = rest.do("fma", whole, rest.single(scale), CORE)
    value = rest.do("copysign", value, 0)
    if complete:
        _others(rest, rest.do("fadd", 0, rest.single(1.0)), 0, value)
    return joined("of-one-more", code, reduced, rest, _around("log1p(x)"))


def _others(code: Assembly, of: int, x: int, value: int) -> None:
    """The value where its argument is positive; -infinity at 0, NaN below, else x itself."""
    infinite = code.do("float", code.word(0x7F800000))
    undefined = code.do("float", code.word(0x7FC00000))
    zero = code.single(0.0)
    finite = code.do("less", of, infinite)
    beyond = code.do("select", finite, value, x)
    below = code.do("select", code.do("less", of, zero), undefined, beyond)
    code.do("select", code.do("equal", of, zero), code.do("neg", infinite), below)
