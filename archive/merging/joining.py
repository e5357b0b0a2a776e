"""Joining archives into one; the result does not depend on the order, nor on joining twice."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import get_args

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.files import claims
from elitemap.archive.files.connection import explained, pending, transaction
from elitemap.archive.files.creation import TIMEOUT, writable
from elitemap.archive.files.readonly import readable, stand_in
from elitemap.archive.merging import runs, vouched
from elitemap.archive.merging.programs import copy_programs
from elitemap.archive.merging.versions import (
    Relation,
    Version,
    family,
    named,
    relation,
    versions,
)
from elitemap.archive.programs import prune
from elitemap.archive.remarks import remark
from elitemap.archive.rows import damaged

#: Called with what has been read of a source, in rows, and how many it has.
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Joined:
    """What joining one archive brought.

    Attributes:
        path: Its file.
        runs: How many runs of it are new, or further on than they were.
        elites: How many elites the target has more.
        certified: How many certified ones.
    """

    path: Path
    runs: int
    elites: int
    certified: int


def join(target: Path, source: Path, tell: Tell = lambda done, total: None) -> Joined:
    """Add all that an archive holds to another one, in one transaction.

    Copies of one run become one: that which is further on, with what others have proved of its
    elites; or, where both have the same history, slot by slot the elite that was checked more
    thoroughly. Copies that went on apart stay apart, under ids of their own. No certificate is
    lost. Whichever archives are joined, in whatever order and however often, the result is the
    same, but for keys.

    Args:
        target: The file to add to; it is made if there is none.
        source: The file to add; it is only read, may be of an older layout, and may come from a
            stranger.
        tell: Called from time to time.

    Raises:
        ArchiveError: If one of them is foreign, newer, damaged or locked, or the target cannot be
            written; it is as it was then.
        UsageError: If a run of the target is being searched.
    """
    if target.exists() and target.samefile(source):
        raise UsageError(f"expected an archive beside {target} itself: name another file")
    with _reading(source) as their, _writing(target) as our, transaction(our, target):
        _unsearched(our, target)
        before = _census(our)
        try:
            with explained(source):
                changed = _joined(their, our, _counted(their, tell))
        except sqlite3.IntegrityError as error:  # what the tables refuse nobody of ours wrote
            raise _named(damaged(f"a row of a table ({error})"), source) from error
        except ArchiveError as error:
            raise _named(error, source) from error
        after = _census(our)
    return Joined(source, changed, after[0] - before[0], after[1] - before[1])


def _named(error: ArchiveError, source: Path) -> ArchiveError:
    text = str(error)
    return error if str(source) in text else ArchiveError(f"{source}: {text}")


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """One state of an archive, whatever its layout."""
    with ExitStack() as cleanup:
        with explained(path):
            connection = readable(path, TIMEOUT, cleanup)
            if pending(connection, path):
                stand_in(connection, path)
            connection.execute("BEGIN")
        yield connection


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    connection = writable(path, TIMEOUT)
    try:
        yield connection
    finally:
        connection.close()


def _unsearched(target: sqlite3.Connection, path: Path) -> None:
    """Raise if a process searches in the archive: its flushes would wait, and its runs change."""
    for (run,) in target.execute("SELECT id FROM run WHERE status = 'running' ORDER BY id"):
        if claims.searched(path, run):
            raise UsageError(
                f"run {run} of {path} is being searched: wait until it ends, or merge into"
                " another file with --archive"
            )


def _census(connection: sqlite3.Connection) -> tuple[int, int]:
    row = connection.execute(
        "SELECT count(*), coalesce(sum(status = 'certified'), 0) FROM elite"
    ).fetchone()
    return row[0], row[1]


def _counted(source: sqlite3.Connection, tell: Tell) -> Callable[[int], None]:
    """What tells how far it is, given the rows that have come since."""
    tables = ("program", "elite")
    total = sum(source.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        tell(done, total)

    return count


def _joined(
    source: sqlite3.Connection, target: sqlite3.Connection, tell: Callable[[int], None]
) -> int:
    """Bring everything over; how many runs are new or further on."""
    theirs = versions(source)
    copy_programs(source, target, tell)
    changed = sum(_added(source, target, version, tell) for version in theirs)
    _remarks(source, target)
    prune(target)
    return changed


def _added(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    version: Version,
    tell: Callable[[int], None],
) -> bool:
    """Bring a version among those that the target has of its run.

    Returns:
        Whether it is new or further on.
    """
    known = family(target, version.root)
    relations = {one.key: relation(version, source, one, target) for one in known}
    keys = {
        found: [key for key, other in relations.items() if other == found]
        for found in get_args(Relation)
    }
    theirs = runs.Held(source, version.key, mapped=True)
    if keys["older"]:
        for newer in keys["older"]:  # one may have replaced what another one still has
            runs.inherit(theirs, target, newer)
            runs.bury(theirs, target, newer)
    else:
        key = runs.add(theirs, target, next(iter(keys["same"]), None), tell)
        for older in keys["newer"]:
            held = runs.Held(target, older, mapped=False)
            runs.inherit(held, target, key)
            runs.bury(held, target, key)
            runs.remove(target, older)
    _settle(target, version.root)
    return not keys["older"] and not keys["same"]


def _settle(target: sqlite3.Connection, root: str) -> None:
    """Name the versions of a run, and let each have what is proved of its elites in any of them.

    The first has all certificates, the others those of their elites: so it makes no difference
    from which of them one has come.
    """
    names = named(family(target, root))
    for one, other in permutations(names, 2):
        runs.inherit(runs.Held(target, one, mapped=False), target, other)
    told = frozenset[str]().union(*(vouched.kept(target, key) for key in names))
    if told:
        for key in names:
            runs.vouch(target, key, next(iter(names)), told)
        lasting = vouched.lasting(target, names, told)
        for place, key in enumerate(names):
            vouched.keep(target, key, frozenset() if place else lasting)
    for key in names:  # none may have the name that another is about to get
        target.execute("UPDATE run SET id = id || ' ' || key WHERE key = ?", [key])
    for key, name in names.items():
        runs.call(target, key, name, root)
    first, *others = names
    for key in others:
        runs.forget(target, key)


def _remarks(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Of what was said about a program the latest counts."""
    rows = source.execute("SELECT program, mark, note, at FROM remark").fetchall()
    for _, *said in rows:
        remark(*said)  # raises where it is nothing that we could have written
    target.executemany(
        "INSERT INTO remark (program, mark, note, at)"
        " VALUES ((SELECT key FROM temp.mapped WHERE source = ?), ?, ?, ?)"
        " ON CONFLICT (program) DO UPDATE SET mark = excluded.mark, note = excluded.note,"
        " at = excluded.at WHERE (excluded.at, coalesce(excluded.mark, ''),"
        " coalesce(excluded.note, '')) > (remark.at, coalesce(remark.mark, ''),"
        " coalesce(remark.note, ''))",
        rows,
    )
