"""What something that a user wrote turned out to be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Identification:
    """An answer about one thing.

    Attributes:
        asked: What was asked about, as the space writes it.
        statement: What it is, in one line.
        recognised: Whether it is anything that has a name.
        lines: More about it, by short names, as text.
        facts: All of that and more as a JSON object.
    """

    asked: str
    statement: str
    recognised: bool
    lines: Mapping[str, str]
    facts: Mapping[str, Any]


#: ``(what the user wrote, names to relate it to or "", seconds) -> Identification``; raises a
#: ``UsageError`` with the cure where it cannot be read.
Identifying = Callable[[str, str, float], Identification]
