"""Signed fractions whose quotients are interlaced polynomials, as interlaced fractions.

A recurrence whose characteristic polynomial divides x^j (x^m - 1)^d makes the quotients, after j
more, polynomials of degree below d on each residue modulo m. With d = 2 they are interlaced
arithmetic progressions: Hurwitz, "Über die Kettenbrüche, deren Teilnenner arithmetische Reihen
bilden" (1896), who showed that with a number all its Möbius images have such quotients.
"""

import itertools
import math
from dataclasses import dataclass

from flint import fmpq_poly, fmpz_poly

from elitemap.formulas.expression import Expression
from elitemap.searchspaces.fractions.continued import MAX_PERIOD, ContinuedFraction, trimmed
from elitemap.searchspaces.fractions.signed import SignedFraction


@dataclass(frozen=True)
class Interlaced:
    """What a signed fraction is from some quotient on.

    Attributes:
        start: Index of that quotient.
        fraction: The interlaced fraction that starts there.
        degree: Largest degree of the quotients' polynomials.
    """

    start: int
    fraction: ContinuedFraction
    degree: int


def interlaced(f: SignedFraction) -> Interlaced | None:
    """The interlaced fraction a signed one ends in.

    Returns:
        None if the quotients are not of this kind, if their period exceeds that of interlaced
        fractions, or if the polynomials have other than whole coefficients.
    """
    found = _orders(f.taps)
    if found is None:
        return None
    delay, orders = found
    period = math.lcm(len(f.signs), *orders)
    if period > MAX_PERIOD:
        return None
    start, powers = f.transient + delay, max(orders.values(), default=1)
    terms = list(itertools.islice(f.quotients(), start, start + period * powers))
    sides = [_interpolated(terms[residue::period]) for residue in range(period)]
    if any(side is None for side in sides):
        return None
    a = tuple(side for side in sides if side is not None)
    b = tuple(
        (f.sign(start + residue if residue else start + period),) for residue in range(period)
    )
    return Interlaced(start, ContinuedFraction(a, b), max(len(side) for side in a) - 1)


def _orders(taps: tuple[int, ...]) -> tuple[int, dict[int, int]] | None:
    """(j, {order of a root of unity: multiplicity}) of the characteristic polynomial."""
    polynomial = fmpz_poly([-t for t in reversed(taps)] + [1])
    delay, orders = 0, {}
    for factor, exponent in polynomial.factor()[1]:
        if factor == fmpz_poly([0, 1]):
            delay = exponent
            continue
        order = factor.is_cyclotomic()
        if not order:
            return None
        orders[int(order)] = exponent
    return delay, orders


def _interpolated(values: list[int]) -> tuple[int, ...] | None:
    """The polynomial through (0, values[0]), (1, values[1]), ..., if its coefficients are whole."""
    total, basis, differences = fmpq_poly([0]), fmpq_poly([1]), list(values)
    for k in range(len(values)):
        total += basis * differences[0]
        basis = basis * fmpq_poly([-k, 1]) / (k + 1)
        differences = [y - x for x, y in itertools.pairwise(differences)]
    if total.denom() != 1:
        return None
    return trimmed([int(c) for c in reversed(total.numer().coeffs())])


def hurwitzian(expression: Expression) -> str | None:
    """Why a constant is known to have interlaced arithmetic progressions as quotients.

    Recognised as written: e**(1/q) and e**(2/q), tan(1/q), tanh(1/q), and ratios of Bessel
    functions of neighbouring orders at 2/q, with whole q.

    Returns:
        The source, or None if the constant is not recognised.
    """
    head, parts = expression.head, expression.parts
    if head == "e" or (head == "sqrt" and parts[0].head == "e"):
        return "Euler 1744"
    if head == "exp" or (head == "pow" and parts[0].head == "e"):
        return "Euler 1744, Hurwitz 1896" if _part_of(2, parts[-1]) else None
    if head in ("tan", "tanh"):
        return "Lambert 1768" if _part_of(1, parts[0]) else None
    if head == "div" and {part.head for part in parts} in ({"besseli"}, {"besselj"}):
        (order, x), (other, y) = parts[0].parts, parts[1].parts
        neighbours = abs(order.value - other.value) == 1 and x == y and _part_of(2, x)
        whole = neighbours and (max(order.value, other.value) * 2 / x.value).denominator == 1
        return "Lehmer 1973" if whole else None
    return None


def _part_of(most: int, argument: Expression) -> bool:
    """Whether the argument is p/q with 1 <= |p| <= most."""
    return argument.head == "number" and 1 <= abs(argument.value.numerator) <= most
