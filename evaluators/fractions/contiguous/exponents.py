"""By what powers of n the solutions of a recurrence differ: what a gauge changes by whole numbers.

With r(n) = R (1 + rho/n + ...) the solutions of u(n) = u(n-1) + r(n) u(n-2) grow like x^n n^theta
for the roots x of x^2 = x + R, and the two thetas differ by rho/sqrt(1 + 4 R) (Wong, Li:
"Asymptotic expansions for second-order linear difference equations", Journal of Computational and
Applied Mathematics 41, 1992).
"""

import math

from flint import fmpq

from elitemap.searchspaces.fractions.canonical import ratio
from elitemap.searchspaces.fractions.continued import ContinuedFraction


def second(fraction: ContinuedFraction) -> fmpq:
    """The rho of r(n) = R n^growth (1 + rho/n + ...).

    Raises:
        FractionError: If the fraction is degenerate.
    """
    above, below = ratio(fraction)
    high, low = above.degree(), below.degree()
    return (fmpq(above[high - 1], above[high]) if high else fmpq(0)) - (
        fmpq(below[low - 1], below[low]) if low else fmpq(0)
    )


def root(limit: fmpq) -> fmpq | None:
    """sqrt(1 + 4 R), if it is rational and not zero."""
    x = 1 + 4 * limit
    if x <= 0:
        return None
    above, below = math.isqrt(int(x.p)), math.isqrt(int(x.q))
    return fmpq(above, below) if fmpq(above**2, below**2) == x else None


def compatible(one: fmpq, other: fmpq, limit: fmpq) -> bool:
    """Whether two rho with the same R may belong to recurrences that a gauge connects.

    Args:
        one: Of one fraction.
        other: Of the other.
        limit: R, of both.
    """
    if 1 + 4 * limit == 0:
        return True  # powers of n then depend on later terms
    side = root(limit)
    if side is None:
        return bool(one == other)
    return bool(((one - other) / side).q == 1)
