import math
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elitemap.terminal.browser.drawing.scales import label, scale, ticks

NUMBERS = st.lists(st.floats(), max_size=12)


@pytest.mark.parametrize(
    "values, log",
    [
        ([1.0, 99.0], False),
        ([1.0, 100.0], True),
        ([0.0, 1e-9, 1.0, 2.0], True),
        ([0.0, 0.0, 1e-9, 1.0], False),
        ([-1.0, 1e9], False),
        ([5.0], False),
        ([], False),
        ([math.nan, math.inf], False),
    ],
)
def test_an_axis_is_logarithmic_where_that_tells_more(values, log):
    assert scale(values).log is log


@given(NUMBERS, st.none() | st.booleans())
def test_every_finite_number_has_its_place(values, log):
    axis = scale(values, log)
    assert axis.low < axis.high and math.isfinite(axis.low) and math.isfinite(axis.high)
    finite = np.sort([v for v in values if math.isfinite(v)])
    shares = axis.shares(finite)
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (np.diff(shares) >= 0).all()
    shown = finite[finite > 0] if axis.log else finite
    if len(shown) and shown[0] < shown[-1] and not math.isclose(shown[0], shown[-1]):
        assert axis.shares(shown[0]) == pytest.approx(0, abs=1e-9)
        assert axis.shares(shown[-1]) == pytest.approx(1, abs=1e-9)


def test_what_has_no_place():
    axis = scale([1e-3, 1.0], log=True)
    assert math.isnan(axis.shares(math.nan))
    assert axis.shares([0.0, -1.0, -math.inf, math.inf]).tolist() == [0, 0, 0, 1]


@example([-9.99999999e307, 9.99999999e307], 3, None)
@example([0.0, 9.99999999e307], 1, None)
@example([0.0, 5e-324], 3, None)
@given(NUMBERS, st.integers(0, 12), st.none() | st.booleans())
def test_ticks_are_few_and_rise(values, most, log):
    marks = ticks(scale(values, log), most)
    assert len(marks) <= most
    shares = [mark.share for mark in marks]
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)
    assert all(mark.label and len(mark.label) <= 24 for mark in marks)


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(2, 10))
def test_ticks_of_ordinary_axes_are_told_apart_and_true(low, width, most):
    axis = scale([low, low + width], log=False)
    if width < 1e-9 * max(abs(low), 1):
        return
    marks = ticks(axis, most)
    assert marks
    assert len({mark.label for mark in marks}) == len(marks)
    for mark in marks:
        assert axis.shares(float(mark.label)) == pytest.approx(mark.share, abs=0.02)


@pytest.mark.parametrize(
    "values, most, expected",
    [
        ([0, 12], 5, ["0", "5", "10"]),
        ([0, 1], 6, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ([-3e-6, 3e-6], 4, ["-2e-6", "0", "2e-6"]),
        ([1e-16, 1], 5, ["1e-16", "1e-12", "1e-8", "1e-4", "1"]),
        ([0.9, 120], 9, ["1", "2", "5", "10", "20", "50", "100"]),
        ([1000, 1003], 4, ["1000", "1001", "1002", "1003"]),
    ],
)
def test_ticks_are_round(values, most, expected):
    assert [mark.label for mark in ticks(scale(values), most)] == expected


@pytest.mark.parametrize(
    "value, step, expected",
    [
        (0.0, 0, "0"),
        (-0.4, 1, "0"),
        (math.nan, 0, "—"),
        (-math.inf, 0, "-∞"),
        (123456.0, 0, "123456"),
        (1234567.0, 0, "1.235e6"),
        (3.0e-5, 0, "3e-5"),
        (0.25, 0.01, "0.25"),
        (sys.float_info.max, 0, "1.798e308"),
        (5e-324, 0, "4.941e-324"),
    ],
)
def test_labels(value, step, expected):
    assert label(value, step) == expected
