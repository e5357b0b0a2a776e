"""Ways to evaluate a polynomial or a quotient of two: straight-line code, operation by operation.

Coefficients are balls in ascending order. Every function computes with the coefficients first (that
costs nothing at run time) and then operates on ``x``, which is a number or a traced value.
"""

from collections.abc import Sequence

from elitemap.evaluators.elementary.baselines.numbers import Number, arb

Coefficients = Sequence[Number]
_VANISHING = 2.0**-150


def horner(p: Coefficients, x: Number, monic: bool = False) -> Number:
    """A polynomial of degree n in 2n operations, or 2n - 1 if its leading coefficient is 1."""
    if len(p) == 1:
        return p[0]
    value = x + p[-2] if monic else x * p[-1] + p[-2]
    for c in reversed(p[:-2]):
        value = value * x + c
    return value


def quotient(p: Coefficients, q: Coefficients, x: Number) -> Number:
    """p/q by two Horner schemes, q made monic: 2n + 2m operations for degrees n and m >= 1."""
    lead = q[-1]
    if len(q) == 1:
        return horner(scaled(p, 1 / lead), x)
    below = horner(scaled(q, 1 / lead), x, monic=True)
    above = scaled(p, 1 / lead)
    return above[0] / below if len(p) == 1 else horner(above, x) / below


def fraction(p: Coefficients, q: Coefficients, x: Number, monic: bool = False) -> Number:
    """p/q as a continued fraction: 3 min(n, m) + 2 |n - m| operations.

    Euclid's algorithm gives ``polynomial + a / (monic polynomial + b / (...))``; the constants a, b
    keep every inner leading coefficient at 1. Reference: Knuth, The Art of Computer Programming 2,
    section 4.6.4.

    Args:
        p: Numerator.
        q: Denominator.
        x: Argument.
        monic: Whether the leading coefficient of p/q is known to be 1, which saves a product.

    Raises:
        ZeroDivisionError: If the fraction is not generic (a leading coefficient vanishes).
    """
    if len(q) == 1:
        return horner(scaled(p, 1 / q[0]), x, monic)
    if len(p) < len(q):
        numerator = (p[-1] / q[-1]).mid()
        return numerator / fraction(scaled(q, numerator), p, x, monic=True)
    whole, rest = divided(p, q)
    if abs(rest[-1]) < _VANISHING:
        raise ZeroDivisionError("expected a generic quotient, got a vanishing remainder")
    tail = fraction(rest, q, x)
    return whole[0] + tail if len(whole) == 1 else horner(whole, x, monic) + tail


def fraction_cost(n: int, m: int) -> int:
    """Operations of :func:`fraction` for degrees n over m (not monic)."""
    return 3 * min(n, m) + 2 * abs(n - m)


def scaled(p: Coefficients, factor: Number) -> list[Number]:
    """All coefficients times a factor."""
    return [(c * factor).mid() for c in p]


def divided(p: Coefficients, q: Coefficients) -> tuple[list[Number], list[Number]]:
    """Quotient and remainder of polynomials; the remainder has len(q) - 1 coefficients."""
    rest = list(p)
    whole: list[Number] = []
    while len(rest) >= len(q):
        factor = (rest[-1] / q[-1]).mid()
        whole.append(factor)
        shift = len(rest) - len(q)
        rest = [
            (c - factor * q[i - shift]).mid() if i >= shift else c for i, c in enumerate(rest[:-1])
        ]
    return whole[::-1], rest


def shifted(p: Coefficients, s: Number) -> list[Number]:
    """Coefficients of p(y + s) in powers of y."""
    result = [arb(c) for c in p]
    for start in range(len(result) - 1):
        for k in range(len(result) - 2, start - 1, -1):
            result[k] = (result[k] + s * result[k + 1]).mid()
    return result
