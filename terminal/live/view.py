"""The live view of a search on stderr: a panel on a terminal, else a line every few seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.live import Live
from rich.segment import ControlType, Segment
from rich.text import Text

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
from elitemap.terminal.live.forecast import opening
from elitemap.terminal.live.panels import content, framed
from elitemap.terminal.live.picture import Picture, follow, later, line

#: Seconds between two lines where stderr is no terminal.
PAUSE = 10.0

#: Drawings per second: clocks go on where a search is silent for long.
_RATE = 4

#: Kinds of terminal with colours enough for a ramp.
_RAMPS = ("256", "truecolor")

#: The smallest terminal with room for a frame, in columns and lines.
_LEAST = (30, 7)


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
    board = Board(console, time.monotonic)
    live = Live(
        console=console,
        get_renderable=lambda: board,
        refresh_per_second=_RATE,
        redirect_stdout=False,
        vertical_overflow="crop",
    )
    with live:

        def observe(event: Event) -> None:
            board.take(event)
            if isinstance(event, Started):
                for told in opening(event):
                    say(told)

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
            self._tell(f"{verb} {event.space} {event.problem}, run {event.run}")
            for told in opening(event):
                self._tell(told)
        elif isinstance(event, Progress | Covered | Certified) and self._clock() >= self._next:
            self._next = self._clock() + PAUSE
            if self._picture is not None:
                self._tell(line(self._picture))


class Board:
    """The panel of a search, whatever its terminal's size has become.

    It never gets lower while the search goes on: what stands below would jump.
    """

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        """An empty board.

        Args:
            console: Where it is drawn.
            clock: Seconds since some moment.
        """
        # Of 16 colours no ramp can be made; without colours quality is a height.
        self._colour = console.color_system in _RAMPS and not console.no_color
        self._clock = clock
        self._picture: Picture | None = None
        self._since = clock()
        self._lines = 0
        self._drawn = (0, 0)

    def take(self, event: Event) -> None:
        """Take an event; the next drawing shows it."""
        self._picture = follow(self._picture, event)
        if isinstance(event, Started | Progress | Covered):
            self._since = self._clock()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it; a panel of another width is cleared away first."""
        width, height = console.size
        yield from _cleared(self._drawn, width)
        shown = self._panel(width, height)
        lines = console.render_lines(shown, options, pad=False)
        self._drawn = (max(Segment.get_line_length(line) for line in lines), len(lines))
        for drawn in lines[:-1]:
            yield from [*drawn, Segment.line()]
        yield from lines[-1]
        if self._picture is not None and self._picture.going:
            # A place for the cursor: behind a full line the terminal's echo of ^C would break it.
            yield from [Segment.line(), Segment(" ")]

    def _panel(self, width: int, height: int) -> RenderableType:
        if self._picture is None:
            return Text("starting …", style="dim")
        picture = later(self._picture, self._clock() - self._since)
        if width < _LEAST[0] or height < _LEAST[1]:
            return Text(line(picture), no_wrap=True, overflow="ellipsis")
        # The line below the panel stays free for the cursor.
        lines = content(picture, width, self._colour, height - 1)
        self._lines = min(max(self._lines, len(lines)), height - 3)
        padding = self._lines - len(lines) if picture.going else 0
        return framed(picture, [*lines, *([Text("")] * padding)], width)


def _cleared(drawn: tuple[int, int], width: int) -> Iterator[Segment]:
    """Clear lines that a terminal that has become narrower has broken into several.

    The cursor is back at where the panel would have begun with one row per line.

    Args:
        drawn: Columns and lines of the last panel.
        width: Columns now.
    """
    columns, lines = drawn
    more = lines * (-(-columns // width) - 1)
    if more > 0:
        yield Segment(f"\x1b[{more}A\x1b[J", None, [(ControlType.CURSOR_UP, more)])
