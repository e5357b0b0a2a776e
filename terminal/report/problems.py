"""Runs by problem: those whose elites may be compared belong together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from elitemap.archive.columns import FIXED
from elitemap.archive.problems import Problem as Question
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.overview import Overview
from elitemap.archive.records import RunRecord
from elitemap.terminal.objectives import Declared


@dataclass(frozen=True)
class Problem:
    """What was asked, and the runs that asked it.

    Attributes:
        question: What was asked.
        runs: At least one, the oldest first.
        scope: The query for all of its elites.
    """

    question: Question
    runs: tuple[RunRecord, ...]
    scope: ElitesQuery

    @property
    def name(self) -> str:
        """Space and label."""
        return f"{self.question.space} {self.question.label}"

    @property
    def asked(self) -> Mapping[str, Any]:
        """The options that change what is asked."""
        return self.question.asked

    @property
    def declared(self) -> Declared:
        """What its runs declare of objectives."""
        return Declared.by([self.question])

    @property
    def goals(self) -> tuple[tuple[str, int], ...]:
        """Objectives with +1 where more is better and -1 where less is, as the last run says."""
        pareto = self.runs[-1].config.get("pareto", [])
        return tuple((name, 1 if sign > 0 else -1) for name, sign in pareto)

    @property
    def enumerated(self) -> bool:
        """Whether candidates were enumerated: every elite is then a find, not only the front."""
        return any("classes" in run.summary for run in self.runs)


def problems(
    overviews: Sequence[Overview], wanted: Callable[[RunRecord], bool], where: str | None
) -> list[Problem]:
    """The problems that have a wanted run, by space and target.

    Args:
        overviews: What the archive is about.
        wanted: Which runs to report on.
        where: A filter for the elites of all of them.
    """
    found = []
    for one in overviews:
        runs = tuple(counted.run for counted in one.runs if wanted(counted.run))
        if runs:
            found.append(Problem(one.problem, runs, scope(runs, where)))
    return found


def scope(runs: Sequence[RunRecord], where: str | None) -> ElitesQuery:
    """The query for the elites of some runs."""
    return ElitesQuery(runs=tuple(run.id for run in runs), where=where)


def narrowed(query: ElitesQuery, condition: str | None) -> ElitesQuery:
    """The query with one more condition."""
    parts = [part for part in (query.where, condition) if part]
    if len(parts) < 2:
        return replace(query, where=parts[0] if parts else None)
    return replace(query, where=" and ".join(f"({part})" for part in parts))


def label(objective: str) -> str:
    """The name by which queries know an objective."""
    return f"objective_{objective}" if objective in FIXED else objective
