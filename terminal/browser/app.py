"""The browser's app: themes, commands, help and guards; the rest is in its screens and widgets."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from textual import events, work
from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import WorkerFailed

from elitemap.terminal.browser import keys, palette
from elitemap.terminal.browser.dialogs import NoteDialog
from elitemap.terminal.browser.guard import TooSmall, fits
from elitemap.terminal.browser.help import HelpScreen
from elitemap.terminal.browser.screen import BrowseScreen
from elitemap.terminal.browser.state import Memory, Place
from elitemap.terminal.browser.themes import DARK, LIGHT, counterpart


class ElitemapBrowser(App[Memory]):
    """Shows one archive; its result is what to remember."""

    TITLE = "elitemap"

    #: Of a screen behind a dialog, whose keys do nothing: it hides its line of them.
    SUSPENDED_SCREEN_CLASS = "-behind"

    BINDINGS: ClassVar[list[BindingType]] = [*keys.APP]

    def __init__(self, archive: Path, place: Place, memory: Memory, note: str = "") -> None:
        """A browser.

        Args:
            archive: The file.
            place: Where to start.
            memory: What is remembered.
            note: Something to tell at the start.
        """
        super().__init__()
        self._memory, self._note = memory, note
        self._browse = BrowseScreen(archive, place, memory.filters)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = memory.theme if memory.theme in self.available_themes else DARK.name

    @property
    def failure(self) -> BaseException | None:
        """What ended the app, if it did not end as it should."""
        error: BaseException | None = self._exception
        return error.error if isinstance(error, WorkerFailed) else error

    def get_default_screen(self) -> Screen[Any]:
        """The archive."""
        return self._browse

    def on_mount(self) -> None:
        """Tell what is to be told."""
        if self._note:
            self.notify(self._note, markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the terminal is too small, until it has grown."""
        small = isinstance(self.screen, TooSmall)
        if not fits(event.size) and not small:
            self.push_screen(TooSmall())
        elif fits(event.size) and small:
            self.pop_screen()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that can be done now, for the command palette."""
        yield SystemCommand("Help", "All keys", self.action_help)
        yield SystemCommand("Quit", "Leave the browser", self.action_quit)
        yield SystemCommand("Theme", "Choose a theme", self.action_change_theme)
        yield SystemCommand(
            "Dark or light", "Change to the counterpart of this theme", self.action_other_theme
        )
        if screen is self._browse:
            yield from palette.commands(self._browse)

    def action_other_theme(self) -> None:
        """Change between dark and light."""
        self.theme = counterpart(self.theme, self.current_theme.dark)

    def action_help(self) -> None:
        """Show all keys."""
        if not isinstance(self.screen, HelpScreen | TooSmall):
            self.push_screen(HelpScreen())

    async def action_quit(self) -> None:
        """Leave, once a search that runs here has been saved; tell what to remember."""
        if isinstance(self.screen, NoteDialog) and self.screen.changed:
            self.screen.action_cancel()
            return
        if self._browse.search.running:
            self.notify("saving the search before leaving …", markup=False)
        self._leave()

    @work(exclusive=True)
    async def _leave(self) -> None:
        await self._browse.search.finish()
        memory = replace(self._memory, theme=self.theme, filters=self._browse.views.line.filters)
        self.exit(memory.at(self._browse.archive, self._browse.place))

    def _fatal_error(self) -> None:
        """End without the page that Textual prints: the shell gets one line."""
        self._close_messages_no_wait()
