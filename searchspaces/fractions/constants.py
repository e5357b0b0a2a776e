"""Mathematical constants by name: parsed, enclosed to any precision, recognised where algebraic."""

import functools
import re
from dataclasses import dataclass

from flint import arb, ctx, fmpz, fmpz_mat, fmpz_poly

from elitemap.archive.errors import UsageError
from elitemap.formulas.expression import Expression
from elitemap.formulas.parsing import parse_constant
from elitemap.formulas.vocabulary import constant_value

#: A number that was measured or computed elsewhere: only so many decimals of it are known.
DECIMAL = re.compile(r"[+-]?\d+\.(\d+)")

#: Bits asked beyond those wanted, for what evaluation loses.
GUARD = 32

#: An algebraic number is recognised up to this degree, by a relation among its powers to so many
#: digits; chance relations of that precision would have coefficients of about 10**57.
DEGREE, DIGITS, HEIGHT = 6, 400, 10**40


@dataclass(frozen=True)
class Constant:
    """A real number by name.

    Attributes:
        text: The expression as it prints: equal expressions have equal texts.
        expression: The tree, without x.
        places: Known decimals, the last of which may be rounded or cut, of a number written as a
            decimal fraction; None for others, which can be had to any precision.
    """

    text: str
    expression: Expression
    places: int | None = None

    @property
    def digits(self) -> int:
        """Known digits of a decimal fraction, its leading zeros left out."""
        return len(self.text.lstrip("+-").replace(".", "").lstrip("0"))

    def ball(self, bits: int) -> arb:
        """A ball around the number, to about ``bits`` bits of relative precision where known."""
        return _ball(self, bits) if self.places is None else _given(self, bits)


@functools.lru_cache(maxsize=256)
def _ball(constant: Constant, bits: int) -> arb:
    extra = GUARD
    while True:
        found = constant_value(constant.expression, bits + extra)
        if found.rel_accuracy_bits() >= bits or extra > 4 * bits + 1000:
            return found
        extra *= 2


def _given(constant: Constant, bits: int) -> arb:
    """All that a decimal fraction leaves possible."""
    return arb(constant_value(constant.expression, bits + GUARD), f"1e-{constant.places}")


def constant(text: str) -> Constant:
    """Read one constant, such as ``zeta(3)``, ``besseli(0, 2)/besseli(1, 2)`` or ``0.9159655942``.

    Raises:
        UsageError: In one line, with the cure, if it is no constant of the vocabulary or no finite
            real number.
    """
    tree = parse_constant(text)
    if decimal := DECIMAL.fullmatch(text.strip()):
        return Constant(text.strip(), tree, len(decimal[1]))
    found = Constant(str(tree), tree)
    if not found.ball(64).is_finite():
        raise UsageError(f"expected a real number, got {found.text!r}; correct the expression")
    return found


def constants(text: str) -> tuple[Constant, ...]:
    """Read constants separated by commas; commas inside brackets belong to functions.

    Raises:
        UsageError: As :func:`constant`, and if a constant comes twice.
    """
    found = tuple(constant(part) for part in _split(text))
    for k, one in enumerate(found):
        if one in found[:k]:
            raise UsageError(f"expected different constants, got {one.text!r} twice; drop one")
    return found


def minimal_polynomial(one: Constant) -> fmpz_poly | None:
    """The whole polynomial of degree 6 at most that the number is a root of, to 400 digits.

    Returns:
        The irreducible polynomial, or None if the number is not recognised: no relation with
        coefficients below 10**40 holds to :data:`DIGITS` digits.
    """
    bits = int(DIGITS * 3.33)
    size = abs(one.ball(64)).ceil().upper().floor().unique_fmpz()
    room = DEGREE * (GUARD + (0 if size is None else size.bit_length()))
    value = one.ball(bits + room)
    saved = ctx.prec
    ctx.prec = bits + room
    try:
        # Rounded to the nearest: balls around sqrt(2)**2 and the like have whole numbers inside.
        scaled = [value**k * arb(2) ** bits + arb(0.5) for k in range(DEGREE + 1)]
        powers = [p for x in scaled if (p := x.floor().unique_fmpz()) is not None]
        if len(powers) <= DEGREE:
            return None
        rows: list[list[int | fmpz]] = [
            [*(int(j == k) for j in range(DEGREE + 1)), power] for k, power in enumerate(powers)
        ]
        shortest = fmpz_mat(rows).lll().tolist()[0][: DEGREE + 1]
        polynomial = fmpz_poly(shortest)
        if max(abs(int(c)) for c in shortest) > HEIGHT or polynomial.degree() < 1:
            return None
        return _factor_at(polynomial, value)
    finally:
        ctx.prec = saved


def _factor_at(polynomial: fmpz_poly, value: arb) -> fmpz_poly | None:
    """The irreducible factor that vanishes at the value, its leading coefficient positive."""
    for factor, _ in polynomial.factor()[1]:
        total = arb(0)
        for coefficient in reversed(factor.coeffs()):
            total = total * value + coefficient
        if factor.degree() >= 1 and total.contains(0):
            return factor if factor.coeffs()[-1] > 0 else -factor
    return None


def _split(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts
