"""The range reductions of 16-bit functions, in float32.

Where float32 needs care a 16-bit result needs little: one constant instead of a split one, and
results that are subnormal only in bfloat16. What a reduction rounds away is seen by the search,
because it asks of the core what is right after all of that.
"""

from fractions import Fraction

from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, bits
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import (
    clamped,
    scaled,
    scaled_twice,
)

#: How much wider than half a unit on either side fractions are: they are rounded.
_SLACK = Fraction(1, 2**12)

_PLACE = 23

#: Bits of float32: the sign, infinity, and a NaN.
_SIGN, _INFINITE, _NAN = 0x80000000, 0x7F800000, 0x7FC00000

#: From this exponent on E is kept times 2^-64, so that it is a float32.
_LARGE = 64

#: 2^x around 0, by degree, with relative errors of at most 2^-18.0 and 2^-22.5; 1 at 0, so that
#: nothing moves where arguments are tiny.
EXP2 = {
    4: ("0x1p+0", "0x1.62dfc4p-1", "0x1.ebf1aap-3", "0x1.ca921ap-5", "0x1.4093eap-7"),
    5: (
        *("0x1p+0", "0x1.62e428p-1", "0x1.ebf914p-3"),
        *("0x1.c6b6ecp-5", "0x1.3d0d42p-7", "0x1.5c0826p-10"),
    ),
}


def fraction(code: Assembly, x: int, scale: float) -> tuple[int, int]:
    """The whole number k next to x s, in the last bits of a float, and x s - k."""
    magic = code.single(MAGIC)
    if scale == 1.0:
        shifted = code.do("fadd", x, magic)
        return shifted, code.do("fsub", x, code.do("fsub", shifted, magic))
    factor = code.single(scale)
    shifted = code.do("fma", x, factor, magic)
    return shifted, code.do("fma", x, factor, code.do("fsub", magic, shifted))


def _half() -> tuple[Fraction, Fraction]:
    half = Fraction(1, 2) + _SLACK
    return -half, half


def power(scale: float, ends: tuple[float, float] | None, twice: bool) -> Reduction:
    """2^(x s) as 2^k times a core around 0.

    Args:
        scale: s.
        ends: What the argument is clamped to; None for no clamp.
        twice: Whether float32 results may be subnormal or infinite.
    """
    code = Assembly(1)
    x = 0 if ends is None else clamped(code, 0, *ends)
    shifted, reduced = fraction(code, x, scale)
    rest = after(code)
    (scaled_twice if twice else scaled)(rest, CORE, shifted)
    return joined("power", code, reduced, rest, core_target("exp2(x)", *_half()))


def logistic(
    scale: float, ends: tuple[float, float] | None, times_x: bool, wide: bool = False
) -> Reduction:
    """1 or x over 1 + 2^(x s), with a core for 2^x around 0.

    Args:
        scale: s, which is negative.
        ends: What the argument is clamped to; None for no clamp. Of a numerator x only the lower
            one counts.
        times_x: Whether the numerator is x.
        wide: Whether 2^(x s) may be beyond float32.
    """
    code = Assembly(1)
    x = 0 if ends is None else clamped(code, 0, *ends)
    shifted, reduced = fraction(code, x, scale)
    large = code.do("less", x, code.single(-_LARGE / -scale)) if wide else None
    rest = after(code)
    numerator = _numerator(rest, None if ends is None else ends[0]) if times_x else None
    _over_one_more(rest, CORE, shifted, numerator, large)
    return joined("logistic", code, reduced, rest, core_target("exp2(x)", *_half()))


def _numerator(code: Assembly, least: float | None) -> int:
    return 0 if least is None else code.do("max", 0, code.single(least))


def _over_one_more(
    code: Assembly, value: int, shifted: int, numerator: int | None, large: int | None
) -> None:
    """The quotient n / (1 + 2^k v), or 2^-64 n / (2^-64 + 2^(k - 64) v) where that is large."""
    place = code.do("shl", code.do("bits", shifted), code.word(_PLACE))
    one = code.single(1.0)
    if large is not None:
        place = code.do("iadd", place, code.do("and", large, code.word(-_LARGE << _PLACE)))
        one = code.do("select", large, code.single(2.0**-_LARGE), one)
        numerator = one if numerator is None else code.do("fmul", numerator, one)
    power_ = code.do("float", code.do("iadd", code.do("bits", value), place))
    code.do("fdiv", one if numerator is None else numerator, code.do("fadd", one, power_))


def normal_tail(degree: int, limit: float, ends: bool) -> Reduction:
    """Gelu as the larger of x and 0, less |x| 2^P(|x|), with a core for P.

    2^P is the normal distribution function at -|x|.

    Args:
        degree: Of the polynomial for 2^x in it.
        limit: The largest |x| that a core is asked for.
        ends: Whether there are arguments beyond it, and powers that are subnormal float32.
    """
    code = Assembly(1)
    size = code.do("abs", 0)
    if ends:
        size = code.do("min", size, code.single(limit))
    rest = after(code)
    shifted, reduced = fraction(rest, CORE, 1.0)
    value = _exp2(rest, reduced, degree, -1.0)
    power_ = (scaled_twice if ends else scaled)(rest, value, shifted)
    # With -0, so that results that underflow keep their sign.
    rest.do("fma", size, power_, rest.do("max", 0, rest.single(-0.0)))
    target = core_target("log2(erfc(x/sqrt(2))/2)", Fraction(0), Fraction(limit))
    return joined("normal-tail", code, size, rest, target)


def odd(name: str, limit: float, every: bool) -> Reduction:
    """An odd function that is constant from a limit on: |x| times a core in |x|, with x's sign.

    Words are compared and not floats: gcc has one instruction for the smaller of two words, and
    none for that of two floats. A polynomial in |x| needs no more terms than one in its square, as
    tanh has poles beside 0.

    Args:
        name: Of the function.
        limit: The largest |x| that a core is asked for; beyond, the value is that at the limit.
        every: Whether there are NaN.
    """
    code = Assembly(1)
    word = code.do("bits", 0)
    size, most = code.do("and", word, code.word(0x7FFFFFFF)), code.word(bits(limit))
    inside = code.do("float", code.do("iselect", code.do("iless", size, most), size, most))
    rest = after(code)
    value = rest.do("bits", rest.do("fmul", inside, CORE))
    value = rest.do("or", value, rest.do("and", word, rest.word(_SIGN)))
    if every:
        number = rest.do("iless", size, rest.word(_INFINITE + 1))
        value = rest.do("iselect", number, value, rest.word(_NAN))
    rest.do("float", value)
    target = core_target(f"{name}(x)/x", Fraction(0), Fraction(limit))
    return joined("odd", code, inside, rest, target)


def _exp2(code: Assembly, x: int, degree: int, sign: float = 1.0) -> int:
    """The polynomial of :data:`EXP2`, or what it is less than 0."""
    *lower, value = (code.single(sign * float.fromhex(c)) for c in EXP2[degree])
    for c in reversed(lower):
        value = code.do("fma", value, x, c)
    return value


def softplus(degree: int, scale: float, limit: float | None, twice: bool) -> Reduction:
    """The larger of x and 0, and a core for log1p in exp(-|x|).

    Args:
        degree: Of the polynomial for 2^x in it.
        scale: log2 e.
        limit: What |x| is clamped to; None for no clamp.
        twice: Whether exp(-|x|) may be subnormal.
    """
    code = Assembly(1)
    size = code.do("neg", code.do("abs", 0))
    if limit is not None:
        size = code.do("max", size, code.single(-limit))
    shifted, reduced = fraction(code, size, scale)
    value = _exp2(code, reduced, degree)
    power_ = (scaled_twice if twice else scaled)(code, value, shifted)
    rest = after(code)
    rest.do("fadd", rest.do("max", 0, rest.single(0.0)), CORE)
    target = core_target("log1p(x)", Fraction(0), Fraction(1) + _SLACK)
    return joined("softplus", code, power_, rest, target)
