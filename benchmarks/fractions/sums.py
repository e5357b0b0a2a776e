"""Makes the table of sums behind fractions: ``python -m benchmarks.fractions.sums``.

All products of up to five binomials out of a list, times the powers of a few numbers, are summed
over k. Kept is whose recurrence, by creative telescoping, is of order 2, converges, is no Euler sum
and no ratio of hypergeometric functions, and is not contiguous to one before. Takes some minutes.
"""

import collections
import csv
import itertools
import sys
from collections.abc import Iterator
from fractions import Fraction

from elitemap.evaluators.fractions.contiguous.relatives import LIMITLESS, relative
from elitemap.evaluators.fractions.contiguous.table import Table
from elitemap.evaluators.fractions.labels.explanations import explain
from elitemap.evaluators.fractions.telescoping.summands import Summand, parse
from elitemap.evaluators.fractions.telescoping.table import (
    COLUMNS,
    SHIPPED,
    KnownSum,
    fraction_of,
)
from elitemap.evaluators.fractions.telescoping.zeilberger import telescoped
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.convergence import classify

#: Binomials, those first that end a sum.
BINOMIALS = (
    *("C(n,k)", "C(n,2k)", "C(n,3k)", "C(n+k,2k)", "C(2n-2k,n-k)"),
    *("C(n+k,k)", "C(2k,k)", "C(2k,n)", "C(3k,k)", "C(4k,2k)"),
)
ENDING = frozenset(BINOMIALS[:5])
#: Absolute values of the numbers whose powers are factors, and their reciprocals.
BASES = (1, 2, 3, 4, 8, 9, 16, 27, 64)
MOST, DIFFERENT, DEGREE = 5, 4, 8

#: Names of sequences. Zagier: Integral solutions of Apéry-like recurrence equations, 2009;
#: Almkvist, Zudilin: Differential equations, mirror maps and zeta values, 2006; Cooper: Sporadic
#: sequences, modular forms and new series for 1/pi, Ramanujan J. 29, 2012.
NAMES = {
    "C(n,k)^3": "Franel numbers, 1894; Zagier's A, 2009",
    "C(n,k)^2*C(2k,k)": "Zagier's C, 2009",
    "C(n,k)^2*C(n+k,k)": "Apéry numbers for zeta(2), 1979; Zagier's D",
    "C(n,k)*C(2n-2k,n-k)*C(2k,k)": "Zagier's E, 2009",
    "C(n,k)^4": "Franel numbers of order 4, 1895; Cooper's s10, 2012",
    "C(n,k)^2*C(n+k,k)^2": "Apéry numbers for zeta(3), 1979",
    "C(n,k)^2*C(n+k,k)*C(2k,n)": "Cooper's s7, 2012",
    "C(n,k)^2*C(2n-2k,n-k)*C(2k,k)": "Domb numbers; Almkvist and Zudilin's alpha, 2006",
    "C(n,k)^2*C(2k,n)^2": "Almkvist and Zudilin's epsilon, 2006",
}
#: s18(n) = sum of (-1)^k C(n,k) C(2k,k) C(2n-2k,n-k) (C(2n-3k-1,n) + C(2n-3k,n)) has two binomials
#: that are C(2n-3k,n) but for factors 3 (n-2k)/(2n-3k) together, n > 0.
S18 = "C(n,k)*C(2k,k)*C(2n-2k,n-k)*C(2n-3k,n)*C(n-2k,1)*C(2n-3k,1)^-1*(-1)^k"
#: Sequences with no product of so few binomials; without a sum those published as recurrences.
PUBLISHED = (
    ("17 17 6", "-72 0 0 0 0", "", "Zagier's F, Integral solutions of Apéry-like equations, 2009"),
    ("18 27 15 3", "27 0 0 0 0 0 0", "", "Almkvist and Zudilin's zeta, 2006"),
    ("28 42 26 6", "-192 0 12 0 0 0 0", S18, "a third of Cooper's s18, 2012"),
)


def summands() -> Iterator[Summand]:
    """Everything that is tried, the simplest first."""
    bases = sorted({Fraction(b) ** e * s for b in BASES for e in (1, -1) for s in (1, -1)}, key=abs)
    bases.sort(key=lambda x: (max(abs(x.numerator), x.denominator), x < 0))
    for size in range(1, MOST + 1):
        for names in itertools.combinations_with_replacement(BINOMIALS, size):
            counts = collections.Counter(names)
            if ENDING & set(names) and len(counts) <= DIFFERENT:
                text = "*".join(f"{x}^{c}" if c > 1 else x for x, c in counts.items())
                for base in bases:
                    yield Summand(parse(text).binomials, base)


def rows() -> dict[ContinuedFraction, KnownSum]:
    """The table."""
    found: dict[ContinuedFraction, KnownSum] = {}
    seen = set()
    for summand in summands():
        recurrence = telescoped(summand, 2)
        if recurrence is None or not all(recurrence.coefficients):
            continue
        try:
            fraction = fraction_of(recurrence.coefficients)
        except FractionError:
            continue
        if fraction in seen or max(fraction.degrees) > DEGREE:
            continue
        seen.add(fraction)
        if classify(fraction).kind in (*LIMITLESS, "finite") or explain(fraction) is not None:
            continue
        if relative(fraction, Table(found)) is None:
            text = str(summand)
            found[fraction] = KnownSum(fraction, text, NAMES.get(text, ""))
            print(found[fraction], "|", fraction, file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Write the table."""
    found = rows()
    for a, b, summand, name in PUBLISHED:
        fraction = canonical(ContinuedFraction.of([*map(int, a.split())], [*map(int, b.split())]))
        if fraction not in found:
            found[fraction] = KnownSum(fraction, summand, name)
    with SHIPPED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in found.values():
            sides = (" ".join(map(str, side[0])) for side in (row.fraction.a, row.fraction.b))
            writer.writerow([*sides, row.summand, row.name])


if __name__ == "__main__":
    main()
