"""What the elite, or anything of its kind that is typed, is: looked up in a process of its own."""

from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Input, Static

from elitemap.archive.plain import one_line
from elitemap.engine.protocols import Identification
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.search.child import Child, Done, Failed
from elitemap.terminal.browser.search.jobs import identify_job
from elitemap.terminal.commands.identify import page

#: Seconds between two looks at the process that looks up.
_PAUSE = 0.1


class IdentifyScreen(Screen[None]):
    """A line to type in, and what that is; closing the screen gives up."""

    DEFAULT_CSS = """
    IdentifyScreen {
        & Input { margin: 0 1; background: $panel; }
        & #standing { height: 1; padding: 0 1; color: $text-muted; }
        & #body { height: 1fr; padding: 1; }
        & #found { height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Back", id="identify.close"),
    ]

    def __init__(self, dossier: Dossier) -> None:
        """A screen that begins with an elite."""
        super().__init__()
        self._elite = dossier.elite
        self._child: Child | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Input(one_line(self._elite.source), compact=True)
        yield Static(id="standing")
        with VerticalScroll(id="body"):
            yield Static(id="found")
        yield Footer()

    def on_mount(self) -> None:
        """Look the elite up."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.focus()
        self.set_interval(_PAUSE, self._look)
        self._begin(field.value)

    def on_unmount(self, event: events.Unmount) -> None:
        """Leave no process behind."""
        self._give_up()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    @on(Input.Submitted)
    def _asked(self, event: Input.Submitted) -> None:
        self._begin(event.value)

    def _begin(self, text: str) -> None:
        self._give_up()
        self._stand("looking it up")
        self._child = Child(identify_job, self._elite.space, text)

    def _give_up(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _look(self) -> None:
        for message in [] if self._child is None else self._child.news():
            self._child = None
            if isinstance(message, Failed):
                self._stand(message.reason)
            elif isinstance(message, Done):
                self._show(message.result)

    def _show(self, found: Identification) -> None:
        self._stand("recognised" if found.recognised else "not recognised")
        self.query_one("#found", Static).update(page(found))

    def _stand(self, said: str) -> None:
        line = Text(f"{one_line(said)}; type another and press enter", no_wrap=True)
        self.query_one("#standing", Static).update(line)
