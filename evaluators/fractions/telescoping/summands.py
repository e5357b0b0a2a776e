"""Products of binomials in n and k times a power of a number: what is summed over k."""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpz_mpoly, fmpz_mpoly_ctx, fmpz_poly

from elitemap.archive.errors import UsageError

#: a n + b k + c as (a, b, c).
Linear = tuple[int, int, int]


@dataclass(frozen=True)
class Factors:
    """A quotient of products of linear forms, times a number.

    Attributes:
        above: How often a form is a factor of the numerator.
        below: Of the denominator.
        scale: The number.
    """

    above: Counter[Linear]
    below: Counter[Linear]
    scale: Fraction = Fraction(1)

    def __mul__(self, other: "Factors") -> "Factors":
        """The product, what numerator and denominator share taken out."""
        above, below = self.above + other.above, self.below + other.below
        common = above & below
        return Factors(above - common, below - common, self.scale * other.scale)

    def inverse(self) -> "Factors":
        """The reciprocal."""
        return Factors(self.below, self.above, 1 / self.scale)

    def expanded(self) -> tuple[fmpz_mpoly, fmpz_mpoly]:
        """Numerator and denominator multiplied out, as polynomials in n and k."""
        return (
            product(self.above) * self.scale.numerator,
            product(self.below) * self.scale.denominator,
        )

    def power(self, times: int) -> "Factors":
        """The quotient to a whole power."""
        above, below = (
            Counter({form: count * abs(times) for form, count in side.items()})
            for side in (self.above, self.below)
        )
        found = Factors(above, below, self.scale ** abs(times))
        return found if times >= 0 else found.inverse()

    def shifted(self, n: int, k: int) -> "Factors":
        """The quotient at n + n', k + k'."""
        above, below = (
            Counter({moved(form, n, k): times for form, times in side.items()})
            for side in (self.above, self.below)
        )
        return Factors(above, below, self.scale)


@dataclass(frozen=True)
class Summand:
    """The product of C(top, bottom)**power over all binomials, times base**k.

    Attributes:
        binomials: Tops, bottoms and powers; as canonical text has them.
        base: The number.
    """

    binomials: tuple[tuple[Linear, Linear, int], ...]
    base: Fraction = Fraction(1)

    def at(self, n: int, k: int) -> Fraction:
        """The value for whole n and k, none negative."""
        found = self.base**k
        for top, bottom, power in self.binomials:
            t, b = (form[0] * n + form[1] * k + form[2] for form in (top, bottom))
            found *= Fraction(math.comb(t, b)) ** power if t >= b >= 0 else 0
        return found

    def total(self, n: int) -> Fraction:
        """The sum over k."""
        return sum((self.at(n, k) for k in range(n + 1)), Fraction(0))

    @property
    def start(self) -> int:
        """The n from which on no binomial below a bar is zero where the term is not: 0, or 1."""
        return int(any(power < 0 for _, _, power in self.binomials))

    def ratio(self, n: int, k: int) -> Factors:
        """t(n + n', k + k')/t(n, k) as linear forms."""
        found = Factors(Counter(), Counter(), self.base**k)
        for form, times in self.factorials().items():
            step = form[0] * n + form[1] * k
            grown = _primitive((*form[:2], form[2] + i) for i in _between(step))
            power = times if step > 0 else -times
            found *= grown.power(power)
        return found

    def factorials(self) -> Counter[Linear]:
        """The forms u whose factorials make up the product, with exponents."""
        found: Counter[Linear] = Counter()
        for top, bottom, power in self.binomials:
            rest = top[0] - bottom[0], top[1] - bottom[1], top[2] - bottom[2]
            for form, sign in ((top, 1), (bottom, -1), (rest, -1)):
                found[form] += sign * power
        return found

    def __str__(self) -> str:
        """As in ``C(n,k)^2*C(n+k,k)*(-2)^k``."""
        parts = [
            f"C({form_text(top)},{form_text(bottom)})" + (f"^{power}" if power != 1 else "")
            for top, bottom, power in self.binomials
        ]
        return "*".join([*parts, *([f"({self.base})^k"] if self.base != 1 else [])])


def _primitive(forms: Iterable[Linear]) -> Factors:
    """A product of forms that are not zero: without common factors, the first sign positive."""
    scale, above = Fraction(1), Counter[Linear]()
    for form in forms:
        sign = 1 if next(c for c in form if c) > 0 else -1
        common = sign * math.gcd(*form)
        above[form[0] // common, form[1] // common, form[2] // common] += 1
        scale *= common
    return Factors(above, Counter(), scale)


def _between(step: int) -> range:
    """The i with (u + step)!/u! = product of (u + i), or its inverse for negative steps."""
    return range(1, step + 1) if step > 0 else range(step + 1, 1)


def moved(form: Linear, n: int, k: int) -> Linear:
    """The form at n + n', k + k'."""
    return form[0], form[1], form[2] + form[0] * n + form[1] * k


def form_text(form: Linear) -> str:
    """As in ``2n-k+1``."""
    parts = [
        f"{c:+d}{name}" if abs(c) != 1 or not name else f"{'-' if c < 0 else '+'}{name}"
        for c, name in zip(form, ("n", "k", ""), strict=True)
        if c
    ]
    return "".join(parts).removeprefix("+") or "0"


_BINOMIAL = re.compile(r"C\(([^,()]+),([^,()]+)\)(?:\^(-?\d))?")
_BASE = re.compile(r"\((-?\d+(?:/\d+)?)\)\^k")
_PART = re.compile(r"([+-]?)(\d*)([nk]?)")


def parse(text: str) -> Summand:
    """The inverse of ``str``.

    Raises:
        UsageError: If it is none.
    """
    binomials, base = [], Fraction(1)
    for part in text.split("*"):
        if match := _BINOMIAL.fullmatch(part):
            binomials.append((_form(match[1]), _form(match[2]), int(match[3] or 1)))
        elif match := _BASE.fullmatch(part):
            base = Fraction(match[1])
        else:
            raise UsageError(f"expected binomials such as C(n,k)^2*(-1)^k, got {text[:80]!r}")
    return Summand(tuple(binomials), base)


def _form(text: str) -> Linear:
    found = {"n": 0, "k": 0, "": 0}
    for sign, size, name in _PART.findall(text):
        if size or name:
            found[name] += int(sign + (size or "1"))
    return found["n"], found["k"], found[""]


@functools.cache
def ring() -> fmpz_mpoly_ctx:
    """Polynomials in n and k."""
    return fmpz_mpoly_ctx.get(("n", "k"), "lex")


def product(forms: Counter[Linear]) -> fmpz_mpoly:
    """The forms, multiplied out."""
    n, k = ring().gens()
    found = ring().constant(1)
    for (a, b, c), times in sorted(forms.items()):
        found *= (a * n + b * k + c) ** times
    return found


def in_n(polynomial: fmpz_poly) -> fmpz_mpoly:
    """A polynomial in n as one in n and k."""
    terms: dict[tuple[int, ...], int] = {
        (i, 0): int(c) for i, c in enumerate(polynomial.coeffs()) if c
    }
    return ring().from_dict(terms)
