import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.terminal.browser.drawing.colours import Ink
from elitemap.terminal.browser.drawing.scales import scale
from elitemap.terminal.browser.elite.curve_drawing import (
    NOT_FINITE,
    NOTHING,
    TOO_SMALL,
    Curve,
    draw_curves,
    spans,
)

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("size", [(38, 16), (76, 20)])
def test_curves_without_colours(golden, wave, log, number, size):
    curves = [wave(name="ab9329"), wave(11, 2e-5, "8b625f")][:number]
    text = draw_curves(curves, size, "exp2", log=log).text()
    name = f"curve-{number}-{'log' if log else 'signed'}-{size[0]}.txt"
    golden(GOLDEN / name, text + "\n")


@settings(max_examples=60)
@given(
    points=st.lists(st.tuples(st.floats(), st.floats()), max_size=12),
    other=st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), max_size=4),
    size=st.tuples(st.integers(0, 70), st.integers(0, 30)),
    log=st.booleans(),
)
def test_any_numbers_are_drawn(points, other, size, log):
    curves = [
        Curve(*np.array(sorted(rows), dtype=np.float64).reshape(-1, 2).T)
        for rows in (points, other)
    ]
    sketch = draw_curves(curves, size, log=log)
    assert sketch.inks.shape == (size[1], size[0])


@settings(max_examples=50)
@given(st.integers(1, 300), st.integers(1, 50))
def test_no_extreme_is_lost_between_columns(number, columns):
    x = np.linspace(-1, 1, number)
    y = np.random.default_rng(number).normal(size=number)
    low, high = spans(Curve(x, y), scale(x, log=False), columns)
    assert np.nanmin(low) == y.min() and np.nanmax(high) == y.max()
    if number > 1:
        # The line is whole: where a column ends the next begins.
        assert np.isfinite(low).all()
        assert (low[1:] <= high[:-1]).all() and (high[1:] >= low[:-1]).all()


def test_a_gap_stays_a_gap():
    x = np.linspace(0, 1, 101)
    y = np.where((x > 0.4) & (x < 0.6), math.nan, x)
    low, _ = spans(Curve(x, y), scale(x, log=False), 50)
    assert np.isnan(low[22:28]).all() and np.isfinite(low[:19]).all()


def test_a_signed_curve_has_a_line_at_zero_and_a_logarithmic_one_a_floor(wave):
    signed = draw_curves([wave()], (60, 20)).text()
    assert "┄" in signed and "-5e-6" in signed
    logarithmic = draw_curves([wave()], (60, 20), log=True).text()
    assert "┄" not in logarithmic and "|error|" in logarithmic
    exact = Curve(np.linspace(0, 1, 9), np.array([0.0] * 8 + [1e-300]))
    assert "1e-300" in draw_curves([exact], (60, 20), log=True).text()
    zero = Curve(np.linspace(0, 1, 9), np.zeros(9))
    assert "largest drawn 0" in draw_curves([zero], (60, 20), log=True).text()


def test_the_second_curve_is_told_apart_without_colours(wave):
    sketch = draw_curves([wave(name="one"), wave(11, 2e-5, "other")], (60, 20))
    heading = sketch.text().split("\n")[0]
    assert heading == "⠒⠒ one  ×× other"
    assert {"×"} == set(sketch.chars[1:][sketch.inks[1:] == Ink.SECOND])


@pytest.mark.parametrize(
    "curves, size, expected",
    [
        ([], (40, 9), NOTHING),
        ([Curve(np.array([0.0]), np.array([math.nan]))], (40, 9), NOT_FINITE),
        ([Curve(np.array([]), np.array([]))], (40, 9), NOT_FINITE),
        ([Curve(np.array([0.0]), np.array([1.0]))], (30, 4), TOO_SMALL),
    ],
)
def test_what_is_told_where_there_is_no_curve(curves, size, expected):
    assert draw_curves(curves, size).text().strip() == expected


def test_a_reason_and_names_are_shown_and_never_obeyed(wave):
    bad = "\x1b[31m\nno"
    assert "\x1b" not in draw_curves([], (40, 9), nothing=bad).text()
    text = draw_curves([wave(name=bad)], (70, 20), bad, (bad, bad)).text()
    assert "\x1b" not in text and len(text.split("\n")) == 20


def test_every_value_needs_its_place():
    with pytest.raises(ValueError, match="one length"):
        Curve(np.zeros(3), np.zeros(2))
