"""Values as quotients of whole combinations of constants: (c0 + c1 x)/(d0 + d1 x) and the like."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression, number
from elitemap.formulas.parsing import parse_constant
from elitemap.searchspaces.fractions.constants import DECIMAL
from elitemap.searchspaces.fractions.continued import MAX_DIGITS, FractionError

#: Bounds against hostile archives.
MAX_CONSTANTS, MAX_NAME = 12, 400


@dataclass(frozen=True)
class Relation:
    """The number (n0 + n1 c1 + ...)/(d0 + d1 c1 + ...), in lowest terms.

    The coefficients have no common divisor and the first that is not zero, of the numerator and
    then of the denominator, is positive.

    Attributes:
        constants: Texts of the constants c1, c2, ... in the vocabulary of
            :mod:`elitemap.searchspaces.fractions.constants`.
        numerator: n0, n1, ...: one more than constants.
        denominator: d0, d1, ...: as many.
    """

    constants: tuple[str, ...]
    numerator: tuple[int, ...]
    denominator: tuple[int, ...]

    @staticmethod
    def of(
        constants: Sequence[str], numerator: Sequence[int], denominator: Sequence[int]
    ) -> "Relation":
        """The relation in lowest terms.

        Raises:
            ValueError: If the lengths do not fit or the denominator is zero.
        """
        if not len(constants) + 1 == len(numerator) == len(denominator) or not any(denominator):
            raise ValueError("expected a coefficient more than constants and a denominator")
        everything = [*numerator, *denominator]
        scale = math.gcd(*everything)
        first = next(c for c in everything if c)
        scale = scale if first > 0 else -scale
        return Relation(
            tuple(constants),
            tuple(c // scale for c in numerator),
            tuple(c // scale for c in denominator),
        )

    @property
    def degenerate(self) -> bool:
        """Whether numerator and denominator are proportional: a rational number in disguise."""
        pairs = list(zip(self.numerator, self.denominator, strict=True))
        return all(p[0] * q[1] == p[1] * q[0] for p in pairs for q in pairs)

    @property
    def height(self) -> int:
        """Largest coefficient in absolute value."""
        return max(map(abs, (*self.numerator, *self.denominator)))

    def at(self, values: Sequence[arb]) -> arb:
        """The number as a ball, given balls of the constants; not finite where it divides by 0."""
        above, below = (
            sum((c * v for c, v in zip(row[1:], values, strict=True)), arb(row[0]))
            for row in (self.numerator, self.denominator)
        )
        return above / below

    def to_json(self) -> dict[str, Any]:
        """The canonical JSON object."""
        return {
            "constants": list(self.constants),
            "numerator": list(self.numerator),
            "denominator": list(self.denominator),
        }

    @staticmethod
    def from_json(document: Any) -> "Relation":
        """Read a relation, checking everything; the names of constants are only bounded in length.

        Raises:
            FractionError: If the document is malformed, beyond the bounds or not in lowest terms.
        """
        if not isinstance(document, dict):
            raise FractionError("expected a relation as a JSON object")
        names = document.get("constants")
        if not isinstance(names, list) or len(names) > MAX_CONSTANTS:
            raise FractionError(f"expected at most {MAX_CONSTANTS} constants")
        if not all(
            isinstance(name, str) and 0 < len(name) <= MAX_NAME and name.isprintable()
            for name in names
        ):
            raise FractionError(f"expected constants as texts of at most {MAX_NAME} characters")
        rows = [document.get(name) for name in ("numerator", "denominator")]
        for row in rows:
            if not isinstance(row, list) or not all(
                type(c) is int and abs(c) < 10**MAX_DIGITS for c in row
            ):
                raise FractionError("expected whole coefficients in a relation")
        found = Relation(tuple(names), tuple(rows[0] or ()), tuple(rows[1] or ()))
        try:
            lowest = Relation.of(found.constants, found.numerator, found.denominator)
        except ValueError as error:
            raise FractionError(str(error)) from None
        if lowest != found:
            raise FractionError("expected a relation in lowest terms")
        return found

    def __str__(self) -> str:
        """Text that the parser of constants reads back, as in ``4/(pi - 2)``."""
        return _text(self.numerator, self.denominator, self.constants)


def _text(numerator: Sequence[int], denominator: Sequence[int], names: Sequence[str]) -> str:
    """The quotient of two combinations with as few brackets as the grammar of constants needs."""
    atoms = [_atom(name) for name in names]
    sign = 1 if max(denominator) > 0 else -1
    above, below = (_sum([sign * c for c in row], atoms) for row in (numerator, denominator))
    return str(above if below == number(1) else Expression("div", (above, below)))


def _sum(coefficients: Sequence[int], atoms: Sequence[Expression]) -> Expression:
    """A whole combination of 1 and constants; these come first, and a positive term before all."""
    terms = [(c, atom) for c, atom in zip(coefficients[1:], atoms, strict=True) if c]
    if coefficients[0]:
        terms.append((coefficients[0], number(1)))
    if not terms:
        return number(0)
    first = next((term for term in terms if term[0] > 0), terms[0])
    terms.remove(first)
    total = _product(*first)
    for c, atom in terms:
        total = Expression("add" if c > 0 else "sub", (total, _product(abs(c), atom)))
    return total


def _product(coefficient: int, atom: Expression) -> Expression:
    if atom == number(1):
        return number(coefficient)
    if abs(coefficient) == 1:
        return atom if coefficient > 0 else Expression("neg", (atom,))
    return Expression("mul", (number(coefficient), atom))


@functools.lru_cache(maxsize=256)
def _atom(name: str) -> Expression:
    """A constant's tree; a name outside the vocabulary is printed as it is, in brackets."""
    if DECIMAL.fullmatch(name):
        return Expression(name)
    try:
        return parse_constant(name)
    except UsageError:
        return Expression(f"({name})")
