"""Whether a relation that was found holds: recomputed, compared, and counted against chance."""

import math

from flint import arb

from elitemap.evaluators.fractions.values.enclosure import BITS_PER_DIGIT, Limit, log10
from elitemap.evaluators.fractions.values.identify import DOUBT, chance_digits
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.relation import Relation


def agrees(limit: Limit, relation: Relation) -> bool:
    """Whether the relation's value lies in the limit's ball, an estimated radius being widened."""
    value = relation_value(relation, limit.digits)
    with precision(math.ceil(limit.digits * BITS_PER_DIGIT) + 64):
        difference = abs(limit.value.mid() - value)
        allowed = (1 if limit.rigorous else DOUBT) * limit.value.rad()
        return not difference > allowed


def relation_value(relation: Relation, digits: float) -> arb:
    """The right-hand side of a formula, to more digits than those given."""
    bits = math.ceil(digits * BITS_PER_DIGIT) + 64 + 2 * relation.height.bit_length()
    with precision(bits + 32):
        return relation.at([constant(text).ball(bits) for text in relation.constants])


def significance(relation: Relation, limit: Limit) -> float:
    """Digits to which a relation is seen to hold for a limit, beyond what chance gives."""
    row = [*relation.numerator, *(-d for d in relation.denominator)]
    bits = math.ceil(limit.digits * BITS_PER_DIGIT) + 64
    with precision(bits + 2 * relation.height.bit_length()):
        ones = [arb(1), *(constant(text).ball(bits) for text in relation.constants)]
        terms = [c * t for c, t in zip(row, [*ones, *(limit.value * t for t in ones)], strict=True)]
        spread = sum(map(abs, terms), arb(0)).mid()
        error = sum(terms, arb(0)).abs_upper()
    return min(log10(spread) - log10(error), limit.digits) - chance_digits(row)
