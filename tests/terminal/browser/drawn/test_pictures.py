"""Pictures of all three widgets: sizes, themes, and numbers of colours."""

from pathlib import Path

import pytest
import screens
from textual.containers import Horizontal, Vertical

from elitemap.terminal.browser.drawing.colours import Depth
from elitemap.terminal.browser.elite.curve_view import CurveView
from elitemap.terminal.browser.map.view import MapView
from elitemap.terminal.browser.plot.view import ParetoView

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    "size, theme, depth",
    [
        ((80, 24), "dark", Depth.FULL),
        ((80, 24), "light", Depth.FULL),
        ((160, 50), "dark", Depth.FULL),
        ((160, 50), "light", Depth.FULL),
        ((80, 24), "dark", Depth.SIXTEEN),
        ((80, 24), "light", Depth.SIXTEEN),
        ((80, 24), "dark", Depth.NONE),
    ],
)
def test_pictures(show, golden, grid, plane, wave, size, theme, depth):
    heat, plot = MapView(grid(12, 8), depth=depth), ParetoView(plane(), depth=depth)
    curves = CurveView(wave(name="ab9329"), wave(11, 2e-5, "8b625f"), depth=depth)

    async def steps(app, pilot):
        app.theme = f"elitemap-{theme}"
        await pilot.press("left", "down")
        await pilot.pause()
        name = f"drawn-{depth.name.lower()}"
        screens.compare(golden, app, GOLDEN, name, simplify=True)

    show(steps, Horizontal(heat, Vertical(plot, curves)), size=size)
