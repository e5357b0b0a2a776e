"""The keys of the app and of its main screen, and which ones the footer shows first."""

from textual.binding import Binding

from elitemap.terminal.browser.elite import actions

#: Keys that the main screen knows by itself. Those that open the line for filters come before all
from elitemap.terminal.browser.search import actions as search_actions

#: Keys that the main screen knows by itself. Those that open the line for filters come before all
#: others, so that what is typed right after them already goes there.
OWN = (
    Binding("1,m", "tab('map')", "Map", show=False, tooltip="Heat map", id="view.map"),
    Binding("2,p", "tab('plot')", "Plot", show=False, tooltip="Pareto plot", id="view.plot"),
    Binding("3,t", "tab('table')", "Table", show=False, tooltip="Table", id="view.table"),
    Binding(
        "slash",
        "filter('search')",
        "Find",
        priority=True,
        key_display="/",
        tooltip="Find in programs and ids",
        id="filter.search",
    ),
    Binding("w,f", "filter('where')", "Where", priority=True, tooltip="Filter", id="filter.where"),
    Binding(
        "colon",
        "filter('row')",
        "Go to row",
        show=False,
        priority=True,
        key_display=":",
        tooltip="Go to a row of the table",
        id="filter.row",
    ),
    Binding(
        "left_square_bracket",
        "tree",
        "Runs",
        key_display="[",
        tooltip="Show or hide spaces, problems and runs",
        id="view.tree",
    ),
    Binding(
        "right_square_bracket",
        "elite",
        "Elite",
        key_display="]",
        tooltip="Show or hide the elite",
        id="view.elite",
    ),
    Binding(
        "backspace",
        "up",
        "Up",
        show=False,
        tooltip="From a run to its target, then to its space, then to all",
        id="scope.up",
    ),
    Binding(
        "escape", "leave", "Back", show=False, tooltip="Close what is open, or drop the filter"
    ),
)

#: Keys of the app, which work on every screen.
APP = (
    Binding("question_mark", "help", "Help", key_display="?", tooltip="This page"),
    Binding(
        "ctrl+p",
        "command_palette",
        "Palette",
        key_display="^p",
        priority=True,
        tooltip="Search in all commands",
    ),
    Binding("ctrl+t", "other_theme", "Dark or light", show=False, tooltip="Dark or light"),
    Binding("q", "quit", "Quit"),
)

#: All keys of the main screen: its own, and those for the elite and for searches.
ALL = (*OWN, *actions.bindings(), *search_actions.bindings())

#: Actions that come first in the footer, which shows as many as it has room for.
_FIRST = (
    "give_up",
    "filter('search')",
    "filter('where')",
    "tree",
    "elite",
    "help",
    "command_palette",
    "quit",
    "choose",
    "sort",
    "axis('x', 1)",
    "axis('y', 1)",
)


def rank(binding: Binding) -> int:
    """Place of a key in the footer."""
    return _FIRST.index(binding.action) if binding.action in _FIRST else len(_FIRST)


def is_character(binding: Binding) -> bool:
    """Whether a key is one that an input takes as text."""
    return len(binding.key_display or "") == 1
