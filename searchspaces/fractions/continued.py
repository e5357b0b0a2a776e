"""Polynomial continued fractions a(0) + b(1)/(a(1) + b(2)/(a(2) + ...)).

A coefficient list runs from the leading term down. A fraction may be interlaced: with period p the
partial quotient a_n is the polynomial number n mod p at k = n div p, and so is b_n.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.errors import ArchiveError

#: Coefficients of a polynomial with whole coefficients, leading term first; () is zero.
Polynomial = tuple[int, ...]

#: Bounds against hostile archives.
MAX_DEGREE, MAX_PERIOD, MAX_DIGITS = 64, 32, 2000
#: Contraction makes one polynomial of a period: bounds of its size, and of all digits together.
MAX_SPAN, MAX_WEIGHT = 256, 20_000
_LARGEST = 10**MAX_DIGITS


class FractionError(ArchiveError):
    """A document that is no continued fraction of ours."""


@dataclass(frozen=True)
class ContinuedFraction:
    """A polynomial continued fraction.

    Attributes:
        a: Partial denominators, one polynomial per residue of n modulo the period.
        b: Partial numerators, as many.
    """

    a: tuple[Polynomial, ...]
    b: tuple[Polynomial, ...]

    @staticmethod
    def of(a: Sequence[int], b: Sequence[int]) -> "ContinuedFraction":
        """A fraction of period one."""
        return ContinuedFraction((trimmed(a),), (trimmed(b),))

    @property
    def period(self) -> int:
        """Length of the interlacing; 1 for a plain one."""
        return len(self.a)

    @property
    def degrees(self) -> tuple[int, int]:
        """Largest degree of the a's and of the b's."""
        return max(len(p) - 1 for p in self.a), max(len(p) - 1 for p in self.b)

    def a_at(self, n: int) -> int:
        """The partial denominator a_n, n >= 0."""
        return value(self.a[n % self.period], n // self.period)

    def b_at(self, n: int) -> int:
        """The partial numerator b_n, n >= 1."""
        return value(self.b[n % self.period], n // self.period)

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object."""
        return {
            "kind": "polynomial",
            "a": [list(p) for p in self.a],
            "b": [list(p) for p in self.b],
        }

    @staticmethod
    def from_json(document: Any) -> "ContinuedFraction":
        """Read a fraction, checking everything.

        Raises:
            FractionError: If the document is malformed or beyond the bounds.
        """
        if not isinstance(document, dict) or document.get("kind") != "polynomial":
            raise FractionError("expected a polynomial continued fraction")
        a, b = (_polynomials(document.get(name)) for name in "ab")
        if len(a) != len(b):
            raise FractionError("expected as many polynomials in a as in b")
        if len(a) * max(map(len, (*a, *b))) > MAX_SPAN:
            raise FractionError(f"expected at most {MAX_SPAN} coefficients in a period")
        # 3 bits are a little less than a digit.
        if sum(c.bit_length() // 3 + 1 for polynomial in (*a, *b) for c in polynomial) > MAX_WEIGHT:
            raise FractionError(f"expected about {MAX_WEIGHT} digits in a fraction at most")
        return ContinuedFraction(a, b)

    def __str__(self) -> str:
        """Readable text, as in ``a = 3*n + 1, b = -2*n**2 + n``."""
        if self.period == 1:
            return f"a = {polynomial_text(self.a[0])}, b = {polynomial_text(self.b[0])}"
        texts = ("; ".join(polynomial_text(p, "k") for p in side) for side in (self.a, self.b))
        return "a = ({}), b = ({})".format(*texts)


def trimmed(coefficients: Sequence[int]) -> Polynomial:
    """The polynomial without leading zeros."""
    kept = list(coefficients)
    while kept and kept[0] == 0:
        kept.pop(0)
    return tuple(kept)


def value(polynomial: Polynomial, n: int) -> int:
    """The polynomial at n, by Horner's rule."""
    total = 0
    for coefficient in polynomial:
        total = total * n + coefficient
    return total


def polynomial_text(polynomial: Polynomial, variable: str = "n") -> str:
    """Text in the syntax of Python, as in ``3*n**2 - n + 1``."""
    terms = []
    for index, coefficient in enumerate(polynomial):
        power = len(polynomial) - 1 - index
        if coefficient:
            terms.append((coefficient < 0, _term(abs(coefficient), power, variable)))
    if not terms:
        return "0"
    first = "-" if terms[0][0] else ""
    rest = "".join((" - " if negative else " + ") + text for negative, text in terms[1:])
    return first + terms[0][1] + rest


def _term(size: int, power: int, variable: str) -> str:
    symbol = {0: "", 1: variable}.get(power, f"{variable}**{power}")
    if not symbol:
        return str(size)
    return symbol if size == 1 else f"{size}*{symbol}"


def _polynomials(found: Any) -> tuple[Polynomial, ...]:
    if not isinstance(found, list) or not 1 <= len(found) <= MAX_PERIOD:
        raise FractionError(f"expected 1 to {MAX_PERIOD} polynomials")
    return tuple(_polynomial(item) for item in found)


def _polynomial(found: Any) -> Polynomial:
    if not isinstance(found, list) or len(found) > MAX_DEGREE + 1:
        raise FractionError(f"expected a polynomial of degree at most {MAX_DEGREE}")
    if not all(type(c) is int and abs(c) < _LARGEST for c in found):
        raise FractionError("expected whole coefficients")
    if found and found[0] == 0:
        raise FractionError("expected no leading zeros")
    return tuple(found)
