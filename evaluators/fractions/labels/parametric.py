"""Known formulas with a parameter x: coefficients are polynomials in x, the value an expression."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_poly

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression, evaluate
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError

#: Shifts of the index at which a family is compared with a canonical fraction.
SHIFTS = (0, 1, -1, 2, -2, 3, -3)

#: Largest power of x in a coefficient.
MOST = 20

#: A polynomial in n whose coefficients are polynomials in x, the leading one first.
Side = tuple[fmpq_poly, ...]


@dataclass(frozen=True)
class Family:
    """A formula with a parameter.

    Attributes:
        a: a(n); its leading coefficient is a number.
        b: b(n).
        value: The value, an expression in x.
        source: Author and work.
        year: Of publication.
    """

    a: Side
    b: Side
    value: Expression
    source: str
    year: int

    def at(self, x: fmpq) -> tuple[ContinuedFraction, str]:
        """The member at x, inflated to whole coefficients, and its value as a constant's text."""
        a, b = ([c(x) for c in side] for side in (self.a, self.b))
        scale = math.lcm(*(int(c.q) for c in (*a, *b)))
        fraction = ContinuedFraction.of(
            [int((c * scale).p) for c in a], [int((c * scale**2).p) for c in b]
        )
        # No name of the vocabulary but the parameter's is a lone x.
        value = re.sub(r"\bx\b", f"({x})", str(self.value))
        return fraction, constant(value if scale == 1 else f"{scale}*({value})").text

    def parameter(self, home: ContinuedFraction) -> fmpq | None:
        """The rational x at which a member has a given canonical form."""
        if home.degrees != (len(self.a) - 1, len(self.b) - 1):
            return None
        scale = fmpq(home.a[0][0]) / self.a[0][0]
        for by in SHIFTS:
            for x in _common_roots(self._differences(home, scale, by)):
                if self._is(x, home):
                    return x
        return None

    def _is(self, x: fmpq, home: ContinuedFraction) -> bool:
        try:
            return canonical(self.at(x)[0]) == home
        except FractionError:
            return False  # a(n) = 0 for all n

    def _differences(self, home: ContinuedFraction, scale: fmpq, by: int) -> list[fmpq_poly]:
        """What must vanish for the member at x, inflated and shifted, to be a fraction."""
        return [
            c * factor - wanted
            for side, given, factor in ((self.a, home.a[0], scale), (self.b, home.b[0], scale**2))
            for c, wanted in zip(_shifted(side, by), given, strict=True)
        ]


def family(texts: Mapping[str, str], place: str) -> Family:
    """A row of a table of known formulas as a family.

    Args:
        texts: The columns a, b, value, source and year.
        place: Where the row is, for errors.

    Raises:
        UsageError: In one line, if it is none.
    """
    try:
        a, b = (tuple(_coefficient(c) for c in texts[name].split()) for name in "ab")
        value, year = parse(texts["value"]), int(texts["year"])
    except KeyError as error:
        raise UsageError(f"expected polynomials in x in {place}, got {error}; correct it") from None
    except (UsageError, ValueError, ZeroDivisionError) as error:
        raise UsageError(
            f"expected polynomials in x such as '8 8 x**2+3' and a year in {place}, "
            f"got: {error}; correct it"
        ) from None
    if len(a) < 1 or a[0].degree() != 0 or not b or not b[0]:
        raise UsageError(
            f"expected a leading coefficient of a without x in {place}, got {texts['a'][:40]!r}; "
            "divide the fraction by it"
        )
    return Family(a, b, value, texts["source"], year)


def _coefficient(text: str) -> fmpq_poly:
    """A polynomial in x."""
    found: fmpq_poly = evaluate(parse(text), _ALGEBRA, fmpq_poly([0, 1]), _leaf)
    return found


def _leaf(node: Expression) -> fmpq_poly:
    if node.head != "number":
        raise ValueError(f"{node.head!r} is no number")
    return fmpq_poly([fmpq(node.value.numerator, node.value.denominator)])


def _over(one: fmpq_poly, other: fmpq_poly) -> fmpq_poly:
    if other.degree() != 0:
        raise ValueError("a quotient by a polynomial")
    return one / other[0]


def _power(one: fmpq_poly, exponent: Fraction | fmpq_poly) -> fmpq_poly:
    if not isinstance(exponent, Fraction) or exponent.denominator != 1 or not 0 <= exponent <= MOST:
        raise ValueError(f"a power that is no whole number up to {MOST}")
    return one ** int(exponent)


_ALGEBRA: Mapping[str, Callable[..., fmpq_poly]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": _over,
    "neg": lambda a: -a,
    "pow": _power,
}


def _shifted(side: Side, by: int) -> Side:
    """The polynomial at n + by: Horner's scheme by synthetic division."""
    found = list(side)
    for last in range(len(found) - 1, 0, -1):
        for k in range(1, last + 1):
            found[k] = found[k] + found[k - 1] * by
    return tuple(found)


def _common_roots(polynomials: Sequence[fmpq_poly]) -> list[fmpq]:
    common = fmpq_poly([])
    for polynomial in polynomials:
        common = common.gcd(polynomial)
    return [] if not common else [root for root, _ in common.roots()]
