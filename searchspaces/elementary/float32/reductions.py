"""The range reductions that searches know.

Constants are split so that products with the small whole numbers of a reduction are exact, or
nearly (Cody and Waite, Software Manual for the Elementary Functions, 1980); they are computed here.
"""

from fractions import Fraction

from flint import arb

from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, bits, rounded
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.targets import Target, split

#: How much wider than the exact one a reduced domain is: arguments are reduced with rounding.
_SLACK = Fraction(1, 2**18)

_BIAS, _PLACE = 127, 23
_LEAST = 2.0**-126

#: exp of it is rounded to 0.
_LEAST_EXP = -104.0


def split_constant(value: arb, parts: int, kept: int) -> list[float]:
    """A constant as a sum of float32.

    Args:
        value: The constant, as a ball of at least 128 bits.
        parts: How many.
        kept: Mantissa bits of all parts but the last, which has 24.
    """
    high, low = split(value)
    rest = Fraction(high) + Fraction(low)
    found = []
    for k in range(parts):
        part = rounded(float(rest))
        if k + 1 < parts:
            scale = Fraction(2) ** (kept - 1 - _exponent(part))
            part = float(Fraction(round(rest * scale)) / scale)
        found.append(part)
        rest -= Fraction(part)
    return found


def _exponent(value: float) -> int:
    return (bits(abs(value)) >> _PLACE) - _BIAS


def _constants() -> tuple[arb, arb]:
    """The balls of log 2 and pi."""
    with precision(160, 1):
        return arb(2).log(), arb.pi()


with precision(160, 1):
    _LOG2E = float((1 / arb(2).log()).mid())


def none(target: Target) -> Reduction:
    """The core is the function."""
    return joined("none", Assembly(1), 0, None, target)


def binades(scale: float | None, ends: tuple[float, float] | None) -> Reduction:
    """An exponential: 2^(x s) as 2^k times a core around 0, with k the whole number next to x s.

    Args:
        scale: s; None for 1, where no argument has to be rounded.
        ends: What the argument is clamped to, so that everything beyond becomes 0 or infinity and
            NaN stays; None where all results are normal numbers.
    """
    code = Assembly(1)
    x = 0 if ends is None else _clamped(code, 0, *ends)
    shifted, reduced = _nearest(code, x, scale)
    rest = after(code)
    value = _scaled(rest, shifted) if ends is None else _scaled_twice(rest, shifted)
    assert value == rest.first + len(rest.rows) - 1
    return joined("binades", code, reduced, rest, _around(scale))


def _clamped(code: Assembly, x: int, low: float, high: float) -> int:
    """The number in [low, high] next to x; NaN for NaN."""
    return code.do("min", code.do("max", x, code.single(low)), code.single(high))


def _around(scale: float | None) -> Target:
    half = Fraction(1, 2) + _SLACK
    if scale is None:
        return core_target("exp2(x)", -half, half)
    reach = Fraction(rounded(1.0 / scale)) * half
    return core_target("exp(x)", -reach, reach)


def _nearest(code: Assembly, x: int, scale: float | None) -> tuple[int, int]:
    """The whole number k next to x s, in the last bits of a float, and x - k / s."""
    magic = code.single(MAGIC)
    if scale is None:
        shifted = code.do("fadd", x, magic)
        return shifted, code.do("fsub", x, code.do("fsub", shifted, magic))
    shifted = code.do("fma", x, code.single(scale), magic)
    whole = code.do("fsub", shifted, magic)
    for part in split_constant(_constants()[0], 2, 15):
        x = code.do("fma", whole, code.single(-part), x)
    return shifted, x


def _scaled(code: Assembly, shifted: int) -> int:
    """The core's value times 2^k by a sum of bits: right where the result is a normal number."""
    power = code.do("shl", code.do("bits", shifted), code.word(_PLACE))
    return code.do("float", code.do("iadd", code.do("bits", CORE), power))


def _scaled_twice(code: Assembly, shifted: int) -> int:
    """The core's value times 2^k in two steps: right for all results."""
    whole = code.do("isub", code.do("bits", shifted), code.word(bits(MAGIC)))
    half = code.do("shr", whole, code.word(1))
    value = CORE
    for part in (half, code.do("isub", whole, half)):
        biased = code.do("iadd", part, code.word(_BIAS))
        power = code.do("float", code.do("shl", biased, code.word(_PLACE)))
        value = code.do("fmul", value, power)
    return value


def exponent(scale: float | None, complete: bool) -> Reduction:
    """A logarithm: log(2^k m) = k log 2 + a core in m - 1, with m from 2/3 to 4/3.

    Args:
        scale: log 2; None for 1.
        complete: Whether subnormals, zeros, negative arguments, infinity and NaN are among the
            arguments; otherwise they are positive normal numbers.
    """
    code = Assembly(1)
    x = 0
    if complete:
        small = code.do("less", 0, code.single(_LEAST))
        lifted = code.do("fmul", 0, code.single(2.0**_PLACE))
        x = code.do("select", small, lifted, 0)
    word = code.do("bits", x)
    moved = code.do("isub", word, code.word(bits(2.0 / 3.0)))
    power = code.do("and", moved, code.word(0xFF800000))
    mantissa = code.do("float", code.do("isub", word, power))
    reduced = code.do("fsub", mantissa, code.single(1.0))
    whole = code.do("fromint", code.do("shr", power, code.word(_PLACE)))
    if complete:
        offset = code.do("select", small, code.single(-float(_PLACE)), code.single(0.0))
        whole = code.do("fadd", whole, offset)
    rest = after(code)
    if scale is None:
        value = rest.do("fadd", whole, CORE)
    else:
        value = rest.do("fma", whole, rest.single(scale), CORE)
    if complete:
        _logarithm_of_others(rest, value)
    ends = Fraction(-1, 3) - _SLACK, Fraction(1, 3) + _SLACK
    shown = "log1p(x)" if scale is not None else "log1p(x) / log(2)"
    target = core_target(shown, *ends)
    return joined("exponent", code, reduced, rest, target, 1.0)


def _logarithm_of_others(code: Assembly, value: int) -> None:
    """The value for positive numbers; -infinity at 0, NaN below, infinity and NaN themselves."""
    infinite = code.do("float", code.word(0x7F800000))
    undefined = code.do("float", code.word(0x7FC00000))
    zero = code.single(0.0)
    finite = code.do("less", 0, infinite)
    beyond = code.do("select", finite, value, 0)
    below = code.do("select", code.do("less", 0, zero), undefined, beyond)
    code.do("select", code.do("equal", 0, zero), code.do("neg", infinite), below)


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


def half_turns(quarter: bool) -> Reduction:
    """A sine or cosine by a core around 0, an odd one, whose sign every half turn changes.

    Args:
        quarter: Whether the argument is counted from a quarter turn before: cosines.
    """
    _, pi = _constants()
    with precision(160, 1):
        parts = split_constant(pi, 3, 12)
        inverse = float((1 / pi).mid())
    code = Assembly(1)
    magic = code.single(MAGIC)
    if quarter:
        turns = code.do("fma", 0, code.single(inverse), code.single(0.5))
        shifted = code.do("fadd", turns, magic)
        whole = code.do("fsub", code.do("fsub", shifted, magic), code.single(0.5))
    else:
        shifted = code.do("fma", 0, code.single(inverse), magic)
        whole = code.do("fsub", shifted, magic)
    reduced = 0
    for part in parts:
        reduced = code.do("fma", whole, code.single(-part), reduced)
    rest = after(code)
    sign = rest.do("shl", rest.do("bits", shifted), rest.word(31))
    rest.do("float", rest.do("xor", rest.do("bits", CORE), sign))
    half = Fraction(rounded(float((pi / 2).mid()))) * (1 + 16 * _SLACK)
    core = core_target("sin(x)", -half, half)
    origin = -float((pi / 2).mid()) if quarter else 0.0
    return joined("half-turns", code, reduced, rest, core, origin)


def through_exp(times_x: bool) -> Reduction:
    """The logistic function, perhaps times x: with E = exp(-|x|), E or 1 over 1 + E."""
    code = Assembly(1)
    size = code.do("max", code.do("neg", code.do("abs", 0)), code.single(_LEAST_EXP))
    shifted, reduced = _nearest(code, size, _LOG2E)
    rest = after(code)
    power = _scaled_twice(rest, shifted)
    one = rest.single(1.0)
    above = rest.do("select", rest.do("bits", 0), power, one)
    if times_x:
        above = rest.do("fmul", above, 0)
    rest.do("fdiv", above, rest.do("fadd", one, power))
    core = _around(_LOG2E)
    return joined("through-exp", code, reduced, rest, core)
