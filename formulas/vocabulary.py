"""The vocabulary in ball arithmetic: Taylor series ("jets") that enclose the true coefficients.

A jet is an ``arb_series`` in t of the current length (:func:`precision`) whose constant coefficient
is the value. Around a ball with a radius the coefficients enclose those at every point of the ball,
so they hold over a whole interval. Where a function is undefined the coefficients are not finite.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType

from flint import arb, arb_series, ctx, fmpq
from gmpy2 import kronecker

from elitemap.formulas.expression import ARITIES, Expression, evaluate
from elitemap.formulas.precision import precision

Jet = arb_series


def ball(value: Fraction | int) -> arb:
    """The rational at the current precision (exact where it fits)."""
    value = Fraction(value)
    return arb(fmpq(value.numerator, value.denominator))


def interval(lo: Fraction, hi: Fraction) -> arb:
    """A ball around [lo, hi], wider by at most its radius' 30-bit rounding."""
    return arb(ball((lo + hi) / 2), ball((hi - lo) / 2))


def variable(at: arb) -> Jet:
    """The jet of x: ``at + t``."""
    return arb_series([at, 1])


def undefined() -> Jet:
    """The jet of a function where it is not analytic."""
    return arb_series([arb.nan()] * ctx.cap)


def jet(expression: Expression, x: Jet) -> Jet:
    """The jet of an expression at the jet of x."""
    found: Jet = evaluate(expression, JETS, x, leaf)
    return found


def value_at(expression: Expression, at: arb, bits: int) -> arb:
    """The value of an expression at (or its range over) a ball."""
    with precision(bits, 1):
        return jet(expression, variable(at))[0]


def constant_value(expression: Expression, bits: int) -> arb:
    """The value of an expression without x."""
    return value_at(expression, arb(0), bits)


def leaf(expression: Expression) -> Jet:
    """The jet of a number or a named constant."""
    if expression.head == "number":
        return arb_series([ball(expression.value)])
    return arb_series([LEAVES[expression.head]()])


#: The named constants at the current precision.
LEAVES: Mapping[str, Callable[[], arb]] = MappingProxyType(
    {
        "pi": arb.pi,
        "e": arb.const_e,
        "catalan": arb.const_catalan,
        "gamma": arb.const_euler,
        "golden": lambda: (1 + arb(5).sqrt()) / 2,
        "khinchin": arb.const_khinchin,
        "glaisher": arb.const_glaisher,
    }
)


def divide(a: Jet, b: Jet) -> Jet:
    """Quotient; undefined where the divisor's value may vanish."""
    return a / b if not b[0].contains(0) else undefined()


def sqrt(a: Jet) -> Jet:
    """Square root; undefined unless positive, but for a value without derivatives at zero."""
    if a[0] > 0 or ctx.cap > 1:
        return a.sqrt() if a[0] > 0 else undefined()
    return arb_series([a[0].sqrt()])


def absolute(a: Jet) -> Jet:
    """Absolute value; without derivatives where the sign is open or the value may be 0."""
    if a[0] > 0:
        return a
    return -a if a[0] < 0 else _valued(undefined(), abs(a[0]))


def minimum(a: Jet, b: Jet) -> Jet:
    """The smaller; without derivatives where the choice is open or both may be equal."""
    if a[0] < b[0]:
        return a
    return b if b[0] < a[0] else _valued(undefined(), a[0].min(b[0]))


def maximum(a: Jet, b: Jet) -> Jet:
    """The larger; a range without derivatives where the choice is open."""
    return -minimum(-a, -b)


def power(a: Jet, exponent: Fraction | Jet) -> Jet:
    """Power: by multiplication for integers, else exp(exponent * log(a)) for positive a."""
    if isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            whole = a ** abs(int(exponent))
            return whole if exponent >= 0 else divide(arb_series([1]), whole)
        if exponent.denominator == 2:
            return power(sqrt(a), Fraction(exponent.numerator))
        exponent = arb_series([ball(exponent)])
    return (a.log() * exponent).exp() if a[0] > 0 else undefined()


def cbrt(a: Jet) -> Jet:
    """Real cube root, also of negative numbers."""
    if a[0].is_zero() and ctx.cap == 1:
        return a
    root = power(absolute(a), Fraction(1, 3))
    return root if a[0] > 0 else -root


def _valued(series: Jet, value: arb) -> Jet:
    """The series with another constant coefficient (one that is computed without cancellation)."""
    return arb_series([value, *(series[k] for k in range(1, ctx.cap))])


def _compose(outer: Sequence[arb], inner: Jet) -> Jet:
    """Outer Taylor coefficients at the inner value, composed with the inner jet."""
    if ctx.cap == 1:
        return arb_series([outer[0]])
    return arb_series(list(outer))(_valued(inner, arb(0)))


def _hyperbolic(a: Jet) -> tuple[Jet, Jet]:
    """Sinh and cosh from their values alone, so that exact zeros stay exact."""
    sinh, cosh = a[0].sinh_cosh()
    factorials = [arb(k).fac() for k in range(ctx.cap)]
    odd = [(sinh, cosh)[k % 2] / f for k, f in enumerate(factorials)]
    even = [(cosh, sinh)[k % 2] / f for k, f in enumerate(factorials)]
    return _compose(odd, a), _compose(even, a)


def _tanh(a: Jet) -> Jet:
    sinh, cosh = _hyperbolic(a)
    return _valued(divide(sinh, cosh), a[0].tanh())


def _primitive_of(slope: Jet, a: Jet, value: arb) -> Jet:
    """The function with f(a) = value whose derivative along t is slope * a'."""
    if ctx.cap == 1:
        return arb_series([value])
    return _valued((slope * a.derivative()).integral(), value)


def _asinh(a: Jet) -> Jet:
    return _primitive_of((a * a + 1).rsqrt(), a, a[0].asinh())


def _acosh(a: Jet) -> Jet:
    return _primitive_of(divide(arb_series([1]), sqrt(a * a - 1)), a, a[0].acosh())


def _atanh(a: Jet) -> Jet:
    return _primitive_of(divide(arb_series([1]), 1 - a * a), a, a[0].atanh())


def _sigmoid(a: Jet) -> Jet:
    return divide(arb_series([1]), 1 + (-a).exp())


def _softplus(a: Jet) -> Jet:
    if a[0] > 0:
        # Of exp(-a): exp(a) would enclose nothing where a is large.
        return a + _softplus(-a)
    return _valued((1 + a.exp()).log(), a[0].exp().log1p())


def _gelu(a: Jet) -> Jet:
    return a * (a * -(arb(2).rsqrt())).erfc() / 2


def _lgamma(a: Jet) -> Jet:
    return a.lgamma() if a[0] > 0 else -absolute(a.rgamma()).log()


def _digamma(a: Jet) -> Jet:
    terms = ctx.cap
    with precision(ctx.prec, terms + 1):
        at = variable(a[0])
        slopes = at.lgamma() if a[0] > 0 else -absolute(at.rgamma()).log()
        outer = [(k + 1) * slopes[k + 1] for k in range(terms)]
    return _compose(outer, a)


def _hurwitz(order: Fraction, a: Jet) -> Jet:
    """The Hurwitz zeta function zeta(order, a) for a > 0; derivatives by DLMF 25.11.17."""
    outer, scale, s = [], arb(1), ball(order)
    for k in range(ctx.cap):
        outer.append((s + k).zeta(a[0]) * scale)
        scale = -scale * (s + k) / (k + 1)
    return _compose(outer, a) if a[0] > 0 else undefined()


def _polylog(order: Fraction, a: Jet) -> Jet:
    """Li_s(a) for a < 1; the slope is Li_(s-1)(a)/a (DLMF 25.12.10), so without one at 0."""
    s = ball(order)
    if ctx.cap == 1:
        return arb_series([s.zeta() if a[0] == 1 else a[0].polylog(s)])
    value = a[0].polylog(s) if a[0] < 1 else arb.nan()
    with precision(ctx.prec, ctx.cap - 1):
        slope = divide(_polylog(order - 1, a), a)
    return _primitive_of(slope, a, value)


#: Largest modulus of a Dirichlet series: it is a sum of so many zeta functions.
MODULUS = 1000


def _dirichlet(discriminant: Fraction, s: Jet) -> Jet:
    """L(s, chi) of the Kronecker symbol (d/n), which has period |d| for d = 0, 1 mod 4.

    By Hurwitz's zeta function (DLMF 25.15.3); undefined for other d, for squares, and at s = 1.
    """
    d = int(discriminant)
    modulus = abs(d)
    whole = discriminant.denominator == 1 and 1 < modulus <= MODULUS and d % 4 < 2
    if not whole or (d > 0 and math.isqrt(d) ** 2 == d):
        return undefined()
    total = arb_series([0])
    for r in range(1, modulus):
        sign = kronecker(d, r)
        if sign:
            total += sign * s.zeta(ball(Fraction(r, modulus)))
    return total * (-s * arb(modulus).log()).exp()


def regular_bessel(order: Fraction, a: Jet, sign: int) -> Jet:
    """The entire factor 0F1(; order + 1; sign a^2/4) / gamma(order + 1) (DLMF 10.25.2, 10.16.9)."""
    square = a * a * arb(sign) / 4
    b = ball(order + 1)
    outer, scale = [], b.rgamma()
    for k in range(ctx.cap):
        outer.append(square[0].hypgeom_0f1(b + k) * scale)
        scale = scale / ((b + k) * (k + 1))
    return _compose(outer, square)


def _bessel(order: Fraction, a: Jet, sign: int) -> Jet:
    if order.denominator == 1 and order < 0:
        flip = -1 if sign < 0 and order % 2 else 1
        return _bessel(-order, a, sign) * flip
    return power(a / 2, order) * regular_bessel(order, a, sign)


def atan2(b: Jet, a: Jet) -> Jet:
    """The angle of (a, b); undefined where the cut along a <= 0, b = 0 may be near."""
    if a[0] > 0:
        return divide(b, a).atan()
    if b[0].contains(0):
        return undefined()
    quarter = arb.pi() / 2 if b[0] > 0 else -arb.pi() / 2
    return quarter - divide(a, b).atan()


def hypot(a: Jet, b: Jet) -> Jet:
    """The root of a^2 + b^2; a value without derivatives where both may be zero."""
    if ctx.cap > 1:
        return sqrt(a * a + b * b)
    least, most = (f(a[0]) ** 2 + f(b[0]) ** 2 for f in (arb.abs_lower, arb.abs_upper))
    return arb_series([least.sqrt().union(most.sqrt())])


#: Every head of an expression but the leaves.
JETS: Mapping[str, Callable[..., Jet]] = MappingProxyType(
    {
        "neg": lambda a: -a,
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": divide,
        "pow": power,
        "exp2": lambda a: (a * arb.const_log2()).exp(),
        "exp": lambda a: a.exp(),
        "expm1": lambda a: _valued(a.exp(), a[0].expm1()),
        "log2": lambda a: a.log() / arb.const_log2(),
        "log": lambda a: a.log(),
        "log10": lambda a: a.log() / arb.const_log10(),
        "log1p": lambda a: _valued((1 + a).log(), a[0].log1p()),
        "sin": lambda a: a.sin(),
        "cos": lambda a: a.cos(),
        "tan": lambda a: a.tan(),
        "asin": lambda a: a.asin(),
        "acos": lambda a: a.acos(),
        "atan": lambda a: a.atan(),
        "sinh": lambda a: _hyperbolic(a)[0],
        "cosh": lambda a: _hyperbolic(a)[1],
        "tanh": _tanh,
        "asinh": _asinh,
        "acosh": _acosh,
        "atanh": _atanh,
        "sqrt": sqrt,
        "cbrt": cbrt,
        "erf": lambda a: a.erf(),
        "erfc": lambda a: a.erfc(),
        "gelu": _gelu,
        "sigmoid": _sigmoid,
        "softplus": _softplus,
        "gamma": lambda a: a.gamma(),
        "lgamma": _lgamma,
        "digamma": _digamma,
        "airyai": lambda a: a.airy_ai(),
        "airybi": lambda a: a.airy_bi(),
        "besseli": lambda order, a: _bessel(order, a, 1),
        "besselj": lambda order, a: _bessel(order, a, -1),
        "lambertw": lambda a: a.lambertw(),
        "zeta": lambda a: a.zeta(),
        "hurwitz": _hurwitz,
        "polylog": _polylog,
        "dirichlet": _dirichlet,
        "ei": lambda a: a.ei(),
        "e1": lambda a: -(-a).ei() if a[0] > 0 else undefined(),
        "abs": absolute,
        "min": minimum,
        "max": maximum,
        "atan2": atan2,
        "hypot": hypot,
    }
)

#: The functions of one argument that expressions, and the exact meaning of primitives, may call.
CALLABLE: tuple[str, ...] = tuple(name for name, arity in ARITIES.items() if arity == 1)
