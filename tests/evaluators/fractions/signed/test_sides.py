import itertools
import math

import pytest

from elitemap.evaluators.fractions.signed.sides import places, positive_sides, sides, words


def test_ten_words_of_up_to_three_signs():
    assert words(1, 1) == ((1,), (-1,))
    assert words(2, 2) == ((1, -1), (-1, 1))
    assert len(words(1, 3)) == 10
    assert len(words(3, 3)) == 6


@pytest.mark.parametrize("length", range(1, 9))
def test_words_of_one_length_and_powers_of_shorter_ones_are_all_words(length):
    divisors = [d for d in range(1, length + 1) if length % d == 0]
    powers = [word * (length // d) for d in divisors for word in words(d, d)]
    assert sorted(powers) == sorted(itertools.product((-1, 1), repeat=length))


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_sides_are_the_rows_in_lowest_terms_with_a_positive_first_number(limit):
    expected = [
        row
        for row in itertools.product(range(-limit, limit + 1), repeat=4)
        if row[0] * row[3] != row[1] * row[2]
        and math.gcd(*row) == 1
        and next(c for c in row if c) > 0
    ]
    assert sorted(map(tuple, sides(limit, 0, places(limit)).tolist())) == expected
    positive = sum((a + b * math.e) / (c + d * math.e) > 0 for a, b, c, d in expected)
    assert positive_sides(limit) == positive


def test_sizes_of_small_boxes():
    assert [positive_sides(limit) for limit in (2, 3)] == [112, 504]


@pytest.mark.parametrize("limit", [4, 6, 10])
def test_half_of_all_sides_are_positive(limit):
    assert len(sides(limit, 0, places(limit))) == 2 * positive_sides(limit)


def test_stretches_join_without_gaps():
    parts = [sides(2, start, min(start + 37, places(2))) for start in range(0, places(2), 37)]
    assert [row for part in parts for row in part.tolist()] == sides(2, 0, places(2)).tolist()
