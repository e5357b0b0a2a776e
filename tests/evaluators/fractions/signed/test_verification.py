import math

import pytest

from elitemap.evaluators.fractions.signed.verification import DIGITS, agreement, significance
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.relation import Relation
from elitemap.searchspaces.fractions.signed import SignedFraction

COTH = SignedFraction((1,), (2, 6), (2, -1))
E = constant("e")


def test_the_fraction_of_coth_one_half():
    agreed = agreement(COTH, Relation.of(("e",), (1, 1), (-1, 1)), E)
    assert agreed is not None and agreed.digits == DIGITS
    # Quotients near the hundredth are about 400: twice log10(400) digits.
    assert agreed.digits_per_term == pytest.approx(2 * math.log10(4 * 100), abs=0.1)


@pytest.mark.parametrize(
    "numbers", [((1, 1), (-1, 2)), ((10**40 + 1, 10**40), (-(10**40), 10**40))]
)
def test_another_value_does_not_agree(numbers):
    assert agreement(COTH, Relation.of(("e",), *numbers), E) is None


def test_a_rational_limit_is_far_from_the_image_of_pi_that_began_alike():
    twos = SignedFraction((-1,), (2,), (1,))
    assert agreement(twos, Relation.of(("pi",), (0, 1), (1, 0)), constant("pi")) is None


def test_quotients_that_no_expansion_has_are_refused():
    falling = SignedFraction((1,), (400, 399), (2, -1))
    assert agreement(falling, Relation.of(("e",), (1, 1), (-1, 1)), E) is None


def test_huge_coefficients_do_not_cost_digits():
    """The same fraction from the fortieth quotient on, an image with seventy digits."""
    (a, b), (c, d) = (1, 1), (-1, 1)
    for quotient in range(2, 162, 4):
        (a, b), (c, d) = (c, d), (a - quotient * c, b - quotient * d)
    value = Relation.of(("e",), (a, b), (c, d))
    assert value.height > 10**70
    agreed = agreement(SignedFraction((1,), (162, 166), (2, -1)), value, E)
    assert agreed is not None and agreed.digits == DIGITS


def test_significance_charges_what_is_written_and_what_was_tried():
    value = Relation.of(("e",), (1, 1), (-1, 1))
    written = math.log10(6 * 14 * 6 * 4 * 4 * 4 * 4 * 4 * 2)
    assert significance(COTH, value, 100, 1) == pytest.approx(100 - written)
    assert significance(COTH, value, 100, 1e6) == pytest.approx(94 - written)
