"""The help screen: every key, taken from the bindings themselves."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.keys import format_key
from textual.screen import ModalScreen
from textual.widgets import Static

from elitemap.terminal.browser import keys
from elitemap.terminal.browser.chart_pane import ChartPane
from elitemap.terminal.browser.elite import actions
from elitemap.terminal.browser.elite.curve_view import CurveView
from elitemap.terminal.browser.elite.error_curve import ErrorCurve
from elitemap.terminal.browser.elite.view import ElitePanel
from elitemap.terminal.browser.filter import TextLine
from elitemap.terminal.browser.map.view import MapView
from elitemap.terminal.browser.plot.view import ParetoView
from elitemap.terminal.browser.search import actions as search_actions
from elitemap.terminal.browser.table.view import EliteTable

_ABOUT = (
    "Choose what to look at in the tree of runs on the left, look at it as a map, a plot or a"
    " table, and find the elite under the cursor in full on the right. A filter holds for all"
    " views."
)

#: Columns of the box at most, of its border, padding and scroll bar, and of the keys.
_WIDEST, _AROUND, _KEYS = 78, 7, 16


class Section(NamedTuple):
    """Keys that work in one place: its title, and of every key how it is written and what it does.

    Keys that do the same stand together: ``left h``.
    """

    title: str
    lines: list[tuple[str, str]]


def sections() -> list[Section]:
    """All keys, by where they work."""
    charts, elite = ChartPane.BINDINGS, [*actions.bindings(), *ElitePanel.BINDINGS]
    places: dict[str, Sequence[BindingType]] = {
        "Everywhere": [*keys.OWN, *keys.APP],
        "Map": [*MapView.BINDINGS, *charts],
        "Plot": [*ParetoView.BINDINGS, *charts],
        "Table": EliteTable.BINDINGS,
        "Searches": search_actions.bindings(),
        "Elite": elite,
        "Curve": [*ErrorCurve.BINDINGS, *CurveView.BINDINGS],
        "Line for filters": TextLine.BINDINGS,
    }
    return [Section(title, list(_lines(bindings))) for title, bindings in places.items()]


class HelpScreen(ModalScreen[None]):
    """All keys, by where they work."""

    DEFAULT_CSS = f"""
    HelpScreen {{
        align: center middle;
        & VerticalScroll {{
            width: {_WIDEST}; max-width: 96%; height: auto; max-height: 96%; padding: 0 2;
            background: $surface; border: round $primary; border-title-color: $text-primary;
            scrollbar-size-vertical: 1;
        }}
        & Static {{ height: auto; }}
    }}
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", key_display="esc"),
        Binding("j", "scroll('down')", show=False),
        Binding("k", "scroll('up')", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The text in a box that scrolls."""
        with VerticalScroll() as box:
            box.border_title = "Keys"
            box.border_subtitle = "esc closes"
            yield Static(page(min(_WIDEST, int(0.96 * self.app.size.width)) - _AROUND))

    def action_scroll(self, way: str) -> None:
        """Scroll ``up`` or ``down``."""
        box = self.query_one(VerticalScroll)
        box.scroll_relative(y=1 if way == "down" else -1, animate=False)


def page(width: int) -> Text:
    """All keys as one text; the lines of long descriptions stand below each other.

    One text and not a table per section: a key that opens it would take twice as long.
    """
    text = Text(_ABOUT)
    for title, lines in sections():
        text.append(f"\n\n{title}", "bold")
        for written, what in lines:
            text.append(f"\n  {written:<{_KEYS}}", "bold")
            text.append(f"\n{' ' * (_KEYS + 2)}".join(wrap(what, max(width - _KEYS - 2, 10))))
    return text


def _lines(bindings: Sequence[BindingType]) -> Iterator[tuple[str, str]]:
    """Keys and what they do, one line per binding."""
    for binding in bindings:
        if isinstance(binding, Binding) and binding.description:
            written = binding.key_display or " ".join(map(_written, binding.key.split(",")))
            yield written, binding.tooltip or binding.description


def _written(key: str) -> str:
    """A key as the footer writes it: ``^t`` for ``ctrl+t``."""
    modifiers, name = Binding(key, "", "").parse_key()
    control = "^" if "ctrl" in modifiers else ""
    others = [modifier for modifier in modifiers if modifier != "ctrl"]
    return "+".join([*others, f"{control}{format_key(name)}"])
