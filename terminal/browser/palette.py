"""What the command palette offers on the main screen."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from elitemap.terminal.browser.elite import actions
from elitemap.terminal.browser.filter import Kind
from elitemap.terminal.browser.search import actions as search_actions

if TYPE_CHECKING:
    from elitemap.terminal.browser.screen import BrowseScreen


def commands(screen: "BrowseScreen") -> Iterator[SystemCommand]:
    """One entry per thing that can be done."""
    for name, what in (("map", "heat map"), ("plot", "Pareto plot"), ("table", "table")):
        show = partial(screen.action_tab, name)
        yield SystemCommand(f"Show {name}", f"Show the elites as a {what}", show)
    lines: tuple[tuple[Kind, str, str], ...] = (
        ("search", "Find", "Programs that contain a text, ids that begin with it"),
        ("where", "Filter", "Elites by their values, such as status = 'certified'"),
        ("row", "Go to row", "A row of the table by its number"),
    )
    for kind, title, what in lines:
        yield SystemCommand(title, what, partial(screen.action_filter, kind))
    yield SystemCommand("Drop filters", "Show all elites of this part", screen.action_drop)
    yield SystemCommand("Up", "From a run to its target, its space, to all", screen.action_up)
    yield SystemCommand("Runs", "Show or hide spaces, targets and runs", screen.action_tree)
    yield SystemCommand("Elite", "Show or hide the elite", screen.action_elite)
    yield from actions.commands(screen.panel)
    yield from search_actions.commands(screen.search)
