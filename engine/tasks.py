"""Finding tasks through the entry-point group ``elitemap.tasks``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from elitemap.archive.errors import ElitemapError, UsageError
from elitemap.engine.config import nearest
from elitemap.engine.data.supply import content_of, supplied
from elitemap.engine.protocols import NamedFunction, SpaceEntry, Task, UserData

GROUP = "elitemap.tasks"

#: Digits of a hash that name a user's data in the name of a problem.
DIGITS = 8


@dataclass(frozen=True)
class TaskSpec:
    """What names a task: small, and the same in every process.

    Attributes:
        space: Name of the entry point.
        target: Name or expression, as the user gave it.
        settings: The options that were set, by name, as text.
        digests: Of the options that bring data the hashes of what they bring, by name; see
            :func:`.settling.settled`.
    """

    space: str
    target: str
    settings: tuple[tuple[str, str], ...] = ()
    digests: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        space: str,
        target: str,
        settings: Mapping[str, str],
        digests: Mapping[str, str] | None = None,
    ) -> "TaskSpec":
        """A spec; the order of the settings does not matter."""
        told = tuple(sorted((digests or {}).items()))
        return cls(space, target, tuple(sorted(settings.items())), told)


def space_names() -> list[str]:
    """Names of the installed spaces, sorted."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find_space(name: str) -> SpaceEntry:
    """The entry of a space.

    Raises:
        UsageError: If no such space is installed.
        ElitemapError: If it cannot be loaded, or is no space; the line names its distribution.
    """
    points = [point for point in entry_points(group=GROUP) if point.name == name]
    if not points:
        raise UsageError(f"unknown space {name!r}{nearest(name, space_names())}")
    entry = loaded(points[0])
    if not isinstance(entry, SpaceEntry):
        raise ElitemapError(
            f"expected a SpaceEntry at {points[0].value} for the space {name!r}"
            f"{_distribution(points[0])}, got {type(entry).__name__}; repair or uninstall it"
        )
    return entry


def usable_spaces() -> tuple[list[SpaceEntry], list[str]]:
    """The installed spaces, sorted by name, and a line about each that cannot be loaded."""
    found: list[SpaceEntry] = []
    broken: list[str] = []
    for name in space_names():
        try:
            found.append(find_space(name))
        except ElitemapError as error:
            broken.append(str(error))
    return found, broken


def loaded(point: EntryPoint) -> Any:
    """What an entry point of a space names.

    Raises:
        ElitemapError: If it cannot be loaded; the line names its distribution.
    """
    try:
        return point.load()
    # Whatever somebody else's module does when it is imported is told as what it is.
    except Exception as error:
        raise ElitemapError(
            f"cannot load the space {point.name!r}{_distribution(point)}, "
            f"{type(error).__name__}: {error}; repair or uninstall it"
        ) from error


def _distribution(point: EntryPoint) -> str:
    return "" if point.dist is None else f" of {point.dist.name} {point.dist.version}"


@lru_cache(maxsize=4)
def load_task(spec: TaskSpec) -> Task:
    """Build a task (once per process).

    What users brought is taken from what this process has; arrays are read from their path if what
    is there has the hash of the spec. No module is ever looked for: specs also come from archives.

    Raises:
        UsageError: If the space, target or an option is unknown or unusable, or data is needed to
            build the task and is not at hand.
        ElitemapError: If the space cannot be loaded.
    """
    entry = find_space(spec.space)
    check_names(spec, entry)
    settings = dict(spec.settings)
    if not entry.bringing:
        return entry.task(spec.target, settings)
    data = _user_data(spec, entry)
    hashes = {name: one.digest for name, one in data.items()}
    task = entry.task(spec.target, settings | hashes, data)
    words = {name: f"with {name} {digest[:DIGITS]}" for name, digest in hashes.items()}
    notes = [
        f"{option.name} is known by the source of {settings[option.name]!r}, which says nothing of "
        "what its module imports"
        for option in entry.bringing
        if option.name in data and isinstance(option.brings, NamedFunction)
    ]
    options = {**task.options, **hashes}
    asked = options if task.problem is None else task.problem
    return replace(
        task,
        options=options,
        problem=tuple(dict.fromkeys((*asked, *hashes))),
        words={**words, **task.words},
        notes=(*task.notes, *notes),
    )


def check_names(spec: TaskSpec, entry: SpaceEntry) -> None:
    """Refuse settings that the space does not have.

    Raises:
        UsageError: With the nearest name.
    """
    known = [option.name for option in entry.options]
    for name, _ in spec.settings:
        if name not in known:
            raise UsageError(f"unknown option {name!r} of {spec.space}{nearest(name, known)}")


def _user_data(spec: TaskSpec, entry: SpaceEntry) -> dict[str, UserData]:
    settings, digests = dict(spec.settings), dict(spec.digests)
    data = {}
    for option in entry.bringing:
        source = settings.get(option.name)
        if source is not None and option.brought(source):
            digest = digests.get(option.name)
            if digest is None:
                raise UsageError(
                    f"expected the hash of what {option.name} of {spec.space} brings, got none: "
                    "start a new search"
                )
            given = option, source, digest
            data[option.name] = UserData(
                digest, partial(supplied, *given), partial(content_of, *given)
            )
    return data
