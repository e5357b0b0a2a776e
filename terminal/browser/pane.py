"""What the panes share: the messages by which they tell the screen how their questions went."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from textual.message import Message
from textual.widget import Widget

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.terminal.browser.scope import Scope


@dataclass(frozen=True)
class Moment:
    """What a pane shows: a part of the archive as it was at one time.

    Attributes:
        scope: The part.
        version: Equal as long as nothing has been written.
    """

    scope: Scope
    version: object = None


def emptied(widget: Widget) -> bool:
    """Whether the app is ending: widgets lose their parts, one by one, before their workers end."""
    return not widget.app.is_running or not widget.children


class Asked(Message):
    """A pane was told to show the same in another way, and waits for the answer."""


class Answered(Message):
    """A pane shows what it was asked for."""

    def __init__(self, moment: Moment) -> None:
        """A message about what is shown."""
        super().__init__()
        self.moment = moment


class Refused(Message):
    """A question was mistaken."""

    def __init__(self, moment: Moment, mistake: str) -> None:
        """A message about the question and what to tell the user."""
        super().__init__()
        self.moment, self.mistake = moment, mistake


class Unreadable(Message):
    """The archive cannot be read now."""

    def __init__(self, reason: str) -> None:
        """A message with the reason."""
        super().__init__()
        self.reason = reason


class EliteShown(Message):
    """The cursor has come to an elite, or one was chosen."""

    def __init__(self, id: str, problem: str = "", chosen: bool = False) -> None:
        """A message about an elite, or about a place without any.

        Args:
            id: Of the program; empty where there is none.
            problem: Id of the problem whose elite it is; empty where there is none.
            chosen: Whether to go to it.
        """
        super().__init__()
        self.id, self.problem, self.chosen = id, problem, chosen


@contextmanager
def reporting(widget: Widget, moment: Moment) -> Iterator[None]:
    """Tell the screen what went wrong with a question of this widget."""
    try:
        yield
    except UsageError as error:
        widget.post_message(Refused(moment, str(error)))
    except ArchiveError as error:
        widget.post_message(Unreadable(str(error)))
