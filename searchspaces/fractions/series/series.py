"""A number as a hypergeometric series: constant + t(0) + t(1) + ..., t(k+1)/t(k) rational in k."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq_poly, fmpz_poly

from elitemap.searchspaces.fractions.continued import (
    MAX_DEGREE,
    FractionError,
    Polynomial,
    value,
)
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly, lowest, shifted
from elitemap.searchspaces.fractions.relation import Relation

#: Terms with negative index that may take the place of a constant.
FARTHEST = 3

#: Digits of a number of a document: exports add up hundreds of terms exactly.
MOST_DIGITS = 100


@dataclass(frozen=True)
class Series:
    """An equation left = constant + sum of t(k) over k = 0, 1, 2, ...

    Attributes:
        left: The number.
        constant: A rational number before the sum.
        first: t(0), not 0.
        above: Numerator of t(k+1)/t(k), a polynomial in k without roots 0, 1, 2, ...
        below: Its denominator, without such roots, too.
    """

    left: Relation
    constant: Fraction
    first: Fraction
    above: Polynomial
    below: Polynomial

    def terms(self) -> Iterator[Fraction]:
        """t(0), t(1), ... exactly; they grow longer."""
        term = self.first
        for k in itertools.count():
            yield term
            term *= Fraction(value(self.above, k), value(self.below, k))

    def gathered(self) -> "Series":
        """The same with the constant among the terms, where it is the sum of those before t(0)."""
        above, below = as_poly(self.above), as_poly(self.below)
        term, total = self.first, Fraction(0)
        for steps in range(1, FARTHEST + 1):
            up, down = int(above(-steps)), int(below(-steps))
            if not up or not down or not self.constant:
                break
            term *= Fraction(down, up)
            total += term
            if total == self.constant:
                sides = (as_coefficients(shifted(side, -steps)) for side in (above, below))
                return Series(self.left, Fraction(0), term, *sides)
        return self

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object; rational numbers as texts."""
        return {
            "left": self.left.to_json(),
            "constant": str(self.constant),
            "first": str(self.first),
            "above": list(self.above),
            "below": list(self.below),
        }

    @staticmethod
    def from_json(document: Any) -> "Series":
        """Read a series, checking everything but whether it is true.

        Raises:
            FractionError: If the document is malformed, beyond the bounds, or a term is 0 or
                infinite.
        """
        if not isinstance(document, Mapping):
            raise FractionError("expected a series as a JSON object")
        above, below = (_polynomial(document.get(name)) for name in ("above", "below"))
        constant, first = (_rational(document.get(name)) for name in ("constant", "first"))
        zeros = [r for side in (above, below) for r, _ in as_poly(side).roots() if r >= 0]
        if not first or zeros:
            raise FractionError("expected a series whose terms are neither 0 nor infinite")
        return Series(Relation.from_json(document.get("left")), constant, first, above, below)


def series(
    left: Relation, constant: Fraction, first: Fraction, above: fmpq_poly, below: fmpq_poly
) -> Series:
    """A series in simplest form: the quotient in lowest terms, the constant among the terms."""
    scale = int(above.denom()) * int(below.denom())
    quotient = lowest(*(_whole(side * scale) for side in (above, below)))
    sides = (as_coefficients(side) for side in quotient)
    return Series(left, constant, first, *sides).gathered()


def _whole(polynomial: fmpq_poly) -> fmpz_poly:
    return fmpz_poly([int(c.p) for c in polynomial.coeffs()])


def _polynomial(found: Any) -> Polynomial:
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_DEGREE + 1 or not found[0]:
        raise FractionError(f"expected a polynomial of degree at most {MAX_DEGREE}")
    if not all(type(c) is int and abs(c) < 10**MOST_DIGITS for c in found):
        raise FractionError(f"expected whole coefficients of at most {MOST_DIGITS} digits")
    return tuple(found)


def _rational(found: Any) -> Fraction:
    if not isinstance(found, str) or len(found) > 2 * MOST_DIGITS:
        raise FractionError("expected a rational number as a text that is not long")
    above, _, below = found.partition("/")
    digits = (above.removeprefix("-"), below or "1")
    if not all(d.isascii() and d.isdigit() for d in digits) or not int(digits[1]):
        raise FractionError(f"expected a rational number, got {found[:40]!r}")
    return Fraction(int(above), int(digits[1]))
