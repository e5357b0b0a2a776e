"""What every kind of search works with while it runs."""

from collections.abc import Callable
from dataclasses import dataclass

from elitemap.archive.store import ArchiveWriter
from elitemap.engine.crew import Crew
from elitemap.engine.events import Observer


@dataclass(frozen=True)
class Desk:
    """The tools of a running search.

    Attributes:
        writer: Its archive.
        crew: Who does the work.
        observer: Told of what happens.
        halted: Whether to stop.
    """

    writer: ArchiveWriter
    crew: Crew
    observer: Observer
    halted: Callable[[], bool]
