"""Elites by their keys: in full, or as lines of a table."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from elitemap.archive.identity import canonical_text
from elitemap.archive.problems import Problem, problems
from elitemap.archive.querying.elites import CHOSEN
from elitemap.archive.reading.values import Values, values
from elitemap.archive.remarks import remark
from elitemap.archive.rows import document, program_body
from elitemap.archive.views import EliteLine, EliteView, Key

#: Characters of the source that a line holds.
SHOWN = 500

_JOINED = (
    f"{CHOSEN} JOIN run ON run.key = elite.run JOIN program ON program.key = elite.program"
    " LEFT JOIN remark ON remark.program = elite.program"
)
_SHORT = (
    "elite.run, elite.slot, program.id, run.id, run.space, run.target, elite.status, elite.cell,"
    " elite.quality, program.operator, remark.mark, remark.note, remark.at"
)
_LINE = f"{_SHORT}, substr(program.source, 1, {SHOWN})"
_FULL = (
    f"{_SHORT}, program.source, program.body, program.parent, certificate.body,"
    " (SELECT count(*) FROM member WHERE member.run = elite.run AND member.slot = elite.slot)"
)


def views(connection: sqlite3.Connection, keys: Sequence[Key]) -> list[EliteView]:
    """Elites in full, in the order of the keys; those that have gone are left out."""
    known, asked = values(connection), problems(connection)
    rows = connection.execute(
        f"SELECT {_FULL}{known.sql} FROM {_JOINED} LEFT JOIN certificate ON certificate.program"
        " = elite.program AND certificate.run = elite.run ORDER BY chosen.key",
        [_list(keys)],
    )
    return [_view(row, known, asked) for row in rows]


def lines(connection: sqlite3.Connection, keys: Sequence[Key]) -> list[EliteLine]:
    """Elites as lines of a table, in the order of the keys; those that have gone are left out."""
    known, asked = values(connection), problems(connection)
    rows = connection.execute(
        f"SELECT {_LINE}{known.sql} FROM {_JOINED} ORDER BY chosen.key", [_list(keys)]
    )
    return [_line(row, known, asked) for row in rows]


def ids(connection: sqlite3.Connection, keys: Sequence[Key]) -> tuple[str, ...]:
    """Ids of the programs of elites, in the order of the keys."""
    rows = connection.execute(
        f"SELECT program.id FROM {CHOSEN} JOIN program ON program.key = elite.program"
        " ORDER BY chosen.key",
        [_list(keys)],
    )
    return tuple(name for (name,) in rows)


def _list(keys: Sequence[Key]) -> str:
    return canonical_text([list(key) for key in keys])


def _view(row: tuple[Any, ...], known: Values, asked: Mapping[int, Problem]) -> EliteView:
    source, body, parent, certificate, family, *numbers = row[13:]
    objectives, measures = known.read(row[0], numbers)
    return EliteView(
        **_shared(row),
        problem=asked[row[0]],
        objectives=objectives,
        measures=measures,
        source=source,
        program=program_body(body),
        certificate=None if certificate is None else document(certificate),
        parent=parent,
        family=family,
    )


def _line(row: tuple[Any, ...], known: Values, asked: Mapping[int, Problem]) -> EliteLine:
    source, *numbers = row[13:]
    objectives, measures = known.read(row[0], numbers)
    return EliteLine(
        **_shared(row),
        problem=asked[row[0]],
        key=row[:2],
        objectives=objectives,
        measures=measures,
        source=source,
    )


def _shared(row: tuple[Any, ...]) -> dict[str, Any]:
    """What the columns of ``_SHORT`` say, by the names of attributes."""
    _, slot, identity, run, space, target, status, cell, quality, operator, *said = row[:13]
    return {
        "id": identity,
        "run": run,
        "space": space,
        "target": target,
        "status": status,
        "slot": slot,
        "cell": tuple(document(cell)),
        "quality": quality,
        "operator": operator,
        "remark": None if said[2] is None else remark(*said),
    }
