"""Two elites side by side: what they are worth, how their sources differ, both error curves."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from elitemap.archive.plain import one_line
from elitemap.terminal.browser.elite.difference import Difference
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.error_curve import ErrorCurve
from elitemap.terminal.browser.elite.facts import SHORT, STATUS_STYLES, better
from elitemap.terminal.browser.workshop import Workshop
from elitemap.terminal.objectives import Declared


class CompareScreen(Screen[str | None]):
    """Shows two elites; closes with the id of the one to go to, or None."""

    DEFAULT_CSS = """
    CompareScreen {
        & #body { height: 1fr; padding: 0 1; }
        & #worth { height: auto; margin-bottom: 1; }
        & #difference { height: auto; margin-bottom: 1; }
        & CurveView { height: 1fr; min-height: 12; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "close", "Back", key_display="esc", id="compare.close"),
        Binding("1", "choose(0)", "Go to the first", id="compare.first"),
        Binding("2", "choose(1)", "Go to the second", id="compare.second"),
        Binding("x", "swap", "Exchange", id="compare.swap"),
    ]

    def __init__(self, first: Dossier, second: Dossier, shop: Workshop) -> None:
        """A screen for two programs; their curves are made in the workshop."""
        super().__init__()
        self._pair, self._shop = (first, second), shop

    def compose(self) -> ComposeResult:
        """The parts."""
        with VerticalScroll(id="body"):
            yield Static(id="worth")
            yield Static(id="difference")
            yield ErrorCurve(self._shop)
        yield Footer()

    def on_mount(self) -> None:
        """Show both."""
        self._draw()
        self.query_one("#body").focus()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_choose(self, place: int) -> None:
        """Go back to one of the two."""
        self.dismiss(self._pair[place].elite.id)

    def action_swap(self) -> None:
        """Exchange the two."""
        self._pair = self._pair[::-1]
        self._draw()

    def _draw(self) -> None:
        first, second = self._pair
        self.query_one("#worth", Static).update(worth(first, second))
        sources = (first.elite.source, second.elite.source)
        self.query_one("#difference", Static).update(Difference(*sources))
        self.query_one(ErrorCurve).show(first, second)


def worth(first: Dossier, second: Dossier) -> Table:
    """Objectives of both, the better one of each emphasised and marked."""
    pair = (first.elite, second.elite)
    same = pair[0].problem == pair[1].problem  # what one is worth for another says nothing
    directions = {**_directions(first), **_directions(second)} if same else {}
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_row("", *(Text(one_line(elite.id[:SHORT]), "bold") for elite in pair))
    table.add_row("problem", *(Text(one_line(f"{e.space} › {e.problem.label}")) for e in pair))
    table.add_row("status", *(_status(dossier) for dossier in (first, second)))
    declared = Declared.by(elite.problem for elite in pair)
    for name in declared.in_order([*pair[0].objectives, *pair[1].objectives]):
        values = (pair[0].objectives.get(name), pair[1].objectives.get(name))
        best = better(name, values, directions)
        table.add_row(
            Text(one_line(name)),
            *(_value(declared.text(name, v), best == place) for place, v in enumerate(values)),
        )
    return table


def _value(told: str, best: bool) -> Text:
    text = one_line(told)
    return Text(f"{text} ◂" if best else text, "bold" if best else "")


def _status(dossier: Dossier) -> Text:
    status = "former elite" if dossier.former else dossier.elite.status
    return Text(one_line(status), STATUS_STYLES.get(status, ""))


def _directions(dossier: Dossier) -> dict[str, float]:
    """Which way is better, as the run says."""
    config: Mapping[str, Any] = dossier.run.config
    return {name: sign for name, sign in config.get("pareto", ())}
