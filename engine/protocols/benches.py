"""Elites beside what others have made, measured in one process."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.engine.protocols.objectives import Objective


@dataclass(frozen=True)
class Compared:
    """One of those that were measured.

    Attributes:
        name: What it is: an elite's id, or a peer and its function.
        version: Of the peer; empty for elites.
        objectives: What was measured or is known, by name.
    """

    name: str
    version: str
    objectives: Mapping[str, float]


@dataclass(frozen=True)
class Missing:
    """A peer that could not be measured here.

    Attributes:
        name: What it is.
        cure: How to get it, or why it cannot be had.
    """

    name: str
    cure: str


@dataclass(frozen=True)
class Bench:
    """What came of a comparison.

    Attributes:
        columns: The objectives of its rows, in order; those with a direction make the front.
        rows: Elites and peers.
        missing: Peers that are not there.
        notes: What a reader has to know of the measurement, one line each.
    """

    columns: tuple[Objective, ...]
    rows: tuple[Compared, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entrant:
    """An elite that takes part.

    Attributes:
        id: Of the program.
        program: Its JSON document.
        objectives: What is known of it.
    """

    id: str
    program: Mapping[str, Any]
    objectives: Mapping[str, Any]


#: ``(entrants, exhaustive, say) -> Bench``: measures elites and peers. ``exhaustive`` takes the
#: time to prove what can be proved of peers; ``say`` is told of each step in a few words.
Benching = Callable[[Sequence[Entrant], bool, Callable[[str], None]], Bench]
