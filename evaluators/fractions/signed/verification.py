"""Whether a signed fraction has the value it is said to have, and how much that means."""

import functools
import itertools
import math
from dataclasses import dataclass

from flint import arb, fmpq
from gmpy2 import mpz

from elitemap.evaluators.fractions.signed.recurrences import admissible
from elitemap.evaluators.fractions.values.enclosure import BITS_PER_DIGIT, bits_for
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import Constant
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

#: Quotients that are regenerated, digits they are compared to at most, and digits they must reach.
QUOTIENTS, DIGITS, LEAST = 1000, 1000, 100

#: Quotients between which the rate is measured: around the hundredth, where polynomial fractions
#: of factorial convergence state theirs.
EARLY, LATE = 50, 150

LOG10 = math.log(10)


@dataclass(frozen=True)
class Agreement:
    """How far a fraction and its value agree.

    Attributes:
        digits: Significant digits of the value that the quotients determine, all agreeing.
        digits_per_term: Gained by each quotient around the hundredth.
    """

    digits: float
    digits_per_term: float


@functools.lru_cache(maxsize=4096)
def agreement(f: SignedFraction, value: Relation, constant: Constant) -> Agreement | None:
    """Regenerate the quotients and compare.

    Args:
        f: A fraction without a transient part.
        value: What it is said to be.
        constant: The relation's one constant.

    Returns:
        None if they differ, if a quotient is none that an expansion has, or if
        :data:`QUOTIENTS` quotients determine fewer than :data:`LEAST` digits.
    """
    found = _regenerated(f)
    if found is None:
        return None
    ends, sizes = found
    digits = _agreeing(ends, value, constant)
    if digits < LEAST:
        return None
    last = min(LATE, len(sizes) - 1)
    gained = 2 * (sizes[last] - sizes[EARLY]) / BITS_PER_DIGIT
    return Agreement(digits, gained / (last - EARLY))


def _regenerated(f: SignedFraction) -> tuple[tuple[fmpq, fmpq], list[int]] | None:
    """Two numbers that the value lies between, and the denominators' sizes in bits."""
    p, p_before, q, q_before = mpz(1), mpz(0), mpz(0), mpz(1)
    sizes, sign = [], 1
    for k, a in enumerate(itertools.islice(f.quotients(), QUOTIENTS)):
        p, p_before = a * p + sign * p_before, p
        q, q_before = a * q + sign * q_before, q
        sign = f.sign(k + 1)
        if not admissible(a, sign):
            return None
        sizes.append(q.bit_length())
        if k >= LATE and 2 * sizes[-1] > bits_for(DIGITS):
            break
    # The complete quotient that follows is between 1 and infinity.
    ends = (p, q), (p + sign * p_before, q + sign * q_before)
    low, high = (fmpq(int(above), int(below)) for above, below in ends)
    return (low, high), sizes


def _agreeing(ends: tuple[fmpq, fmpq], value: Relation, constant: Constant) -> float:
    """Digits by which the value is known to lie between two numbers; 0 if it may not."""
    bits = bits_for(DIGITS) + 4 * value.height.bit_length() + 64
    with precision(bits):
        number, (low, high) = value.at([constant.ball(bits)]), map(arb, ends)
        if not low.union(high).overlaps(number):
            return 0.0
        width = abs(low - high) + 2 * number.rad()
        return min(float(DIGITS), -float((width / abs(number)).upper().log().mid()) / LOG10)


def significance(f: SignedFraction, value: Relation, digits: float, tried: float) -> float:
    """Digits beyond those that chance explains.

    A formula of D decimal digits is one of at most 10**D, so that some such formula agrees with a
    number to n digits by chance with probability 10**(D - n) at most. D counts the signs, the first
    quotients, the taps and the relation's coefficients; the number of candidates that were tried is
    charged as well.
    """
    numbers = [*f.start, *f.taps, *value.numerator, *value.denominator]
    written = sum(math.log10(2 * abs(number) + 2) for number in numbers)
    return digits - written - len(f.signs) * math.log10(2) - math.log10(max(1.0, tried))
