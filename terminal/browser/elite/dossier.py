"""Everything the archive knows about one program, gathered in one go on a lane's thread."""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from elitemap.archive.errors import UsageError
from elitemap.archive.problems import Problem
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import Ancestor, Remark, RunRecord
from elitemap.archive.views import EliteLine, EliteView

T = TypeVar("T")

#: Elites of the same cell that are listed.
MATES = 100


class Ask(Protocol):
    """Puts a question to the archive without keeping anybody waiting, as a lane does."""

    def __call__(self, question: Callable[[ArchiveReader], T], /) -> Awaitable[T]:
        """The answer; raises ``UsageError`` or ``ArchiveError``."""


@dataclass(frozen=True)
class Dossier:
    """What is known of a program.

    Attributes:
        elite: The elite; of a former one only what the archive has kept.
        run: The run whose elite it is; of a former one the run of the descendant that led here.
        lineage: The program and its ancestors, youngest first.
        members: The disguises in which it was found.
        mates: The other elites of its cell, the best first.
        remark: Mark and note, if there are any.
        former: Whether it is only an ancestor of elites, and no elite any more.
    """

    elite: EliteView
    run: RunRecord
    lineage: tuple[Ancestor, ...]
    members: tuple[Mapping[str, Any], ...]
    mates: tuple[EliteLine, ...]
    remark: Remark | None
    former: bool = False


def gather(
    reader: ArchiveReader, name: str, problem: str = "", descendant: Dossier | None = None
) -> Dossier:
    """Everything about an elite, or about an ancestor of the descendant.

    Args:
        reader: The archive.
        name: Id of the program.
        problem: Id of the problem whose elite it is; empty for any.
        descendant: Where one comes from; its run speaks for an ancestor that is no elite.

    Raises:
        UsageError: If the program is neither.
    """
    try:
        elite = reader.elite(name, problem or None)
    except UsageError:
        if descendant is None:
            raise
        return _former(reader, name, descendant)
    if descendant is not None and elite.id != name:  # what a certificate has made of an ancestor
        return _former(reader, name, descendant)
    members = reader.members(elite.run, elite.id) if elite.family else []
    mates = reader.cell_mates(elite.run, elite.cell, MATES + 1)
    return Dossier(
        elite,
        reader.run(elite.run),
        tuple(reader.lineage(elite.id)),
        tuple(members),
        tuple(mate for mate in mates if mate.id != elite.id)[:MATES],
        reader.remark(elite.id),
    )


def _former(reader: ArchiveReader, name: str, descendant: Dossier) -> Dossier:
    lineage = reader.lineage(name)
    if not lineage:
        raise UsageError(f"the archive has nothing on {name[:12]} any more: go back")
    own, run = lineage[0], descendant.run
    elite = EliteView(
        id=own.id,
        run=run.id,
        space=run.space,
        target=run.target,
        problem=descendant.elite.problem,
        status="candidate",
        slot=-1,
        cell=(),
        quality=math.nan,
        objectives={},
        measures={},
        source=own.source,
        program=own.program,
        certificate=_certificate(reader, own.id, descendant.elite.problem),
        parent=own.parent,
        operator=own.operator,
    )
    return Dossier(elite, run, tuple(lineage), (), (), reader.remark(own.id), former=True)


def _certificate(reader: ArchiveReader, program: str, problem: Problem) -> Mapping[str, Any] | None:
    """The latest certificate of a program for a problem: one for another proves nothing here."""
    asked = reader.problems()
    found = [c for run, c in reader.certificates(program).items() if asked[run] == problem]
    return found[-1] if found else None
