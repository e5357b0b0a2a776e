"""Errors over a box, drawn."""

import numpy as np
import pytest

from elitemap.engine.protocols import Surface
from elitemap.terminal.browser.drawing.colours import Depth, Ink
from elitemap.terminal.browser.elite.surface_drawing import draw_surfaces

SIZE = (60, 16)


def surface(values):
    x, y = np.linspace(0.5, 1, 21), np.linspace(0, 1, 21)
    return Surface(x, y, values(*np.meshgrid(x, y)), "x", "y", "absolute error")


SLOPE = surface(lambda x, y: y * 1e-3 + 0 * x)


@pytest.mark.parametrize("depth", Depth)
def test_the_largest_errors_have_the_last_colour(colours, depth):
    palette = colours(depth)
    drawn = draw_surfaces([("", SLOPE)], SIZE, palette, log=False)
    last, first = Ink.HEAT + palette.levels - 1, Ink.HEAT
    assert (drawn.inks[2, 10:50] == last).all()
    assert (drawn.inks[SIZE[1] - 4, 10:50] == first).all()


def test_what_it_says(colours):
    text = draw_surfaces([("abc", SLOPE)], SIZE, colours(Depth.NONE), log=False).text()
    assert text.startswith("|absolute error| 0 ")
    assert "↑ y" in text and "→ x" in text and "0.5" in text
    assert text.endswith("abc largest drawn 0.001")


def test_logarithms_span_six_decades(colours):
    text = draw_surfaces([("", SLOPE)], SIZE, colours(Depth.NONE), log=True).text()
    assert text.startswith("|absolute error| 1e-9 ")


def test_two_have_the_same_colours(colours):
    palette = colours(Depth.FULL)
    larger = surface(lambda x, y: np.full_like(x, 2e-3))
    drawn = draw_surfaces([("a", SLOPE), ("b", larger)], (100, 16), palette, log=False)
    assert (drawn.inks[2, 60:95] == Ink.HEAT + palette.levels - 1).all()
    assert drawn.inks[2, 10:45].max() < Ink.HEAT + palette.levels - 1
    assert "a largest drawn 0.001" in drawn.text() and "b largest drawn 0.002" in drawn.text()


def test_gaps_stay_empty_and_nothing_is_told_of_nothing(colours):
    palette = colours(Depth.NONE)
    half = surface(lambda x, y: np.where(x < 0.75, np.nan, 1.0))
    drawn = draw_surfaces([("", half)], SIZE, palette, log=False)
    assert (drawn.chars[5, 10:25] == " ").all() and (drawn.chars[5, 40:55] != " ").all()
    none = surface(lambda x, y: np.full_like(x, np.nan))
    assert "no finite value" in draw_surfaces([("", none)], SIZE, palette, log=False).text()
    assert "too small" in draw_surfaces([("", SLOPE)], (20, 4), palette, log=False).text()
