"""Limits as balls, and fixed-point arithmetic on exact convergents."""

import math
from dataclasses import dataclass

from flint import arb
from gmpy2 import mpz

from elitemap.formulas.precision import precision

BITS_PER_DIGIT = math.log2(10)

#: Bits kept below the digits that are wanted.
GUARD = 48
#: Fewer digits than this are no limit.
LEAST = 1.0


@dataclass(frozen=True)
class Limit:
    """The limit of a continued fraction.

    Attributes:
        value: A ball; it encloses the limit for certain only if ``rigorous``.
        digits: Decimal digits after the point (of the leading digit, if that is larger) that the
            radius leaves: -log10(radius / max(1, |value|)).
        depth: Index of the deepest convergent that went into it.
        method: How it was computed, in words.
        rigorous: Whether the radius is proved; otherwise it is an estimate from two computations.
    """

    value: arb
    digits: float
    depth: int
    method: str
    rigorous: bool


def limit_of(value: arb, depth: int, method: str, rigorous: bool = False) -> Limit | None:
    """The limit in a ball; None with fewer than :data:`LEAST` digits."""
    digits = digits_of(value) if value.is_finite() else -math.inf
    return Limit(value, digits, depth, method, rigorous) if digits >= LEAST else None


def bits_for(digits: float) -> int:
    """Bits that hold so many decimal digits."""
    return math.ceil(digits * BITS_PER_DIGIT)


def fixed(p: mpz, q: mpz, bits: int) -> mpz:
    """p/q in units of 2**-bits, wrong by less than 2 units relative to max(1, |p/q|); q not 0.

    Long operands are cut first: a quotient of few words does not need the others.
    """
    surplus = q.bit_length() - bits - 64
    if surplus > 0 and p.bit_length() > surplus:
        p, q = p >> surplus, q >> surplus
    return (p << bits) // q


def units(number: arb, bits: int) -> int:
    """The middle of a finite ball in units of 2**-bits, cut downwards."""
    mantissa, exponent = (int(part) for part in number.mid().man_exp())
    shift = exponent + bits
    return mantissa << shift if shift >= 0 else mantissa >> -shift


def ball(middle: int, radius: int, bits: int) -> arb:
    """The ball (middle +- radius) * 2**-bits, with its middle kept exactly."""
    with precision(max(53, middle.bit_length() + 8)):
        return arb((middle, -bits), (radius, -bits))


def digits_of(value: arb) -> float:
    """What :attr:`Limit.digits` says of a ball; infinite for an exact number."""
    size = max(0.0, log10(value.mid()))
    return size - log10(value.rad())


def log10(number: arb) -> float:
    """log10 of the size of an exact number of any size; -inf for 0."""
    mantissa, exponent = number.man_exp()
    size = abs(int(mantissa))
    if not size:
        return -math.inf
    length = size.bit_length()
    return (math.log2(size >> max(0, length - 60)) + max(0, length - 60) + int(exponent)) / (
        BITS_PER_DIGIT
    )
