"""Elites as readers see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elitemap.archive.records import EliteRecord, Status


@dataclass(frozen=True)
class EliteView:
    """One elite of one run, with everything that is known about it.

    Attributes:
        id: Name of the program: SHA-256 of its canonical text.
        run: Id of the run.
        space: Name of the space.
        target: Name or expression of the target.
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
    """

    id: str
    run: str
    space: str
    target: str
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

    def to_json(self) -> dict[str, Any]:
        """The JSON object of the command line; with ``family`` only where there is one."""
        family = {"family": {"size": self.family}} if self.family else {}
        return {
            "id": self.id,
            "space": self.space,
            "target": self.target,
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
