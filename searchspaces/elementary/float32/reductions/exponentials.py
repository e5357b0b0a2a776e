"""Exponentials, and what is made of one: a power of two times a core around 0."""

from fractions import Fraction

from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, bits
from elitemap.searchspaces.elementary.float32.reduction import (
    Reduction,
    after,
    core_target,
    joined,
)
from elitemap.searchspaces.elementary.float32.reductions.pieces import (
    HALF_EXP,
    LEAST_EXP,
    LOG2,
    LOG2E,
    SLACK,
    clamped,
    nearest,
    power,
    power_of_two,
    scaled,
    scaled_twice,
    split_constant,
)
from elitemap.searchspaces.elementary.targets import Target


def binades(scale: float | None, ends: tuple[float, float] | None, exact: bool = True) -> Reduction:
    """An exponential: 2^(x s) as 2^k times a core around 0, with k the whole number next to x s.

    Args:
        scale: s; None for 1, where no argument has to be rounded.
        ends: What the argument is clamped to, so that everything beyond becomes 0 or infinity and
            NaN stays; None where all results are normal numbers.
        exact: Whether the last bit of a float32 matters.
    """
    code = Assembly(1)
    x = 0 if ends is None else clamped(code, 0, *ends)
    shifted, reduced = nearest(code, x, scale, 2 if exact else 1)
    rest = after(code)
    whole = scaled if ends is None else scaled_twice
    value = whole(rest, CORE, shifted)
    assert value == rest.first + len(rest.rows) - 1
    return joined("binades", code, reduced, rest, _around(scale))


def all_normal(scale: float | None, low: float, high: float) -> bool:
    """Whether results on a domain are normal numbers."""
    s = 1.0 if scale is None else scale
    return low * s >= -126.0 and high * s < 127.5


def _around(scale: float | None) -> Target:
    half = Fraction(1, 2) + SLACK
    if scale is None:
        return core_target("exp2(x)", -half, half)
    return core_target("exp(x)", -HALF_EXP, HALF_EXP)


_EXPM1 = core_target("expm1(x)", -HALF_EXP, HALF_EXP)


def less_one(ends: tuple[float, float] | None) -> Reduction:
    """exp(x) - 1 as 2^k (core + 1) - 1, where 2^k - 1 is added at once.

    Args:
        ends: As in :func:`binades`.
    """
    code = Assembly(1)
    x = 0 if ends is None else clamped(code, 0, *ends)
    shifted, reduced = nearest(code, x, LOG2E)
    rest = after(code)
    # By half of it: 2^128, which some results need, is no float.
    half = power_of_two(rest, rest.do("isub", rest.do("bits", shifted), rest.word(bits(MAGIC) + 1)))
    base = rest.do("fsub", half, rest.single(0.5))
    value = rest.do("fma", half, CORE, base)
    rest.do("copysign", rest.do("fadd", value, value), 0)
    return joined("less-one", code, reduced, rest, _EXPM1)


def through_exp() -> Reduction:
    """The logistic function times x: with E = exp(-|x|), E or 1 over 1 + E."""
    code = Assembly(1)
    size = code.do("max", code.do("neg", code.do("abs", 0)), code.single(LEAST_EXP))
    shifted, reduced = nearest(code, size, LOG2E)
    rest = after(code)
    small = scaled_twice(rest, CORE, shifted)
    one = rest.single(1.0)
    above = rest.do("select", rest.do("bits", 0), small, one)
    rest.do("fdiv", rest.do("fmul", above, 0), rest.do("fadd", one, small))
    return joined("through-exp", code, reduced, rest, _around(LOG2E))


#: From where on 1 + 2^k is rounded to 1, and more than that: what 2^k is held at there.
_NOTHING = -60.0

#: What leaves least of 1 - D p(D) on [1, 2]: a Chebyshev polynomial divided by its value at 0.
_RECIPROCAL = (32.0 / 99.0, -16.0 / 11.0, 70.0 / 33.0)


def logistic(normal: bool = False) -> Reduction:
    """E / (1 + E) with E = exp(-|x|), or 1 less that, as a quotient that is corrected once.

    E and 1 + E are known in two floats. A division would take as long as half of the rest.

    Args:
        normal: Whether E is a normal number for all arguments.
    """
    code = Assembly(1)
    size = code.do("abs", 0)
    if not normal:
        size = code.do("min", size, code.single(-LEAST_EXP))
    shifted = code.do("fma", size, code.single(-LOG2E), code.single(MAGIC))
    whole = code.do("fsub", shifted, code.single(MAGIC))
    high, low = map(code.single, split_constant(LOG2, 2, 15))
    # Without rounding: k has few bits, and x k's size.
    most = code.do("fma", whole, high, size)
    reduced = code.do("fma", whole, low, most)
    rest = after(code)
    one, minus = rest.single(1.0), rest.single(-1.0)
    # Less the power, less the inverse and less what is left: so nothing has to be negated.
    first = rest.do("fadd", minus, most)
    lost = rest.do("fadd", rest.do("fsub", minus, first), most)
    second = rest.do("fma", CORE, reduced, rest.do("fma", whole, low, lost))
    power = rest.do("fadd", first, second)
    # Subnormal numbers would take a hundred times as long.
    held = shifted if normal else rest.do("max", shifted, rest.single(MAGIC + _NOTHING))
    scale = scaled(rest, minus, held)
    total = rest.do("fma", scale, power, one)
    behind = rest.do("fma", scale, power, rest.do("fsub", one, total))
    inverse = _less_reciprocal(rest, total)
    quotient = rest.do("fmul", power, inverse)
    # The two parts of the power here, and not its rounded sum.
    left = rest.do("fma", quotient, behind, rest.do("fma", quotient, total, first))
    value = rest.do("fma", rest.do("fadd", left, second), inverse, quotient)
    below = (scaled if normal else scaled_twice)(rest, value, shifted)
    rest.do("select", rest.do("bits", 0), below, rest.do("fsub", one, below))
    ends = -HALF_EXP, HALF_EXP
    core, size_of = (core_target(f"({form}) / x", *ends) for form in ("1 - x - exp(-x)", "exp(-x)"))
    return joined("logistic", code, reduced, rest, core, size=size_of)


def _less_reciprocal(code: Assembly, x: int) -> int:
    """-1 / x to a millionth, for x from 1 to 2: a parabola and a step of third order."""
    two, one, zero = (code.single(-c) for c in _RECIPROCAL)
    first = code.do("fma", code.do("fma", x, two, one), x, zero)
    left = code.do("fma", x, first, code.single(1.0))
    return code.do("fma", first, code.do("fma", left, left, left), first)


def softplus(least: float = LEAST_EXP) -> Reduction:
    """log(1 + exp(x)) as max(x, 0) + a core in exp(-|x|), which is a fixed polynomial's.

    Args:
        least: What -|x| is raised to: where exp is a normal number, if results below are not asked
            for, as subnormal ones take a hundred times as long.
    """
    code = Assembly(1)
    size = code.do("max", code.do("neg", code.do("abs", 0)), code.single(least))
    shifted, mantissa = power(code, size)
    small = (scaled_twice if least == LEAST_EXP else scaled)(code, mantissa, shifted)
    rest = after(code)
    rest.do("fadd", rest.do("max", 0, rest.single(0.0)), CORE)
    core = core_target("log1p(x)", Fraction(0), 1 + SLACK)
    return joined("softplus", code, small, rest, core)


#: Where the smaller of gelu's two tails is rounded to 0.
GELU_END = 15.0


def gelu() -> Reduction:
    """A product with the normal distribution as max(x, 0) - |x| exp(-x^2 / 2) times a core of |x|.

    The square is known to twice the precision; exp is a fixed polynomial's.
    """
    code = Assembly(1)
    size = code.do("min", code.do("abs", 0), code.single(GELU_END))
    rest = after(code)
    square = rest.do("fmul", size, size)
    lost = rest.do("fma", size, size, rest.do("neg", square))
    minus = rest.single(-0.5)
    shifted, mantissa = power(rest, rest.do("fmul", square, minus))
    mantissa = rest.do("fma", mantissa, rest.do("fmul", lost, minus), mantissa)
    tail = rest.do("fmul", rest.do("fmul", mantissa, CORE), size)
    rest.do("fsub", rest.do("max", 0, rest.single(0.0)), scaled_twice(rest, tail, shifted))
    # Mills' ratio of the normal distribution, but for a factor.
    core = core_target("exp(x**2 / 2) * erfc(x / sqrt(2)) / 2", Fraction(0), Fraction(GELU_END))
    return joined("normal-tail", code, size, rest, core)
