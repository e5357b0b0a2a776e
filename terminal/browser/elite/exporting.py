"""The dialog that writes a program as code into a folder."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Select, Static

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.terminal.browser.dialogs import CSS, ConfirmDialog
from elitemap.terminal.browser.elite.code import code
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.facts import SHORT
from elitemap.terminal.browser.keyline import KeyLine
from elitemap.terminal.browser.workshop import Workshop
from elitemap.terminal.commands.export import occupied, write


class ExportDialog(ModalScreen[list[Path] | None]):
    """Asks for language, folder and name; gives the files that were written, None if none were."""

    DEFAULT_CSS = f"""
    ExportDialog {{ {CSS}
        & .field {{ height: 1; margin-bottom: 1; }}
        & .field Label {{ width: 10; color: $text-muted; }}
    }}
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(
        self, dossier: Dossier, languages: Sequence[str], language: str, shop: Workshop
    ) -> None:
        """A dialog.

        Args:
            dossier: The program.
            languages: What its task can write.
            language: The one to begin with, if it is one of them.
            shop: Where the code is made.
        """
        super().__init__()
        self._dossier, self._shop = dossier, shop
        self._languages = tuple(languages)
        self._language = language if language in languages else self._languages[0]

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(id="box"):
            elite = self._dossier.elite
            title = f"Export {one_line(elite.id[:SHORT])}, {one_line(elite.problem.label)}"
            yield Static(Text(title, no_wrap=True, overflow="ellipsis"), classes="title")
            with Horizontal(classes="field"):
                yield Label("language")
                options = [(name, name) for name in self._languages]
                yield Select(options, value=self._language, allow_blank=False, compact=True)
            with Horizontal(classes="field"):
                yield Label("folder")
                yield Input(".", id="folder", compact=True)
            with Horizontal(classes="field"):
                yield Label("name")
                yield Input(placeholder="the target's", id="name", compact=True)
            yield Static(id="mistake")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Export", id="export", variant="primary", compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin with the folder: the language was chosen where the code was looked at."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one("#folder").focus()

    def action_cancel(self) -> None:
        """Close and write nothing."""
        self.dismiss(None)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#export")
    @on(Input.Submitted)
    def _asked(self) -> None:
        self._export()

    @work(exclusive=True)
    async def _export(self) -> None:
        folder = Path(self.query_one("#folder", Input).value.strip() or ".").expanduser()
        name = self.query_one("#name", Input).value.strip() or None
        language = str(self.query_one(Select).value)
        self._tell("")
        try:
            files = await self._shop.do(code, self._dossier, language, name)
            taken = occupied(files, folder)
            if taken and not await self.app.push_screen_wait(_overwrite(taken)):
                return
            paths = await asyncio.to_thread(write, files, folder)
        except (ElitemapError, ValueError, RuntimeError) as error:
            self._tell(str(error))
        else:
            self.dismiss(paths)

    def _tell(self, mistake: str) -> None:
        label = self.query_one("#mistake", Static)
        label.update(Text(one_line(mistake)))
        label.display = bool(mistake)


def _overwrite(taken: Sequence[Path]) -> ConfirmDialog:
    names = "\n".join(one_line(str(path)) for path in taken)
    verb = "exists" if len(taken) == 1 else "exist"
    return ConfirmDialog(f"{names}\n\n{verb} already and would be lost.", "Overwrite")
