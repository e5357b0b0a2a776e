"""The browser's app: themes, commands, help and guards; the rest is in its screens and widgets."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from elitemap.terminal.browser.guard import TooSmall, fits
from elitemap.terminal.browser.screen import BrowseScreen
from elitemap.terminal.browser.state import Memory, Place
from elitemap.terminal.browser.themes import DARK, LIGHT, counterpart


class ElitemapBrowser(App[None]):
    """Shows one archive."""

    TITLE = "elitemap"
    ENABLE_COMMAND_PALETTE = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "Help", key_display="?", id="app.help"),
        Binding("ctrl+t", "other_theme", "Dark or light", show=False, id="app.theme"),
        Binding("q", "quit", "Quit", id="app.quit"),
    ]

    def __init__(self, archive: Path, place: Place, memory: Memory, note: str = "") -> None:
        """A browser.

        Args:
            archive: The file.
            place: Where to start.
            memory: What is remembered.
            note: Something to tell at the start.
        """
        super().__init__()
        self._archive, self._place, self._memory, self._note = archive, place, memory, note
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        known = memory.theme in self.available_themes
        self.theme = memory.theme if known else DARK.name

    def on_mount(self) -> None:
        """Show the archive."""
        self.browse = BrowseScreen(self._archive, self._place, self._memory.filters)
        self.push_screen(self.browse)
        if self._note:
            self.notify(self._note, markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small, until it has grown."""
        small = isinstance(self.screen, TooSmall)
        if not fits(event.size) and not small:
            self.push_screen(TooSmall())
        elif fits(event.size) and small:
            self.pop_screen()

    def action_other_theme(self) -> None:
        """Change between dark and light."""
        self.theme = counterpart(self.theme, self.current_theme.dark)
