"""Pareto fronts of elites, problem by problem, found in SQL without reading every elite."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from elitemap.archive.pareto import undominated
from elitemap.archive.querying.clauses import Clause
from elitemap.archive.querying.goals import Goal
from elitemap.archive.rows import damaged
from elitemap.archive.views import Key

# A front is found in two passes: the front of a small sample, spread over the map, then the front
# of those rows only that the sample does not dominate.
_WINDOWS = 128
_WINDOW = 32
_GUARDS = 32

_Point = tuple[Key, tuple[float, ...]]


@dataclass(frozen=True)
class Run:
    """What queries need to know of a run; ``problem`` is equal where elites may be compared."""

    key: int
    space: str
    problem: str
    config: Mapping[str, Any]


def within(runs: Iterable[int]) -> Clause:
    """Condition: the elite is of one of the runs with these keys."""
    keys = tuple(sorted(runs))
    if keys and keys[-1] - keys[0] == len(keys) - 1:  # a range is read in order of run and slot
        return Clause("elite.run BETWEEN ? AND ?", (keys[0], keys[-1]))
    return Clause(f"elite.run IN ({', '.join('?' * len(keys))})", keys)


def directions(runs: Sequence[Run]) -> dict[str, int]:
    """Which way names are better, by the runs; 0 where they disagree."""
    signs: dict[str, set[int]] = {}
    for run in runs:
        for name, sign in run.config.get("pareto", ()):
            signs.setdefault(name, set()).add(1 if sign > 0 else -1)
    return {name: found.pop() if len(found) == 1 else 0 for name, found in signs.items()}


def fronts(
    connection: sqlite3.Connection, runs: Sequence[Run], wanted: Clause, goals: Sequence[Goal]
) -> list[Key]:
    """Keys of the front of every problem, problem by problem in order of their first run."""
    problems: dict[str, list[int]] = {}
    for run in runs:
        problems.setdefault(run.problem, []).append(run.key)
    # True of numbers only: nothing compares to null, and texts sort after all numbers.
    known = " AND ".join(f"{goal.column.sql} <= 9e999" for goal in goals)
    keys: list[Key] = []
    for members in problems.values():
        ours = within(members)
        clause = Clause(f"{ours.sql} AND {known} AND {wanted.sql}", (*ours.values, *wanted.values))
        guards = _guards(_sample(connection, members, clause, goals), goals)
        keys += [key for key, _ in _front(_rows(connection, clause, goals, guards), goals)]
    return keys


def _rows(
    connection: sqlite3.Connection, clause: Clause, goals: Sequence[Goal], guards: Clause
) -> list[_Point]:
    """Keys and values of the elites that the clauses leave.

    Raises:
        ArchiveError: If a key is nothing that we could have written.
    """
    axes = ", ".join(goal.column.sql for goal in goals)
    rows = connection.execute(
        f"SELECT run, slot, {axes} FROM elite WHERE {clause.sql}{guards.sql}",
        clause.values + guards.values,
    )
    points = [((run, slot), tuple(point)) for run, slot, *point in rows]
    # Both are whole numbers by their tables; a damaged page may hold anything.
    if not all(type(run) is type(slot) is int for (run, slot), _ in points):
        raise damaged("the slot of an elite")
    return points


def _front(points: Sequence[_Point], goals: Sequence[Goal]) -> list[_Point]:
    """The points not dominated; of equal ones that of the earliest run and lowest slot."""
    ordered = sorted(points)
    points_only = np.array([point for _, point in ordered], np.float64)
    gains = points_only.reshape(len(ordered), len(goals)) * [goal.sign for goal in goals]
    return [ordered[k] for k in undominated(gains).tolist()]


def _sample(
    connection: sqlite3.Connection, runs: Sequence[int], clause: Clause, goals: Sequence[Goal]
) -> list[_Point]:
    """Rows of short ranges of slots, spread evenly over each run's map."""
    points: list[_Point] = []
    windows = max(1, _WINDOWS // len(runs))
    for run in runs:
        (last,) = connection.execute("SELECT max(slot) FROM elite WHERE run = ?", [run]).fetchone()
        if type(last) not in (int, type(None)):
            raise damaged("the slot of an elite")
        for k in range(windows if last is not None else 0):
            start = (last + 1) * k // windows
            window = Clause(
                " AND elite.run = ? AND elite.slot BETWEEN ? AND ?", (run, start, start + _WINDOW)
            )
            points += _rows(connection, clause, goals, window)
    return points


def _guards(sample: Sequence[_Point], goals: Sequence[Goal]) -> Clause:
    """SQL that leaves out rows dominated by points of the sample's front."""
    points = [point for _, point in _front(sample, goals)]
    points = points[:: max(1, -(-len(points) // _GUARDS))]
    columns = [goal.column.sql for goal in goals]
    worse = " AND ".join(f"{goal.column.sql} {goal.worse} ?" for goal in goals)
    other = " OR ".join(f"{column} != ?" for column in columns)
    return Clause(
        f" AND NOT ({worse} AND ({other}))" * len(points),
        tuple(value for point in points for value in point + point),
    )
