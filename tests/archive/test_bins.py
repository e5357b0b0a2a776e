import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.reading.bins import edges, places

anything = st.floats(allow_nan=False, allow_infinity=False)
values = st.lists(anything, min_size=1, max_size=20) | st.lists(
    st.integers(-50, 50).map(float)
    | st.integers(-(10**9), 10**9).map(float)
    | st.floats(1e-30, 1.0)
    | st.floats(0.5, 0.500001),
    min_size=1,
    max_size=20,
)


@given(values, st.integers(1, 80))
def test_every_value_lies_within_its_bin(numbers, most):
    found = np.array(numbers)
    bounds = edges(found, most)
    assert np.isfinite(bounds).all()
    assert (bounds[1:] > bounds[:-1]).all()
    assert 2 <= len(bounds) <= most + 3
    assert bounds[0] <= found.min() and found.max() <= bounds[-1]
    bins = places(found, bounds)
    assert (bounds[bins] <= found).all()
    last = bins == len(bounds) - 2
    assert ((found < bounds[bins + 1]) | (last & (found == bounds[-1]))).all()


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=10), st.integers(1, 80))
def test_whole_numbers_share_bins_only_where_they_must(numbers, most):
    bounds = edges(np.array(numbers, float), most)
    assert len(bounds) - 1 <= max(2, most)
    if max(numbers) - min(numbers) < max(2, most):
        assert bounds.tolist() == [n - 0.5 for n in range(min(numbers), max(numbers) + 2)]
    else:
        assert (bounds == np.rint(bounds)).all()


@pytest.mark.parametrize(
    ("numbers", "most", "bounds"),
    [
        ([3], 64, [2.5, 3.5]),
        ([0, 99], 20, [0, 5, *range(10, 101, 5)]),
        ([7, 42], 5, [0, 10, 20, 30, 40, 50]),
        ([0.1, 0.95], 10, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        ([-0.3, 0.3], 10, [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]),
        ([0.25], 64, [0.25, 0.26]),
        ([0.002, 3.0], 20, [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]),
        ([1e-4, 7.5], 5, [1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0]),
        ([1e-9, 0.5], 4, [1e-9, 1e-6, 1e-3, 1.0]),
    ],
)
def test_bounds_are_what_people_like_to_read(numbers, most, bounds):
    assert edges(np.array(numbers, float), most).tolist() == bounds


def test_of_nothing_there_are_no_bins():
    assert edges(np.empty(0), 10).shape == (0,)
    assert places(np.empty(0), np.empty(0)).shape == (0,)


@pytest.mark.parametrize(
    "numbers",
    [
        [0.0],
        [5e-324],
        [-5e-324, 5e-324],
        [sys.float_info.max],
        [-sys.float_info.max, sys.float_info.max],
        [5e-324, sys.float_info.max],
        [1.0, 1.0 + 2**-52],
        [2.0**60, 2.0**60 + 1024],
        [0.5, sys.float_info.max],
    ],
)
def test_the_ends_of_float64_have_bins_too(numbers):
    test_every_value_lies_within_its_bin.hypothesis.inner_test(numbers, 10)
