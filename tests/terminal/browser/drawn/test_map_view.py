import random

import numpy as np
import pytest
from textual.events import Leave, MouseScrollUp

from elitemap.terminal.browser.drawing.colours import Depth
from elitemap.terminal.browser.map.view import MapView

KEYS = ["left", "right", "up", "down", "h", "j", "k", "l", "home", "end", "pageup", "pagedown"]


def view(heatmap=None):
    return MapView(heatmap, depth=Depth.NONE)


def test_starts_at_the_best_and_tells_it_once(show, grid):
    async def steps(app, pilot):
        assert app.told == [("highlighted", 4, 2)]
        assert "ops 5, constants 2" in app.lines()[-1]

    show(steps, view(grid(5, 3, np.arange(15.0))))


@pytest.mark.parametrize(
    "keys, cell",
    [
        ("left", (3, 2)),
        ("h", (3, 2)),
        ("down", (4, 1)),
        ("j j", (4, 0)),
        ("home", (0, 2)),
        ("home l l", (2, 2)),
        ("home end", (4, 2)),
        ("pagedown", (4, 0)),
        ("pagedown k", (4, 1)),
        ("pagedown home b", (4, 2)),
        ("right up", (4, 2)),
    ],
)
def test_keys_move_the_cursor(show, grid, keys, cell):
    shown = view(grid(5, 3, np.arange(15.0)))

    async def steps(app, pilot):
        await pilot.press(*keys.split())
        await pilot.pause()
        assert shown.cursor == cell
        assert app.told[-1] == ("highlighted", *cell)

    show(steps, shown)


def test_enter_chooses(show, grid):
    async def steps(app, pilot):
        await pilot.press("left", "enter")
        await pilot.pause()
        assert app.told[-2:] == [("highlighted", 3, 2), ("chosen", 3, 2)]

    show(steps, view(grid(5, 3, np.arange(15.0))))


def test_the_mouse_moves_and_chooses(show, grid):
    shown = view(grid(5, 3, np.arange(15.0)))

    async def steps(app, pilot):
        at = shown._layout
        place = (at.left + 1 * at.across.size, at.bottom - 1)
        await pilot.click(MapView, offset=place)
        assert shown.cursor == (1, 0) and app.told[-1] == ("highlighted", 1, 0)
        await pilot.click(MapView, offset=place, times=2)
        assert app.told[-1] == ("chosen", 1, 0)
        told = list(app.told)
        await pilot.click(MapView, offset=(0, 0))
        assert app.told == told
        await pilot._post_mouse_events([MouseScrollUp], MapView, place)
        await pilot.pause()
        assert shown.cursor == (1, 1)

    show(steps, shown)


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (60, 60), (200, 150)])
def test_the_cursor_never_leaves_the_map(show, grid, shape):
    shown = view(grid(*shape, np.arange(float(shape[0] * shape[1]))))
    keys = random.Random(str(shape)).choices([*KEYS, "b", "z"], k=20)

    async def steps(app, pilot):
        for key in keys:
            await pilot.press(key)
            x, y = shown.cursor
            assert 0 <= x < shape[0] and 0 <= y < shape[1]

    show(steps, shown, size=(40, 16))


def test_every_cell_of_a_large_map_can_be_reached(show, grid):
    shown = view(grid(100, 100, np.arange(10000.0)))

    async def steps(app, pilot):
        await pilot.press("left")
        assert shown.cursor[0] < 98  # a block further
        start = shown.cursor[0]
        await pilot.press("z", "left")
        assert shown.cursor[0] == start - 1
        assert app.lines()[-2].endswith("/100 ↑91–100/100")

    show(steps, shown, size=(60, 14))


def test_a_live_map_keeps_the_cursor_where_it_was(show, grid):
    shown = view()

    async def steps(app, pilot):
        assert app.told == [] and "no elites here yet" in "\n".join(app.lines())
        await pilot.press("left", "enter", "b", "z", "pageup")
        shown.heatmap = grid(5, 3, np.arange(15.0))
        await pilot.pause()
        assert app.told == [("highlighted", 4, 2)]
        await pilot.press("left", "left")
        shown.heatmap = grid(7, 3, np.arange(21.0), x_edges=np.arange(8) - 1.5)
        await pilot.pause()
        assert shown.cursor == (4, 2) and app.told[-1] == ("highlighted", 4, 2)
        assert "ops 3, constants 2, best 18" in app.lines()[-1]
        shown.heatmap = grid(2, 1, [1.0, 2.0])
        await pilot.pause()
        assert shown.cursor == (1, 0)
        shown.heatmap = None
        await pilot.pause()
        assert "no elites here yet" in "\n".join(app.lines())

    show(steps, shown)


def test_the_pointer_names_a_cell_and_moves_nothing(show, grid):
    shown = view(grid(5, 3, np.arange(15.0)))

    async def steps(app, pilot):
        before, layout, told = app.lines()[-1], shown._layout, list(app.told)
        place = (layout.left + 1, layout.bottom - 1)  # the lowest cell at the left
        await pilot.hover(MapView, offset=place)
        await pilot.pause()
        assert app.lines()[-1].startswith("↖ ops 1, constants 0, best 0")
        assert shown.cursor == (4, 2) and app.told == told
        await pilot.hover(MapView, offset=(0, 0))  # the legend
        await pilot.pause()
        assert app.lines()[-1] == before
        await pilot.hover(MapView, offset=place)
        shown.heatmap = grid(1, 1, [3.0])  # a map without that cell
        await pilot.pause()
        assert app.lines()[-1].startswith("ops 1, constants 0, best 3")
        shown.heatmap = grid(5, 3, np.arange(15.0))
        shown.post_message(Leave(shown))
        await pilot.pause()
        assert shown.pointed is None and "↖" not in app.lines()[-1]

    show(steps, shown)


def test_it_follows_size_and_theme(show, grid):
    shown = MapView(grid(12, 8), depth=Depth.FULL)

    async def steps(app, pilot):
        dark = app.picture()
        await pilot.resize_terminal(30, 5)
        await pilot.pause()
        assert "too small for the map" in "\n".join(app.lines())
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.picture() == dark
        app.theme = "elitemap-light"
        await pilot.pause()
        light = app.picture()
        assert "#fcfcfa" in light and "#11161b" not in light

    show(steps, shown)


@pytest.mark.parametrize(
    "variables, depth",
    [({"TERM": "xterm", "COLORTERM": ""}, "SIXTEEN"), ({"NO_COLOR": "1"}, "NONE"), ({}, "FULL")],
)
def test_it_asks_the_terminal_for_its_colours(show, grid, monkeypatch, variables, depth):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    async def steps(app, pilot):
        text = "\n".join(app.lines())
        assert ("▓" in text) == (depth != "FULL")

    show(steps, MapView(grid(12, 8)))
