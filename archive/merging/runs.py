"""A version of a run in another archive: added, joined with the same one, or overtaken."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from elitemap.archive.columns import KINDS, add_columns
from elitemap.archive.errors import UsageError
from elitemap.archive.identity import canonical_text
from elitemap.archive.members import ADD as ADD_MEMBER
from elitemap.archive.merging import rows, vouched
from elitemap.archive.programs import named
from elitemap.archive.records import RunRecord
from elitemap.archive.rows import RUN_COLUMNS, run_row
from elitemap.archive.states import VOUCHED

# Elites are told of so many at a time.
_TOLD = 10_000

_RANK = "({0}.status = 'certified') * 2 + ({0}.status = 'confirmed')"
_NAME = "(SELECT id FROM program WHERE key = {0}.program)"

# The elite that comes is the one that is there, or what certificates have made of it.
_SUCCESSOR = (
    "EXISTS (WITH RECURSIVE line (id, parent, operator) AS ("
    "SELECT id, parent, operator FROM program WHERE key = excluded.program"
    " UNION SELECT program.id, program.parent, program.operator FROM line CROSS JOIN program"
    f" ON {named('line.parent')} WHERE line.operator = 'certify')"
    f" SELECT 1 FROM line WHERE id = {_NAME.format('elite')})"
)

_VERSIONED = ("certificate", "elite", "member", "metric", "state", "axis")


class Held(NamedTuple):
    """Where a version is.

    Attributes:
        connection: To its archive.
        run: Its key there.
        mapped: Whether keys of programs are to be looked up in ``temp.mapped`` of the target.
    """

    connection: sqlite3.Connection
    run: int
    mapped: bool

    @property
    def program(self) -> str:
        """SQL of the key of a program in the target."""
        return "(SELECT key FROM temp.mapped WHERE source = ?)" if self.mapped else "?"


def add(
    held: Held, target: sqlite3.Connection, key: int | None, tell: Callable[[int], None]
) -> int:
    """Bring a version of a run into an archive that has its programs already.

    Of two elites in one slot the one that was checked more thoroughly counts, then the better one,
    then the order of texts. Certificates go with their elites.

    Args:
        held: The version.
        target: Inside a transaction that holds the write lock.
        key: Key of the same version in the target; None if there is none.
        tell: Called with the number of elites after every few.

    Returns:
        Key of the run in the target.

    Raises:
        ArchiveError: If the source holds what we could not have written.
        UsageError: If its names differ from those of the target in case alone.
    """
    theirs = rows.record(held.connection, held.run)
    if key is None:
        key = _insert(target, theirs)
    elif _order(theirs) > _order(ours := rows.record(target, key)):
        _update(target, replace(_branch(theirs), id=ours.id), key)
    values = _axes(held, target, key)
    _proofs(held, target, key)
    target.executemany(
        _elite_statement(held, key, values),
        _told(rows.elites(held.connection, held.run, values), tell),
    )
    _certificates(target, key)
    _rest(held, target, key)
    return key


def inherit(held: Held, target: sqlite3.Connection, key: int) -> None:
    """Keep what a version holds that another one has overtaken: certificates, and what they prove.

    Args:
        held: The older version.
        target: Inside a transaction that holds the write lock.
        key: Key of the newer one in the target.

    Raises:
        ArchiveError: If the source holds what we could not have written.
    """
    values = _axes(held, target, key)
    _proofs(held, target, key)
    found = rows.elites(held.connection, held.run, values)
    checked = [(*row, key, row[0]) for row in found if row[4] != "candidate"]
    target.executemany(_elite_statement(held, key, values, overtaken=True), checked)
    _certificates(target, key)


def bury(held: Held, target: sqlite3.Connection, key: int) -> None:
    """Let a version keep what was checked of elites of one that it has overtaken.

    Raises:
        ArchiveError: If the source holds what we could not have written.
    """
    values = rows.axes(held.connection, held.run)
    theirs = vouched.of_elites(held.connection, held.run, values)
    theirs |= vouched.kept(held.connection, held.run)
    vouched.keep(target, key, vouched.kept(target, key) | theirs)


def vouch(target: sqlite3.Connection, key: int, first: int, told: vouched.Vouched) -> None:
    """Give elites of a version what was checked of them in versions that were overtaken.

    Args:
        target: Inside a transaction that holds the write lock.
        key: Key of the version.
        first: Key of one that has all certificates.
        told: What was checked.
    """
    held = Held(target, first, mapped=False)
    values = _axes(held, target, key)
    _proofs(held, target, key)
    target.executemany(
        _elite_statement(held, key, values, overtaken=True),
        [(*row, key, row[0]) for row in vouched.as_rows(target, told, values)],
    )
    _certificates(target, key)


def remove(target: sqlite3.Connection, key: int) -> None:
    """Remove a version; programs stay."""
    for table in _VERSIONED:
        target.execute(f"DELETE FROM {table} WHERE run = ?", [key])
    target.execute("DELETE FROM run WHERE key = ?", [key])


def _insert(target: sqlite3.Connection, run: RunRecord) -> int:
    # Another version may have the id already; who is called what is settled at the end.
    (last,) = target.execute("SELECT coalesce(max(key), 0) FROM run").fetchone()
    (key,) = target.execute(
        f"INSERT INTO run ({RUN_COLUMNS}, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " RETURNING key",
        run_row(replace(_branch(run), id=f"{run.id} {last + 1}")),
    ).fetchone()
    return int(key)


def _update(target: sqlite3.Connection, run: RunRecord, key: int) -> None:
    columns = ", ".join(f"{name} = ?" for name in (*RUN_COLUMNS.split(", "), "problem"))
    target.execute(f"UPDATE run SET {columns} WHERE key = ?", (*run_row(run), key))


def _branch(run: RunRecord) -> RunRecord:
    """The run as a branch, so that it is found among the versions of its run."""
    return replace(run, config={rows.BRANCH: run.id, **run.config})


def _order(run: RunRecord) -> str:
    """An order of what copies of one version may tell differently."""
    config = {name: value for name, value in run.config.items() if name != rows.BRANCH}
    return canonical_text([run.version, config, dict(run.options), dict(run.summary)])


def _axes(held: Held, target: sqlite3.Connection, key: int) -> list[rows.Value]:
    """What the elites of a version have; the target has room for it then."""
    values = rows.axes(held.connection, held.run)
    for kind in KINDS:
        try:
            add_columns(target, key, kind, [name for other, name in values if other == kind])
        except ValueError as error:
            raise UsageError(f"the archives do not fit together: {error}") from None
    return values


def _proofs(held: Held, target: sqlite3.Connection, key: int) -> None:
    """Fill ``temp.proof`` with the certificates of a version, and whether each one wins.

    That of the version in which the program was checked more thoroughly wins, then the order of
    texts.
    """
    target.execute("DROP TABLE IF EXISTS temp.proof")
    target.execute(
        "CREATE TEMP TABLE proof (program INTEGER PRIMARY KEY, theirs, body, wins DEFAULT 0)"
    )
    found = rows.documents(held.connection, "certificate", "program, body", held.run)
    target.executemany(
        f"INSERT OR IGNORE INTO proof (program, theirs, body) VALUES ({held.program}, ?, ?)",
        ((row[0], *row) for row in found),
    )
    contested = target.execute(
        "SELECT proof.program, proof.theirs, proof.body, certificate.body FROM temp.proof"
        " JOIN certificate ON certificate.program = proof.program AND certificate.run = ?"
        " WHERE proof.body <> certificate.body",
        [key],
    ).fetchall()
    winners = [
        (program,)
        for program, theirs, body, known in contested
        if (_rank(held.connection, held.run, theirs), body) > (_rank(target, key, program), known)
    ]
    target.executemany("UPDATE proof SET wins = 1 WHERE program = ?", winners)


def _rank(connection: sqlite3.Connection, run: int, program: int) -> int:
    """How thoroughly a program is checked as an elite of a run; -1 if it is none."""
    (rank,) = connection.execute(
        f"SELECT max({_RANK.format('elite')}) FROM elite WHERE program = ? AND run = ?",
        [program, run],
    ).fetchone()
    return -1 if rank is None else int(rank)


def _certificates(target: sqlite3.Connection, key: int) -> None:
    """Store those of ``temp.proof`` that are new or win."""
    target.execute(
        "INSERT INTO certificate (program, run, body) SELECT program, ?, body FROM temp.proof"
        " WHERE true ON CONFLICT (program, run) DO UPDATE SET body = excluded.body"
        " WHERE (SELECT wins FROM temp.proof WHERE program = excluded.program)",
        [key],
    )


def _elite_statement(
    held: Held, key: int, values: list[rows.Value], overtaken: bool = False
) -> str:
    """SQL that puts an elite into its slot, unless a better one is there.

    One of a version that was overtaken only takes the place of the same elite, or of the one that
    a certificate has made it from; key and slot are given once more at the end.
    """
    columns = [f"{kind}_{name}" for kind, name in values]
    written = ["program", "cell", "quality", "status", *columns]
    given = f"{key}, ?, {held.program}{', ?' * (len(written) - 1)}"
    chosen = f"VALUES ({given})"
    if overtaken:
        chosen = f"SELECT {given} WHERE EXISTS (SELECT 1 FROM elite WHERE run = ? AND slot = ?)"
    ours, theirs = _elite_order("elite", columns, key), _elite_order("excluded", columns, key)
    successor = f" AND {_SUCCESSOR}" if overtaken else ""
    return (
        f"INSERT INTO elite (run, slot, {', '.join(written)}) {chosen}"
        " ON CONFLICT (run, slot) DO UPDATE SET"
        f" {', '.join(f'{name} = excluded.{name}' for name in written)}"
        f" WHERE {theirs} > {ours}{successor}"
    )


def _elite_order(row: str, columns: list[str], key: int) -> str:
    proof = (
        f"SELECT body FROM temp.proof WHERE program = {row}.program"
        if row == "excluded"
        else f"SELECT body FROM certificate WHERE program = elite.program AND run = {key}"
    )
    parts = (
        _RANK.format(row),
        f"{row}.quality",
        _NAME.format(row),
        f"coalesce(({proof}), '')",
        f"json_array({', '.join(f'{row}.{name}' for name in ['cell', *columns])})",
    )
    return f"({', '.join(parts)})"


def _told(elites: Iterator[Any], tell: Callable[[int], None]) -> Iterator[Any]:
    for number, row in enumerate(elites, 1):
        if number % _TOLD == 0:
            tell(_TOLD)
        yield row


def _rest(held: Held, target: sqlite3.Connection, key: int) -> None:
    """Members, metrics and states."""
    connection, run = held.connection, held.run
    target.executemany(
        ADD_MEMBER,
        (
            (key, slot, body, number)
            for slot, number, body in rows.documents(
                connection, "member", "slot, number, body", run
            )
        ),
    )
    target.executemany(
        f"INSERT OR IGNORE INTO metric (run, step, at, body) VALUES ({key}, ?, ?, ?)",
        rows.documents(connection, "metric", "step, at, body", run),
    )
    target.executemany(
        f"INSERT INTO state (run, island, body) VALUES ({key}, ?, ?) ON CONFLICT (run, island)"
        " DO UPDATE SET body = excluded.body WHERE excluded.body > state.body",
        connection.execute(
            "SELECT island, body FROM state WHERE run = ? AND island <> ?", [run, VOUCHED]
        ),
    )
    vouched.keep(target, key, vouched.kept(target, key) | vouched.kept(connection, run))


def forget(target: sqlite3.Connection, key: int) -> None:
    """Drop the certificates that a version holds of programs that are no elites of it."""
    target.execute(
        "DELETE FROM certificate WHERE run = ? AND program NOT IN"
        " (SELECT program FROM elite WHERE elite.run = ?)",
        [key, key],
    )


def call(target: sqlite3.Connection, run: int, name: str, root: str) -> None:
    """Give a version the id that it has beside the others of its run."""
    row = rows.record(target, run)
    config = {key: value for key, value in row.config.items() if key != rows.BRANCH}
    if name != root:
        config[rows.BRANCH] = root
    target.execute(
        "UPDATE run SET id = ?, config = ? WHERE key = ?", [name, canonical_text(config), run]
    )
