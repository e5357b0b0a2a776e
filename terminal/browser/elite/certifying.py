"""Certificates made while one browses: a line that shows how far it is, and ends it on demand."""

import asyncio
from pathlib import Path
from time import monotonic
from typing import Literal

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Button, Static

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.archive.records import EliteRecord
from elitemap.engine.protocols import Unproved
from elitemap.engine.search.runs import recorded_spec
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.facts import SHORT
from elitemap.terminal.browser.search.child import Child, Done, Failed
from elitemap.terminal.browser.search.jobs import certify_job
from elitemap.terminal.commands.certify import keep, no_certificate, unite_families

#: Seconds that a certificate may take.
SECONDS = 60.0

#: Seconds between two looks at the process that makes it.
_PAUSE = 0.1


class ProofLine(Horizontal):
    """Hidden until something is certified; one thing at a time."""

    DEFAULT_CSS = """
    ProofLine {
        height: 1; display: none; background: $panel;
        & Static { width: 1fr; height: 1; padding: 0 1; }
        & Button { min-width: 10; }
    }
    """

    class Recorded(Message):
        """A certificate was written."""

        def __init__(self, before: str, id: str) -> None:
            """A message about the id of the elite as it was, and as it is now."""
            super().__init__()
            self.before, self.id = before, id

    def __init__(self) -> None:
        """A line without a job."""
        super().__init__()
        self._child: Child | None = None
        self._timer: Timer | None = None
        self._dossier: Dossier | None = None
        self._archive = Path()
        self._began = 0.0

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static()
        yield Button("Give up", compact=True)

    @property
    def running(self) -> bool:
        """Whether something is being certified."""
        return self._child is not None

    def start(self, dossier: Dossier, archive: Path, seconds: float = SECONDS) -> None:
        """Certify an elite, and record the certificate if there is one in time."""
        try:
            spec = recorded_spec(dossier.run)
        except ElitemapError as error:
            self._tell(str(error), "error")
            return
        self._dossier, self._archive, self._began = dossier, archive, monotonic()
        self._child = Child(certify_job, spec, dossier.elite, seconds)
        self._timer = self.set_interval(_PAUSE, self._look)
        self.display = True
        self._look()

    def cancel(self) -> None:
        """Give up; nothing has been written then."""
        if self._child is not None:
            self._child.kill()
            self._end()
            self._tell("given up: nothing was written", "warning")

    def on_unmount(self, event: events.Unmount) -> None:
        """Leave no process behind."""
        if self._child is not None:
            self._child.kill()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.cancel()

    def _look(self) -> None:
        if self._child is None or self._dossier is None:
            return
        for message in self._child.news():
            self._end()
            if isinstance(message, Failed):
                self._tell(message.reason, "error")
            elif isinstance(message, Done):
                self._keep(self._dossier, *message.result)
            return
        name = one_line(self._dossier.elite.id[:SHORT])
        elapsed = int(monotonic() - self._began)
        line = Text(f"proving {name}: {elapsed} of at most {SECONDS:g} s", no_wrap=True)
        self.query_one(Static).update(line)

    def _end(self) -> None:
        self._child = None
        self.display = False
        if self._timer is not None:
            self._timer.stop()

    @work
    async def _keep(self, dossier: Dossier, record: EliteRecord, failure: Unproved | None) -> None:
        try:
            if failure is None or failure.final:
                await asyncio.to_thread(_record, dossier, record, self._archive)
        except ElitemapError as error:
            self._tell(str(error), "error")
            return
        if failure is not None:
            self._tell(no_certificate(failure, SECONDS), "warning")
            return
        name = record.id[:SHORT]
        changed = "" if record.id == dossier.elite.id else f"; it is {name} now"
        self._tell(f"{dossier.elite.id[:SHORT]} is certified{changed}", "information")
        self.post_message(self.Recorded(dossier.elite.id, record.id))

    def _tell(self, message: str, severity: Literal["information", "warning", "error"]) -> None:
        self.app.notify(one_line(message), severity=severity, markup=False)


def _record(dossier: Dossier, record: EliteRecord, archive: Path) -> None:
    keep(dossier.elite, record, archive)
    # A run that goes on still needs its slots.
    if dossier.elite.family and dossier.run.status == "done":
        unite_families({dossier.run.id}, archive)
