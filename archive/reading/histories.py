"""What a run left behind beside its elites, and where programs come from."""

import sqlite3
from typing import Any

from elitemap.archive.programs import named
from elitemap.archive.records import Ancestor
from elitemap.archive.rows import document, member_body, program_body
from elitemap.archive.states import unpacked

_RUN = "(SELECT key FROM run WHERE run.id = :run)"
_PROGRAM = f"(SELECT key FROM program WHERE {named(':id')})"


def lineage(connection: sqlite3.Connection, program: str) -> list[Ancestor]:
    """A program and its ancestors, youngest first, as far as the archive knows them."""
    line: list[Ancestor] = []
    seen: set[str] = set()
    following: str | None = program
    while following is not None and following not in seen:
        seen.add(following)
        rows = connection.execute(
            f"SELECT body, source, parent, operator FROM program WHERE {named(':id')}",
            {"id": following},
        ).fetchall()
        following = None
        for body, source, parent, operator in rows:
            line.append(Ancestor(program_body(body), source, parent, operator))
            following = parent
    return line


def certificates(connection: sqlite3.Connection, program: str) -> dict[str, Any]:
    """All certificates of a program, by id of the run that asked for them."""
    rows = connection.execute(
        "SELECT run.id, certificate.body FROM certificate JOIN run ON run.key = run"
        f" WHERE program = {_PROGRAM} ORDER BY run.key",
        {"id": program},
    )
    return {run: document(body) for run, body in rows}


def members(connection: sqlite3.Connection, run: str, program: str) -> list[dict[str, Any]]:
    """The disguises in which a run found a program, in the order in which it found them."""
    rows = connection.execute(
        "SELECT member.body FROM elite JOIN member USING (run, slot)"
        f" WHERE elite.run = {_RUN} AND elite.program = {_PROGRAM} ORDER BY member.number",
        {"run": run, "id": program},
    )
    return [member_body(body) for (body,) in rows]


def state(connection: sqlite3.Connection, run: str) -> dict[int, bytes]:
    """What the islands of a run need to go on, by island; empty if nothing was stored.

    Raises:
        ArchiveError: If it is damaged.
    """
    rows = connection.execute(
        f"SELECT island, body FROM state WHERE run = {_RUN} ORDER BY island", {"run": run}
    )
    return {island: unpacked(body) for island, body in rows}


def metrics(connection: sqlite3.Connection, run: str) -> list[dict[str, Any]]:
    """Numbers over time: one mapping per flush, with its time (ISO 8601, UTC) as ``at``."""
    rows = connection.execute(
        f"SELECT at, body FROM metric WHERE run = {_RUN} ORDER BY step", {"run": run}
    )
    return [{"at": at, **document(body)} for at, body in rows]
