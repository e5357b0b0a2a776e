"""SymPy's check that a ratio of hypergeometric functions satisfies a fraction's recurrence.

With F(n) the function whose raised parameters are n further on, the ratio solves the fraction if

    b(n+1)/K(n) F(n) = a(n+1) F(n+1) + K(n+1) F(n+2),   K(n) the factor of the tail c(n).

That is one contiguous relation per function, checked once for symbolic parameters: coefficient by
coefficient where F is a power series, as a total derivative under the integral for Tricomi's U
(DLMF 13.4.4) and the parabolic cylinder function (12.5.1). For one fraction it remains to check
that the parameters give back its a(n) and b(n).
"""

import functools
from typing import Any

from elitemap.evaluators.fractions.labels.hypergeometric import Hypergeometric
from elitemap.evaluators.fractions.labels.surds import lifted
from elitemap.searchspaces.fractions.continued import ContinuedFraction


def check(form: Hypergeometric, fraction: ContinuedFraction) -> bool:
    """Whether a form satisfies the recurrence of a fraction exactly."""
    import sympy

    n = sympy.Symbol("n")
    a, b = (
        sympy.Poly([*side[0]], n).as_expr().subs(n, n + form.start)
        for side in (fraction.a, fraction.b)
    )
    parameters = {name: lifted(sympy, found) for name, found in form.parameters}
    wanted_a, wanted_b = _coefficients(
        sympy, form.kind, n, b.subs(n, 1), lifted(sympy, form.factor), parameters
    )
    return (
        contiguous(form.kind)
        and sympy.expand(wanted_a - a) == 0
        and sympy.expand(wanted_b - b) == 0
    )


def _coefficients(
    sympy: Any, kind: str, n: Any, b1: Any, factor: Any, parameters: dict[str, Any]
) -> tuple[Any, Any]:
    """The a(n) and b(n) that a ratio with these parameters and this factor belongs to."""
    # Only those that the function has are used below.
    p, q, s, z = (parameters.get(name, sympy.nan) for name in "pqsz")
    if kind == "U":
        scale = sympy.radsimp(-factor / (p * (p + 1 - s)))
        return scale * (2 * n + z - s + 2 * p), -(scale**2) * (n - 1 + p) * (n - s + p)
    if kind == "parabolic cylinder U":
        scale = factor / (p + sympy.Rational(1, 2))
        return scale * z, scale**2 * (n - sympy.Rational(1, 2) + p)
    scale = sympy.radsimp(b1 / (factor * s))
    if kind == "0F1":
        return scale * (n + s - 1), scale**2 * z
    if kind == "1F1":
        return scale * (n + s - 1 - z), scale**2 * z * (n - 1 + p)
    linear = scale * ((1 + z) * n + s - 1 - z * (q - p))
    return linear, -(scale**2) * z * (n - 1 + p) * (n - 1 - q + s)


@functools.cache
def contiguous(kind: str) -> bool:
    """Whether the contiguous relation of a function holds for all parameters."""
    import sympy

    p, s, z, t = sympy.symbols("p s z t")
    if kind == "U":
        total = 1 - (2 * p + 2 + z - s) * t / (1 + t) / p + (p + 2 - s) * (t / (1 + t)) ** 2 / p
        slope = (p - z * t + (s - p - 2) * t / (1 + t)) / (p * (1 + t))
        return bool(sympy.cancel(total - slope) == 0)
    if kind == "parabolic cylinder U":
        half = p + sympy.Rational(1, 2)
        return bool(sympy.cancel(1 - z * t / half - t**2 / half - (half - (t + z) * t) / half) == 0)
    return _series(sympy, kind)


def _series(sympy: Any, kind: str) -> bool:
    """Coefficient of z^k in the relation, divided by that of F(0): it must vanish.

    2F1: s F(0) = (s + z(1 - q + p)) F(1) - z (p+1)(s+1-q)/(s+1) F(2), and its limits.
    """
    p, q, s, k = sympy.symbols("p q s k")
    numerators = {"2F1": [p, q], "1F1": [p], "0F1": []}[kind]
    first, second = {
        "2F1": (1 - q + p, -(p + 1) * (s + 1 - q)),
        "1F1": (-1, p + 1),
        "0F1": (0, 1),
    }[kind]

    def term(shift: int, index: Any) -> Any:
        """Coefficient of F(shift) at z^index over that of F(0)."""
        found = sympy.Integer(1)
        for j in range(shift):
            found *= (s + j) / (s + j + index)
            if numerators:
                found *= (p + j + index) / (p + j)
        return found

    # What the coefficient of F(0) at z^(k-1) is to that at z^k.
    back = k * (s + k - 1) / sympy.Mul(*(x + k - 1 for x in numerators))
    total = s - s * term(1, k) - back * (first * term(1, k - 1) + second / (s + 1) * term(2, k - 1))
    return bool(sympy.cancel(total) == 0)
