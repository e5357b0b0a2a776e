"""Finding runs and programs by the beginning of their ids."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.identity import canonical_text
from elitemap.archive.problems import Problem, chosen, problems
from elitemap.archive.programs import begins, named
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.querying.fronts import Run
from elitemap.archive.records import RunRecord
from elitemap.archive.rows import RUN_COLUMNS, configuration, run_record
from elitemap.archive.text import plain
from elitemap.archive.views import Key

_RUNS = f"SELECT {RUN_COLUMNS} FROM run"
_RUN_IDS = "SELECT id FROM run WHERE substr(id, 1, length(:id)) = :id ORDER BY id LIMIT 2"
_BEGUN = f"SELECT key FROM program WHERE {begins(':id')}"
# An elite of one of the runs, given as a JSON list; of any run for null.
_ASKED = "(:runs IS NULL OR elite.run IN (SELECT value FROM json_each(:runs)))"
_ELITE_IDS = (
    "SELECT DISTINCT program.id FROM elite CROSS JOIN program ON program.key = elite.program"
    f" WHERE elite.program IN ({_BEGUN}) AND {_ASKED} LIMIT 2"
)
# Elites that certificates have made of programs whose ids begin so: their constants were polished.
_HEIRS = (
    "WITH RECURSIVE heir (key, id) AS (SELECT key, id FROM program WHERE operator = 'certify'"
    " AND substr(parent, 1, length(:id)) = :id UNION SELECT program.key, program.id FROM heir"
    " JOIN program ON program.parent = heir.id AND program.operator = 'certify')"
    " SELECT DISTINCT heir.id FROM heir JOIN elite ON elite.program = heir.key"
    f" WHERE {_ASKED} LIMIT 2"
)
_BEST_FIRST = (
    f"SELECT run, slot FROM elite WHERE program = (SELECT key FROM program WHERE {named(':id')})"
    f" AND {_ASKED} ORDER BY status = 'certified' DESC, status = 'confirmed' DESC, run DESC, slot"
    " LIMIT 1"
)
_ASKING = (
    f"SELECT DISTINCT run FROM elite WHERE program = (SELECT key FROM program WHERE {named(':id')})"
)
_PLACES = f"SELECT run, slot FROM elite WHERE program IN ({_BEGUN}) ORDER BY run, slot LIMIT 100"


def runs(connection: sqlite3.Connection) -> list[RunRecord]:
    """All runs, oldest first."""
    rows = connection.execute(f"{_RUNS} ORDER BY started_at, key")
    return [run_record(row) for row in rows]


def run(connection: sqlite3.Connection, prefix: str | None, path: Path) -> RunRecord:
    """The run whose id begins so, or the latest.

    Raises:
        UsageError: If there is none, or more than one.
    """
    if prefix is None:
        row = connection.execute(f"{_RUNS} ORDER BY started_at DESC, key DESC LIMIT 1").fetchone()
        if row is None:
            raise UsageError(f"{path} holds no runs: run a search first")
        return run_record(row)
    name = _complete(connection, (_RUN_IDS,), prefix, "`elitemap runs` lists them")
    return run_record(connection.execute(f"{_RUNS} WHERE id = ?", [name]).fetchone())


def asked(connection: sqlite3.Connection, query: ElitesQuery, path: Path) -> list[Run]:
    """The runs that a query is about, by their keys.

    Raises:
        UsageError: If the query names a run or a problem of which there is none, or more than one.
    """
    values: dict[str, Any] = {
        "id": None if query.run is None else run(connection, query.run, path).id,
        "space": None if query.space is None else plain(query.space),
        "target": None if query.target is None else plain(query.target),
    }
    rows = connection.execute(
        "SELECT key, space, problem, config, id FROM run WHERE id = coalesce(:id, id) AND space"
        " = coalesce(:space, space) AND target = coalesce(:target, target) ORDER BY key",
        values,
    )
    wanted = None if query.runs is None else frozenset(query.runs)
    found = [
        Run(key, space, problem, configuration(config))
        for key, space, problem, config, name in rows
        if wanted is None or name in wanted
    ]
    if query.problem is None:
        return found
    known = problems(connection)
    text = chosen(query.problem, (known[run.key] for run in found)).text
    return [run for run in found if run.problem == text]


def elite_place(connection: sqlite3.Connection, prefix: str, problem: str | None) -> list[Key]:
    """Where the one program that begins so is an elite, the most thoroughly checked first.

    A program that certificates have made another of stands for that one.

    Args:
        connection: To the archive.
        prefix: The beginning of its id.
        problem: Of which problem it is to be an elite, as queries name it; None for any.

    Raises:
        UsageError: If there is no such program or no such problem, or more than one.
    """
    runs, cure = None, "`elitemap elites` lists them"
    if problem is not None:
        known = problems(connection)
        one = chosen(problem, known.values())
        runs = canonical_text([key for key, asked in known.items() if asked == one])
        cure = f"`elitemap elites --problem {one.id}` lists those of {one.label}"
    name = _complete(connection, (_ELITE_IDS, _HEIRS), prefix, cure, runs)
    return connection.execute(_BEST_FIRST, {"id": name, "runs": runs}).fetchall()


def asking(connection: sqlite3.Connection, program: str) -> list[Problem]:
    """The problems whose elite a program is, those of the oldest runs first."""
    runs = {run for (run,) in connection.execute(_ASKING, {"id": plain(program)})}
    known = problems(connection)
    return list(dict.fromkeys(asked for key, asked in known.items() if key in runs))


def elite_places(connection: sqlite3.Connection, prefix: str) -> list[Key]:
    """Keys of elites whose programs' ids begin so; a hundred of them if there are more."""
    return connection.execute(_PLACES, {"id": plain(prefix)}).fetchall() if prefix else []


def _complete(
    connection: sqlite3.Connection,
    ids: Sequence[str],
    prefix: str,
    cure: str,
    runs: str | None = None,
) -> str:
    """The one id that is the prefix or begins with it, or stands for it.

    ``ids`` are SQL that each finds two; the first that finds any counts.
    """
    values = {"id": plain(prefix), "runs": runs}
    found = (connection.execute(sql, values).fetchall() for sql in ids if prefix)
    rows = next(filter(None, found), [])
    if not rows:
        raise UsageError(f"expected the beginning of an id, got {prefix!r}: {cure}")
    if len(rows) > 1 and rows[0][0] != prefix:
        raise UsageError(
            f"expected an unambiguous id, got {prefix!r}, which leads to {rows[0][0]},"
            f" {rows[1][0]} and perhaps others: give more of it"
        )
    return str(rows[0][0])
