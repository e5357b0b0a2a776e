"""Frames of large data: the work in Python is that of the frame, not of what is drawn."""

import sys
from collections.abc import Callable

import numpy as np
import pytest

from elitemap.terminal.browser.drawing.colours import Depth
from elitemap.terminal.browser.elite.curve_drawing import Curve, draw_curves
from elitemap.terminal.browser.map.drawing import draw_map
from elitemap.terminal.browser.map.layout import arrange
from elitemap.terminal.browser.plot.cloud import Cloud, front
from elitemap.terminal.browser.plot.drawing import draw_plot

SIZE = (160, 50)

#: Calls that each character of a frame may take.
MOST = 4


def calls(frame: Callable[[], object]) -> int:
    """Functions that a frame calls, in Python and in C: the same on every machine."""
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        frame()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("zoomed", [False, True])
def test_a_large_map(grid, colours, zoomed):
    def frame(side):
        noise = np.random.default_rng(1).normal(size=(side, side))
        heatmap = grid(side, side, np.where(noise > 1, np.nan, noise))

        def draw():
            layout = arrange(heatmap, SIZE, (99, 99), zoomed)
            return draw_map(heatmap, layout, SIZE, (99, 99), colours(Depth.FULL)).strips(
                colours(Depth.FULL)
            )

        return draw

    assert calls(frame(200)) < MOST * SIZE[0] * SIZE[1]


def test_many_points(colours):
    def frame(number):
        rng = np.random.default_rng(1)
        x, y = rng.normal(size=number), 10.0 ** rng.normal(size=number)
        best = front(x, y, (-1, -1))
        status = (np.arange(number) % 3).astype(np.uint8)
        points = Cloud("a", "b", x, y, ["a"] * number, status, (-1, -1), best)
        return lambda: draw_plot(points, SIZE, 0)[0].strips(colours(Depth.FULL))

    assert calls(frame(100_000)) < MOST * SIZE[0] * SIZE[1]


def test_a_long_curve(colours):
    def frame(number):
        x = np.linspace(0, 1, number)
        curve = Curve(x, np.sin(400 * x))
        return lambda: draw_curves([curve], SIZE).strips(colours(Depth.FULL))

    assert calls(frame(100_000)) < MOST * SIZE[0] * SIZE[1]
