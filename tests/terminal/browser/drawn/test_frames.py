"""Frames of large data: well within ten times of what they take on an idle machine."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from elitemap.terminal.browser.cloud import Cloud, undominated
from elitemap.terminal.browser.colours import Depth
from elitemap.terminal.browser.curve_drawing import Curve, draw_curves
from elitemap.terminal.browser.map_drawing import draw_map
from elitemap.terminal.browser.map_layout import arrange
from elitemap.terminal.browser.plot_drawing import draw_plot

SIZE = (160, 50)


def fastest(frame: Callable[[], object]) -> float:
    """Seconds of the fastest of a few frames."""
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        frame()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


@pytest.mark.parametrize("zoomed", [False, True])
def test_a_large_map(grid, colours, zoomed):
    noise = np.random.default_rng(1).normal(size=(200, 200))
    heatmap = grid(200, 200, np.where(noise > 1, np.nan, noise))

    def frame():
        layout = arrange(heatmap, SIZE, (99, 99), zoomed)
        return draw_map(heatmap, layout, SIZE, (99, 99), colours(Depth.FULL)).strips(
            colours(Depth.FULL)
        )

    assert fastest(frame) < 0.3


def test_many_points(colours):
    rng, number = np.random.default_rng(1), 100_000
    x, y = rng.normal(size=number), 10.0 ** rng.normal(size=number)
    best = undominated(x, y, (-1, -1))
    status = (np.arange(number) % 3).astype(np.uint8)
    points = Cloud("a", "b", x, y, ["a"] * number, status, (-1, -1), best)

    def frame():
        return draw_plot(points, SIZE, 0)[0].strips(colours(Depth.FULL))

    assert fastest(frame) < 0.3


def test_a_long_curve(colours):
    x = np.linspace(0, 1, 100_000)
    curve = Curve(x, np.sin(400 * x))
    assert fastest(lambda: draw_curves([curve], SIZE).strips(colours(Depth.FULL))) < 0.3
