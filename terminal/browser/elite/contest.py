"""An elite beside what others have made, measured in a process of its own."""

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.engine.protocols import Bench
from elitemap.engine.search.runs import recorded_spec
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.facts import SHORT
from elitemap.terminal.browser.search.child import Child, Done, Failed
from elitemap.terminal.browser.search.jobs import Step, bench_job
from elitemap.terminal.commands.bench import front_of
from elitemap.terminal.tables.benches import bench_table

#: Seconds between two looks at the process that measures.
_PAUSE = 0.1


class BenchScreen(Screen[None]):
    """Shows what is being measured, then the table; closing it gives up."""

    DEFAULT_CSS = """
    BenchScreen {
        & #standing { height: 1; padding: 0 1; background: $panel; }
        & #body { height: 1fr; padding: 1; }
        & #table { width: auto; height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,B", "close", "Back", key_display="esc", id="bench.close"),
    ]

    def __init__(self, dossier: Dossier) -> None:
        """A screen for one elite."""
        super().__init__()
        self._dossier = dossier
        self._child: Child | None = None

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static(id="standing")
        with VerticalScroll(id="body"):
            yield Static(id="table")
        yield Footer()

    def on_mount(self) -> None:
        """Begin to measure."""
        self.query_one("#body").focus()
        try:
            spec = recorded_spec(self._dossier.run)
        except ElitemapError as error:
            self._stand(str(error))
            return
        self._child = Child(bench_job, spec, self._dossier.elite)
        self.set_interval(_PAUSE, self._look)
        self._stand("starting")

    def on_unmount(self, event: events.Unmount) -> None:
        """Leave no process behind."""
        if self._child is not None:
            self._child.kill()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _look(self) -> None:
        for message in [] if self._child is None else self._child.news():
            if isinstance(message, Step):
                self._stand(message.what)
                continue
            self._child = None
            if isinstance(message, Failed):
                self._stand(message.reason)
            elif isinstance(message, Done):
                self._show(message.result)

    def _show(self, bench: Bench) -> None:
        self._stand(f"{len(bench.rows)} measured, {len(bench.missing)} missing")
        self.query_one("#table", Static).update(bench_table(bench, front_of(bench)))

    def _stand(self, said: str) -> None:
        name = one_line(self._dossier.elite.id[:SHORT])
        line = Text(f"{name} beside others: {one_line(said)}", no_wrap=True)
        self.query_one("#standing", Static).update(line)
