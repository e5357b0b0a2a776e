"""The line for filters: searched while one types, with its mistakes told in place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import Suggester
from textual.timer import Timer
from textual.widgets import Input, Label

from elitemap.archive.columns import FIXED
from elitemap.archive.plain import one_line
from elitemap.archive.querying.arithmetic import FUNCTIONS
from elitemap.archive.querying.where import MAX_LENGTH
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.browser.answers import stride
from elitemap.terminal.browser.scope import Scope

Kind = Literal["search", "where", "row"]

#: Seconds without a key after which a text counts.
DEBOUNCE = 0.15


@dataclass(frozen=True)
class _Prompt:
    label: str
    hint: str


#: What the line asks for, by kind.
PROMPTS: dict[Kind, _Prompt] = {
    "search": _Prompt("find", "a part of the program or the beginning of its id"),
    "where": _Prompt("where", "such as status = 'certified' and quality >= 5"),
    "row": _Prompt("go to row", "a number"),
}


#: A name, perhaps unfinished, at the end of a text.
_LAST_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*\Z")


class Names(Suggester):
    """Completes the last name of a filter."""

    def __init__(self, names: Sequence[str]) -> None:
        """A suggester of these names; earlier ones come first."""
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = names

    async def get_suggestion(self, value: str) -> str | None:
        """The filter with its last name completed, None if there is nothing to complete."""
        return completed(value, self._names)


def completed(text: str, names: Sequence[str]) -> str | None:
    """A filter with its last name completed to the first that begins so.

    Returns:
        None where no name ends the text, it is whole, or it is unknown.
    """
    found = _LAST_NAME.search(text)
    quoted = any(text.count(quote) % 2 for quote in "'\"")
    if found is None or quoted or found[0] in names:
        return None
    begun = found[0]
    whole = next((name for name in names if name.startswith(begun)), None)
    return None if whole is None else text + whole[len(begun) :]


def names_of(reader: ArchiveReader, scope: Scope) -> list[str]:
    """What a filter of a part of the archive may name, objectives and measures first."""
    query = scope.everything().query(every=stride(reader, scope))
    functions = (f"{name}(" for name in FUNCTIONS)
    return [*(column.name for column in reader.columns(query)), *FIXED, *functions]


class TextLine(Input):
    """An input whose up and down go through what was entered before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "Earlier", show=False, id="filter.earlier"),
        Binding("down", "recall(1)", "Later", show=False, id="filter.later"),
        Binding("tab", "complete", "Complete", show=False, tooltip="Complete a name, as → does"),
        Binding("escape", "give_up", "Cancel", tooltip="Back to the filter before"),
    ]

    def __init__(self) -> None:
        """An empty line."""
        super().__init__(max_length=MAX_LENGTH, compact=True, select_on_focus=False)
        self.cursor_blink = False
        self._past: Sequence[str] = ()
        self._place = 0

    def start(self, text: str, hint: str, past: Sequence[str]) -> None:
        """Begin with a text; ``past`` are the earlier ones, the latest last."""
        self.placeholder = hint
        self._past = [*(entry for entry in past if entry != text), text]
        self._place = len(self._past) - 1
        with self.prevent(Input.Changed):
            self.value = text
        self.cursor_position = len(text)

    def action_recall(self, step: int) -> None:
        """Show an earlier (-1) or later (1) text."""
        self._place = min(max(self._place + step, 0), len(self._past) - 1)
        self.value = self._past[self._place]
        self.cursor_position = len(self.value)

    def action_complete(self) -> None:
        """Take what is suggested."""
        if self.cursor_at_end:
            self.action_cursor_right()

    def action_give_up(self) -> None:
        """Leave without a change."""
        self.post_message(FilterLine.GivenUp())


class FilterLine(Vertical):
    """A label, the line, and below it the mistake if there is one."""

    DEFAULT_CSS = """
    FilterLine {
        height: auto; display: none; background: $panel;
        & Horizontal { height: 1; }
        & Label { padding: 0 1; text-style: bold; color: $text-primary; }
        & Input { width: 1fr; height: 1; background: $panel; }
        & #mistake {
            width: 1fr; height: 1; display: none; color: $text-error; text-style: none;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    class Entered(Message):
        """A text was entered, or typed and left alone for a moment."""

        def __init__(self, kind: Kind, text: str, done: bool) -> None:
            """A message; ``done`` tells whether the line was closed with it."""
            super().__init__()
            self.kind: Kind = kind
            self.text, self.done = text, done

    class GivenUp(Message):
        """The line was left without a change."""

    def __init__(self, past: Sequence[str] = ()) -> None:
        """A hidden line; ``past`` are the filters that were used before, the latest last."""
        super().__init__()
        self._past: dict[Kind, list[str]] = {"search": [], "where": list(past), "row": []}
        self._kind: Kind = "search"
        self._before = self._mistake = ""
        self._timer: Timer | None = None

    @property
    def filters(self) -> tuple[str, ...]:
        """The filters that were used, the latest last."""
        return tuple(self._past["where"])

    def compose(self) -> ComposeResult:
        """The parts."""
        with Horizontal():
            yield Label(id="prompt", markup=False)
            yield TextLine()
        yield Label(id="mistake", markup=False)

    def open(self, kind: Kind, text: str, before: str) -> None:
        """Show the line with a text and give it the keys; giving up goes back to ``before``."""
        self._kind, self._before = kind, before
        self.offer(())
        self.query_one("#prompt", Label).update(Text(PROMPTS[kind].label))
        self.query_one(TextLine).start(text, PROMPTS[kind].hint, self._past[kind])
        self.refuse("")
        self.display = True
        self.screen.set_focus(self.query_one(TextLine))  # at once: the next key is for it

    def offer(self, names: Sequence[str]) -> None:
        """Complete these names from now on, until the line is opened again."""
        self.query_one(TextLine).suggester = Names(names) if names else None

    def refuse(self, mistake: str) -> None:
        """Tell a mistake below the line; an empty text takes it away."""
        if mistake != self._mistake:  # else the screen would be laid out anew for nothing
            self._mistake = mistake
            label = self.query_one("#mistake", Label)
            label.update(Text(one_line(mistake)))
            label.display = bool(mistake)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self._timer is not None:
            self._timer.stop()
        if self.display and self._kind != "row":
            self._timer = self.set_timer(DEBOUNCE, self._settled)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        past = self._past[self._kind]
        if event.value and event.value not in past[-1:]:
            past.append(event.value)
        self._close(event.value)

    @on(GivenUp)
    def _given_up(self, event: GivenUp) -> None:
        event.stop()
        self._close(self._before)

    def _settled(self) -> None:
        self.post_message(self.Entered(self._kind, self.query_one(TextLine).value, False))

    def _close(self, text: str) -> None:
        if self._timer is not None:
            self._timer.stop()
        self.display = False
        self.post_message(self.Entered(self._kind, text, True))
