"""Questions about elites: filter, order, front and limit, answered by SQL."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.clauses import Clause, order_clause, where_clause
from elitemap.archive.columns import Kind, searchable, value_columns
from elitemap.archive.identity import canonical_text
from elitemap.archive.pareto import Goal, front, parse_goals
from elitemap.archive.rows import damaged, document, read_number, read_text
from elitemap.archive.views import EliteView

# A front is found in two passes: the front of a small sample, spread over the map, then the front
# of those rows only that the sample does not dominate.
_WINDOWS = 128
_WINDOW = 32
_GUARDS = 32

# Elites by their keys, given as a JSON list of [run, slot]; CROSS keeps this order of the loops.
_TABLES = (
    "json_each(?) AS chosen CROSS JOIN elite"
    " ON elite.run = chosen.value ->> 0 AND elite.slot = chosen.value ->> 1"
    " JOIN run ON run.key = elite.run JOIN program ON program.key = elite.program"
    " LEFT JOIN certificate"
    " ON certificate.program = elite.program AND certificate.run = elite.run"
)
_COLUMNS = (
    "elite.run, elite.slot, program.id, run.id, run.space, run.target, elite.status, elite.cell,"
    " elite.quality, program.source, program.body, program.parent, program.operator,"
    " certificate.body,"
    " (SELECT count(*) FROM member WHERE member.run = elite.run AND member.slot = elite.slot)"
)
_FIXED = 15  # columns before those of objectives and measures

Key = tuple[int, int]


@dataclass(frozen=True)
class ElitesQuery:
    """Which elites, in which order.

    Attributes:
        run: Id of a run or the beginning of it; None for all runs.
        space: Name of a space; None for all.
        target: Name of a target; None for all.
        where: A filter in the language of :mod:`elitemap.archive.where`.
        sort: Names separated by commas; a minus in front puts the largest first.
        pareto: Names separated by commas: keep only what nothing else dominates in them. A sign
            in front says whether more (+) or less (-) is better; without it the runs say so.
            Elites that lack one of the values take no part; of equals one is kept. Runs of
            different problems have fronts of their own.
        limit: At most so many.
    """

    run: str | None = None
    space: str | None = None
    target: str | None = None
    where: str | None = None
    sort: str | None = None
    pareto: str | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Run:
    """What queries need to know of a run; ``problem`` is equal where elites may be compared."""

    key: int
    problem: str
    config: Mapping[str, Any]


def find(
    connection: sqlite3.Connection, query: ElitesQuery, runs: Sequence[Run]
) -> list[EliteView]:
    """The elites of these runs that the query asks for, ``run`` to ``target`` aside.

    Raises:
        UsageError: If filter, order or front are mistaken.
    """
    columns = searchable(connection)
    wanted = Clause("1")
    if query.where is not None:
        wanted = where_clause(query.where, columns)
    order = "elite.run, elite.slot"
    if query.sort is not None:
        order = f"{order_clause(query.sort, columns)}, {order}"
    if query.pareto is None:
        ours = _within(run.key for run in runs)
        limit = -1 if query.limit is None else query.limit
        keys = connection.execute(
            f"SELECT run, slot FROM elite WHERE {ours.sql} AND {wanted.sql}"
            f" ORDER BY {order} LIMIT ?",
            (*ours.values, *wanted.values, limit),
        ).fetchall()
        return fetch(connection, keys)
    goals = parse_goals(query.pareto, columns, _directions(runs))
    keys = _fronts(connection, runs, wanted, goals)
    return fetch(connection, keys, order if query.sort is not None else "chosen.key")[: query.limit]


def fetch(
    connection: sqlite3.Connection, keys: Sequence[Key], order: str = "chosen.key"
) -> list[EliteView]:
    """Elites in full, by keys of run and slot, in the order of the keys if no other is given."""
    columns = value_columns(connection)
    used: dict[int, list[tuple[int, Kind, str]]] = {}
    for run, kind, name in connection.execute("SELECT run, kind, name FROM axis"):
        if (kind, name) not in columns:
            raise damaged(f"the {kind} {name!r}, which has no column")
        used.setdefault(run, []).append((columns.index((kind, name)), kind, name))
    values = "".join(f", elite.{kind}_{name}" for kind, name in columns)
    rows = connection.execute(
        f"SELECT {_COLUMNS}{values} FROM {_TABLES} ORDER BY {order}", [canonical_text(keys)]
    )
    return [_view(row, used.get(row[0], [])) for row in rows]


def _view(row: tuple[Any, ...], used: Sequence[tuple[int, Kind, str]]) -> EliteView:
    """One row of :func:`fetch`; ``used`` are the place, kind and name of its run's values."""
    _, slot, identity, run, space, target, status, cell, quality, *rest = row[:_FIXED]
    source, body, parent, operator, certificate, family = rest
    values = row[_FIXED:]
    numbers = {n: read_number(n, values[k]) for k, kind, n in used if kind == "objective"}
    measures = {n: read_number(n, values[k]) for k, kind, n in used if kind == "measure"}
    written = {n: read_text(n, values[k]) for k, kind, n in used if kind == "text"}
    # A name can have been both in one run: what is known counts.
    labels = {n: t for n, t in written.items() if t is not None or n not in numbers}
    return EliteView(
        id=identity,
        run=run,
        space=space,
        target=target,
        status=status,
        slot=slot,
        cell=tuple(document(cell)),
        quality=quality,
        objectives={**numbers, **labels},
        measures=measures,
        source=source,
        program=document(body),
        certificate=None if certificate is None else document(certificate),
        parent=parent,
        operator=operator,
        family=family,
    )


def _within(runs: Iterable[int]) -> Clause:
    keys = tuple(runs)
    return Clause(f"elite.run IN ({', '.join('?' * len(keys))})", keys)


def _directions(runs: Sequence[Run]) -> dict[str, int]:
    """Which way names are better, by the runs; 0 where they disagree."""
    signs: dict[str, set[int]] = {}
    for run in runs:
        for name, sign in run.config.get("pareto", ()):
            signs.setdefault(name, set()).add(1 if sign > 0 else -1)
    return {name: found.pop() if len(found) == 1 else 0 for name, found in signs.items()}


def _fronts(
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
        ours = _within(members)
        clause = Clause(f"{ours.sql} AND {known} AND {wanted.sql}", (*ours.values, *wanted.values))
        guards = _guards(_sample(connection, members, clause, goals), goals)
        keys += [key for key, _ in _front(_rows(connection, clause, goals, guards), goals)]
    return keys


Point = tuple[Key, tuple[float, ...]]


def _rows(
    connection: sqlite3.Connection, clause: Clause, goals: Sequence[Goal], guards: Clause
) -> list[Point]:
    axes = ", ".join(goal.column.sql for goal in goals)
    rows = connection.execute(
        f"SELECT run, slot, {axes} FROM elite WHERE {clause.sql}{guards.sql}",
        clause.values + guards.values,
    )
    return [((run, slot), tuple(point)) for run, slot, *point in rows]


def _front(points: Sequence[Point], goals: Sequence[Goal]) -> list[Point]:
    """The points not dominated; of equal ones that of the earliest run and lowest slot."""
    ordered = sorted(points)
    kept = front([point for _, point in ordered], [goal.sign for goal in goals])
    return [ordered[k] for k in kept]


def _sample(
    connection: sqlite3.Connection, runs: Sequence[int], clause: Clause, goals: Sequence[Goal]
) -> list[Point]:
    """Rows of short ranges of slots, spread evenly over each run's map."""
    points: list[Point] = []
    windows = max(1, _WINDOWS // len(runs))
    for run in runs:
        (last,) = connection.execute("SELECT max(slot) FROM elite WHERE run = ?", [run]).fetchone()
        for k in range(windows if last is not None else 0):
            start = (last + 1) * k // windows
            window = Clause(
                " AND elite.run = ? AND elite.slot BETWEEN ? AND ?", (run, start, start + _WINDOW)
            )
            points += _rows(connection, clause, goals, window)
    return points


def _guards(sample: Sequence[Point], goals: Sequence[Goal]) -> Clause:
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
