"""What one can do with searches: one table, from which keys, palette and help are made."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from textual.app import SystemCommand
from textual.binding import Binding

from elitemap.terminal.browser.search.panel import SearchPanel


class SearchAction(NamedTuple):
    """One thing to do with searches: its key, its name for the footer, and what it does."""

    key: str
    label: str
    help: str


#: By the name that :meth:`SearchPanel.perform` takes.
ACTIONS: Mapping[str, SearchAction] = MappingProxyType(
    {
        "start": SearchAction("r", "Search", "Start a search into this archive"),
        "resume": SearchAction("R", "Resume", "Go on with a run that is not finished"),
        "stop": SearchAction("X", "Stop", "Stop the search and save it; then hide its panel"),
        "unfold": SearchAction("D", "Details", "Show the search in full, or as one line"),
    }
)


def bindings(action: str = "search_action") -> list[Binding]:
    """Keys for a screen or app that passes them on.

    Args:
        action: Name of its action; it is called with the name of one of :data:`ACTIONS`.
    """
    return [
        Binding(
            one.key, f"{action}('{name}')", one.label, show=False, tooltip=one.help,
            id=f"search.{name}",
        )
        for name, one in ACTIONS.items()
    ]  # fmt: skip


def commands(search: SearchPanel) -> Iterator[SystemCommand]:
    """The same for the command palette."""
    for name, one in ACTIONS.items():
        title = f"{one.label} ({one.key})" if name == "start" else f"{one.label} search ({one.key})"
        yield SystemCommand(title, one.help, lambda name=name: search.perform(name))
