"""What the browser remembers between starts: a small JSON file in the user's state folder.

It is a convenience: what cannot be read or written is passed over with a note, never with an error.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from platformdirs import user_state_path

#: Layout of the file; others are foreign.
_VERSION = 1

#: Bytes of a file that is read, archives that are remembered, characters of one text.
_MOST_BYTES, _MOST_ARCHIVES, _MOST_CHARACTERS = 200_000, 50, 2_000

#: Filters that are remembered.
_MOST_FILTERS = 50


@dataclass(frozen=True)
class Place:
    """Where somebody was in an archive; empty texts where nothing was chosen.

    Attributes:
        space: Name of a space.
        problem: Id of a problem.
        run: Id of a run.
        where: A filter.
        search: A text that was searched for.
        tab: The view: map, plot or table.
        sort: Order of the table, as ``--sort`` takes it.
        map_x: Axis of the map.
        map_y: Axis of the map.
        plot_x: Axis of the plot.
        plot_y: Axis of the plot.
    """

    space: str = ""
    problem: str = ""
    run: str = ""
    where: str = ""
    search: str = ""
    tab: str = ""
    sort: str = ""
    map_x: str = ""
    map_y: str = ""
    plot_x: str = ""
    plot_y: str = ""


@dataclass(frozen=True)
class Memory:
    """Everything that is remembered.

    Attributes:
        theme: Name of the theme, empty for the default.
        filters: Filters that were used, the latest last.
        places: By absolute path of the archive, the latest last.
    """

    theme: str = ""
    filters: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, archive: Path) -> Place:
        """Where somebody was in an archive."""
        return self.places.get(str(archive.absolute()), Place())

    def at(self, archive: Path, place: Place) -> "Memory":
        """The same with another place in an archive."""
        name = str(archive.absolute())
        others = {key: value for key, value in self.places.items() if key != name}
        return replace(self, places={**others, name: place})


def state_file() -> Path:
    """``browser.json`` where the system keeps such, as in ``$XDG_STATE_HOME/elitemap``."""
    return user_state_path("elitemap", appauthor=False) / "browser.json"


def recall(path: Path) -> tuple[Memory, str]:
    """What a file remembers, and a note (perhaps empty) on why it could not be used."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return Memory(), ""
    except OSError as error:
        return Memory(), f"cannot read {path} ({error.strerror}): starting with the defaults"
    try:
        if len(content) > _MOST_BYTES:
            raise ValueError
        return _memory(json.loads(content)), ""
    except (ValueError, RecursionError):
        return Memory(), f"{path} is damaged or not ours: starting with the defaults"


def remember(path: Path, memory: Memory) -> str:
    """Write a file, whole or not at all; a note (perhaps empty) on why it could not be written."""
    document = {
        "version": _VERSION,
        "theme": memory.theme,
        "filters": list(memory.filters)[-_MOST_FILTERS:],
        "places": {
            name: {key: value for key, value in asdict(place).items() if value}
            for name, place in list(memory.places.items())[-_MOST_ARCHIVES:]
        },
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, json.dumps(document, indent=1).encode())
    except OSError as error:
        return f"cannot write {path} ({error.strerror}): nothing is remembered"
    return ""


def _replace(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=".browser.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise


def _memory(document: Any) -> Memory:
    """Read a document; raises ValueError if it is none of ours."""
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise ValueError
    filters, places = document.get("filters", []), document.get("places", {})
    if not isinstance(filters, list) or not isinstance(places, dict):
        raise ValueError
    return Memory(
        _text(document.get("theme", "")),
        tuple(_text(entry) for entry in filters[-_MOST_FILTERS:]),
        {name: _place(entry) for name, entry in list(places.items())[-_MOST_ARCHIVES:]},
    )


def _place(document: Any) -> Place:
    if not isinstance(document, dict):
        raise ValueError
    return Place(**{f.name: _text(document.get(f.name, "")) for f in fields(Place)})


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        raise ValueError
    return value
