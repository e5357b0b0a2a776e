"""Hypergeometric terms as text: what a language calls factorials, and how it writes quotients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from elitemap.searchspaces.fractions.continued import Polynomial, polynomial_text
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly
from elitemap.searchspaces.fractions.series.closed import Closed, closed
from elitemap.searchspaces.fractions.series.series import Series


@dataclass(frozen=True)
class Words:
    """How a language writes a term.

    Attributes:
        symbols: Of ``k!``, ``(2k)!`` and ``C(2k,k)``.
        rising: Of the Pochhammer symbol (r)_k.
        power: Template of a power, base and exponent.
        polynomial: A polynomial in k.
        product: Puts factors together.
        quotient: Of a numerator and a denominator; these are products, with the number of factors
            of the latter.
    """

    symbols: Mapping[str, str]
    rising: Callable[[Fraction], str]
    power: str
    polynomial: Callable[[Polynomial], str]
    product: Callable[[list[str]], str]
    quotient: Callable[[str, str, int], str]


def term(found: Closed, words: Words) -> str:
    """A term t(k), k = 0, 1, 2, ..., as text of a language."""
    sides: tuple[list[str], list[str]] = [], []
    for side, number in zip(
        sides, (abs(found.factor.numerator), found.factor.denominator), strict=True
    ):
        side += [str(number)] if number != 1 else []
    for side, base in zip(sides, (found.base.numerator, found.base.denominator), strict=True):
        side += [words.power.format(_held(str(base)), "k")] if base != 1 else []
    for side, polynomial in zip(sides, (found.above, found.below), strict=True):
        side += [_powered(words, text, e) for text, e in _factors(words, polynomial)]
    for name, exponent in found.powers:
        text = words.symbols[name] if isinstance(name, str) else words.rising(name)
        sides[exponent < 0].append(_powered(words, text, abs(exponent)))
    sign = "-" if found.factor < 0 else ""
    above = words.product(sides[0]) if sides[0] else "1"
    if not sides[1]:
        return sign + above
    return sign + words.quotient(above, words.product(sides[1]), len(sides[1]))


def _factors(words: Words, polynomial: Polynomial) -> list[tuple[str, int]]:
    factors = as_poly(polynomial).factor()[1]
    texts = [(words.polynomial(as_coefficients(factor)), int(power)) for factor, power in factors]
    return sorted(((_held(text), e) for text, e in texts), key=lambda one: (len(one[0]), one[0]))


def _held(text: str) -> str:
    return text if text.isalnum() else f"({text})"


def _powered(words: Words, text: str, exponent: int) -> str:
    if exponent == 1:
        return text
    whole = text.isalnum() or text.endswith((")", "}"))
    return words.power.format(text if whole else f"({text})", exponent)


def starred(factors: list[str]) -> str:
    """A product in the syntax of computers."""
    return "*".join(factors)


def slashed(above: str, below: str, factors: int) -> str:
    """A quotient in the syntax of computers."""
    return f"{above}/({below})" if factors > 1 else f"{above}/{below}"


def _symbol(r: Fraction) -> str:
    return f"rf({r}, k)"


#: As statements have it: rf(r, k) = r (r+1) ... (r+k-1).
PLAIN = Words(
    symbols={"k!": "k!", "(2k)!": "(2*k)!", "C(2k,k)": "C(2*k,k)"},
    rising=_symbol,
    power="{}**{}",
    polynomial=lambda polynomial: polynomial_text(polynomial, "k"),
    product=starred,
    quotient=slashed,
)


def statement(series: Series) -> str:
    """The equation in one line, as in ``pi = sum over k >= 0 of 2*2**k/((2*k + 1)*C(2*k,k))``.

    Raises:
        FractionError: If its terms have no closed form.
    """
    constant = f"{series.constant} + " if series.constant else ""
    return f"{series.left} = {constant}sum over k >= 0 of {term(closed(series), PLAIN)}"
