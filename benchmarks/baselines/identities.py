"""Identities that reduce a function to one that is easier to approximate.

``F(x) = outer(g / s, x, s)`` with the core's argument ``t = argument(x)``. Both are straight-line
code, so their operations are counted like those of the core. Constant factors are moved into the
core wherever that saves an operation, as a careful author would do by hand; where the constants of
``outer`` absorb any factor s of the core, the core is evaluated with leading coefficient 1
(``scale_free``), elsewhere s = 1.
"""

from collections.abc import Callable
from dataclasses import dataclass

import mpmath

from benchmarks.baselines.numbers import Number, RealFunction, arb

Outer = Callable[[Number, Number, Number], Number]


def _itself(y: Number, x: Number, s: Number) -> Number:
    return y


def _argument(x: Number) -> Number:
    return x


@dataclass(frozen=True)
class Identity:
    """One way to reduce a function.

    Attributes:
        name: What tables print; empty for no reduction.
        inner: The function g, of the original variable x.
        parities: Parities of the core to try, in t.
        outer: ``(g / s, x, s) -> F``.
        argument: ``x -> t``.
        series: g as a function of t where it can be expanded about t = 0, else None.
        scale_free: See above.
        domain: A part of the domain to fit on if symmetry gives the rest, else None.
        kind: ``plain``, ``identity``, or for exponentials in symmetric form ``coth``,
            ``centred coth``, ``doubled coth`` (once) and ``nested coth``.
        free: Whether the constants of ``outer`` are independent, so that all may be fitted.
    """

    name: str
    inner: RealFunction
    parities: tuple[str, ...]
    outer: Outer = _itself
    argument: Callable[[Number], Number] = _argument
    series: RealFunction | None = None
    scale_free: bool = False
    domain: tuple[float, float] | None = None
    kind: str = "identity"
    free: bool = False


def plain(function: RealFunction, *parities: str) -> Identity:
    """No reduction."""
    return Identity("", function, parities, series=function, kind="plain")


def squared(y: Number, times: int) -> Number:
    """``y^(2^times)``, one operation each."""
    for _ in range(times):
        y = y * y
    return y


def _constant(value: object) -> Number:
    return arb(value)


def exponential(rate: float, squarings: int) -> Identity:
    """``e^(rx) = (e^(rx / 2^k))^(2^k)``: k operations."""

    def inner(x: Number) -> Number:
        return mpmath.exp(mpmath.mpf(rate) * x / 2**squarings)

    return Identity(
        f"{squarings} squarings",
        inner,
        ("general",),
        lambda y, x, s: squared(y, squarings),
        series=inner,
    )


def symmetric_exponential(
    rate: RealFunction, doublings: int, squarings: int, centre: float = 0.0
) -> Identity:
    """``e^z = 1 + 2 / (coth(z/2) - 1)`` with ``coth 2y = (coth y + 1 / coth y) / 2``.

    A doubling is ``w + c / w`` (two operations, the scale is free), the symmetric form
    ``c5 + c4 / (w + c2)`` three, a squaring one; a centre other than 0 costs one more.

    Args:
        rate: ``x -> z``.
        doublings: Doublings of coth.
        squarings: Squarings of the exponential.
        centre: Where to place the pole; the middle of the domain makes the fit symmetric.
    """
    parts = 2 ** (squarings + doublings + 1)

    def inner(x: Number) -> Number:
        return mpmath.coth((rate(x) - rate(mpmath.mpf(centre))) / parts)

    def outer(y: Number, x: Number, s: Number) -> Number:
        factor = _constant(mpmath.exp(rate(mpmath.mpf(centre)) / 2**squarings))
        for k in range(doublings):
            y = y + arb(4) ** k / s**2 / y
        c = arb(2) ** doublings / s
        return squared(factor + factor * 2 * c / (y + -c), squarings)

    middle = " about the middle" if centre else ""
    kind = "centred coth" if centre else "coth"
    if doublings:
        kind = "doubled coth" if doublings == 1 else "nested coth"
    return Identity(
        f"symmetric{middle}, {doublings} coth doublings, {squarings} squarings",
        inner,
        ("odd pole",),
        outer,
        (lambda x: x - arb(centre)) if centre else _argument,
        scale_free=True,
        domain=(centre, 2 * centre) if centre else None,
        kind=kind,
        free=True,
    )


def cosine_doubling(doublings: int, half_sine: bool) -> Identity:
    """``cos 2y = 2 cos^2 y - 1``: with the core scaled, ``y^2 - c``, two operations each.

    Args:
        doublings: Number of doublings.
        half_sine: Start from ``cos y = 1 - 2 sin^2(y/2)``, two operations more and an odd core.
    """
    scales = [mpmath.mpf(1)]
    for _ in range(doublings):
        scales.insert(0, mpmath.sqrt(2 * scales[0]))
    start, constants = scales[0], scales[1:]

    def inner(x: Number) -> Number:
        y = x / 2**doublings
        return mpmath.sqrt(2 * start) * mpmath.sin(y / 2) if half_sine else start * mpmath.cos(y)

    def outer(y: Number, x: Number, s: Number) -> Number:
        if half_sine:
            y = _constant(start) - y * y
        for c in constants:
            y = y * y - _constant(c)
        return y

    name = f"{doublings} doublings" + (" after half-angle sine" if half_sine else "")
    return Identity(name, inner, ("odd",) if half_sine else ("even",), outer, series=inner)


def sine_tripling(triplings: int) -> Identity:
    """``sin 3y = 3 sin y - 4 sin^3 y``: with the core scaled, ``y (c - y^2)``, three operations."""
    scales = [mpmath.mpf(1)]
    for _ in range(triplings):
        scales.insert(0, mpmath.cbrt(4 * scales[0]))

    def inner(x: Number) -> Number:
        return scales[0] * mpmath.sin(x / 3**triplings)

    def outer(y: Number, x: Number, s: Number) -> Number:
        for a in scales[:-1]:
            y = y * (_constant(3 * a * a / 4) - y * y)
        return y

    return Identity(f"{triplings} triplings", inner, ("odd",), outer, series=inner)


def half_angle_cotangent(function: str, doublings: int) -> Identity:
    """``sin x = 2 / (v + 1/v)`` or ``cos x = 1 - 2 / (v^2 + 1)`` with v = cot(x/2).

    Doublings ``cot 2y = (cot y - 1 / cot y) / 2`` are ``w - c / w``, two operations.

    Args:
        function: ``sin`` or ``cos``.
        doublings: Number of doublings.
    """

    def inner(x: Number) -> Number:
        return mpmath.cot(x / 2 ** (doublings + 1))

    def outer(y: Number, x: Number, s: Number) -> Number:
        for k in range(doublings):
            y = y - arb(4) ** k / s**2 / y
        c = arb(2) ** doublings / s
        if function == "sin":
            return 2 * c / (y + c * c / y)
        return 1 - 2 * c * c / (y * y + c * c)

    name = f"half-angle cotangent, {doublings} doublings"
    return Identity(name, inner, ("odd pole",), outer, scale_free=True, free=True)


def tangent_doubling(doublings: int) -> Identity:
    """``tanh x = 1 / coth x`` with k doublings ``w + c / w``: 2k + 1 operations."""

    def inner(x: Number) -> Number:
        return mpmath.coth(x / 2**doublings)

    def outer(y: Number, x: Number, s: Number) -> Number:
        for k in range(doublings):
            y = y + arb(4) ** k / s**2 / y
        return arb(2) ** doublings / s / y

    name = f"{doublings} coth doublings"
    return Identity(name, inner, ("odd pole",), outer, scale_free=True, free=True)


def logistic(squarings: int) -> Identity:
    """``tanh x = 1 - 2 / (e^(2x) + 1)``: squarings and three operations; absolute error only."""

    def inner(x: Number) -> Number:
        return mpmath.exp(2 * x / 2**squarings)

    def outer(y: Number, x: Number, s: Number) -> Number:
        power = s ** (2**squarings)
        return 1 - 2 / power / (squared(y, squarings) + 1 / power)

    name = f"logistic form, {squarings} squarings"
    return Identity(name, inner, ("general",), outer, scale_free=True)


def error_function_power(squarings: int) -> Identity:
    """``erf x = 1 - p(x)^(-2^k)`` (Hastings; Abramowitz and Stegun 7.1.27): k + 2 operations."""

    def inner(x: Number) -> Number:
        return mpmath.erfc(x) ** (-mpmath.mpf(1) / 2**squarings)

    def outer(y: Number, x: Number, s: Number) -> Number:
        return 1 - 1 / s ** (2**squarings) / squared(y, squarings)

    name = f"1 - 1/p^{2**squarings}"
    return Identity(name, inner, ("general",), outer, scale_free=True)
