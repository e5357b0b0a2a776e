"""What an archive holds, without the keys that its file happens to give."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

TABLES = {
    "run": "SELECT id, space, target, options, config, seed, started_at, finished_at, status,"
    " version, summary, problem FROM run",
    "axis": "SELECT run.id, kind, name FROM axis JOIN run ON run.key = run",
    "program": "SELECT id, body, source, parent, operator FROM program",
    "certificate": "SELECT run.id, program.id, certificate.body FROM certificate"
    " JOIN run ON run.key = run JOIN program ON program.key = program",
    "member": "SELECT run.id, slot, body, number FROM member JOIN run ON run.key = run",
    "metric": "SELECT run.id, step, at, body FROM metric JOIN run ON run.key = run",
    "state": "SELECT run.id, island, body FROM state JOIN run ON run.key = run",
    "remark": "SELECT program.id, mark, note, at FROM remark JOIN program ON program.key = program",
}


def held(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as connection:
        found: dict[str, Any] = {
            name: sorted(connection.execute(sql).fetchall(), key=repr)
            for name, sql in TABLES.items()
        }
        connection.row_factory = sqlite3.Row
        rows = connection.execute(
            "SELECT run.id AS run_id, program.id AS program_id, elite.* FROM elite"
            " JOIN run ON run.key = run JOIN program ON program.key = program"
        ).fetchall()
    found["elite"] = sorted(
        json.dumps({k: row[k] for k in row.keys() if k not in ("run", "program")}, sort_keys=True)
        for row in rows
    )
    return found


@pytest.fixture(scope="session")
def contents() -> Any:
    """``contents(path)`` is equal for archives that hold the same."""
    return held
