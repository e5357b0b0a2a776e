"""What is looked at: a part of the archive and a filter, as one value; and where to start."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from elitemap.archive.plain import one_line
from elitemap.archive.problems import Problem
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.terminal.browser.state import Place

#: Characters of a run's id that are shown.
_SHORT = 12

#: Characters of a name or filter that the breadcrumb shows.
_LONGEST = 40


@dataclass(frozen=True)
class Scope:
    """A part of the archive.

    Attributes:
        space: Name of a space; None for all.
        problem: Id of a problem; None for all.
        run: Id of a run; None for all.
        where: A filter in the language of :mod:`elitemap.archive.querying.where`; empty for none.
        search: A text that ids or programs must contain; empty for none.
    """

    space: str | None = None
    problem: str | None = None
    run: str | None = None
    where: str = ""
    search: str = ""

    def query(self, sort: str | None = None, every: int = 1) -> ElitesQuery:
        """The question to ask the archive, of all elites or a sample of them."""
        return ElitesQuery(
            run=self.run,
            space=self.space,
            problem=self.problem,
            where=self.where or None,
            search=self.search or None,
            sort=sort,
            every=every,
        )

    @classmethod
    def at_place(cls, place: Place) -> "Scope":
        """The part of the archive that a place is about."""
        part = (place.space or None, place.problem or None, place.run or None)
        return cls(*part, place.where, place.search)

    def place(self) -> Place:
        """A place that is about this part of the archive."""
        part = (self.space or "", self.problem or "", self.run or "")
        return Place(*part, self.where, self.search)

    def above(self) -> "Scope":
        """The whole of which this is a part: of a run its problem, of a problem its space, all."""
        if self.run is not None:
            return self.at(self.space, self.problem, None)
        return self.at(None if self.problem is None else self.space, None, None)

    def at(self, space: str | None, problem: str | None, run: str | None) -> "Scope":
        """Another part of the archive under the same filter."""
        return replace(self, space=space, problem=problem, run=run)

    def everything(self) -> "Scope":
        """The same part of the archive without a filter."""
        return replace(self, where="", search="")

    @property
    def filtered(self) -> bool:
        """Whether a filter leaves something out."""
        return bool(self.where or self.search)

    def crumbs(self, labels: Mapping[str, str]) -> list[str]:
        """The part of the archive from the whole down, each as one printable line.

        Args:
            labels: Names of problems by their ids, as far as they are known.
        """
        problem = None if self.problem is None else labels.get(self.problem, self.problem)
        names = [self.space, problem, None if self.run is None else f"run {self.run[:_SHORT]}"]
        known = [_short(name) for name in names if name is not None]
        return known or ["all spaces"]

    def conditions(self) -> list[str]:
        """The filters in words, each as one printable line."""
        words = []
        if self.search:
            words.append(f"/{_short(self.search)}")
        if self.where:
            words.append(f"where {_short(self.where)}")
        return words


def within(scope: Scope, asked: Mapping[str, Problem]) -> dict[str, Problem]:
    """What the runs of a scope were asked, by their ids; ``asked`` is the same of all runs."""
    return {
        run: problem
        for run, problem in asked.items()
        if scope.space in (None, problem.space)
        and scope.problem in (None, problem.id)
        and scope.run in (None, run)
    }


def latest(reader: ArchiveReader, scope: Scope) -> RunRecord | None:
    """The latest run of a scope that is about one problem, else None."""
    asked = within(scope, reader.problems())
    if len(set(asked.values())) != 1:
        return None
    return next((run for run in reversed(reader.runs()) if run.id in asked), None)


def starting_place(
    last: Place,
    asked: Mapping[str, Problem],
    run: RunRecord | None = None,
    problem: Problem | None = None,
) -> Place:
    """Where to start.

    Args:
        last: Where one was the last time.
        asked: What the runs that the archive holds now were asked, by id, the oldest first.
        run: The run to start with.
        problem: The problem to start with.

    Returns:
        What was asked for, without filters; else where one was, if that is still there; else the
        problem of the latest run.
    """
    if run is not None:
        last = replace(last, where="", search="")
        return replace(last, space=run.space, problem=asked[run.id].id, run=run.id)
    if problem is not None:
        last = replace(last, where="", search="")
        return replace(last, space=problem.space, problem=problem.id, run="")
    if last.tab and _there(last, asked):
        return last
    latest = next(reversed(list(asked.values())), None)
    part = ("", "") if latest is None else (latest.space, latest.id)
    return replace(last, space=part[0], problem=part[1], run="")


def _there(place: Place, asked: Mapping[str, Problem]) -> bool:
    """Whether the archive still holds the part that a place is about."""
    wanted = (place.space, place.problem, place.run)
    return any(
        all(name in ("", have) for name, have in zip(wanted, got, strict=True))
        for got in ((problem.space, problem.id, run) for run, problem in asked.items())
    )


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
