"""The help screen: every key, taken from the bindings themselves."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

_ABOUT = (
    "Choose what to look at in the tree of runs on the left, look at it as a map, a plot or a"
    " table, and find the elite under the cursor in full on the right. A filter holds for all"
    " views."
)

#: A title and the bindings below it.
Section = tuple[str, Sequence[BindingType]]


class HelpScreen(ModalScreen[None]):
    """All keys, by where they work."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & VerticalScroll {
            width: 78; max-width: 96%; height: auto; max-height: 96%; padding: 0 2;
            background: $surface; border: round $primary; border-title-color: $text-primary;
            scrollbar-size-vertical: 1;
        }
        & Static { height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", key_display="esc"),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
    ]

    def __init__(self, sections: Sequence[Section]) -> None:
        """A screen with these sections."""
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """The text in a box that scrolls."""
        with VerticalScroll() as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            yield Static(Group(*_page(self.app, self._sections)))

    def action_scroll(self, way: str) -> None:
        """Scroll ``up`` or ``down``."""
        box = self.query_one(VerticalScroll)
        box.scroll_relative(y=1 if way == "down" else -1, animate=False)


def _page(app: App[None], sections: Iterable[Section]) -> Iterator[RenderableType]:
    yield Text(_ABOUT)
    for title, bindings in sections:
        yield Text(f"\n{title}", style="bold")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, min_width=16)
        table.add_column(overflow="fold")
        for keys, what in _lines(app, bindings):
            table.add_row(Text(f"  {keys}", style="bold"), Text(what))
        yield table


def _lines(app: App[None], bindings: Sequence[BindingType]) -> Iterator[tuple[str, str]]:
    """Keys and what they do, one line per binding."""
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description:
            each = [Binding(key, binding.action, "") for key in binding.key.split(",")]
            keys = binding.key_display or " ".join(app.get_key_display(key) for key in each)
            yield keys, binding.tooltip or binding.description
