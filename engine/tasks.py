"""Finding tasks through the entry-point group ``elitemap.tasks``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points

from elitemap.archive.errors import UsageError
from elitemap.engine.config import nearest
from elitemap.engine.protocols import SpaceEntry, Task

GROUP = "elitemap.tasks"


@dataclass(frozen=True)
class TaskSpec:
    """What names a task: small, and the same in every process.

    Attributes:
        space: Name of the entry point.
        target: Name or expression, as the user gave it.
        settings: The options that were set, by name, as text.
    """

    space: str
    target: str
    settings: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, space: str, target: str, settings: Mapping[str, str]) -> "TaskSpec":
        """A spec; the order of the settings does not matter."""
        return cls(space, target, tuple(sorted(settings.items())))


def space_names() -> list[str]:
    """Names of the installed spaces, sorted."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find_space(name: str) -> SpaceEntry:
    """The entry of a space.

    Raises:
        UsageError: If no such space is installed, or what is installed is no space.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if not points:
        raise UsageError(f"unknown space {name!r}{nearest(name, space_names())}")
    entry = points[0].load()
    if not isinstance(entry, SpaceEntry):
        raise UsageError(
            f"expected a SpaceEntry at {points[0].value}, got {type(entry).__name__}; "
            "correct the plugin's entry point"
        )
    return entry


@lru_cache(maxsize=4)
def load_task(spec: TaskSpec) -> Task:
    """Build a task (once per process).

    Raises:
        UsageError: If the space, target or an option is unknown or unusable.
    """
    entry = find_space(spec.space)
    known = [option.name for option in entry.options]
    for name, _ in spec.settings:
        if name not in known:
            raise UsageError(f"unknown option {name!r} of {spec.space}{nearest(name, known)}")
    return entry.task(spec.target, dict(spec.settings))
