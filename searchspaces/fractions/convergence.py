"""How fast a polynomial continued fraction converges, from its ratios alone.

The ratios r(n) = b(n)/(a(n) a(n-1)) expand at infinity, and the first terms decide: the numerators
of the convergents obey a recurrence, and by what its two solutions differ is read off them (Wong,
Li: "Asymptotic expansions for second-order linear difference equations", Journal of Computational
and Applied Mathematics 41, 1992). All decisions are exact. What is said holds for generic initial
values: a fraction that converges to infinity, say, converges.
"""

import math
from dataclasses import dataclass

from flint import fmpq, fmpz_poly

from elitemap.searchspaces.fractions.canonical import ratio, terminates
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError

#: Most terms that a direct evaluation may take.
MAX_DEPTH = 2_000_000

#: Digits and terms beyond those predicted, for the algebraic factors that rates leave out.
MARGIN_DIGITS, MARGIN_TERMS = 6, 16

#: The depth at which rates of factorial convergence are stated.
AT = 100


@dataclass(frozen=True)
class Convergence:
    """The convergence class of a fraction.

    The error after n terms, but for factors of lower order, is

    ======================  ====================================================
    factorial               10**(-n rate) (n/100)**(-n exponent), times e**(n exponent)
    exponential             10**(-n rate)
    root                    exp(-exponent sqrt n)
    alternating root        the same, with alternating sign
    algebraic               n**-exponent
    alternating algebraic   the same, with alternating sign
    logarithmic             1/log n
    divergent               no limit
    finite                  zero from some n on: b_n = 0
    ======================  ====================================================

    Attributes:
        kind: One of these names.
        rate: Digits per term: at every n if exponential, of the term at n = 100 if factorial, 0
            otherwise.
        exponent: As above; 0 where it has no part.
    """

    kind: str
    rate: float = 0.0
    exponent: float = 0.0


def classify(f: ContinuedFraction) -> Convergence:
    """The convergence class; n counts the terms of this fraction, interlaced or not."""
    if terminates(f):
        return Convergence("finite")
    try:
        above, below = ratio(f)
    except FractionError:
        return Convergence("divergent")
    return _per_term(_class_of(above, below, fmpq(AT, f.period)), f.period)


def depth_for(convergence: Convergence, digits: float) -> int | None:
    """Terms after which a convergent has so many digits, with a small margin.

    Returns:
        The number of terms; None if there is no limit, if the convergence is algebraic or slower,
        or if more than :data:`MAX_DEPTH` terms were needed.
    """
    kind, rate, exponent = convergence.kind, convergence.rate, convergence.exponent
    wanted = digits + MARGIN_DIGITS
    if kind == "exponential":
        terms = wanted / rate
    elif kind in ("root", "alternating root"):
        terms = (wanted * math.log(10) / exponent) ** 2
    elif kind == "factorial":
        terms = _factorial_depth(rate, exponent, wanted)
    else:
        return None
    terms = 1.02 * terms + MARGIN_TERMS
    return math.ceil(terms) if terms <= MAX_DEPTH else None


def _factorial_depth(rate: float, order: float, digits: float) -> float:
    """The n with n (rate + order (log10(n/100) - log10 e)) = digits, beyond its minimum."""
    high = 2.0 * MAX_DEPTH
    if -rate / order >= math.log10(high / AT):
        return math.inf  # digits are still being lost there, and the power below could overflow
    low = AT * 10 ** (-rate / order)
    for _ in range(80):
        middle = (low + high) / 2
        reached = middle * (rate + order * math.log10(middle / AT / math.e))
        low, high = (middle, high) if reached < digits else (low, middle)
    return high


def _class_of(above: fmpz_poly, below: fmpz_poly, at: fmpq) -> Convergence:
    """The class for r = above/below in lowest terms, not zero; rates at index ``at``."""
    growth = above.degree() - below.degree()
    leading = fmpq(above.leading_coefficient(), below.leading_coefficient())
    if growth < 0:
        size = abs(above(at) / below(at)) if below(at) != 0 else fmpq(0)
        size = size or abs(leading) * at**growth
        return Convergence("factorial", -_log10(size), float(-growth))
    if growth == 0:
        return _bounded(above, below, 1 + 4 * leading)
    if growth > 2 or leading < 0:
        return Convergence("divergent")
    if growth == 1:
        return Convergence("alternating root", 0.0, 2 / _root(leading))
    return Convergence("alternating algebraic", 0.0, 1 / _root(leading))


def _bounded(above: fmpz_poly, below: fmpz_poly, discriminant: fmpq) -> Convergence:
    """The class where r tends to R; the discriminant is 1 + 4 R."""
    if discriminant > 0:
        return Convergence("exponential", _exponential_rate(discriminant))
    if discriminant < 0:
        return Convergence("divergent")
    excess = below + 4 * above
    order = below.degree() - excess.degree() if excess else 3
    c = fmpq(excess.leading_coefficient(), below.leading_coefficient()) if excess else fmpq(0)
    if order == 1:
        return Convergence("root", 0.0, 4 * _root(c)) if c > 0 else Convergence("divergent")
    square = 1 + 4 * c if order == 2 else fmpq(1)
    if square < 0:
        return Convergence("divergent")
    return Convergence("algebraic", 0.0, _root(square)) if square else Convergence("logarithmic")


def _exponential_rate(discriminant: fmpq) -> float:
    """log10 of abs((1 + s)/(1 - s)), s the root of the discriminant, to nearly full accuracy."""
    s = _root(discriminant)
    if s > 2:
        return math.log1p(2 / (s - 1)) / math.log(10)
    if s < 0.5:
        return 2 * math.atanh(s) / math.log(10)
    # (1 + s)**2/(1 - s**2), whose denominator is exact.
    return 2 * math.log10(1 + s) - _log10(abs(1 - discriminant))


def _per_term(found: Convergence, period: int) -> Convergence:
    """A class whose n counts blocks of so many terms, in terms."""
    share = {"factorial": period, "root": math.sqrt(period), "alternating root": math.sqrt(period)}
    return Convergence(found.kind, found.rate / period, found.exponent / share.get(found.kind, 1.0))


def _log10(x: fmpq) -> float:
    """log10 of a positive rational of any size."""
    return math.log10(int(x.p)) - math.log10(int(x.q))


def _root(x: fmpq) -> float:
    """The square root of a rational that is not negative; of the size of a float in any case."""
    return float(10 ** min(150.0, max(-150.0, _log10(x) / 2))) if x > 0 else 0.0
