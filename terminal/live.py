"""The live view of a search on stderr: a panel on a terminal, else a line every few seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live

from elitemap.engine.events import (
    Certified,
    Covered,
    Event,
    Observer,
    Progress,
    Started,
    Warned,
    ignore,
)
from elitemap.terminal.boundary import say
from elitemap.terminal.console import people_console
from elitemap.terminal.forecast import opening
from elitemap.terminal.picture import Picture, follow, line, panel

#: Seconds between two lines where stderr is no terminal.
PAUSE = 10.0


@contextmanager
def live_view(quiet: bool) -> Iterator[Observer]:
    """An observer for a search that shows on stderr what it is told.

    Args:
        quiet: Show nothing.
    """
    console = people_console()
    if quiet:
        yield ignore
    elif console.is_terminal and not console.is_dumb_terminal:
        with _panels(console) as observer:
            yield observer
    else:
        yield Lines(say, time.monotonic)


@contextmanager
def _panels(console: Console) -> Iterator[Observer]:
    """Redraw a panel in place; the last one stays on the screen."""
    colour = console.color_system is not None and not console.no_color
    picture: Picture | None = None
    with Live(console=console, auto_refresh=False, redirect_stdout=False) as live:

        def observe(event: Event) -> None:
            nonlocal picture
            picture = follow(picture, event)
            if isinstance(event, Started):
                for told in opening(event):
                    say(told)
            if picture is not None:
                live.update(panel(picture, console.width, colour), refresh=True)

        yield observe


class Lines:
    """Tells events in lines, those about progress only every few seconds."""

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float]) -> None:
        """An observer.

        Args:
            tell: Prints a line.
            clock: Seconds since some moment.
        """
        self._tell = tell
        self._clock = clock
        self._next = clock()
        self._picture: Picture | None = None

    def __call__(self, event: Event) -> None:
        """Take an event, and perhaps tell it."""
        self._picture = follow(self._picture, event)
        if isinstance(event, Warned):
            self._tell(event.message)
        elif isinstance(event, Started):
            verb = "resuming" if event.resumed else "searching"
            self._tell(f"{verb} {event.space} {event.target}, run {event.run}")
            for told in opening(event):
                self._tell(told)
        elif isinstance(event, Progress | Covered | Certified) and self._clock() >= self._next:
            self._next = self._clock() + PAUSE
            if self._picture is not None:
                self._tell(line(self._picture))
