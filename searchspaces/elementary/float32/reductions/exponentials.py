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
    LOG2E,
    SLACK,
    clamped,
    nearest,
    nearest_and_rest,
    power,
    power_of_two,
    scaled,
    scaled_twice,
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


def logistic(normal: bool = False) -> Reduction:
    """1 / (1 + exp(-x)) with what is lost on the way to E = exp(-|x|), 1 + E and 1/E put back.

    With q = exp(r) - 1 = r + the core, in two floats, and w = 1 / (1 + E), corrected by a step of
    Newton's method, the value is w for x >= 0 and 2^k (w + w q) below. By names: q, w and the like
    are a number's first float, ``lost`` and ``step`` the second ones.

    Args:
        normal: Whether exp(-|x|) is a normal number for all arguments.
    """
    code = Assembly(1)
    size = code.do("neg", code.do("abs", 0))
    if not normal:
        size = code.do("max", size, code.single(LEAST_EXP))
    shifted, reduced, rest_of_it = nearest_and_rest(code, size)
    rest = after(code)
    one = rest.single(1.0)
    # Subnormal numbers, of E and of what is lost of it, would take a hundred times as long.
    scale = scaled(rest, one, rest.do("max", shifted, rest.single(MAGIC + _NOTHING)))
    q = rest.do("fadd", reduced, CORE)
    lost = rest.do("fadd", rest.do("fsub", reduced, q), CORE)
    lost = rest.do("fadd", lost, rest.do("fma", rest_of_it, q, rest_of_it))
    small = rest.do("fma", scale, q, scale)
    total = rest.do("fadd", one, small)
    behind = rest.do("fma", scale, q, rest.do("fsub", scale, small))
    behind = rest.do("fma", scale, lost, behind)
    behind = rest.do("fadd", behind, rest.do("fadd", rest.do("fsub", one, total), small))
    w = rest.do("fdiv", one, total)
    minus = rest.do("neg", w)
    residual = rest.do("fma", minus, behind, rest.do("fma", minus, total, one))
    step = rest.do("fmul", w, residual)
    further = rest.do("fma", w, lost, rest.do("fma", step, q, step))
    below = rest.do("fadd", w, rest.do("fma", w, q, further))
    whole = (scaled if normal else scaled_twice)(rest, below, shifted)
    rest.do("select", rest.do("bits", 0), whole, rest.do("fadd", w, step))
    core = core_target("expm1(x) - x", -HALF_EXP, HALF_EXP)
    return joined("logistic", code, reduced, rest, core, size=_around(LOG2E))


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
