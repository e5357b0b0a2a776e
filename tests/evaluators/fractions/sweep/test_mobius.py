"""Tables of Moebius images: complete, without duplicates, and looked up on both sides."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.evaluators.fractions.sweep.forms import forms
from elitemap.evaluators.fractions.sweep.mobius import images, table
from elitemap.searchspaces.fractions.constants import constants
from elitemap.searchspaces.fractions.relation import Relation


def brute(name, x, most):
    """All images as relations with their values, straight from the definition."""
    found = {}
    line = range(-most, most + 1)
    for c0, c1, d0, d1 in itertools.product(line, repeat=4):
        if c0 * d1 != c1 * d0:
            found[Relation.of([name], [c0, c1], [d0, d1])] = (c0 + c1 * x) / (d0 + d1 * x)
    return found


@pytest.mark.parametrize(("name", "x"), [("pi", math.pi), ("log(2)", math.log(2))])
def test_tables_are_complete(name, x):
    expected = brute(name, x, 4)
    found = table(constants(name), 4)
    assert found.size == len(expected)
    values = np.array(list(expected.values()))
    hits = found.match(values, np.full(len(values), 1e-12))
    assert {(index, relation) for index, relation in hits} == set(enumerate(expected))


def test_the_published_number_of_images():
    assert table(constants("pi"), 20).size == 1_293_248


def test_negative_constants_have_images_too():
    x = -math.sqrt(2) - 1 / math.pi
    (one,) = constants("-sqrt(2)-1/pi")
    found = table([one], 3)
    expected = brute(one.text, x, 3)
    values = np.array(list(expected.values()))
    hits = found.match(values, np.full(len(values), 1e-12))
    assert [relation for _, relation in sorted(hits, key=lambda hit: hit[0])] == list(expected)


def test_both_neighbours_are_seen_and_nothing_beyond_the_tolerance():
    found = table(constants("pi"), 20)
    x = 4 / math.pi
    for offset, expected in ((3e-11, 1), (-3e-11, 1), (3e-10, 0), (-3e-10, 0)):
        hits = found.match(np.array([x * (1 + offset)]), np.array([1e-10]))
        assert len(hits) == expected
    nothing = np.array([np.nan, np.inf, 0.0, x])
    assert found.match(nothing, np.array([1e-10, 1e-10, 1e-10, np.inf])) == []


def test_several_constants_share_a_table():
    names = constants("pi,log(2)")
    found = table(names, 20)
    assert found.size == 2 * 1_293_248
    hits = found.match(np.array([2 / math.log(2), 3 + math.pi]), np.array([1e-13, 1e-13]))
    assert [str(relation) for _, relation in hits] == ["2/log(2)", "pi + 3"]


def test_forms_find_what_a_table_finds():
    name, x = "pi", math.pi
    expected = brute(name, x, 3)
    found = forms(constants(name), 3)
    values = np.array(list(expected.values()))
    hits = found.match(values, np.full(len(values), 1e-13))
    assert set(hits) == set(enumerate(expected))


def test_forms_find_values_in_two_constants():
    names = constants("catalan,pi*acosh(2)")
    g, y = 0.915965594177219, math.pi * math.acosh(2)
    value = (3 - 2 * g + y) / (1 + 5 * g - 7 * y)
    hits = forms(names, 8).match(np.array([value, 3 / 7, 0.5]), np.full(3, 1e-13))
    expected = Relation.of([one.text for one in names], [3, -2, 1], [1, 5, -7])
    assert hits == [(0, expected)], "and nothing for rational values"


def test_forms_at_whole_numbers():
    """Fractional parts wrap around: values of d x just above and below a whole number."""
    found = forms(constants("pi"), 2)
    near = [float(Fraction(1, 1) + Fraction(k, 10**15)) for k in (-3, 3)]
    x = np.array([math.pi, 1 / math.pi, *near])
    hits = {(index, str(relation)) for index, relation in found.match(x, np.full(4, 1e-13))}
    assert (0, "pi") in hits and (1, "1/pi") in hits
    assert {index for index, _ in hits} == {0, 1}


def test_what_values_are_looked_up_in():
    pair = constants("pi,e")
    assert len(images(pair, 3, False)) == 1
    assert len(images(pair, 50, False)) == 2
    assert images(pair, 3, True)[0].size == 7**3 // 2 * 7**2 * 7
    with pytest.raises(UsageError, match="moebius up to 39 for 2 constants"):
        images(pair, 60, True)
