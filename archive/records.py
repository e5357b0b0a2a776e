"""What is stored: runs, elites and the ancestors of elites, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from elitemap.archive.identity import identity

#: How far an elite has been checked: by the search, on held-out data, by proof or exhaustion.
Status = Literal["candidate", "confirmed", "certified"]
RunStatus = Literal["running", "done", "interrupted", "failed"]

STATUSES: tuple[Status, ...] = ("candidate", "confirmed", "certified")
RUN_STATUSES: tuple[RunStatus, ...] = ("running", "interrupted", "failed", "done")

#: Objective that says why there can be no certificate, of elites of which that is known.
UNPROVED = "unproved"


@dataclass(frozen=True)
class RunRecord:
    """One search.

    Attributes:
        id: Its name, unique in the archive.
        space: Name of the space.
        target: Name or expression of the target.
        options: The resolved options, as JSON values.
        config: Everything else that is needed to repeat or resume the run, as JSON values. Three
            keys mean something to the archive: ``pareto``, a list of [objective, sign] with sign
            +1 to maximise and -1 to minimise; ``problem``, the names of the options that change
            what is asked; and ``words``, how some of those are said, by name. Elites of two runs
            compete in one Pareto front only if space, target and those options agree (all
            options, if the key is missing).
        seed: Below 2**63.
        started_at: ISO 8601 text, UTC.
        finished_at: The same, or None while it runs.
        status: How it stands.
        version: Version of elitemap that ran it.
        summary: Numbers about the whole run.
    """

    id: str
    space: str
    target: str
    options: Mapping[str, Any]
    config: Mapping[str, Any]
    seed: int
    started_at: str
    finished_at: str | None
    status: RunStatus
    version: str
    summary: Mapping[str, float | int]


@dataclass(frozen=True)
class EliteRecord:
    """One elite as the coordinator writes it.

    Attributes:
        slot: Its place in the map; a run has at most one elite per slot.
        cell: The map coordinates of the slot.
        program: The program as its canonical JSON document.
        source: Readable text of the program.
        quality: What the search maximises; not NaN.
        objectives: By name: numbers or texts, None where not known yet. Non-finite numbers are
            stored as None.
        measures: By name, as for objectives.
        status: How far it has been checked.
        certificate: The certificate as a JSON object, or None.
        parent: Id of the program it was made from.
        operator: Name of the variation that made it.
    """

    slot: int
    cell: tuple[int, ...]
    program: Mapping[str, Any]
    source: str
    quality: float
    objectives: Mapping[str, float | str | None]
    measures: Mapping[str, float]
    status: Status
    certificate: Mapping[str, Any] | None
    parent: str | None
    operator: str | None

    @property
    def id(self) -> str:
        """Name of the program: SHA-256 of its canonical text."""
        return identity(self.program)


@dataclass(frozen=True)
class Member:
    """One of the disguises in which an elite was found.

    Attributes:
        slot: The elite's place in the map of its run.
        number: Its place among all that the run found; the members of an elite are in this order.
        body: What it is, as a JSON object. Equal members of an elite are stored once.
    """

    slot: int
    number: int
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Ancestor:
    """A program with its origin: one step of a lineage.

    A program keeps the origin with which it was stored first.
    """

    program: Mapping[str, Any]
    source: str
    parent: str | None
    operator: str | None

    @property
    def id(self) -> str:
        """Name of the program: SHA-256 of its canonical text."""
        return identity(self.program)


@dataclass(frozen=True)
class Remark:
    """What somebody said about a program, in whichever run it is an elite.

    Attributes:
        mark: A short word such as ``star``, or None.
        note: Any text, or None.
        at: When: ISO 8601 text, UTC.
    """

    mark: str | None
    note: str | None
    at: str

    def to_json(self) -> dict[str, str | None]:
        """The remark as a JSON object."""
        return {"mark": self.mark, "note": self.note, "at": self.at}
