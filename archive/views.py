"""Elites as readers see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.archive.problems import Problem
from elitemap.archive.records import EliteRecord, Remark, Status

#: Place of an elite: key of its run, and slot. Keys are only good in the archive they came from.
Key = tuple[int, int]


@dataclass(frozen=True)
class EliteView:
    """One elite of one run, with everything that is known about it.

    Attributes:
        id: Name of the program: SHA-256 of its canonical text.
        run: Id of the run.
        space: Name of the space.
        target: Name or expression of the target.
        problem: What its run was asked.
        status: How far it has been checked.
        slot: Its place in the run's map.
        cell: The map coordinates of the slot.
        quality: What the search maximises.
        objectives: By name, numbers or texts; None where not known yet.
        measures: By name.
        source: Readable text of the program.
        program: The canonical JSON document.
        certificate: The certificate, or None.
        parent: Id of the program it was made from.
        operator: Name of the variation that made it.
        family: Number of disguises in which it was found; 0 if its run kept none.
        remark: What somebody said about its program, or None.
    """

    id: str
    run: str
    space: str
    target: str
    problem: Problem
    status: Status
    slot: int
    cell: tuple[int, ...]
    quality: float
    objectives: Mapping[str, float | str | None]
    measures: Mapping[str, float | None]
    source: str
    program: Mapping[str, Any]
    certificate: Mapping[str, Any] | None
    parent: str | None
    operator: str | None
    family: int = 0
    remark: Remark | None = None

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the command line; ``family`` and ``remark`` only where there are."""
        family = {"family": {"size": self.family}} if self.family else {}
        remark = {} if self.remark is None else {"remark": self.remark.to_json()}
        return {
            "id": self.id,
            "space": self.space,
            "target": self.target,
            "problem": self.problem.to_json(),
            "status": self.status,
            "objectives": dict(self.objectives),
            "measures": dict(self.measures),
            "source": self.source,
            "program": dict(self.program),
            "certificate": None if self.certificate is None else dict(self.certificate),
            "run": self.run,
            "cell": list(self.cell),
            "quality": self.quality,
            "parent": self.parent,
            "operator": self.operator,
            **family,
            **remark,
        }

    def record(self) -> EliteRecord:
        """The elite as it is written; measures that were not finite are left out."""
        return EliteRecord(
            slot=self.slot,
            cell=self.cell,
            program=self.program,
            source=self.source,
            quality=self.quality,
            objectives=self.objectives,
            measures={name: value for name, value in self.measures.items() if value is not None},
            status=self.status,
            certificate=self.certificate,
            parent=self.parent,
            operator=self.operator,
        )


@dataclass(frozen=True)
class EliteLine:
    """One elite as a line of a table shows it: what :class:`EliteView` has, without documents.

    Attributes:
        key: Its place in the archive, for :meth:`.ArchiveReader.view`.
        source: The beginning of the readable text of the program.
        remark: What somebody said about its program, or None.
    """

    key: Key
    id: str
    run: str
    space: str
    target: str
    problem: Problem
    status: Status
    slot: int
    cell: tuple[int, ...]
    quality: float
    objectives: Mapping[str, float | str | None]
    measures: Mapping[str, float | None]
    source: str
    operator: str | None
    remark: Remark | None
