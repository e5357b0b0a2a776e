"""Identities that change the argument: reflections of the domain, and roots in front.

If the domain is mapped onto itself by a function that changes the target only by a sign and a
shift, the best quotient of polynomials inherits the symmetry and its odd form costs less.
"""

import mpmath

from benchmarks.baselines.identities import Identity, squared
from benchmarks.baselines.numbers import Number, arb


def centred_logarithm() -> Identity:
    """``log2 x = 1/2 + odd(t)``, ``t = (x - sqrt 2) / (x + sqrt 2)``, on [1, 2]; absolute error."""
    root = mpmath.sqrt(2)
    return Identity(
        "odd in (x - sqrt 2)/(x + sqrt 2)",
        lambda x: mpmath.log(x, 2) - 0.5,
        ("odd",),
        lambda y, x, s: y + 0.5,
        lambda x: 1 - arb(2 * root) / (x + arb(root)),
        series=lambda t: 2 * mpmath.atanh(t) / mpmath.ln(2),
        domain=(float(root), 2.0),
    )


def logarithm_at_one() -> Identity:
    """``log2 x = odd(t)``, ``t = (x - 1) / (x + 1)``: vanishes at 1 as relative error demands."""
    return Identity(
        "odd in (x - 1)/(x + 1)",
        lambda x: mpmath.log(x, 2),
        ("odd",),
        argument=lambda x: 1 - 2 / (x + 1),
        series=lambda t: 2 * mpmath.atanh(t) / mpmath.ln(2),
    )


def logarithm_of_difference() -> Identity:
    """``log2 x`` as a function of ``x - 1`` that vanishes there."""
    return Identity(
        "in x - 1",
        lambda x: mpmath.log(x, 2),
        ("zero at 0",),
        argument=lambda x: x - 1,
        series=lambda t: mpmath.log(1 + t, 2),
    )


def centred_arctangent() -> Identity:
    """``atan x = pi/8 + odd(t)``, ``t = (x - c) / (1 + c x)``, c = tan(pi/8); absolute error."""
    c = mpmath.tan(mpmath.pi / 8)
    return Identity(
        "odd in (x - c)/(1 + c x)",
        lambda x: mpmath.atan(x) - mpmath.pi / 8,
        ("odd",),
        lambda y, x, s: y + arb(mpmath.pi / 8),
        lambda x: arb(1 / c) - arb((1 + c * c) / c**2) / (x + arb(1 / c)),
        series=mpmath.atan,
        domain=(float(c), 1.0),
    )


def root_times_core() -> Identity:
    """``I_1/2(x) = sqrt(x) g(x)`` with g even."""

    def inner(x: Number) -> Number:
        return mpmath.sqrt(2 / mpmath.pi) * mpmath.sinh(x) / x

    return Identity(
        "sqrt(x) times core",
        inner,
        ("even", "general"),
        lambda y, x, s: y * x.sqrt(),
        series=lambda t: mpmath.sqrt(2 / mpmath.pi) * (mpmath.sinh(t) / t if t else 1),
    )


def root_and_hyperbolic_cotangent(doublings: int) -> Identity:
    """``I_1/2(x) = sqrt(2 / (pi x)) sinh x``, ``sinh x = 2 / (w - 1/w)``, w = coth(x/2)."""

    def inner(x: Number) -> Number:
        return mpmath.coth(x / 2 ** (doublings + 1))

    def outer(y: Number, x: Number, s: Number) -> Number:
        for k in range(doublings):
            y = y + arb(4) ** k / s**2 / y
        c = arb(2) ** doublings / s
        return arb(mpmath.sqrt(2 / mpmath.pi)) * 2 * c / ((y - c * c / y) * x.sqrt())

    name = f"sqrt and coth, {doublings} doublings"
    return Identity(name, inner, ("odd pole",), outer, scale_free=True, free=True)


def root_and_exponential(squarings: int) -> Identity:
    """``I_1/2(x) = (E - 1/E) / sqrt(2 pi x)`` with ``E = e^x`` in its symmetric form."""

    def inner(x: Number) -> Number:
        return mpmath.coth(x / 2 ** (squarings + 1))

    def outer(y: Number, x: Number, s: Number) -> Number:
        gain = 1 / mpmath.sqrt(2 * mpmath.pi)
        factor = arb(gain ** (mpmath.mpf(1) / 2**squarings))
        e = squared(factor + factor * 2 / s / (y + -1 / s), squarings)
        return (e - arb(gain**2) / e) / x.sqrt()

    name = f"sqrt and symmetric exponential, {squarings} squarings"
    return Identity(name, inner, ("odd pole",), outer, scale_free=True, free=True)
