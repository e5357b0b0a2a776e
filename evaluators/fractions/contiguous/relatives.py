"""Known formulas that a fraction is contiguous to: equivalent by a gauge, not by canonical form.

Every second or third convergent of a known formula is compared, too, and every second or third of
the fraction's own with known formulas.
"""

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic

from flint import arb, fmpz_poly

from elitemap.evaluators.fractions.contiguous.coboundary import Equivalence, realised
from elitemap.evaluators.fractions.contiguous.table import Row, Table
from elitemap.evaluators.fractions.contiguous.twists import Twist, asymptote, twists
from elitemap.evaluators.fractions.values import deep
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction, Polynomial
from elitemap.searchspaces.fractions.convergence import classify
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly, shifted

#: How many terms of the fraction, and of a known one, are taken together.
STEPS = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1))
#: Classes of convergence without a limit that could be compared.
LIMITLESS = ("divergent", "logarithmic")
#: Linear systems solved for one fraction, the likeliest first.
MOST = 24
#: Digits to which the tails are compared, digits that must agree, bits, and where tails may begin.
DIGITS, AGREEING, BITS, FARTHEST = 30, 20, 256, 1000


@dataclass(frozen=True)
class Relative(Generic[Row]):
    """A known formula and the gauge to it.

    Attributes:
        formula: The row of the table.
        gauge: From the fraction, left, to the formula, right: canonical forms, dilated.
        steps: How many terms of the fraction, and of the formula, make up a term in the gauge.
    """

    formula: Row
    gauge: Equivalence
    steps: tuple[int, int]

    @property
    def how(self) -> str:
        """What the fraction is to the formula: ``contiguous to every second convergent of ``."""
        own, theirs = (_ORDINALS[times] for times in self.steps)
        of = f"every {theirs} convergent of " if theirs else ""
        return (f"every {own} convergent is " if own else "") + f"contiguous to {of}"

    def __str__(self) -> str:
        """One line that says which formula."""
        return f"{self.how}{self.formula}"

    def to_json(self) -> dict[str, Any]:
        """The gauge as text, and the dilations."""
        return self.gauge.to_json() | {"steps": list(self.steps)}


_ORDINALS = {1: "", 2: "second", 3: "third"}


def relative(fraction: ContinuedFraction, known: Table[Row]) -> Relative[Row] | None:
    """A known formula that a fraction is contiguous to.

    The gauge is an exact identity; that it sends limit to limit is checked numerically besides, as
    a recurrence alone does not tell its minimal solution from others.

    Args:
        fraction: Of any period, not terminating.
        known: The table.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    if classify(fraction).kind in LIMITLESS:
        return None
    for pair in itertools.islice(_pairs(canonical(fraction), known), MOST):
        gauge = realised(pair.left, pair.right, pair.twist)
        if gauge is not None and agrees(gauge):
            return Relative(known.formulas[pair.key], gauge, pair.steps)
    return None


def agrees(gauge: Equivalence) -> bool:
    """Whether the gauge sends the limit of the right fraction's tail to that of the left one's."""
    if gauge.start > FARTHEST:
        return False
    left, right = (_tail(f, gauge.start) for f in (gauge.left, gauge.right))
    if left is None or right is None:
        return False
    with precision(BITS):
        error = abs(gauge.image(right) - left)
        return bool(error.is_finite() and error < abs(left) * arb(10) ** -AGREEING)


def _tail(fraction: ContinuedFraction, start: int) -> arb | None:
    """K_start = b(start)/(a(start) + ...)."""
    sides = fraction.a[0], fraction.b[0]
    rest = (as_coefficients(shifted(as_poly(side), start - 1)) for side in sides)
    limit = deep.limit(ContinuedFraction.of(*rest), DIGITS)
    if limit is None:
        return None
    with precision(BITS):
        return limit.value - fraction.a_at(start - 1)


@dataclass(frozen=True)
class _Pair:
    """Two fractions to look for a gauge between; the key is the table's."""

    key: ContinuedFraction
    steps: tuple[int, int]
    left: ContinuedFraction
    right: ContinuedFraction
    twist: Twist


def _pairs(home: ContinuedFraction, known: Table[Row]) -> Iterator[_Pair]:
    """What agrees in all invariants, without dilation first."""
    own = asymptote(home)
    for steps in STEPS:
        limit = own.dilated(steps[0])
        for theirs, keys in known.by_asymptote.items():
            for key in keys if theirs.dilated(steps[1]) == limit else ():
                left, right = dilated(home, steps[0]), dilated(key, steps[1])
                for twist in twists(left, right):
                    yield _Pair(key, steps, left, right, twist)


@functools.lru_cache(maxsize=1024)
def dilated(fraction: ContinuedFraction, times: int) -> ContinuedFraction:
    """The canonical form of every so many convergents of a plain fraction.

    Args:
        fraction: Of period 1, canonical.
        times: 1, 2 or 3.

    Raises:
        FractionError: If it is degenerate.
    """
    if times == 1:
        return fraction
    sides = fraction.a[0], fraction.b[0]
    a, b = ([_progression(side, k, times) for k in range(times)] for side in sides)
    # Inflated at every so many places, or it would be folded back to what it was.
    a[0] = tuple(2 * c for c in a[0])
    b[:2] = (tuple(2 * c for c in side) for side in b[:2])
    return canonical(ContinuedFraction(tuple(a), tuple(b)))


def _progression(polynomial: Polynomial, first: int, step: int) -> Polynomial:
    """The polynomial at first + step n."""
    return as_coefficients(as_poly(polynomial)(fmpz_poly([first, step])))
