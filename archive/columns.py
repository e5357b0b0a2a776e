"""Objectives and measures as columns of the table of elites, and the names queries may use.

Every space names its own objectives and measures, so their columns are added when a name first
occurs: plain columns, because a query over a million elites then reads numbers instead of parsing
a million JSON texts. Objectives that are texts have columns of their own kind: one space may call
a number what another calls a text.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["objective", "measure", "text"]
KINDS: tuple[Kind, ...] = ("objective", "measure", "text")

#: Characters that the text of an objective may have.
LONGEST = 200

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_COLUMN = re.compile(r"(objective|measure|text)_([A-Za-z_][A-Za-z0-9_]{0,63})")

_CHECKS: Mapping[Kind, str] = {
    "objective": "{0} <= 9e999",  # texts and blobs sort after all numbers
    "measure": "{0} <= 9e999",
    "text": f"{{0}} IS NULL OR (typeof({{0}}) = 'text' AND length({{0}}) <= {LONGEST})",
}

_RUN_TEXT = "(SELECT {0} FROM run WHERE run.key = elite.run)"
_PROGRAM_TEXT = "(SELECT {0} FROM program WHERE program.key = elite.program)"
_REMARK_TEXT = "(SELECT {0} FROM remark WHERE remark.program = elite.program)"


@dataclass(frozen=True)
class Column:
    """Something a query may name.

    Attributes:
        sql: Its SQL over the table ``elite``.
        numeric: Whether it is a number.
        meant: Its value that a text of a filter stands for; raises ``UsageError`` if there is none.
            None where texts stand for themselves.
    """

    sql: str
    numeric: bool
    meant: Callable[[str], str] | None = None


# Sub-selects rather than joins: a scan of the narrow table pays only for what a query names.
FIXED = {
    "id": Column(_PROGRAM_TEXT.format("id"), False),
    "run": Column(_RUN_TEXT.format("id"), False),
    "space": Column(_RUN_TEXT.format("space"), False),
    "target": Column(_RUN_TEXT.format("target"), False),
    "problem": Column(f"problem_id({_RUN_TEXT.format('problem')})", False),
    "status": Column("elite.status", False),
    "quality": Column("elite.quality", True),
    "slot": Column("elite.slot", True),
    "cell": Column("elite.cell", False),
    "source": Column(_PROGRAM_TEXT.format("source"), False),
    "parent": Column(_PROGRAM_TEXT.format("parent"), False),
    "operator": Column(_PROGRAM_TEXT.format("operator"), False),
    "mark": Column(_REMARK_TEXT.format("mark"), False),
    "note": Column(_REMARK_TEXT.format("note"), False),
}


def value_columns(connection: sqlite3.Connection) -> list[tuple[Kind, str]]:
    """Kind and name of every objective and measure in the archive, in order of appearance."""
    rows = connection.execute("SELECT name FROM pragma_table_info('elite')")
    matches = (_COLUMN.fullmatch(name) for (name,) in rows)
    kinds: dict[str, Kind] = {kind: kind for kind in KINDS}
    return [(kinds[match[1]], match[2]) for match in matches if match is not None]


def searchable(connection: sqlite3.Connection) -> dict[str, Column]:
    """All names a query may use.

    An objective or measure goes by its own name; a measure or text that shares it with an
    objective, and anything that shares it with a fixed column, is called ``measure_...``,
    ``text_...`` or ``objective_...``.
    """
    names = dict(FIXED)
    order = ("objective", "text", "measure")  # the first keep the short name
    for kind, name in sorted(value_columns(connection), key=lambda column: order.index(column[0])):
        label = f"{kind}_{name}" if name in names else name
        names[label] = Column(f"elite.{kind}_{name}", kind != "text")
    return names


def add_columns(connection: sqlite3.Connection, run: int, kind: Kind, names: Iterable[str]) -> None:
    """Make sure that elites of a run can store values under these names.

    Args:
        connection: Inside a transaction.
        run: Key of the run.
        kind: What the names are.
        names: New or known ones.

    Raises:
        ValueError: If a name is not an identifier, or differs from another only in case.
    """
    known = {f"{k}_{n}" for k, n in value_columns(connection)}
    folded = {column.lower() for column in known}
    for name in names:
        column = f"{kind}_{name}"
        if not _NAME.fullmatch(name):
            raise ValueError(f"expected an identifier as name of a {kind}, got {name!r}")
        if column not in known:
            if column.lower() in folded:
                raise ValueError(f"expected names that differ in more than case, got {name!r}")
            check = _CHECKS[kind].format(column)
            connection.execute(f"ALTER TABLE elite ADD COLUMN {column} ANY CHECK ({check})")
        connection.execute("INSERT OR IGNORE INTO axis VALUES (?, ?, ?)", [run, kind, name])
    show(connection)


def show(connection: sqlite3.Connection) -> None:
    """Make the view ``elites``: one readable row per elite, every column a query may name.

    But for the problem: other programs that read the file do not know its function.
    """
    names = searchable(connection)
    del names["problem"]
    columns = ", ".join(f'{column.sql} AS "{label}"' for label, column in names.items())
    connection.execute("DROP VIEW IF EXISTS elites")
    connection.execute(f"CREATE VIEW elites AS SELECT {columns} FROM elite")
