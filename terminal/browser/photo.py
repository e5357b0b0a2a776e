"""A picture of the browser, made without a terminal."""

import asyncio
import os
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from elitemap.terminal.browser.app import ElitemapBrowser
from elitemap.terminal.browser.state import Memory, Place

#: Columns and rows of the picture.
SIZE = (150, 44)

#: Seconds between two looks at whether all has been shown, and looks in a row that must find that.
_PAUSE, _LOOKS = 0.05, 5

#: What goes on for as long as the browser is open.
_ENDLESS = ("watch",)


def take(archive: Path, place: Place, size: tuple[int, int] = SIZE) -> str:
    """The browser as SVG, once it shows everything; nothing is remembered.

    Args:
        archive: The file.
        place: What to show.
        size: Columns and rows.
    """
    # A picture has all colours, whatever asks for it; the app looks here when it is made.
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
    os.environ.pop("NO_COLOR", None)
    return asyncio.run(_taken(ElitemapBrowser(archive, place, Memory()), size))


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
