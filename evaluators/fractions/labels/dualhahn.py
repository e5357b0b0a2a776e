"""Fractions of degrees 2 and 4 whose convergents are terminating 3F2 of argument 1.

The continuous dual Hahn polynomials S(n) = 3F2(-n, A, B; C, D; 1) satisfy

    P(n) S(n+1) = (P(n) + Q(n) - A B) S(n) - Q(n) S(n-1),
    P(n) = (n + C)(n + D),   Q(n) = n (n + E),   E = C + D - A - B - 1

(Koekoek, Lesky, Swarttouw: Hypergeometric Orthogonal Polynomials and Their q-Analogues, 2010,
9.3.4). Times P(0) ... P(n-1) that is a fraction with a(n) = P(n) + Q(n) - A B and
b(n) = -P(n-1) Q(n). A fraction is one if its four roots and a(n) fit.
"""

import itertools
from dataclasses import dataclass
from typing import Any

from flint import fmpq

from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import as_poly

#: Values of S(n) that are put into the recurrence exactly, besides.
CHECKED = 12


@dataclass(frozen=True)
class DualHahn:
    """The parameters of a fraction's polynomials.

    Attributes:
        total: A + B.
        product: A B.
        below: C and D.
        scale: What a(n) is, over P(n) + Q(n) - A B.
    """

    total: fmpq
    product: fmpq
    below: tuple[fmpq, fmpq]
    scale: fmpq

    def value(self, n: int) -> fmpq:
        """S(n): A and B are needed by their sum and product only."""
        term, found = fmpq(1), fmpq(1)
        c, d = self.below
        for k in range(n):
            factor = self.product + k * self.total + k * k
            term *= (k - n) * factor / ((c + k) * (d + k) * (k + 1))
            found += term
        return found

    def to_json(self) -> dict[str, Any]:
        """The parameters as text."""
        return {
            "kind": "continuous dual Hahn",
            "sum": str(self),
            "A + B": str(self.total),
            "A*B": str(self.product),
            "source": "Koekoek, Lesky, Swarttouw 2010, 9.3.4",
        }

    def __str__(self) -> str:
        """As in ``3F2(-n, -1/2, 3/2; 1, 1; 1)``."""
        c, d = self.below
        return f"3F2(-n, {self._upper()}; {c}, {d}; 1)"

    def _upper(self) -> str:
        """A and B as text: rational, or as sum and difference."""
        square = self.total**2 / 4 - self.product
        root = fmpq(abs(square).p.isqrt(), abs(square).q.isqrt())
        half = self.total / 2
        if root * root == square:
            return f"{half - root}, {half + root}"
        text = f"sqrt({square})"
        return f"{half} - {text}, {half} + {text}"


def dual_hahn(fraction: ContinuedFraction) -> DualHahn | None:
    """The parameters that a fraction has, checked on the first values.

    Args:
        fraction: Of period 1, canonical: then the last whole root of b is 0.
    """
    if fraction.degrees != (2, 4):
        return None
    a, b = (as_poly(side) for side in (fraction.a[0], fraction.b[0]))
    scale = fmpq(a[2], 2)
    roots = [root for root, times in b.roots() for _ in range(times)]
    if fmpq(b[4]) != -(scale**2) or len(roots) != 4 or 0 not in roots:
        return None
    rest = [fmpq(root) for root in roots]
    rest.remove(fmpq(0))
    linear, constant = fmpq(a[1]) / scale, fmpq(a[0]) / scale
    for index in range(3):
        c, d = (1 - root for k, root in enumerate(rest) if k != index)
        e = -rest[index]
        found = DualHahn(c + d - 1 - e, c * d - constant, (c, d), scale)
        if c + d + e == linear and _fits(found, fraction):
            return found
    return None


def _fits(found: DualHahn, fraction: ContinuedFraction) -> bool:
    c, d = found.below
    if any(x.q == 1 and x.p <= 0 for x in (c, d)):
        return False
    values, weight = [], fmpq(1)
    for n in range(CHECKED):
        values.append(weight * found.value(n))
        weight *= found.scale * (n + c) * (n + d)
    terms = itertools.pairwise(itertools.pairwise(values))
    return all(
        z == fraction.a_at(n) * y + fraction.b_at(n) * x
        for n, ((x, y), (_, z)) in enumerate(terms, start=1)
    )
