"""Finding runs and programs by the beginning of their ids."""

import sqlite3
from pathlib import Path
from typing import Any

from elitemap.archive.elites import ElitesQuery
from elitemap.archive.errors import UsageError
from elitemap.archive.fronts import Run
from elitemap.archive.programs import begins
from elitemap.archive.records import RunRecord
from elitemap.archive.rows import RUN_COLUMNS, configuration, run_record
from elitemap.archive.text import plain
from elitemap.archive.views import Key

_RUNS = f"SELECT {RUN_COLUMNS} FROM run"
_RUN_IDS = "SELECT id FROM run WHERE substr(id, 1, length(:id)) = :id ORDER BY id LIMIT 2"
_BEGUN = f"SELECT key FROM program WHERE {begins(':id')}"
_ELITE_IDS = (
    "SELECT DISTINCT program.id FROM elite CROSS JOIN program ON program.key = elite.program"
    f" WHERE elite.program IN ({_BEGUN}) LIMIT 2"
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
    name = _complete(connection, _RUN_IDS, prefix, "`elitemap runs` lists them")
    return run_record(connection.execute(f"{_RUNS} WHERE id = ?", [name]).fetchone())


def asked(connection: sqlite3.Connection, query: ElitesQuery, path: Path) -> list[Run]:
    """The runs that a query is about, by their keys.

    Raises:
        UsageError: If the query names a run of which there is none, or more than one.
    """
    values: dict[str, Any] = {
        "id": None if query.run is None else run(connection, query.run, path).id,
        "space": None if query.space is None else plain(query.space),
        "target": None if query.target is None else plain(query.target),
    }
    rows = connection.execute(
        "SELECT key, problem, config, id FROM run WHERE id = coalesce(:id, id) AND space"
        " = coalesce(:space, space) AND target = coalesce(:target, target) ORDER BY key",
        values,
    )
    chosen = None if query.runs is None else frozenset(query.runs)
    return [
        Run(key, problem, configuration(config))
        for key, problem, config, name in rows
        if chosen is None or name in chosen
    ]


def elite_id(connection: sqlite3.Connection, prefix: str) -> str:
    """The id of the one program that begins so and is an elite.

    Raises:
        UsageError: If there is none, or more than one.
    """
    return _complete(connection, _ELITE_IDS, prefix, "`elitemap elites` lists them")


def elite_places(connection: sqlite3.Connection, prefix: str) -> list[Key]:
    """Keys of elites whose programs' ids begin so; a hundred of them if there are more."""
    return connection.execute(_PLACES, {"id": plain(prefix)}).fetchall() if prefix else []


def _complete(connection: sqlite3.Connection, ids: str, prefix: str, cure: str) -> str:
    """The one id that is the prefix or begins with it; ``ids`` is SQL that finds two."""
    rows = connection.execute(ids, {"id": plain(prefix)}).fetchall()
    if not prefix or not rows:
        raise UsageError(f"expected the beginning of an id, got {prefix!r}: {cure}")
    if len(rows) > 1 and rows[0][0] != prefix:
        raise UsageError(
            f"expected an unambiguous id, got {prefix!r}, which begins {rows[0][0]},"
            f" {rows[1][0]} and perhaps others: give more of it"
        )
    return str(rows[0][0])
