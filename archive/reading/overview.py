"""What an archive is about: problems and their runs with their numbers of elites."""

import sqlite3
from dataclasses import dataclass

from elitemap.archive.problems import Problem, problems
from elitemap.archive.records import RunRecord
from elitemap.archive.rows import RUN_COLUMNS, run_record


@dataclass(frozen=True)
class RunCount:
    """A run and how much it holds.

    Attributes:
        run: The run.
        elites: Number of its elites.
        certified: How many of them are certified.
    """

    run: RunRecord
    elites: int
    certified: int


@dataclass(frozen=True)
class Overview:
    """The runs that were asked the same and whose elites may be compared.

    Attributes:
        problem: What they were asked.
        runs: Oldest first.
    """

    problem: Problem
    runs: tuple[RunCount, ...]

    @property
    def elites(self) -> int:
        """Elites of all its runs."""
        return sum(run.elites for run in self.runs)

    @property
    def certified(self) -> int:
        """Certified elites of all its runs."""
        return sum(run.certified for run in self.runs)


def overview(connection: sqlite3.Connection) -> list[Overview]:
    """All problems by space and target, those of one target in order of their first run.

    Raises:
        ArchiveError: If a run is damaged.
    """
    counts = {
        run: (elites, certified)
        for run, elites, certified in connection.execute(
            "SELECT run, count(*), sum(status = 'certified') FROM elite GROUP BY run"
        )
    }
    known = problems(connection)
    found: dict[Problem, list[RunCount]] = {}
    for key, *row in connection.execute(
        f"SELECT key, {RUN_COLUMNS} FROM run ORDER BY started_at, key"
    ):
        count = RunCount(run_record(tuple(row)), *counts.get(key, (0, 0)))
        found.setdefault(known[key], []).append(count)
    # The sort is stable: within a target the order of the first runs remains.
    ordered = sorted(found.items(), key=lambda entry: (entry[0].space, entry[0].target))
    return [Overview(problem, tuple(runs)) for problem, runs in ordered]
