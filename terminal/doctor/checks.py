"""One thing that was looked at: how it stands, and how to get it."""

from dataclasses import dataclass
from typing import Literal

#: It works; something optional is not there; what nothing works without fails.
State = Literal["ok", "missing", "broken"]


@dataclass(frozen=True)
class Check:
    """What came of looking at one thing.

    Attributes:
        name: What it is.
        state: How it stands.
        detail: What was found, or what it would be good for.
        cure: How to get it, where it is not there.
    """

    name: str
    state: State
    detail: str
    cure: str = ""
