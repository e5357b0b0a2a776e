"""Curves as lines of bars."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.terminal.tables.bars import WIDTH, bars

values = st.one_of(st.none(), st.floats(-1e300, 1e300))


@pytest.mark.parametrize(
    "ys, told",
    [
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], "▁▂▃▄▅▆▇█"),
        ([7.0, None, 0.0], "█·▁"),
        ([2.0, 2.0], "▁▁"),
        ([None, None], "··"),
        ([], ""),
    ],
)
def test_values_are_bars_between_the_least_and_the_largest(ys, told):
    assert bars(ys).plain == told


@given(st.lists(values, max_size=200))
def test_a_line_is_never_longer_and_keeps_both_ends(ys):
    told = bars(ys).plain
    assert len(told) == min(len(ys), WIDTH)
    for end in (0, -1):
        assert not ys or (told[end] == "·") == (ys[end] is None)
