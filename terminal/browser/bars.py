"""The lines above the views: where one is, which view is shown, and what is wrong."""

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from elitemap.archive.plain import one_line
from elitemap.terminal.browser.scope import Scope

_NO_MATCH = "no elites match: escape drops the filter, w changes it"
_CHOOSE = "a {} is of one problem, and there are {} here: choose one in the tree, key ["
_NONE_YET = "no elites yet: press r to start a search, or wait for one that is running"

#: Problems that are named.
_NAMED = 12


class Crumbs(Static):
    """The part of the archive that is shown, its filters, and the number of elites."""

    DEFAULT_CSS = "Crumbs { height: 1; background: $panel; color: $foreground; padding: 0 1; }"

    def __init__(self) -> None:
        """A line that tells nothing yet."""
        super().__init__()
        self._told: tuple[str, Sequence[str], Scope, int | None] = ("", (), Scope(), None)

    def tell(
        self, archive: str, labels: Mapping[str, str], scope: Scope, total: int | None
    ) -> None:
        """Show a scope; ``total`` is None until it is known."""
        self._told = (one_line(archive), scope.crumbs(labels), scope, total)
        self._draw()

    def on_resize(self) -> None:
        """Fit the line into the new width."""
        self._draw()

    def _draw(self) -> None:
        archive, crumbs, scope, total = self._told
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(archive, style="dim")
        for name in crumbs:
            line.append(" › ", style="dim")
            line.append(name, style="bold")
        for condition in scope.conditions():
            line.append("  ")
            line.append(condition, style="italic")
        count = "…" if total is None else f"{total:,} elite{'' if total == 1 else 's'}"
        room = self.size.width - len(count) - 2
        line.truncate(max(room, 0), overflow="ellipsis", pad=True)
        line.append(f"  {count}")
        self.update(line, layout=False)


class Banner(Static):
    """What is wrong with the archive, in one line; hidden while nothing is."""

    DEFAULT_CSS = """
    Banner {
        height: auto; max-height: 3; padding: 0 1; display: none;
        background: $error-muted; color: $text-error;
    }
    """

    def __init__(self) -> None:
        """A line that is hidden."""
        super().__init__()
        self._reason = ""

    def tell(self, reason: str) -> None:
        """Show a reason, or nothing if it is empty."""
        if reason != self._reason:  # else the screen would be laid out anew for nothing
            self._reason = reason
            self.update(Text(one_line(reason)))
            self.display = bool(reason)


class Nothing(Static):
    """Why there is nothing to see, and what to do; hidden while there is something."""

    DEFAULT_CSS = """
    Nothing {
        height: auto; padding: 1 2; display: none; text-align: center; color: $text-warning;
    }
    """

    def tell(self, total: int | None, filtered: bool, view: str, several: Sequence[str]) -> None:
        """Show what to do where a part of the archive has no elites, or too many problems.

        Args:
            total: Number of elites, None until it is known.
            filtered: Whether a filter leaves something out.
            view: Name of the view.
            several: Names of the problems that a view of one problem has found.
        """
        self.display = total == 0 or bool(several)
        if total == 0:
            self.update(_NO_MATCH if filtered else _NONE_YET)
        elif several:
            self.update(Text(f"{_CHOOSE.format(view, len(several))}\n{_some(several)}"))


def _some(names: Sequence[str]) -> str:
    lines = [one_line(name) for name in names[:_NAMED]]
    return "\n".join([*lines, *([f"and {len(names) - _NAMED} more"] if names[_NAMED:] else [])])


class Tab(Static):
    """One name to click on."""

    class Clicked(Message):
        """The tab was clicked."""

        def __init__(self, name: str) -> None:
            """A message about the tab of this name."""
            super().__init__()
            self.name = name

    def on_click(self, event: events.Click) -> None:
        """Tell the line of tabs."""
        event.stop()
        self.post_message(self.Clicked(str(self.name)))


class TabLine(Horizontal):
    """The names of the views with their keys, and a remark about the one that is shown."""

    DEFAULT_CSS = """
    TabLine {
        height: 1; background: $surface;
        & Tab { width: auto; padding: 0 1; color: $text-muted; }
        & Tab.-active { background: $primary-muted; color: $text; text-style: bold; }
        & Tab:hover { text-style: underline; }
        & #remark { width: 1fr; text-align: right; padding: 0 1; color: $text-muted; }
    }
    """

    def __init__(self, names: Sequence[str]) -> None:
        """A line with these views, numbered from 1."""
        super().__init__()
        self._names = names

    def compose(self) -> ComposeResult:
        """The tabs."""
        for number, name in enumerate(self._names, start=1):
            yield Tab(Text(f"{number} {name}"), name=name, id=f"tab-{name}")
        yield Static(id="remark")

    def tell(self, active: str, remark: str) -> None:
        """Show which view is active, and a remark about it."""
        for tab in self.query(Tab):
            tab.set_class(tab.name == active, "-active")
        text = Text(one_line(remark), no_wrap=True, overflow="ellipsis")
        self.query_one("#remark", Static).update(text, layout=False)
