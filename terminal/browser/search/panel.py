"""A search inside of the browser: it runs in a process of its own, and is watched here."""

import asyncio
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from elitemap.archive.errors import ElitemapError
from elitemap.archive.plain import one_line
from elitemap.archive.problems import Problem
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.engine.tasks import usable_spaces
from elitemap.terminal.browser.drawing.colours import Depth, depth_of
from elitemap.terminal.browser.elite.dossier import Ask
from elitemap.terminal.browser.search.child import Child, Done, Failed
from elitemap.terminal.browser.search.dialogs import (
    ResumeDialog,
    SearchDialog,
)
from elitemap.terminal.browser.search.jobs import ResumeOrder, SearchOrder, search_job
from elitemap.terminal.browser.workshop import Workshop
from elitemap.terminal.live.panels import panel
from elitemap.terminal.live.picture import Picture, follow, line

#: Seconds between two looks at the search's process.
_PAUSE = 0.1

#: Seconds that a search has to save when the browser is left.
PATIENCE = 30.0

#: Rows of the screen from which a search is shown in full from the start, and not as one line.
_TALL = 40


class SearchPanel(VerticalScroll, can_focus=False):
    """Hidden until there is a search; one at a time. A click shows more or less of it."""

    DEFAULT_CSS = """
    SearchPanel {
        height: auto; max-height: 60%; display: none; background: $panel;
        & Static { height: auto; }
    }
    """

    class Began(Message):
        """The archive holds the run of the search: its elites can be looked at as they come."""

        def __init__(self, run: str) -> None:
            """A message about the run."""
            super().__init__()
            self.run = run

    class Ended(Message):
        """The search has ended."""

        def __init__(self, run: str | None, done: bool) -> None:
            """A message about the run, None if it never began, and whether it came to its end."""
            super().__init__()
            self.run, self.done = run, done

    def __init__(self, archive: Path, ask: Ask, *, id: str | None = "search") -> None:
        """A panel without a search.

        Args:
            archive: Where searches write.
            ask: Puts questions to it.
            id: Of the widget.
        """
        super().__init__(id=id)
        self._archive, self._ask, self._shop = archive, ask, Workshop()
        self._child: Child | None = None
        self._timer: Timer | None = None
        self._picture: Picture | None = None
        self._reason = ""
        self._stopping = False
        self._full: bool | None = None

    def compose(self) -> ComposeResult:
        """The one part."""
        yield Static()

    @property
    def running(self) -> bool:
        """Whether a search is going on here."""
        return self._child is not None

    def perform(self, name: str, space: str | None = None, target: str | None = None) -> None:
        """Do what :data:`elitemap.terminal.browser.search.actions.ACTIONS` has so named.

        Args:
            name: The name.
            space: The space that is looked at, for a search to begin with.
            target: Its target, likewise.
        """
        if name == "start":
            self._choose_search(space, target)
        elif name == "resume":
            self._choose_run()
        elif name == "stop":
            self.stop()
        else:
            self._unfold()

    def begin(self, order: SearchOrder | ResumeOrder) -> None:
        """Search in a process of its own."""
        self._picture, self._reason, self._stopping = None, "starting", False
        self._child = Child(search_job, order)
        self._timer = self.set_interval(_PAUSE, self._look)
        self.display = True
        self._draw()

    def stop(self) -> None:
        """Ask the search to save and end; once it has, hide the panel."""
        if self._child is None:
            self.display = False
            return
        self._child.ask_to_stop()
        self._stopping = True
        self._draw()

    async def finish(self) -> None:
        """Stop the search if there is one, and wait until it has saved."""
        child, self._child = self._child, None
        if child is not None:
            if self._timer is not None:
                self._timer.stop()
            child.ask_to_stop()
            await asyncio.to_thread(child.wait, PATIENCE)

    async def on_unmount(self, event: events.Unmount) -> None:
        """Let no search go on unseen."""
        await self.finish()
        self._shop.close()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the picture into the new width."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Show more or less."""
        self._unfold()

    @work(exclusive=True, group="choose")
    async def _choose_search(self, space: str | None, target: str | None) -> None:
        if self._refuse_second():
            return
        entries, broken = await self._shop.do(usable_spaces)
        for reason in broken:
            self.app.notify(one_line(reason), severity="warning", markup=False)
        dialog = SearchDialog(self._archive, entries, self._shop, space, target)
        order = await self.app.push_screen_wait(dialog)
        if order is not None:
            self.begin(order)

    @work(exclusive=True, group="choose")
    async def _choose_run(self) -> None:
        if self._refuse_second():
            return
        try:
            runs = await self._ask(_unfinished)
        except ElitemapError as error:
            self._fail(str(error))
            return
        if not runs:
            self.app.notify("no run is unfinished", markup=False)
            return
        order = await self.app.push_screen_wait(ResumeDialog(self._archive, runs))
        if order is not None:
            self.begin(order)

    def _refuse_second(self) -> bool:
        if self.running:
            self.app.notify("a search is running here: X stops it", markup=False)
        return self.running

    def _look(self) -> None:
        """Take what the search has told since the last look."""
        if self._child is None:
            return
        messages = self._child.news()
        for message in messages:
            if isinstance(message, Done | Failed):
                self._ended(message)
            else:
                begins = self._picture is None
                self._picture = follow(self._picture, message)
                self._reason = ""
                if begins and self._picture is not None:
                    self.post_message(self.Began(self._picture.started.run))
        if messages:
            self._draw()

    def _ended(self, last: Done | Failed) -> None:
        self._child = None
        if self._timer is not None:
            self._timer.stop()
        if isinstance(last, Failed):
            self._fail(last.reason)
            if self._picture is None:
                self.display = False
        run = None if self._picture is None else self._picture.started.run
        self.post_message(self.Ended(run, isinstance(last, Done) and last.result.done))

    def _fail(self, reason: str) -> None:
        self._reason = reason
        self.app.notify(one_line(reason), severity="error", markup=False)

    def _unfold(self) -> None:
        self._full = not self._shows_all()
        self._draw()

    def _shows_all(self) -> bool:
        return self.app.size.height >= _TALL if self._full is None else self._full

    def _draw(self) -> None:
        if self.is_mounted and self.display:
            self.query_one(Static).update(self._drawn())

    def _drawn(self) -> RenderableType:
        width = self.size.width or self.app.size.width
        note = "saving …" if self._stopping and self.running else one_line(self._reason)
        if self._picture is None:
            return Text(f"search: {note}", no_wrap=True, overflow="ellipsis")
        if self._shows_all():
            colour = depth_of(self.app.console, self.app.no_color) is Depth.FULL
            return panel(self._picture, width, colour)
        hint = "" if self.running else ", X hides this"
        started = self._picture.started
        name = one_line(f"{started.space} {started.problem}")
        text = Text(f"{name}: {note + ', ' if note else ''}{line(self._picture)}")
        text.truncate(max(width - len(hint), 1), overflow="ellipsis")
        return text.append(hint)


def _unfinished(reader: ArchiveReader) -> list[tuple[RunRecord, Problem]]:
    runs, asked = map(reader.standing, reversed(reader.runs())), reader.problems()
    return [(run, asked[run.id]) for run in runs if run.status != "done"]
