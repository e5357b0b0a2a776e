"""Euler's form: continued fractions that are hypergeometric sums in disguise.

If b(n) = -h1(n) h2(n) and f(n) a(n) = f(n-1) h1(n) + f(n+1) h2(n+1) for some polynomial f, the
recurrence u(n) = a(n) u(n-1) + b(n) u(n-2) has the solution f(n+1) h2(1) ... h2(n+1), and its
Casoratian gives the convergents as partial sums. With c(n) the tail a(n) + b(n+1)/(a(n+1) + ...)

    f(N) c(N) = f(N-1) h1(N) + f(N+1) h2(N+1)/S,   S = t(N) + t(N+1) + ...,   t(N) = 1,
    t(k+1)/t(k) = h1(k+1) f(k) / (h2(k+2) f(k+2)).

The form is that of arXiv 2004.00090, where h1 and h2 have whole coefficients; here they may also
carry a square root, as in a = 8 n + 4, b = 1 - 4 n^2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpq_poly, fmpz_poly

from elitemap.evaluators.fractions.labels.splits import SurdPolynomial, splits
from elitemap.evaluators.fractions.labels.surds import (
    Surd,
    lifted,
    polynomial_text,
    polynomial_value,
)
from elitemap.searchspaces.fractions.continued import ContinuedFraction


@dataclass(frozen=True)
class Euler:
    """The polynomials of Euler's form of one fraction.

    Attributes:
        h1: First factor of -b.
        h2: Second factor of -b.
        f: The polynomial that makes them fit a.
        start: The N of the sum: from there on f has no zeros.
    """

    h1: SurdPolynomial
    h2: SurdPolynomial
    f: SurdPolynomial
    start: int

    def ratio(self, k: int) -> tuple[Surd, Surd]:
        """Numerator and denominator of t(k+1)/t(k), k >= start."""
        above = polynomial_value(self.h1, k + 1) * polynomial_value(self.f, k)
        below = polynomial_value(self.h2, k + 2) * polynomial_value(self.f, k + 2)
        return above, below

    def ends(self) -> tuple[Surd, Surd, Surd]:
        """(A, B, C) with C c(N) = A + B/S."""
        n = self.start
        return (
            polynomial_value(self.f, n - 1) * polynomial_value(self.h1, n),
            polynomial_value(self.f, n + 1) * polynomial_value(self.h2, n + 1),
            polynomial_value(self.f, n),
        )

    def to_json(self) -> dict[str, Any]:
        """Everything as text in the syntax of Python and SymPy, in n and k."""
        above, below, scale = self.ends()
        h1, h2, f = (polynomial_text(p) for p in (self.h1, self.h2, self.f))
        return {
            "kind": "Euler sum",
            "h1": h1,
            "h2": h2,
            "f": f,
            "start": self.start,
            "tail": f"({above} + ({below})/S)/({scale})".replace("+ -", "- "),
            "ratio": "h1(k+1)*f(k)/(h2(k+2)*f(k+2))",
        }

    def __str__(self) -> str:
        """One line that defines the sum."""
        found = self.to_json()
        return (
            f"Euler sum: c({self.start}) = {found['tail']}, S = sum of t(k) from t({self.start}) "
            f"= 1, t(k+1)/t(k) = {found['ratio']}, h1 = {found['h1']}, h2 = {found['h2']}, "
            f"f = {found['f']}"
        )


def euler(fraction: ContinuedFraction) -> Euler | None:
    """Find Euler's form.

    Args:
        fraction: Of period 1, not terminating (b has no whole root n >= 1).

    Returns:
        The form with f of least degree, or None if there is none within the bounds.
    """
    a, b = (fmpz_poly(list(reversed(side[0]))) for side in (fraction.a, fraction.b))
    if fraction.period != 1 or b.degree() < 0 or a.degree() < 0:
        return None
    candidates = [(d, k, split) for k, split in enumerate(splits(a, b)) for d in split.degrees(a)]
    for degree, _, split in sorted(candidates, key=lambda c: c[:2]):
        f = split.solve(a, degree)
        if f is not None:
            return Euler(split.scaled(0), split.scaled(1), f, _start(f))
    return None


def _start(f: SurdPolynomial) -> int:
    """The least N >= 0 from which on f is never zero."""
    radicands = {d for c in f for d, _ in c.parts}
    common = fmpq_poly([0])
    for radicand in radicands:
        part = [dict(c.parts).get(radicand, Fraction(0)) for c in reversed(f)]
        common = common.gcd(fmpq_poly([fmpq(c.numerator, c.denominator) for c in part]))
    zeros = [r for r, _ in common.numer().roots() if r >= 0]
    return int(max(zeros)) + 1 if zeros else 0


def check(form: Euler, fraction: ContinuedFraction) -> bool:
    """Whether both identities hold, by SymPy's expansion."""
    import sympy

    n = sympy.Symbol("n")

    def at(coefficients: Sequence[Surd | int], place: Any) -> Any:
        terms = [lifted(sympy, c) * place**k for k, c in enumerate(reversed(coefficients))]
        return sympy.Add(*terms)

    a, b = (at(side[0], n) for side in (fraction.a, fraction.b))
    h1, h2 = at(form.h1, n), at(form.h2, n)
    ends = at(form.f, n - 1) * h1 + at(form.f, n + 1) * at(form.h2, n + 1)
    fits = sympy.expand(at(form.f, n) * a - ends)
    return bool(sympy.expand(b + h1 * h2) == 0 and fits == 0)
