"""Rational cores: quotients of polynomials that respect a function's parity, fitted or expanded."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import flint
import mpmath

from benchmarks.baselines.numbers import Number, RealFunction, arb, solve
from elitemap.evaluators.elementary.baselines.adapted import LEAST_DEGREE, adapt
from elitemap.evaluators.elementary.baselines.forms import (
    Coefficients,
    fraction,
    horner,
    quotient,
    scaled,
)

#: Powers of the argument t in front of the quotient, and whether the quotient is in t or t^2.
PARITIES: dict[str, tuple[int, bool]] = {
    "general": (0, False),
    "zero at 0": (1, False),
    "even": (0, True),
    "odd": (1, True),
    "odd pole": (-1, True),
}


@dataclass(frozen=True)
class Core:
    """``t^k P(v) / Q(v)`` with v = t or t^2.

    Attributes:
        parity: A key of :data:`PARITIES`.
        p: Numerator, ascending.
        q: Denominator, ascending.
    """

    parity: str
    p: Coefficients
    q: Coefficients

    @property
    def degrees(self) -> tuple[int, int]:
        """Degrees of numerator and denominator."""
        return len(self.p) - 1, len(self.q) - 1

    @property
    def lead(self) -> Number:
        """The quotient of the leading coefficients."""
        return (self.p[-1] / self.q[-1]).mid()

    def __call__(self, t: Number) -> Number:
        """The value at a number, computed the plain way."""
        power, squared = PARITIES[self.parity]
        v = t * t if squared else t
        value = horner(self.p, v) / horner(self.q, v)
        return value if power == 0 else value * t if power == 1 else value / t


def unpacked(parity: str, n: int, constants: Sequence[Number]) -> Core:
    """The core whose n + 1 numerator coefficients come first; the denominator starts with 1."""
    return Core(parity, constants[: n + 1], [arb(1), *constants[n + 1 :]])


def interpolant(
    parity: str,
    n: int,
    m: int,
    values: Callable[[Number], Number],
    points: Sequence[tuple[Number, Number]],
) -> list[Number]:
    """Constants of the (n, m) core that takes given values.

    Args:
        parity: A key of :data:`PARITIES`.
        n: Degree of the numerator.
        m: Degree of the denominator.
        values: The function, of x.
        points: n + m + 1 pairs (x, t) of the variable and the core's argument.

    Raises:
        ZeroDivisionError: If there is no such core.
    """
    power, squared = PARITIES[parity]
    rows, right = [], []
    for x, t in points:
        v = t * t if squared else t
        g = values(x) / t**power
        rows.append([v**j for j in range(n + 1)] + [-g * v**j for j in range(1, m + 1)])
        right.append(g)
    return solve(rows, right)


def expansion(function: RealFunction, parity: str, centre: Number, count: int) -> list[Number]:
    """Taylor coefficients of ``function(t) / t^k`` in the core's variable, about a centre.

    Args:
        function: On ``mpf``; regular at the centre.
        parity: A key of :data:`PARITIES` except the odd pole; if squared, the centre must be 0.
        centre: Point of expansion.
        count: Number of coefficients.
    """
    power, squared = PARITIES[parity]
    terms = power + (2 * count if squared else count)
    taylor = mpmath.taylor(function, centre, terms)
    return [arb(c) for c in taylor[power :: 2 if squared else 1][:count]]


def pade(series: Coefficients, n: int, m: int) -> tuple[list[Number], list[Number]]:
    """Numerator and denominator of the Padé approximant of a power series.

    Raises:
        ZeroDivisionError: If it does not exist.
    """
    if m == 0:
        return list(series[: n + 1]), [arb(1)]
    c = [series[k] if k >= 0 else arb(0) for k in range(-m, n + m + 1)]
    rows = [[c[m + n + i - j] for j in range(1, m + 1)] for i in range(1, m + 1)]
    q = [arb(1), *solve(rows, [-c[m + n + i] for i in range(1, m + 1)])]
    product = flint.arb_poly(q) * flint.arb_poly(list(series[: n + 1]))
    return [product[k].mid() for k in range(n + 1)], q


def evaluations(core: Core, scale_free: bool) -> Iterator[tuple[str, Callable[[Number], Number]]]:
    """The ways to evaluate a core, by name.

    Args:
        core: The core.
        scale_free: Whether what follows absorbs any constant factor of the core; the core is then
            evaluated with leading coefficient 1.
    """
    n, m = core.degrees
    p = scaled(core.p, 1 / core.lead) if scale_free else core.p
    if m == 0:
        whole = scaled(p, 1 / core.q[0])
        yield "Horner", _wrapped(core.parity, lambda v: horner(whole, v, scale_free))
        if n >= LEAST_DEGREE and (scheme := adapt(whole)) is not None:
            yield "adapted", _wrapped(core.parity, scheme)
    else:
        yield "Horner", _wrapped(core.parity, lambda v: quotient(p, core.q, v))
        monic = scale_free and n > m
        yield "continued fraction", _wrapped(core.parity, lambda v: fraction(p, core.q, v, monic))
    if core.parity == "odd" and (n, m) == (0, 1):
        a, b = (core.p[0] / core.q[1]).mid(), (core.q[0] / core.q[1]).mid()
        yield "fraction in 1/x", lambda t: a / (t + b / t)
    if core.parity == "odd pole" and (n, m) == (1, 0) and scale_free:
        c = (core.p[0] / core.p[1]).mid()
        yield "fraction in 1/x", lambda t: t + c / t
    if core.parity == "zero at 0" and m > n:
        yield "fraction in 1/x", _reciprocal(core)


def _wrapped(parity: str, inner: Callable[[Number], Number]) -> Callable[[Number], Number]:
    power, squared = PARITIES[parity]

    def value(t: Number) -> Number:
        result = inner(t * t if squared else t)
        return result if power == 0 else result * t if power == 1 else result / t

    return value


def _reciprocal(core: Core) -> Callable[[Number], Number]:
    """``t P/Q`` as ``a / (monic fraction + c/t)``, one operation less than the product."""
    a = core.lead
    q = scaled(core.q, a)
    c = (q[0] / core.p[0]).mid()
    below = [(d - c * e).mid() for d, e in zip(q, [*core.p, *[arb(0)] * len(q)], strict=False)][1:]
    return lambda t: a / (fraction(below, core.p, t, monic=len(below) > len(core.p)) + c / t)
