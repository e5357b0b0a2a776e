"""What every kind of search works with while it runs."""

from collections.abc import Callable
from dataclasses import dataclass

from elitemap.archive.store import ArchiveWriter
from elitemap.engine.events import Observer
from elitemap.engine.running.dispatch import Dispatcher


@dataclass(frozen=True)
class SearchContext:
    """The surroundings of a running search.

    Attributes:
        writer: Its archive.
        dispatcher: Gives its jobs to workers.
        observer: Told of what happens.
        halted: Whether to stop.
    """

    writer: ArchiveWriter
    dispatcher: Dispatcher
    observer: Observer
    halted: Callable[[], bool]
