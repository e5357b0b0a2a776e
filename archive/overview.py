"""What an archive is about: spaces, targets and runs with their numbers of elites."""

import sqlite3
from dataclasses import dataclass

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
        space: Name of the space.
        target: Name or expression of the target.
        problem: What tells it from others of the same space and target: a JSON text.
        runs: Oldest first.
    """

    space: str
    target: str
    problem: str
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
    problems: dict[tuple[str, str, str], list[RunCount]] = {}
    for key, problem, *row in connection.execute(
        f"SELECT key, problem, {RUN_COLUMNS} FROM run ORDER BY started_at, key"
    ):
        run = run_record(tuple(row))
        count = RunCount(run, *counts.get(key, (0, 0)))
        problems.setdefault((run.space, run.target, problem), []).append(count)
    # The sort is stable: within a target the order of the first runs remains.
    ordered = sorted(problems.items(), key=lambda entry: entry[0][:2])
    return [Overview(*names, tuple(runs)) for names, runs in ordered]
