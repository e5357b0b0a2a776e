"""Hypergeometric terms in closed form: a rational function, a power, Pochhammer symbols.

t(k) is t(0) times the product of its quotients. Linear factors whose roots differ by whole numbers
belong to one Pochhammer symbol (r)_k = r (r+1) ... (r+k-1) with 0 < r <= 1, but for a rational
function: (r+1)_k = (r)_k (r+k)/r. (1)_k is k!, and (1/2)_k is (2k)!/(4^k k!).
"""

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpz_poly

from elitemap.searchspaces.fractions.continued import FractionError, Polynomial
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly, lowest, shifted
from elitemap.searchspaces.fractions.series.series import Series

HALF = Fraction(1, 2)

#: A factor with its exponent; of (2k)!, C(2k,k) and k! the names, of (r)_k the r.
Power = tuple[str | Fraction, int]


@dataclass(frozen=True)
class Closed:
    """factor base^k (above(k)/below(k)) times powers.

    Attributes:
        factor: A rational number.
        base: A rational number.
        above: A polynomial with whole coefficients without common divisor.
        below: As well.
        powers: Of ``k!``, ``(2k)!``, ``C(2k,k)`` and of Pochhammer symbols by their r.
    """

    factor: Fraction
    base: Fraction
    above: Polynomial
    below: Polynomial
    powers: tuple[Power, ...]


def closed(series: Series) -> Closed:
    """The term t(k) of a series.

    Raises:
        FractionError: If its quotients have factors of higher degree that do not cancel.
    """
    symbols: Counter[tuple[int, ...]] = Counter()
    sides = {1: fmpz_poly([1]), -1: fmpz_poly([1])}
    base, factor = Fraction(1), series.first
    for polynomial, sign in ((series.above, 1), (series.below, -1)):
        content, factors = as_poly(polynomial).factor()
        base *= Fraction(int(content)) ** sign
        for one, times in factors:
            home, distance = _home(one, symbols)
            symbols[_key(home)] += sign * times
            for step in range(min(distance, 0), max(distance, 0)):
                way = sign if distance > 0 else -sign
                sides[way] *= shifted(home, step) ** times
                factor /= Fraction(int(home(step))) ** (way * times)
    left = {key: exponent for key, exponent in symbols.items() if exponent}
    if any(len(key) > 2 for key in left):
        raise FractionError("expected terms in closed form, got factors that are not linear")
    for key, exponent in left.items():
        base *= Fraction(key[1]) ** exponent
    rising = {Fraction(key[0], key[1]): exponent for key, exponent in left.items()}
    powers, scale = _named(rising)
    return _reduced(factor, base * scale, sides[1], sides[-1], powers)


def _home(factor: fmpz_poly, seen: Counter[tuple[int, ...]]) -> tuple[fmpz_poly, int]:
    """The polynomial of which this is a shift, and how far: of linear ones by 0 < r <= 1."""
    if factor.degree() == 1:
        root = fmpq(int(factor[0]), int(factor[1]))
        distance = int(root.ceil()) - 1
        return shifted(factor, -distance), distance
    for key in seen:
        if len(key) == factor.degree() + 1:
            slope = factor.degree() * factor[factor.degree()]
            distance, rest = divmod(int(factor[factor.degree() - 1]) - key[-2], int(slope))
            home = fmpz_poly(list(key))
            if not rest and shifted(home, distance) == factor:
                return home, distance
    return factor, 0


def _key(polynomial: fmpz_poly) -> tuple[int, ...]:
    return tuple(int(c) for c in polynomial.coeffs())


def _named(rising: dict[Fraction, int]) -> tuple[tuple[Power, ...], Fraction]:
    """(1)_k and (1/2)_k by factorials, and what that leaves for the base."""
    whole, half = rising.pop(Fraction(1), 0), rising.pop(HALF, 0)
    scale = Fraction(4) ** -half
    both = min(abs(whole), abs(half)) if whole * half < 0 else 0
    pairs = both if half > 0 else -both
    # C(2k,k) is (1/2)_k/k! but for a power; a further (1/2)_k is (2k)!/k!.
    half -= pairs
    whole += pairs - half
    named: list[Power] = [("C(2k,k)", pairs), ("(2k)!", half), ("k!", whole)]
    return tuple(one for one in [*named, *sorted(rising.items())] if one[1]), scale


def _reduced(
    factor: Fraction, base: Fraction, above: fmpz_poly, below: fmpz_poly, powers: tuple[Power, ...]
) -> Closed:
    quotient = lowest(above, below)
    sides = []
    for side, sign in ((quotient.numerator, 1), (quotient.denominator, -1)):
        content = side.content() if side.leading_coefficient() > 0 else -side.content()
        factor *= Fraction(int(content)) ** sign
        sides.append(as_coefficients(side // content))
    return Closed(factor, base, sides[0], sides[1], powers)
