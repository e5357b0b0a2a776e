"""Relations: true ones found, chance ones refused, significance counted honestly."""

import math
import random

import pytest
from flint import arb, fmpz_poly
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.fractions.values import deep
from elitemap.evaluators.fractions.values import identify as identification
from elitemap.evaluators.fractions.values.agreement import (
    agrees,
    relation_value,
    significance,
)
from elitemap.evaluators.fractions.values.enclosure import Limit
from elitemap.evaluators.fractions.values.identify import algebraic, chance_digits, identify
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant, constants
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.relation import Relation

FOUR = constants("pi, e, catalan, zeta(3)")
APERY = ContinuedFraction.of([34, 51, 27, 5], [-1, 0, 0, 0, 0, 0, 0])


def known_to(value, digits):
    """A number known to so many digits after the point."""
    with precision(int(digits * 3.33) + 64):
        return Limit(value + arb(0, arb(10) ** -digits), float(digits), 1, "given", False)


def decimal(numerator, digits):
    with precision(int(digits * 3.33) + 64):
        return known_to(arb(numerator) / arb(10) ** digits, digits)


def related(relation, digits):
    return known_to(relation_value(relation, digits), digits)


@pytest.mark.parametrize("digits", [20, 30, 50])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_random_numbers_are_related_to_nothing(digits, count):
    rng = random.Random(digits + count)
    for _ in range(1000 // count):
        limit = decimal(rng.randrange(4 * 10**digits), digits)
        assert identify(limit, FOUR[:count], joint=True) is None


def test_significance_of_random_numbers_is_that_of_chance(monkeypatch):
    monkeypatch.setattr(identification, "ACCEPTED", -100.0)
    rng, gains = random.Random(1), []
    for _ in range(1000):
        found = identify(decimal(rng.randrange(4 * 10**40), 40), FOUR[1:2])
        gains.append(found.significance)
    # The count is no exact law, but it must not promise digits that chance gives.
    assert -8 < min(gains) and max(gains) < 4
    assert sum(gain > 1 for gain in gains) < 100


def test_every_known_fraction_is_identified(known_fractions):
    names = ("pi", "e", "log(2)", "catalan", "zeta(3)", "e**2", "pi**2", "log(3)", "zeta(2)")
    targets = [constant(name) for name in names]
    missed = []
    for f, row in known_fractions:
        limit = deep.limit(f, 120)
        found = identify(limit, targets)
        if found is None:
            missed.append(row["constant_expression"])
            continue
        assert found.significance >= 10 and found.digits > 50
        assert away(relation_value(found.relation, 100), row["value"]) < 1e-90
    # All of these are related to other constants than the nine.
    assert len(missed) == 23, missed


def away(value, text):
    with precision(500):
        return float(abs(value - constant(text).ball(400)).mid())


def test_every_slow_fraction_is_identified_and_confirmed(slow_fractions):
    for f, row in slow_fractions:
        found = identify(deep.limit(f, 50), [constant(row["constant"])])
        assert found is not None, row
        assert agrees(deep.limit(f, 100), found.relation), row


def test_every_signed_fraction_is_identified(known_signed):
    for f, row in known_signed:
        found = identify(deep.limit(f, 50), [constant(row["constant"])])
        assert found is not None and found.relation.constants, row


@given(
    st.lists(st.integers(-99, 99), min_size=4, max_size=4).filter(
        lambda c: c[0] * c[3] != c[1] * c[2]
    ),
    st.sampled_from(("pi", "zeta(3)", "catalan")),
)
def test_moebius_images_are_found_again(c, name):
    relation = Relation.of([name], c[:2], c[2:])
    found = identify(related(relation, 40), [constant(name)])
    assert found is not None and found.relation == relation


def test_joint_relations_use_only_the_constants_they_need():
    relation = Relation.of(["pi", "zeta(3)"], [1, 2, -3], [4, 0, 5])
    found = identify(related(relation, 60), FOUR, joint=True)
    assert found is not None and found.relation == relation
    assert identify(related(relation, 60), FOUR) is None


def test_constants_that_depend_on_one_another_do_no_harm():
    targets = constants("pi**2, zeta(2), catalan")
    relation = Relation.of(["catalan"], [1, 2], [3, 4])
    found = identify(related(relation, 60), targets, joint=True)
    assert found is not None
    with precision(300):
        gap = relation_value(found.relation, 60) - relation_value(relation, 60)
        assert abs(gap).mid() < 1e-59


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_rational_numbers_are_rational_and_nothing_else(p, q):
    with precision(300):
        found = identify(known_to(arb(p) / q, 40), FOUR[:2], joint=True)
    assert found is not None and found.relation == Relation.of([], [p], [q])


def test_what_was_tried_counts_against_a_relation():
    relation = Relation.of(["pi"], [13, 7], [5, 11])
    limit = related(relation, 20)
    found = identify(limit, FOUR[:1])
    assert found is not None and 10 < found.significance < 17
    assert identify(limit, FOUR[:1], tried=1e3).significance == found.significance - 3
    assert identify(limit, FOUR[:1], tried=10**8) is None
    assert significance(relation, limit) == pytest.approx(found.significance, abs=1.5)


def test_too_few_digits_are_refused():
    relation = Relation.of(["pi"], [1, 0], [0, 1])
    assert identify(related(relation, 9), FOUR[:1]) is None
    assert identify(related(Relation.of(["pi"], [1234, 777], [-431, 918]), 21), FOUR[:1]) is None


def test_chance_counts_relations():
    assert chance_digits([3, -3, 2, 1]) == pytest.approx(4 * math.log10(7))
    # One large coefficient is no large box.
    assert chance_digits([10**12, 1, 1, 1]) < 20 < 4 * 12


def test_large_and_small_numbers():
    for above, below in (([0, 10**9], [1, 0]), ([1, 0], [0, 10**9])):
        relation = Relation.of(["pi"], above, below)
        found = identify(related(relation, 60), FOUR[:1])
        assert found is not None and found.relation == relation


def test_confirmation_refuses_a_wrong_relation():
    right, wrong = (
        Relation.of(["zeta(3)"], [6, 0], [0, 1]),
        Relation.of(["zeta(3)"], [5, 1], [0, 1]),
    )
    limit = deep.limit(APERY, 200)
    assert limit.digits >= 200 and agrees(limit, right) and not agrees(limit, wrong)
    nearly = Relation.of(["zeta(3)"], [6 * 10**60 + 1, 0], [0, 10**60])
    assert agrees(deep.limit(APERY, 5), nearly) and not agrees(deep.limit(APERY, 100), nearly)
    assert not agrees(deep.limit(APERY, 120), nearly)


def test_algebraic_numbers():
    with precision(800):
        root = arb(2).sqrt() + arb(3).sqrt()
        seventh = arb(2).root(7)
    assert algebraic(known_to(root, 100)) == fmpz_poly([1, 0, -10, 0, 1])
    assert algebraic(known_to(seventh, 100)) is None
    assert algebraic(known_to(constant("pi").ball(400), 100)) is None
    with precision(400):
        assert algebraic(known_to(arb(22) / 7, 60)) == fmpz_poly([-22, 7])


def test_an_algebraic_constant_is_related_too():
    relation = Relation.of(["golden"], [2, 1], [1, 3])
    found = identify(related(relation, 50), constants("golden"))
    assert found is not None
    with precision(300):
        gap = relation_value(found.relation, 50) - relation_value(relation, 50)
        assert abs(gap).mid() < 1e-49
