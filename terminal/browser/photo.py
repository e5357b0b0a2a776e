"""A picture of the browser, made without a terminal."""

import asyncio
from typing import Any

from textual.pilot import Pilot

from elitemap.terminal.browser.app import ElitemapBrowser

#: Columns and rows of the picture.
SIZE = (150, 44)

#: Seconds between two looks at whether all has been shown, and looks in a row that must find that.
_PAUSE, _LOOKS = 0.05, 5

#: What goes on for as long as the browser is open.
_ENDLESS = ("watch",)


def take(app: ElitemapBrowser, size: tuple[int, int] = SIZE) -> str:
    """The browser as SVG, once it shows everything.

    Args:
        app: A browser that has not been run.
        size: Columns and rows.
    """
    return asyncio.run(_taken(app, size))


async def _taken(app: ElitemapBrowser, size: tuple[int, int]) -> str:
    async with app.run_test(size=size) as pilot:
        calm = 0
        while calm < _LOOKS:
            await pilot.pause(_PAUSE)
            calm = 0 if _busy(pilot) else calm + 1
        picture: str = app.export_screenshot(title="elitemap browse")
        return picture


def _busy(pilot: Pilot[Any]) -> bool:
    return any(w.is_running and w.group not in _ENDLESS for w in pilot.app.workers)
