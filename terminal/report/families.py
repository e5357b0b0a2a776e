"""Parametric formulas behind the elites of a problem, where its space knows such a thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from elitemap.archive.errors import ElitemapError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.protocols import Task
from elitemap.terminal.report.fronts import distinct
from elitemap.terminal.report.problems import narrowed

#: Elites among which families are looked for, the best first.
MOST = 1000


@dataclass(frozen=True)
class Family:
    """A formula with a parameter k.

    Attributes:
        text: The formula.
        members: k and text of elites that it generates.
        verified: Further k for which it was checked.
    """

    text: str
    members: tuple[tuple[str, str], ...]
    verified: str


def families(
    reader: ArchiveReader, scope: ElitesQuery, tasks: Sequence[Task]
) -> tuple[Family, ...]:
    """The families of the certified elites; none if their space knows no such thing.

    Args:
        reader: The archive.
        scope: The query for all elites of a problem.
        tasks: Of its runs.
    """
    know = next((task.families for task in tasks if task.families is not None), None)
    if know is None:
        return ()
    query = replace(narrowed(scope, "status = 'certified'"), sort="-quality,id", limit=MOST)
    try:
        found = know([view.program for view in distinct(reader.elites(query))])
    except ElitemapError:
        return ()
    return tuple(_family(one) for one in found)


def _family(found: Mapping[str, Any]) -> Family:
    members = tuple((str(member["k"]), str(member["source"])) for member in found["members"])
    return Family(str(found["text"]), members, ", ".join(map(str, found["verified"])))
