"""The right pane: one elite in full, and the way from it to its relatives."""

import asyncio
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual import on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static, TabbedContent, TabPane

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.plain import one_line
from elitemap.terminal.browser.elite import actions, facts
from elitemap.terminal.browser.elite.certifying import ProofLine
from elitemap.terminal.browser.elite.dossier import Ask, Dossier, gather
from elitemap.terminal.browser.elite.error_curve import ErrorCurve
from elitemap.terminal.browser.elite.source_view import SourceView
from elitemap.terminal.browser.elite.walk_view import WalkView, cell, origin
from elitemap.terminal.browser.pane import emptied
from elitemap.terminal.browser.workshop import Workshop

#: The sections: title by the id of its pane.
SECTIONS = {
    "program": "Program",
    "proof": "Proof",
    "curve": "Curve",
    "origin": "Origin",
    "cell": "Cell",
}

#: Columns by which a key moves long lines of code.
_COLUMNS = 8

#: Steps of a walk that can be gone back.
_LONGEST_WALK = 100


@dataclass(frozen=True)
class _Stop:
    """What is shown: a program by its id, whose elite it is, and from where one came.

    Attributes:
        name: Id of the program.
        problem: Id of the problem; empty for any.
        descendant: Where one comes from, for a program that is no elite any more.
    """

    name: str
    problem: str = ""
    descendant: Dossier | None = None


def _stop(dossier: Dossier) -> _Stop:
    """The way back to what was shown."""
    elite = dossier.elite
    return _Stop(elite.id, elite.problem.id, dossier if dossier.former else None)


class ElitePanel(Vertical):
    """Shows one program of an archive.

    Everything that is read goes through ``ask``; export, curves and certificates run elsewhere, so
    no key waits for them. Actions (:mod:`.elite.actions`) work on what is shown.
    """

    DEFAULT_CSS = """
    ElitePanel {
        height: 1fr; padding: 0 1; background: $surface;
        & #heading { height: 2; }
        & TabbedContent { height: 1fr; }
        & Tabs { height: 1; margin-top: 1; }
        & Tab { padding: 0 1 0 0; }
        & Tabs Underline { display: none; }
        & ContentTab.-active { text-style: bold underline; }
        & TabPane { padding: 1 0 0 0; height: 1fr; }
        & #summary { height: auto; margin-bottom: 1; }
        & #certificate { height: auto; }
        & CurveView { background: $surface; }
        &.-left TabbedContent { opacity: 50%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "language(1)", "Language", tooltip="Next language", id="elite.language"),
        Binding("V", "language(-1)", "Language before", show=False, id="elite.language_before"),
        Binding(
            "left,h",
            "lines(-1)",
            "Lines to the left",
            show=False,
            tooltip="Long lines to the left",
            id="elite.left",
        ),
        Binding(
            "right,l",
            "lines(1)",
            "Lines to the right",
            show=False,
            tooltip="Long lines to the right",
            id="elite.right",
        ),
        Binding("backspace", "back", "Back", show=False, tooltip="Where one was before"),
        Binding("greater_than_sign", "section(1)", "Next section", show=False, key_display=">"),
        Binding("less_than_sign", "section(-1)", "Section before", show=False, key_display="<"),
    ]

    class Visited(Message):
        """Another program is shown, and all about it is known."""

        def __init__(self, dossier: Dossier) -> None:
            """A message about what is shown."""
            super().__init__()
            self.dossier = dossier

    class Changed(Message):
        """An action has written to the archive."""

    def __init__(self, archive: Path, ask: Ask, *, id: str | None = "elite") -> None:
        """A panel without an elite.

        Args:
            archive: The file, for what actions write.
            ask: Puts questions to it.
            id: Of the widget.
        """
        super().__init__(id=id)
        self.archive, self.ask, self.shop = archive, ask, Workshop()
        #: What is shown.
        self.dossier: Dossier | None = None
        #: The elite that is marked for a comparison.
        self.first: Dossier | None = None
        #: Whether the cursor has gone on to a place without an elite.
        self.left = False
        self._wanted: _Stop | None = None
        self._walked: list[_Stop] = []

    def compose(self) -> ComposeResult:
        """The parts."""
        yield Static("no elite chosen", id="heading")
        with TabbedContent():
            with TabPane(SECTIONS["program"], id="program"), VerticalScroll():
                yield Static(id="summary")
                yield SourceView(self.shop)
            with TabPane(SECTIONS["proof"], id="proof"), VerticalScroll():
                yield Static(id="certificate")
            with TabPane(SECTIONS["curve"], id="curve"):
                yield ErrorCurve(self.shop)
            with TabPane(SECTIONS["origin"], id="origin"):
                yield WalkView(id="ancestors")
            with TabPane(SECTIONS["cell"], id="cell"):
                yield WalkView(id="mates")
        yield ProofLine()

    def on_unmount(self) -> None:
        """Give up what the workshop has not begun."""
        self.shop.close()

    def show(self, id: str, problem: str = "") -> None:
        """Show an elite, from wherever one has walked.

        Args:
            id: Of its program.
            problem: Id of the problem whose elite it is; empty for any.
        """
        self._walked.clear()
        self._visit(_Stop(id, problem))

    def leave(self) -> None:
        """Tell that there is no elite under the cursor; the last one stays, dimmed."""
        self._leave(True)
        self._head()

    def go(self, dossier: Dossier) -> None:
        """Show a program that was shown before, keeping the way back."""
        if self.dossier is not None:
            self._step(self.dossier, _stop(dossier))

    def look_again(self) -> None:
        """Show what the archive says now about the same program."""
        if self._wanted is not None:
            wanted = self._wanted
            self._visit(replace(wanted, descendant=wanted.descendant or self.dossier))

    def mark_first(self, dossier: Dossier | None) -> None:
        """Remember an elite for a comparison, or forget it."""
        self.first = dossier
        self._head()

    def perform(self, name: str) -> None:
        """Do what :data:`elitemap.terminal.browser.elite.actions.ACTIONS` has under this name."""
        if self.dossier is None:
            self.app.notify("choose an elite first", markup=False)
        else:
            self.run_worker(actions.ACTIONS[name].perform(self, self.dossier), group="action")

    def focus(self, scroll_visible: bool = True) -> "ElitePanel":
        """Give the keys to the section that is shown."""
        pane = self.query_one(TabbedContent).active_pane
        inside = [] if pane is None else [w for w in pane.query("*") if w.focusable]
        if inside:
            inside[0].focus(scroll_visible)
        return self

    def action_language(self, step: int) -> None:
        """Show the code in another language."""
        self.query_one(TabbedContent).active = "program"
        self.query_one(SourceView).next_language(step)

    def action_lines(self, step: int) -> None:
        """Move long lines of code."""
        if self.query_one(TabbedContent).active != "program":
            raise SkipAction
        self.query_one(SourceView).scroll_lines(step * _COLUMNS)

    def action_section(self, step: int) -> None:
        """Show another section."""
        tabs, names = self.query_one(TabbedContent), list(SECTIONS)
        tabs.active = names[(names.index(tabs.active) + step) % len(names)]
        self.focus()

    def action_back(self) -> None:
        """Go back to where one was before."""
        if self._walked:
            self._visit(self._walked.pop())

    def _leave(self, left: bool) -> None:
        self.left = left
        self.set_class(left, "-left")

    def _visit(self, stop: "_Stop") -> None:
        self._wanted = stop
        if self.left:
            self._leave(False)
            self._head()
        self._load(stop)

    @work(exclusive=True, group="visit")
    async def _load(self, stop: "_Stop") -> None:
        try:
            dossier = await self.ask(partial(gather, **vars(stop)))
        except (UsageError, ArchiveError) as error:
            if not emptied(self):
                self.query_one("#heading", Static).update(Text(one_line(str(error))))
            return
        if dossier != self.dossier:
            summary = await asyncio.to_thread(facts.summary, dossier)
            if not emptied(self):
                self._fill(dossier, summary)
        if not emptied(self):
            self._draw()

    def _fill(self, dossier: Dossier, summary: RenderableType) -> None:
        self.dossier = dossier
        self._head()
        self.query_one("#summary", Static).update(summary)
        self.query_one("#certificate", Static).update(facts.proof(dossier))
        self.query_one("#ancestors", WalkView).show(origin(dossier))
        self.query_one("#mates", WalkView).show(cell(dossier))
        self.query_one(SourceView).show(dossier)
        self.post_message(self.Visited(dossier))

    def _head(self) -> None:
        if self.dossier is not None:
            first = None if self.first is None else self.first.elite.id
            text = facts.heading(self.dossier, first, self.left)
            self.query_one("#heading", Static).update(text, layout=False)

    def _draw(self) -> None:
        """Have the curve made if it is looked at: others cost time as well."""
        if self.dossier is not None and self.query_one(TabbedContent).active == "curve":
            self.query_one(ErrorCurve).show(self.dossier)

    @on(TabbedContent.TabActivated)
    def _section_shown(self) -> None:
        self._draw()

    def _step(self, here: Dossier, stop: "_Stop") -> None:
        del self._walked[:-_LONGEST_WALK]
        self._walked.append(_stop(here))
        self._visit(stop)

    @on(WalkView.Chosen)
    def _walk(self, event: WalkView.Chosen) -> None:
        event.stop()
        if self.dossier is not None:
            problem = self.dossier.elite.problem.id
            self._step(self.dossier, _Stop(event.id, problem, self.dossier))

    @on(ProofLine.Recorded)
    def _recorded(self, event: ProofLine.Recorded) -> None:
        event.stop()
        if self.dossier is not None and self.dossier.elite.id == event.before:
            self._visit(_Stop(event.id, self.dossier.elite.problem.id))
        self.post_message(self.Changed())

    @on(Changed)
    def _changed(self) -> None:
        self.look_again()
