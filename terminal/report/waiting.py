"""A line on a terminal for what takes longer than people like to wait in silence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.status import Status
from rich.text import Text

from elitemap.archive.plain import one_line
from elitemap.terminal.console import people_console

#: Seconds before anything is said.
PATIENCE = 2.0


@contextmanager
def waiting(patience: float = PATIENCE) -> Iterator[Callable[[str], None]]:
    """Give what tells the step that has begun; it is shown after a while, and gone at the end.

    Args:
        patience: Seconds of silence.
    """
    console = people_console()
    if not console.is_terminal or console.is_dumb_terminal:
        yield lambda text: None
        return
    status = Status(Text("working"), console=console)
    timer = Timer(patience, status.start)
    timer.start()

    def tell(text: str) -> None:
        status.update(Text(one_line(text), no_wrap=True, overflow="ellipsis"))

    try:
        yield tell
    finally:
        timer.cancel()
        timer.join()
        status.stop()
