"""Maps, points and curves to draw, and apps that hold one widget."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import screens
from rich.style import Style
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget

from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.archive.records import STATUSES
from elitemap.engine.protocols import Baseline
from elitemap.terminal.browser.drawing.colours import Depth, Palette, palette
from elitemap.terminal.browser.elite.curve_drawing import Curve
from elitemap.terminal.browser.plot.cloud import Cloud, cloud
from elitemap.terminal.browser.themes import DARK, LIGHT

BASE = Style(color="#d8dee4", bgcolor="#11161b")


def grid(columns: int, rows: int, best: Any = None, **changes: Any) -> Heatmap:
    """A map whose quality rises to the upper right; every third cell is empty unless told."""
    if best is None:
        x, y = np.meshgrid(np.arange(columns), np.arange(rows))
        best = np.where((x + 2 * y) % 3 == 1, np.nan, (x / columns + y / rows) * 4 - 8)
    best = np.asarray(best, dtype=np.float64).reshape(rows, columns)
    values: dict[str, Any] = {
        "x_name": "ops",
        "y_name": "constants",
        "x_edges": np.arange(columns + 1) + 0.5,
        "y_edges": np.arange(rows + 1) - 0.5,
        "best": best,
        "count": np.where(np.isnan(best), 0, 1 + np.arange(best.size).reshape(best.shape) % 4),
    }
    return Heatmap(**{**values, **changes})


def plane(number: int = 60, **changes: Any) -> Cloud:
    """Points whose error falls with their cost, and two baselines."""
    rows = [
        SimpleNamespace(
            x=float(1 + k % 12),
            y=10.0 ** -(0.5 * (1 + k % 12) * (1 - (k * 7 % 10) / 25)),
            id=f"{k:02x}" * 32,
            status=STATUSES[(k * 5 % 7) // 3],
        )
        for k in range(number)
    ]
    values: dict[str, Any] = {
        "points": rows,
        "signs": (-1, -1),
        "baselines": [
            Baseline("Cephes", {"ops": 9.0, "error": 1e-3}),
            Baseline("Taylor", {"ops": 11.0, "error": 0.1}),
            Baseline("elsewhere", {"ops": 11.0}),
        ],
    }
    return cloud("ops", "error", **{**values, **changes})


def wave(times: float = 20.0, size: float = 1e-5, name: str = "") -> Curve:
    """A curve that swings about zero."""
    x = np.linspace(0.0, 1.0, 1001)
    return Curve(x, size * np.cos(times * x), name)


@pytest.fixture(scope="session", name="grid")
def grid_fixture() -> Callable[..., Heatmap]:
    return grid


@pytest.fixture(scope="session", name="plane")
def plane_fixture() -> Callable[..., Cloud]:
    return plane


@pytest.fixture(scope="session", name="wave")
def wave_fixture() -> Callable[..., Curve]:
    return wave


@pytest.fixture(scope="session")
def colours() -> Callable[[Depth], Palette]:
    """The palette of a depth on a dark background."""
    return lambda depth: palette(depth, True, BASE)


class Holder(App[None]):
    """Shows widgets, one below the other, and keeps what they tell."""

    def __init__(self, *shown: Widget) -> None:
        super().__init__()
        self.shown = shown
        self.told: list[Any] = []

    def on_mount(self) -> None:
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        yield from self.shown

    def on_map_view_cell_highlighted(self, message: Any) -> None:
        self.told.append(("highlighted", message.x, message.y))

    def on_map_view_cell_chosen(self, message: Any) -> None:
        self.told.append(("chosen", message.x, message.y))

    def on_pareto_view_point_highlighted(self, message: Any) -> None:
        self.told.append(("highlighted", message.id))

    def on_pareto_view_point_chosen(self, message: Any) -> None:
        self.told.append(("chosen", message.id))

    def lines(self) -> list[str]:
        """The screen as text."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    def picture(self) -> str:
        """The screen as SVG without what differs from run to run."""
        return screens.picture(self, simplify=True)


Steps = Callable[[Holder, Pilot[None]], Awaitable[None]]


@pytest.fixture(scope="session")
def show() -> Callable[..., None]:
    """``show(steps, *widgets, size)`` drives an app that holds the widgets."""

    def drive(steps: Steps, *shown: Widget, size: tuple[int, int] = (80, 24)) -> None:
        app = Holder(*shown)

        async def go() -> None:
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                await steps(app, pilot)

        asyncio.run(go())

    return drive
