"""Small dialogs: a question to be answered with yes or no, and a text to be written."""

from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static, TextArea

from elitemap.archive.plain import one_line
from elitemap.archive.remarks import LONGEST_NOTE
from elitemap.terminal.browser.keyline import KeyLine
from elitemap.terminal.tables.page import plain_lines

#: Looks that all dialogs share; in each of them the box has this id.
CSS = """
    align: center middle;
    & #box {
        width: 64; max-width: 96%; height: auto; max-height: 96%; padding: 1 2;
        background: $surface; border: round $primary;
    }
    & #buttons { height: auto; align-horizontal: right; margin-top: 1; }
    & #buttons Button { margin-left: 2; }
    & .title { height: auto; text-style: bold; margin-bottom: 1; }
    & .hint { color: $text-muted; height: auto; }
    & #mistake { color: $text-error; height: auto; display: none; }
    & Input, & Select { width: 1fr; background: $panel; }
"""


class ConfirmDialog(ModalScreen[bool]):
    """A question; escape is no."""

    DEFAULT_CSS = f"ConfirmDialog {{ {CSS} }}"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
    ]

    def __init__(self, question: str, yes: str, no: str = "Cancel") -> None:
        """A question with the names of its answers."""
        super().__init__()
        self._question, self._yes, self._no = question, yes, no

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(id="box"):
            yield Static(Text(plain_lines(self._question)))
            with Horizontal(id="buttons"):
                yield Button(self._no, id="no", compact=True)
                yield Button(self._yes, id="yes", variant="warning", compact=True)
        yield KeyLine()

    def action_answer(self, answer: bool) -> None:
        """Close with an answer."""
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")


class NoteDialog(ModalScreen[str | None]):
    """A text of several lines; None if it is to stay as it was."""

    DEFAULT_CSS = f"""
    NoteDialog {{ {CSS}
        & TextArea {{ height: 10; max-height: 50vh; }}
    }}
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel"),
        Binding("ctrl+s", "save", "Save"),
    ]

    def __init__(self, title: str, text: str) -> None:
        """A dialog for a text, to begin with this one."""
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(id="box"):
            yield Static(Text(one_line(self._title)), classes="title")
            yield TextArea(plain_lines(self._text), soft_wrap=True)
            yield Static(f"ctrl+s saves, at most {LONGEST_NOTE:,} characters", classes="hint")
            yield Static(id="mistake")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Save", id="save", variant="primary", compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        """Write at the end."""
        area = self.query_one(TextArea)
        area.cursor_blink = False
        area.move_cursor(area.document.end)
        area.focus()

    @property
    def changed(self) -> bool:
        """Whether something was typed that is not saved."""
        return self.query_one(TextArea).text != plain_lines(self._text)

    @on(Button.Pressed, "#cancel")
    @work(exclusive=True)
    async def action_cancel(self) -> None:
        """Close without a change; what was typed is dropped only if one says so."""
        if not self.changed or await self.app.push_screen_wait(
            ConfirmDialog("The note is not saved.", "Drop it", "Keep writing")
        ):
            self.dismiss(None)

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Close with the text, if it is not too long."""
        text = self.query_one(TextArea).text
        if len(text) > LONGEST_NOTE:
            mistake = self.query_one("#mistake", Static)
            mistake.update(f"{len(text):,} characters are too many: shorten the note")
            mistake.display = True
        else:
            self.dismiss(text)
