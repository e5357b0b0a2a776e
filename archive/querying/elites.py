"""Questions about elites: filter, order, front and limit, answered by SQL."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from elitemap.archive.columns import Column, searchable
from elitemap.archive.identity import canonical_text
from elitemap.archive.problems import chosen, problems
from elitemap.archive.querying.clauses import (
    Clause,
    both,
    order_clause,
    search_clause,
    where_clause,
)
from elitemap.archive.querying.fronts import Run, directions, fronts, within
from elitemap.archive.querying.goals import parse_goals
from elitemap.archive.views import Key

#: Elites by their keys, given as a JSON list of [run, slot]; CROSS keeps this order of the loops.
CHOSEN = (
    "json_each(?) AS chosen CROSS JOIN elite"
    " ON elite.run = chosen.value ->> 0 AND elite.slot = chosen.value ->> 1"
)

_BY_PLACE = "elite.run, elite.slot"


@dataclass(frozen=True)
class ElitesQuery:
    """Which elites, in which order.

    Attributes:
        run: Id of a run or the beginning of it; None for all runs.
        space: Name of a space; None for all.
        target: Name of a target; None for all.
        problem: Id of a problem, its beginning, or a part of its label; None for all.
        where: A filter in the language of :mod:`elitemap.archive.querying.where`.
        sort: Names separated by commas; a minus in front puts the largest first.
        pareto: Names separated by commas: keep only what nothing else dominates in them. A sign
            in front says whether more (+) or less (-) is better; without it the runs say so.
            Elites that lack one of the values take no part; of equals one is kept. Runs of
            different problems have fronts of their own.
        limit: At most so many.
        search: A text that the source, the mark or the note contains (upper and lower case of
            ASCII are equal), or, if it is long enough for one, that the id begins with.
        every: Only elites whose slot is a multiple of it: above 1 a fair sample, for a first
            look at very many.
        runs: Whole ids of runs; None for all.
    """

    run: str | None = None
    space: str | None = None
    target: str | None = None
    problem: str | None = None
    where: str | None = None
    sort: str | None = None
    pareto: str | None = None
    limit: int | None = None
    search: str | None = None
    every: int = 1
    runs: tuple[str, ...] | None = None


def keys(
    connection: sqlite3.Connection,
    query: ElitesQuery,
    runs: Sequence[Run],
    offset: int = 0,
    most: int | None = None,
) -> Iterable[Key]:
    """Keys of the elites of these runs, in the order of the query, ``run`` to ``problem`` aside.

    Args:
        connection: To the archive.
        query: What is asked.
        runs: Those that the query is about.
        offset: How many to leave out at the beginning.
        most: At most so many after them, within the query's own limit; None for all.

    Raises:
        UsageError: If filter, order or front are mistaken.
    """
    if not runs:
        return []
    columns = searchable(connection)
    wanted = _wanted(connection, query, columns)
    order = _BY_PLACE
    if query.sort is not None:
        order = f"{order_clause(query.sort, columns)}, {order}"
    count = _count(query.limit, offset, most)
    if query.pareto is None:
        clause = both(within(run.key for run in runs), wanted)
        part = Clause("")
        if count is not None or offset:  # SQLite sorts everything three times as fast without
            part = Clause(" LIMIT ? OFFSET ?", (-1 if count is None else count, offset))
        return connection.execute(
            f"SELECT run, slot FROM elite WHERE {clause.sql} ORDER BY {order}{part.sql}",
            clause.values + part.values,
        )
    goals = parse_goals(query.pareto, columns, directions(runs))
    found = fronts(connection, runs, wanted, goals)
    if query.sort is not None:
        found = connection.execute(
            f"SELECT elite.run, elite.slot FROM {CHOSEN} ORDER BY {order}", [canonical_text(found)]
        ).fetchall()
    return found[offset:] if count is None else found[offset : offset + count]


def source(connection: sqlite3.Connection, query: ElitesQuery, runs: Sequence[Run]) -> Clause:
    """``FROM elite ...`` for the elites that :func:`keys` finds, in no order.

    Raises:
        UsageError: If filter, order or front are mistaken.
    """
    if not runs:
        return Clause("FROM elite WHERE 0")
    if query.pareto is None and query.limit is None:
        wanted = _wanted(connection, query, searchable(connection))
        clause = both(within(run.key for run in runs), wanted)
        return Clause(f"FROM elite WHERE {clause.sql}", clause.values)
    chosen = canonical_text([list(key) for key in keys(connection, query, runs)])
    return Clause(f"FROM {CHOSEN} WHERE 1", (chosen,))


def _wanted(
    connection: sqlite3.Connection, query: ElitesQuery, columns: Mapping[str, Column]
) -> Clause:
    wanted = Clause("1")
    if query.where is not None:
        named = replace(columns["problem"], meant=partial(_problem, connection))
        wanted = where_clause(query.where, {**columns, "problem": named})
    if query.search:
        wanted = both(wanted, search_clause(query.search))
    if query.every > 1:
        wanted = both(Clause("elite.slot % ? = 0", (query.every,)), wanted)
    return wanted


def _problem(connection: sqlite3.Connection, text: str) -> str:
    """Id of the problem that a filter names as queries do."""
    return chosen(text, problems(connection).values()).id


def _count(limit: int | None, offset: int, most: int | None) -> int | None:
    """How many to return after the offset; None for all."""
    bounds = [most] if most is not None else []
    if limit is not None and limit >= 0:
        bounds.append(max(0, limit - offset))
    return min(bounds, default=None)
