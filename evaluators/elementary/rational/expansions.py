"""Expansions about infinity and about zero whose coefficients are known, or depend on constants."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

#: Powers that are followed, from the first one on.
LENGTH = 12

#: A known coefficient, or None for one that depends on the program's constants. Nearly all are
#: whole numbers, which are many times faster than fractions.
Coefficient = int | Fraction | None


@dataclass(frozen=True)
class Expansion:
    """``sum terms[k] t^(order + k)`` where t is x, or 1/x for an expansion about infinity.

    Attributes:
        order: The power of the first term.
        terms: Those that do not vanish, of k below :data:`LENGTH`; the first is number 0.
    """

    order: int
    terms: Mapping[int, Coefficient]

    def at(self, power: int) -> Coefficient:
        """The coefficient of a power; None also beyond what is followed."""
        k = power - self.order
        return None if k >= LENGTH else self.terms.get(k, 0)


def monomial(power: int, coefficient: Coefficient = 1) -> Expansion:
    """One term."""
    return Expansion(power, {0: coefficient})


def plus(a: Expansion, b: Expansion, sign: int = 1) -> Expansion | None:
    """The sum; None if nothing is known to be left."""
    order = min(a.order, b.order)
    terms: dict[int, Coefficient] = {a.order - order + k: c for k, c in a.terms.items()}
    for k, c in b.terms.items():
        _add(terms, b.order - order + k, None if c is None else sign * c)
    return _trimmed(order, terms)


def times(a: Expansion, b: Expansion) -> Expansion | None:
    """The product."""
    terms: dict[int, Coefficient] = {}
    for i, u in a.terms.items():
        for k, v in b.terms.items():
            _add(terms, i + k, None if u is None or v is None else u * v)
    return _trimmed(a.order + b.order, terms)


def over(a: Expansion, b: Expansion) -> Expansion | None:
    """The quotient."""
    lead = b.terms[0]
    rest, terms = dict(a.terms), dict[int, Coefficient]()
    for k in range(LENGTH):
        if k not in rest:
            continue
        term = rest[k]
        found = None if term is None or lead is None else _ratio(term, lead)
        terms[k] = found
        for i, c in b.terms.items():
            if i:
                _add(rest, i + k, None if found is None or c is None else -found * c)
    return _trimmed(a.order - b.order, terms)


def _add(terms: dict[int, Coefficient], k: int, term: Coefficient) -> None:
    """Add to one of the terms, which disappears if nothing is left."""
    before = terms.get(k, 0)
    total = None if term is None or before is None else before + term
    if total == 0:
        terms.pop(k, None)
    else:
        terms[k] = total


def _ratio(a: int | Fraction, b: int | Fraction) -> int | Fraction:
    return a * b if abs(b) == 1 else Fraction(a) / b


def _trimmed(order: int, terms: Mapping[int, Coefficient]) -> Expansion | None:
    if not terms:
        return None
    lead = min(terms)
    return Expansion(order + lead, {k - lead: c for k, c in terms.items() if k - lead < LENGTH})
