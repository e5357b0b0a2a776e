"""The shipped table of sums whose recurrences are continued fractions, and the proofs of its rows.

Rows without a summand are sequences without a single sum; their recurrences are those published.
``python -m benchmarks.fractions.sums`` makes the rows with one.
"""

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

from flint import fmpz_poly

from elitemap.evaluators.fractions.contiguous.table import Table
from elitemap.evaluators.fractions.telescoping.certificates import holds
from elitemap.evaluators.fractions.telescoping.summands import parse
from elitemap.evaluators.fractions.telescoping.zeilberger import Recurrence, telescoped
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import as_coefficients, shifted

SHIPPED = Path(__file__).parent / "sums.csv"
COLUMNS = ("a", "b", "summand", "name")


@dataclass(frozen=True)
class KnownSum:
    """A sequence s(n) whose recurrence is that of a fraction.

    Attributes:
        fraction: Canonical.
        summand: Text of what is summed over k, or empty.
        name: What the sequence is called, with its source; or empty.
    """

    fraction: ContinuedFraction
    summand: str
    name: str

    def __str__(self) -> str:
        """As in ``s(n) = sum over k of C(n,k)^4 (Franel, 1895)``."""
        if not self.summand:
            return f"s(n) of {self.name}"
        return f"s(n) = sum over k of {self.summand}" + (f" ({self.name})" if self.name else "")


@functools.cache
def sums() -> Table[KnownSum]:
    """The shipped table."""
    found: dict[ContinuedFraction, KnownSum] = {}
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            a, b = ([int(c) for c in row[side].split()] for side in "ab")
            fraction = canonical(ContinuedFraction.of(a, b))
            found.setdefault(fraction, KnownSum(fraction, row["summand"], row["name"]))
    return Table(found)


def fraction_of(coefficients: tuple[fmpz_poly, ...]) -> ContinuedFraction:
    """The canonical fraction of c0 u(n) + c1 u(n+1) + c2 u(n+2) = 0.

    With y(n) = u(n) times the product of c2 it is y(n) = a(n) y(n-1) + b(n) y(n-2).

    Raises:
        FractionError: If it is degenerate.
    """
    zero, one, two = coefficients
    a, b = -shifted(one, -2), -shifted(zero, -2) * shifted(two, -3)
    return canonical(ContinuedFraction.of(as_coefficients(a), as_coefficients(b)))


@functools.lru_cache(maxsize=256)
def proved(summand: str) -> Recurrence | None:
    """The recurrence of order 2 of a sum with a certificate that was checked; None without one."""
    found = telescoped(parse(summand), 2)
    return found if found is not None and holds(found) else None
