"""Recognising numbers: small relations to constants, with a stated significance.

A lattice reduction always returns some relation; whether it means anything is a matter of counting.
If there are M relations as simple as the one found, and their values spread over a range S (the sum
of the sizes of the relation's terms), then about M eps/S of them would hold to eps by chance. The
significance is -log10 of that, minus log10 of the number of things tried: digits beyond chance.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from flint import arb, fmpz_mat, fmpz_poly

from elitemap.evaluators.fractions.values.enclosure import BITS_PER_DIGIT, Limit, units
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.relation import Relation

#: Digits beyond chance that a relation must have, and one to a number of which only some decimals
#: are known: that is told where chance has one in a hundred such boxes.
ACCEPTED, TOLD = 10.0, 2.0
#: Bits of constants beyond those of the number, and the steps in which they are kept.
GUARD, STEP = 16, 64
#: Estimated radii may be wrong by this much; a relation must hold within.
DOUBT = 16
#: Digits beyond these are not used: relations of a search are small.
MOST_DIGITS = 400


@dataclass(frozen=True)
class Identified:
    """What a number was recognised as.

    Attributes:
        relation: The relation; without constants for a rational number.
        significance: Digits matched beyond what chance gives.
        digits: Digits to which the relation was seen to hold.
    """

    relation: Relation
    significance: float
    digits: float


@dataclass(frozen=True)
class _Number:
    """A number in fixed point: value * 2**-bits, wrong by at most ``doubt`` units."""

    value: int
    bits: int
    doubt: int


def identify(
    limit: Limit, constants: Sequence[Constant], tried: float = 1.0, joint: bool = False
) -> Identified | None:
    """The simplest relation of a number to constants that is no chance.

    Args:
        limit: The number.
        constants: What it may be related to, each on its own: x = (n0 + n1 c)/(d0 + d1 c).
        tried: How many numbers were tried before this one was singled out.
        joint: Whether to look for one relation to all constants at once instead.

    Returns:
        The relation of largest significance, rational ones before all others; None if none has
        at least :data:`ACCEPTED` digits of it (:data:`TOLD` to a number known to few decimals).
    """
    number = _number(limit)
    if number is None:
        return None
    rational = _related(number, (), math.log10(tried))
    if rational is not None:
        return rational
    groups = [tuple(constants)] if joint else [(one,) for one in constants]
    chances = math.log10(tried) + math.log10(max(1, len(groups)))
    found = [hit for group in groups if (hit := _related(number, group, chances)) is not None]
    return max(found, key=lambda hit: hit.significance, default=None)


def algebraic(limit: Limit, degree: int = 6, tried: float = 1.0) -> fmpz_poly | None:
    """The irreducible polynomial of a number that is algebraic of a degree up to the one given.

    Returns:
        The polynomial with a positive leading coefficient, or None if no relation among the
        number's powers has at least :data:`ACCEPTED` digits of significance.
    """
    number = _number(limit)
    if number is None:
        return None
    powers = [1 << number.bits, number.value]
    for k in range(1, degree + 1):
        if k > 1:
            powers.append(powers[-1] * number.value >> number.bits)
        size = max(map(abs, powers))
        doubt = k * number.doubt * (size >> number.bits or 1)
        for row in _reduced(powers):
            accepted = _significance(row, powers, doubt, number.bits)
            if any(row[1:]) and accepted[0] - math.log10(tried) >= ACCEPTED:
                return _vanishing(fmpz_poly(list(row)), limit.value)
    return None


def _number(limit: Limit) -> _Number | None:
    digits = min(limit.digits, MOST_DIGITS)
    bits = int(digits * BITS_PER_DIGIT) + 4
    if not limit.value.is_finite() or bits < 16:
        return None
    value = units(limit.value, bits)
    size = max(0, value.bit_length() - bits)
    return _Number(value, bits, max(1, DOUBT << size))


def _related(number: _Number, group: tuple[Constant, ...], chances: float) -> Identified | None:
    given = [one.places for one in group if one.places is not None]
    least = TOLD if given else ACCEPTED
    number = _cut(number, min(given)) if given else number
    scaled = _scaled(group, number.bits)
    terms = [*scaled, *(number.value * c >> number.bits for c in scaled)]
    doubt = number.doubt * (max(map(abs, scaled)) >> number.bits or 1)
    half = len(scaled)
    for row in _reduced(terms):
        if not any(row[half:]):
            continue
        significance, digits = _significance(row, terms, doubt, number.bits)
        if significance - chances < least:
            continue
        names = [one.text for one in group]
        relation = _without_unused(names, row[:half], [-d for d in row[half:]])
        if relation.constants and relation.degenerate:
            continue
        if bool(relation.constants) == bool(group):
            return Identified(relation, significance - chances, digits)
    return None


def _cut(number: _Number, places: int) -> _Number:
    """A number to no more places than those that it is compared with."""
    surplus = max(0, number.bits - int(places * BITS_PER_DIGIT))
    value, bits = number.value >> surplus, number.bits - surplus
    size = max(0, value.bit_length() - bits)
    return _Number(value, bits, max(2 << size, number.doubt >> surplus))


def _scaled(group: tuple[Constant, ...], bits: int) -> list[int]:
    """1 and the constants in units of 2**-bits."""
    surplus = -bits % STEP
    return [value >> surplus for value in _kept(group, bits + surplus)]


@functools.lru_cache(maxsize=256)
def _kept(group: tuple[Constant, ...], bits: int) -> tuple[int, ...]:
    return (1 << bits, *(units(one.ball(bits + GUARD), bits) for one in group))


def _reduced(terms: Sequence[int]) -> list[tuple[int, ...]]:
    """Small whole relations among numbers in fixed point, shortest first."""
    count = len(terms)
    rows = [[0] * count + [term] for term in terms]
    for k in range(count):
        rows[k][k] = 1
    basis = fmpz_mat(rows).lll()
    return [tuple(int(basis[i, j]) for j in range(count)) for i in range(count)]


def _significance(
    row: Sequence[int], terms: Sequence[int], doubt: int, bits: int
) -> tuple[float, float]:
    """Digits of a relation beyond chance, and digits to which it holds, both relative to terms."""
    height = max(map(abs, row))
    if not height:
        return -math.inf, 0.0
    residual, unsure = abs(sum(map(mul, row, terms))), doubt * height * len(row)
    spread = max(sum(abs(c * t) for c, t in zip(row, terms, strict=True)), 1 << bits)
    error = residual + unsure
    if residual > DOUBT * unsure or spread <= error:
        return -math.inf, 0.0
    digits = (math.log2(spread) - math.log2(error)) / BITS_PER_DIGIT
    return digits - chance_digits(row), digits


def chance_digits(coefficients: Sequence[int]) -> float:
    """log10 of the number of relations, up to sign, that are as simple as this one.

    Simplicity is measured by the largest coefficient, or by the product of all (of 2|c| + 1; the
    product P bounds P (1 + ln P + ... + (ln P)^(dim-1)/(dim-1)!) vectors). The smaller number is
    taken, and doubled because there were two ways to choose from.
    """
    sizes = [math.log(2 * abs(c) + 1) for c in coefficients]
    box, total = len(sizes) * max(sizes), sum(sizes)
    factor, term = 1.0, 1.0
    for j in range(1, len(sizes)):
        term *= total / j
        factor += term
    return min(box, total + math.log(factor)) / math.log(10)


def _without_unused(names: list[str], above: Sequence[int], below: Sequence[int]) -> Relation:
    kept = [k for k in range(len(names)) if above[k + 1] or below[k + 1]]
    return Relation.of(
        [names[k] for k in kept],
        [above[0], *(above[k + 1] for k in kept)],
        [below[0], *(below[k + 1] for k in kept)],
    )


def _vanishing(polynomial: fmpz_poly, value: arb) -> fmpz_poly | None:
    """The irreducible factor that is smallest at the value."""
    factors = [factor for factor, _ in polynomial.factor()[1] if factor.degree() >= 1]
    with precision(MOST_DIGITS * 4):
        found = min(factors, key=lambda p: float(abs(_at(p, value.mid())).mid()), default=None)
    return found if found is None or found.leading_coefficient() > 0 else -found


def _at(polynomial: fmpz_poly, value: arb) -> arb:
    total = arb(0)
    for coefficient in reversed(polynomial.coeffs()):
        total = total * value + coefficient
    return total
