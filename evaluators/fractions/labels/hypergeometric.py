"""Continued fractions that are ratios of contiguous hypergeometric functions.

Every fraction a(n) = alpha n + gamma, b(n) = beta n^2 + ... is one: with the roots x1, x2 of
x^2 = alpha x + beta, |x1| < |x2|, and b(n) = beta (n - r1)(n - r2) its value is Gauss's

    a(0) + b(1)/(x2 s) 2F1(p+1, q; s+1; x1/x2) / 2F1(p, q; s; x1/x2),   p = 1 - r1,
    q = 1 - r1 + (gamma + x2 (r1 + r2 - 1))/(x2 - x1),   s = 1 - r2 + q,

because the recurrence u(n) = a(n) u(n-1) + b(n) u(n-2) is a contiguous relation (DLMF 15.5.11) of
which this is the minimal solution (Pincherle's theorem). The other cases are limits: x1 = x2 gives
Tricomi's U (13.3.7), b of degree 1 gives 1F1 (13.3.2) or, with a constant a, the parabolic cylinder
function (12.8.1), and a constant b gives 0F1: Bessel functions.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from flint import acb, arb

from elitemap.evaluators.fractions.labels.specialfunctions import FUNCTIONS, KINDS, RAISED, filled
from elitemap.evaluators.fractions.labels.surds import Surd, root
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.continued import ContinuedFraction, value

#: Exact values by name.
Parameters = tuple[tuple[str, Surd], ...]


@dataclass(frozen=True)
class Hypergeometric:
    """The tail c(N) = a(N) + factor * F(raised)/F(plain) of a fraction.

    Attributes:
        kind: A key of :data:`KINDS`.
        start: N; 0 unless a parameter below would be a pole.
        first: a(N).
        factor: What the ratio is multiplied by.
        parameters: Exact values of p, q, s, z as far as the function has them.
    """

    kind: str
    start: int
    first: int
    factor: Surd
    parameters: Parameters

    def ratio(self) -> acb:
        """The ratio of the two functions at the current precision, as a complex ball."""
        plain = {name: found.ball() for name, found in self.parameters}
        raised = {k: v + 1 if k in RAISED[self.kind] else v for k, v in plain.items()}
        return FUNCTIONS[self.kind](**raised) / FUNCTIONS[self.kind](**plain)

    def tail(self, bits: int) -> arb:
        """The tail c(N) as a ball, by evaluating the functions.

        Args:
            bits: Working precision.

        Returns:
            The real part; not finite where the functions could not be enclosed.
        """
        with precision(bits):
            found = self.first + self.factor.ball() * self.ratio()
            return found.real if found.imag.contains(0) else arb.nan()

    def to_json(self) -> dict[str, Any]:
        """Everything as text in the syntax of Python and SymPy."""
        return {
            "kind": self.kind,
            "start": self.start,
            "tail": f"{self.first} + ({self.factor})*{KINDS[self.kind]}",
            "parameters": {name: str(found) for name, found in self.parameters},
        }

    def __str__(self) -> str:
        """One line, with the parameters put in."""
        values = dict(self.parameters)
        texts = {name: str(found) for name, found in self.parameters}
        texts |= {name + "+1": str(v + Surd.of(1)) for name, v in values.items()}
        above, below = (filled(side, texts) for side in KINDS[self.kind].split("/"))
        tail = f"{self.first} + ({self.factor})*{above}/{below}"
        return f"ratio of {self.kind}: c({self.start}) = {tail}"


def hypergeometric(fraction: ContinuedFraction) -> Hypergeometric | None:
    """Derive the ratio that a fraction is.

    Args:
        fraction: Of period 1, not terminating; in the least form under inflation, since that has
            the least degrees.

    Returns:
        The ratio, or None if deg a > 1 or deg b > 2, if both are constant (then the value is
        algebraic), or if the fraction has no limit.
    """
    da, db = fraction.degrees
    if fraction.period != 1 or da > 1 or db > 2 or da < 0 or db < 0 or (da, db) == (0, 0):
        return None
    found = _derived(_moved(fraction, 0))
    pole = 0 if found is None else _pole(found)
    if pole > _MAX_START:
        return None
    return _derived(_moved(fraction, pole)) if pole else found


#: A pole of the functions is left behind by starting later, no further than this.
_MAX_START = 1000


class _Tail(NamedTuple):
    """The tail at ``start``: a(n) = alpha n + gamma, b(n) = beta n^2 + slope n + rest."""

    start: int
    alpha: int
    gamma: int
    beta: int
    slope: int
    rest: int

    @property
    def b1(self) -> int:
        return self.beta + self.slope + self.rest


def _moved(fraction: ContinuedFraction, start: int) -> _Tail:
    """The tail from ``start`` on."""
    first, second = value(fraction.a[0], start), value(fraction.a[0], start + 1)
    zero, one, two = (value(fraction.b[0], start + k) for k in range(3))
    beta = (two - 2 * one + zero) // 2
    return _Tail(start, second - first, first, beta, one - zero - beta, zero)


def _pole(found: Hypergeometric) -> int:
    """The least start at which s is no longer 0, -1, ..., where the functions are not defined."""
    s = dict(found.parameters).get("s")
    if s is None or found.kind == "U" or not s.rational:
        return 0
    return max(0, 1 - int(s.fraction)) if s.fraction.denominator == 1 else 0


def _derived(tail: _Tail) -> Hypergeometric | None:
    """The ratio for a tail; its factor is 0 where s is."""
    if tail.beta:
        return _quadratic(tail)
    if tail.slope:
        return _linear(tail)
    s = 1 + Fraction(tail.gamma, tail.alpha)
    z = Fraction(tail.b1, tail.alpha * tail.alpha)
    factor = Fraction(tail.b1, tail.alpha) / s if s else Fraction(0)
    parameters = (("s", Surd.of(s)), ("z", Surd.of(z)))
    return Hypergeometric("0F1", tail.start, tail.gamma, Surd.of(factor), parameters)


def _linear(tail: _Tail) -> Hypergeometric | None:
    """Case b(n) = slope (n - r)."""
    start, alpha, gamma, _, slope, _ = tail
    p = Fraction(tail.b1, slope)
    if alpha == 0:
        return _cylinder(tail, p)
    z = Fraction(slope, alpha * alpha)
    s = 1 + Fraction(gamma, alpha) + z
    factor = Fraction(tail.b1, alpha) / s if s else Fraction(0)
    parameters = (("p", Surd.of(p)), ("s", Surd.of(s)), ("z", Surd.of(z)))
    return Hypergeometric("1F1", start, gamma, Surd.of(factor), parameters)


def _cylinder(tail: _Tail, p: Fraction) -> Hypergeometric | None:
    """Case b(n) = slope (n - r) with a constant a."""
    if tail.slope < 0 or tail.gamma == 0:
        return None
    side = root(Fraction(tail.slope))
    z = side.times(Fraction(abs(tail.gamma), tail.slope))
    factor = side.times(p if tail.gamma > 0 else -p)
    parameters = (("p", Surd.of(p - Fraction(1, 2))), ("z", z))
    return Hypergeometric("parabolic cylinder U", tail.start, tail.gamma, factor, parameters)


def _quadratic(tail: _Tail) -> Hypergeometric | None:
    """Case b of degree 2."""
    start, alpha, gamma, beta, slope, rest = tail
    total = Fraction(-slope, beta)  # r1 + r2
    spread = root(total * total / 4 - Fraction(rest, beta))  # (r1 - r2)/2
    discriminant = alpha * alpha + 4 * beta
    middle = gamma + alpha * (total - 1) / 2
    if discriminant == 0:
        return _tricomi(tail, total, spread)
    if discriminant < 0 or (alpha == 0 and middle == 0):
        return None
    # The dominant root has the sign of a(n) for large n.
    sign = 1 if (alpha or middle) > 0 else -1
    difference = root(Fraction(discriminant)).times(sign)  # x2 - x1
    offset = difference.times(middle / discriminant)
    p = Surd.of(1 - total / 2) - spread
    q = Surd.of(Fraction(1, 2)) - spread + offset
    s = Surd.of((3 - total) / 2) + offset
    x1 = (Surd.of(alpha) - difference).times(Fraction(1, 2))
    inverse = x1.times(Fraction(-1, beta))  # 1/x2
    factor = (inverse * _inverse(s)).times(tail.b1) if s.parts else Surd()
    parameters = (("p", p), ("q", q), ("s", s), ("z", x1 * inverse))
    return Hypergeometric("2F1", start, gamma, factor, parameters)


def _tricomi(tail: _Tail, total: Fraction, spread: Surd) -> Hypergeometric | None:
    """Case x1 = x2."""
    z = 2 * tail.gamma / Fraction(tail.alpha) - 1 + total
    if z <= 0:
        return None
    p, s = Surd.of(1 - total / 2) - spread, Surd.of(1) - spread.times(2)
    factor = Surd.of(Fraction(2 * tail.b1, tail.alpha))
    parameters = (("p", p), ("s", s), ("z", Surd.of(z)))
    return Hypergeometric("U", tail.start, tail.gamma, factor, parameters)


def _inverse(one: Surd) -> Surd:
    """1/(u + v sqrt d)."""
    conjugate = Surd(tuple((d, c if d == 1 else -c) for d, c in one.parts))
    return conjugate.times(1 / (one * conjugate).fraction)
