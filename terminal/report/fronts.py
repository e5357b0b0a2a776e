"""The elites that a report describes in full, and the pairs of objectives that it plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from elitemap.archive.objectives import Objective
from elitemap.archive.querying.goals import MAX_AXES
from elitemap.archive.reading.inventory import ColumnInfo
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import EliteView
from elitemap.terminal.report.problems import Problem, label, narrowed

#: Pairs of objectives that a Pareto plot offers.
MOST_PAIRS = 6

#: Spread of values, as a share of the largest, up to which there is little to see.
FLAT = 0.02


@dataclass(frozen=True)
class Goal:
    """An objective with a direction.

    Attributes:
        name: As the run calls it.
        label: As queries call it.
        sign: +1 if more is better, -1 if less is.
        objective: Its declaration.
    """

    name: str
    label: str
    sign: int
    objective: Objective

    @property
    def estimated(self) -> bool:
        """Whether only the search vouches for it."""
        return self.objective.vouched == "estimated"

    @property
    def term(self) -> str:
        """The goal as ``--pareto`` takes it."""
        return f"{'+' if self.sign > 0 else '-'}{self.label}"


@dataclass(frozen=True)
class Best:
    """The best elites of a problem.

    Attributes:
        what: Which ones, as the beginning of a sentence.
        shown: Those that get a section.
        total: How many there are.
    """

    what: str
    shown: tuple[EliteView, ...]
    total: int


def best(reader: ArchiveReader, problem: Problem, numbers: Mapping[str, int], limit: int) -> Best:
    """The front of what is certified, else of estimates; the best finds of an enumeration.

    Args:
        reader: The archive.
        problem: Whose elites.
        numbers: How many there are by status.
        limit: Sections at most.
    """
    for status in ("certified", "confirmed", "candidate"):
        total = numbers.get(status, 0)
        if not total:
            continue
        query = narrowed(problem.scope, f"status = '{status}'")
        goals = [] if problem.enumerated else usable(problem, reader.columns(query))
        if status != "candidate":
            goals = [goal for goal in goals if not goal.estimated]
        kind = {"candidate": "candidates, by the search's estimates"}.get(
            status, f"{status} elites"
        )
        if goals:
            terms = ",".join(goal.term for goal in goals[:MAX_AXES])
            views = distinct(reader.elites(replace(query, pareto=terms)))
            return Best(f"Pareto front of the {kind}", spread(views, limit), len(views))
        some = reader.elites(replace(query, sort="-quality,id", limit=limit))
        return Best(f"{kind}, the best first".capitalize(), tuple(distinct(some)), total)
    return Best("Elites", (), 0)


def distinct(views: Sequence[EliteView]) -> list[EliteView]:
    """The first of those that are the same program: several runs may have found it."""
    return list({view.id: view for view in reversed(views)}.values())[::-1]


def spread(views: Sequence[EliteView], limit: int) -> tuple[EliteView, ...]:
    """At most so many of a sorted front, both ends among them."""
    if len(views) <= limit:
        return tuple(views)
    if limit == 1:
        return (views[0],)
    return tuple(views[k * (len(views) - 1) // (limit - 1)] for k in range(limit))


def usable(problem: Problem, columns: Sequence[ColumnInfo]) -> list[Goal]:
    """The goals that are numbers and have values."""
    known: Mapping[str, ColumnInfo] = {column.name: column for column in columns}
    goals = [Goal(name, label(name), sign, problem.declared[name]) for name, sign in problem.goals]
    return [
        goal
        for goal in goals
        if goal.label in known
        and known[goal.label].kind == "objective"
        and known[goal.label].low is not None
    ]


def pairs(goals: Sequence[Goal], columns: Sequence[ColumnInfo]) -> list[tuple[Goal, Goal]]:
    """Pairs (x, y) of goals to plot: costs lie on x, what varies comes first."""
    known = {column.name: column for column in columns}

    def place(goal: Goal) -> tuple[bool, bool, bool]:
        return _flat(known[goal.label]), goal.sign > 0, goal.estimated

    ordered = sorted(goals, key=place)
    varied = [g for g in ordered if known[g.label].low != known[g.label].high]
    chosen = varied if len(varied) > 1 else ordered
    found = sorted(combinations(chosen, 2), key=lambda pair: sum(g.estimated for g in pair))
    return found[:MOST_PAIRS]


def _flat(column: ColumnInfo) -> bool:
    """Whether all values are nearly the same: digits that certificates are made with, say."""
    if column.low is None or column.high is None:
        return True
    return column.high - column.low <= FLAT * max(abs(column.low), abs(column.high))
