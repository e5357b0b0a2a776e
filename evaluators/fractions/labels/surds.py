"""Exact sums of square roots with rational factors: the parameters of closed forms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import acb, arb, fmpq, fmpz

#: Square factors of a radicand are looked for up to this size; above, only perfect squares.
FACTORED_BITS = 96


@dataclass(frozen=True)
class Surd:
    """A number c1 sqrt(d1) + c2 sqrt(d2) + ...

    Attributes:
        parts: Pairs (d, c) with c != 0, by increasing d; d = 1 is the rational part, the other d
            have no square factors (as far as they were factored) and may be negative.
    """

    parts: tuple[tuple[int, Fraction], ...] = ()

    @staticmethod
    def of(value: Fraction | int) -> "Surd":
        """A rational number."""
        return _collected([(1, Fraction(value))])

    @property
    def rational(self) -> bool:
        """Whether it has no root."""
        return all(d == 1 for d, _ in self.parts)

    @property
    def fraction(self) -> Fraction:
        """Its rational part."""
        return dict(self.parts).get(1, Fraction(0))

    def __add__(self, other: "Surd") -> "Surd":
        """Sum."""
        return _collected([*self.parts, *other.parts])

    def __sub__(self, other: "Surd") -> "Surd":
        """Difference."""
        return self + other.times(-1)

    def __mul__(self, other: "Surd") -> "Surd":
        """Product."""
        return _collected(_product(p, q) for p in self.parts for q in other.parts)

    def times(self, factor: Fraction | int) -> "Surd":
        """A rational multiple."""
        return _collected((d, c * factor) for d, c in self.parts)

    def ball(self) -> acb:
        """The number as a complex ball at the current precision."""
        total = acb(0)
        for d, c in self.parts:
            root = acb(arb(d).sqrt()) if d > 0 else acb(0, arb(-d).sqrt())
            total += root * arb(fmpq(c.numerator, c.denominator))
        return total

    def __str__(self) -> str:
        """Readable text, as in ``1/2 - 3*sqrt(5)/4``."""
        terms = [_term(d, c) for d, c in sorted(self.parts, key=lambda part: part[0] != 1)]
        return " + ".join(terms).replace("+ -", "- ") or "0"


def root(value: Fraction) -> Surd:
    """The square root with a positive real or imaginary part."""
    if not value:
        return Surd()
    whole = value.numerator * value.denominator
    outside, inside = _square_part(abs(whole))
    return _collected([(inside if whole > 0 else -inside, Fraction(outside, value.denominator))])


def polynomial_value(coefficients: Sequence[Surd], n: int) -> Surd:
    """A polynomial, leading coefficient first, at n."""
    total = Surd()
    for coefficient in coefficients:
        total = total.times(n) + coefficient
    return total


def polynomial_text(coefficients: Sequence[Surd], variable: str = "n") -> str:
    """Text of a polynomial, leading coefficient first, in the syntax of Python."""
    terms = []
    for index, coefficient in enumerate(coefficients):
        power = len(coefficients) - 1 - index
        symbol = {0: "", 1: variable}.get(power, f"{variable}**{power}")
        text = str(coefficient)
        if text == "0":
            continue
        if symbol and text in ("1", "-1"):
            terms.append(text.replace("1", symbol))
        elif symbol:
            terms.append(f"{_bracketed(text)}*{symbol}")
        else:
            terms.append(text)
    return " + ".join(terms).replace("+ -", "- ") or "0"


def lifted(sympy: Any, number: Surd | int) -> Any:
    """A number as SymPy has it; the module is passed in because importing it takes long."""
    if isinstance(number, int):
        return sympy.Integer(number)
    terms = (sympy.Rational(c.numerator, c.denominator) * sympy.sqrt(d) for d, c in number.parts)
    return sympy.Add(*terms)


def _collected(parts: Iterable[tuple[int, Fraction]]) -> Surd:
    sums: dict[int, Fraction] = {}
    for d, c in parts:
        sums[d] = sums.get(d, Fraction(0)) + c
    return Surd(tuple(sorted((d, c) for d, c in sums.items() if c)))


def _product(p: tuple[int, Fraction], q: tuple[int, Fraction]) -> tuple[int, Fraction]:
    """The product of two parts; two imaginary roots make a minus."""
    outside, inside = _square_part(abs(p[0] * q[0])) if p[0] != q[0] else (abs(p[0]), 1)
    sign = -1 if p[0] < 0 and q[0] < 0 else 1
    negative = (p[0] < 0) != (q[0] < 0)
    return -inside if negative else inside, p[1] * q[1] * outside * sign


def _square_part(whole: int) -> tuple[int, int]:
    """(s, d) with s*s*d the whole number and d free of squares as far as it was factored."""
    number = fmpz(whole)
    if number.bit_length() > FACTORED_BITS:
        square = number.isqrt()
        return (int(square), 1) if square * square == number else (1, whole)
    outside, inside = 1, 1
    for prime, exponent in number.factor():
        outside *= int(prime) ** (exponent // 2)
        inside *= int(prime) ** (exponent % 2)
    return outside, inside


def _term(d: int, c: Fraction) -> str:
    if d == 1:
        return str(c)
    head = {1: "", -1: "-"}.get(c.numerator, f"{c.numerator}*")
    tail = "" if c.denominator == 1 else f"/{c.denominator}"
    return f"{head}sqrt({d}){tail}"


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text or "/" in text else text
