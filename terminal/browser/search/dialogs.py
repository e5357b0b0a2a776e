"""The dialogs that start a search and choose a run to go on with."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, Label, OptionList, Select, Static
from textual.widgets.option_list import Option

from elitemap.archive.errors import ElitemapError, UsageError
from elitemap.archive.plain import one_line
from elitemap.archive.problems import Problem
from elitemap.archive.records import RunRecord
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import SpaceEntry
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.browser.dialogs import CSS
from elitemap.terminal.browser.keyline import KeyLine
from elitemap.terminal.browser.search.jobs import SECONDS, ResumeOrder, SearchOrder
from elitemap.terminal.browser.workshop import Workshop
from elitemap.terminal.commands.spaces import told

#: Fields of the engine: name, what stands there if nothing is given, what it means.
_ENGINE = (
    ("seconds", f"{SECONDS:g}", "time to search and certify; an enumeration goes on to its end"),
    ("seed", "0", "the same seed and settings begin the same search"),
)


def settings(texts: dict[str, str]) -> dict[str, Any]:
    """The engine's settings from what was typed; what was left out is not in them.

    Raises:
        UsageError: If a text is no number, or out of range.
    """
    found: dict[str, Any] = {}
    for name, kind in (("seconds", float), ("seed", int)):
        if texts[name]:
            try:
                found[name] = kind(texts[name])
            except ValueError:
                raise UsageError(f"expected {name} as a number, got {texts[name]!r}") from None
    SearchConfig(**found)
    return found


class SearchDialog(ModalScreen[SearchOrder | None]):
    """Asks for a search; gives the order for it."""

    DEFAULT_CSS = f"""
    SearchDialog {{ {CSS}
        & #box {{ width: 76; }}
        & #fields {{ height: auto; max-height: 60vh; }}
        & .field {{ height: 1; }}
        & .field Label {{ width: 14; color: $text-muted; }}
        & .hint {{ padding-left: 14; }}
    }}
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(
        self,
        archive: Path,
        entries: Sequence[SpaceEntry],
        shop: Workshop,
        space: str | None = None,
        target: str | None = None,
    ) -> None:
        """A dialog.

        Args:
            archive: Where the search is to write.
            entries: The spaces.
            shop: Where the task is tried out.
            space: The space to begin with, if it is one of them.
            target: The target to begin with.
        """
        super().__init__()
        self._archive, self._shop = archive, shop
        self._entries = {entry.name: entry for entry in entries}
        known = space is not None and space in self._entries
        self._space = str(space) if known else next(iter(self._entries))
        self._target = (target or "") if known else ""

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(id="box"):
            yield Static("Start a search", classes="title")
            with Horizontal(classes="field"):
                yield Label("space")
                names = [(name, name) for name in self._entries]
                yield Select(names, value=self._space, allow_blank=False, compact=True)
            with VerticalScroll(id="fields", can_focus=False):
                yield from self._fields()
            yield Static(id="mistake")
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Search", id="start", variant="primary", compact=True)
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin with the target."""
        self.query_one("#target").focus()

    def action_cancel(self) -> None:
        """Close and start nothing."""
        self.dismiss(None)

    def _fields(self) -> ComposeResult:
        """What is to be filled in for the space."""
        entry = self._entries[self._space]
        suggester = SuggestFromList(entry.targets, case_sensitive=False)
        first = next(iter(entry.targets), "")
        yield from _field("target", self._target, first, entry.summary, suggester)
        for name, default, meaning in _ENGINE:
            yield from _field(name, "", default, meaning)
        for option in entry.options:
            yield from _field(f"set-{option.name}", "", option.default, told(option))

    @on(Select.Changed)
    async def _space_chosen(self, event: Select.Changed) -> None:
        event.stop()
        if event.value == self._space:
            return
        self._space, self._target = str(event.value), ""
        fields = self.query_one("#fields", VerticalScroll)
        await fields.remove_children()
        await fields.mount_all(list(self._fields()))

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#start")
    @on(Input.Submitted)
    def _asked(self) -> None:
        self._start()

    @work(exclusive=True)
    async def _start(self) -> None:
        fields = self.query(Input).results()
        texts = {str(field.id): field.value.strip() for field in fields}
        chosen = {
            name.removeprefix("set-"): text
            for name, text in texts.items()
            if name.startswith("set-") and text
        }
        self._tell("")
        try:
            if not texts["target"]:
                raise UsageError("expected a target, got none: name one, or write an expression")
            spec = TaskSpec.of(self._space, texts["target"], chosen)
            numbers = settings(texts)
            spec = await self._shop.do(settled, spec)
            await self._shop.do(load_task, spec)
        except ElitemapError as error:
            self._tell(str(error))
        else:
            self.dismiss(SearchOrder(self._archive, spec, numbers))

    def _tell(self, mistake: str) -> None:
        label = self.query_one("#mistake", Static)
        label.update(Text(one_line(mistake)))
        label.display = bool(mistake)


def _field(
    name: str, value: str, default: str, meaning: str, suggester: SuggestFromList | None = None
) -> ComposeResult:
    field = Input(value, default, suggester=suggester, id=name, compact=True)
    field.cursor_blink = False
    yield Horizontal(Label(Text(name.removeprefix("set-"))), field, classes="field")
    yield Static(Text(one_line(meaning)), classes="hint")


class ResumeDialog(ModalScreen[ResumeOrder | None]):
    """Asks which of the unfinished runs to go on with."""

    DEFAULT_CSS = f"""
    ResumeDialog {{ {CSS}
        & OptionList {{ height: auto; max-height: 12; border: none; }}
    }}
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, archive: Path, runs: Sequence[tuple[RunRecord, Problem]]) -> None:
        """A dialog about these runs, each with what it was asked."""
        super().__init__()
        self._archive, self._runs = archive, list(runs)

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(id="box"):
            yield Static("Go on with a run", classes="title")
            yield OptionList(*(Option(_run_line(*run)) for run in self._runs))
            yield Static("Enter goes on.", classes="hint")
        yield KeyLine()

    def action_cancel(self) -> None:
        """Close and start nothing."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(ResumeOrder(self._archive, self._runs[event.option_index][0].id))


def _run_line(run: RunRecord, asked: Problem) -> Text:
    """The run, and below it what it was asked, which may be long."""
    text = Text(overflow="fold").append(one_line(run.id), "bold")
    when = run.started_at[:16].replace("T", " ")
    text.append(f"  {one_line(run.status)}  {one_line(when)}", "dim")
    return text.append("\n").append(one_line(f"{run.space} › {asked.label}"))
