"""Keeping a long-lived archive small: old runs, dominated elites, pages that hold nothing."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.errors import UsageError
from elitemap.archive.files import claims
from elitemap.archive.files.connection import explained, transaction
from elitemap.archive.files.creation import TIMEOUT, upgrade, writable
from elitemap.archive.files.reclaiming import prepare, reclaim
from elitemap.archive.identity import canonical_text
from elitemap.archive.merging.runs import remove
from elitemap.archive.objectives import directions
from elitemap.archive.pareto import undominated
from elitemap.archive.problems import Problem, problems
from elitemap.archive.programs import prune as prune_programs
from elitemap.archive.querying.elites import CHOSEN
from elitemap.archive.reading import naming
from elitemap.archive.records import RunRecord

# Slots of a statement at a time.
_CHUNK = 10_000


@dataclass(frozen=True)
class Pruned:
    """What went, or would go.

    Attributes:
        runs: Ids of whole runs.
        elites: Number of elites, those of these runs included.
        certified: How many of them are certified.
        remarked: How many of them somebody has marked or noted something about.
        kept: Ids of runs that were chosen and stay, for they can still go on.
        before: Bytes of the file.
        after: Bytes of it afterwards; as before where nothing was done.
    """

    runs: tuple[str, ...]
    elites: int
    certified: int
    remarked: int
    kept: tuple[str, ...]
    before: int
    after: int


def prune(
    path: Path,
    runs: Sequence[str] = (),
    ended_before: datetime | None = None,
    dominated: bool = False,
    dry: bool = False,
) -> Pruned:
    """Remove runs from an archive, or of these runs what their problem's elites dominate.

    Elites that somebody has certified, confirmed, marked or noted something about are no subject
    to domination; whole runs go with all they hold. Programs that nothing descends from any more
    go too. All is one transaction.

    Args:
        path: The file.
        runs: Ids or their beginnings; empty for all runs.
        ended_before: Only runs that ended before this moment, or began before it and never ended.
        dominated: Remove dominated elites alone. What is left of a run cannot be gone on with.
        dry: Only tell what would go.

    Raises:
        ArchiveError: If there is no archive, or it is damaged, locked or cannot be written.
        UsageError: If there is no such run, or a chosen one is being searched.
    """
    before = _size(path)
    with _open(path) as connection, transaction(connection, path):
        chosen = _chosen(connection, path, runs, ended_before)
        kept = [key for key, run in chosen.items() if dominated and run.status != "done"]
        gone = {key: run for key, run in chosen.items() if key not in kept}
        places = _dominated(connection, gone) if dominated else _all(connection, gone)
        figures = _figures(connection, places)
        if not dry and dominated:
            _drop(connection, places)
        elif not dry:
            for key in gone:
                remove(connection, key)
        if not dry:
            prune_programs(connection)
    if not dry:
        _shorten(path)
    whole = () if dominated else tuple(run.id for run in gone.values())
    return Pruned(whole, *figures, tuple(chosen[key].id for key in kept), before, _size(path))


def vacuum(path: Path, dry: bool = False) -> tuple[int, int]:
    """Write the file anew without what it holds no more.

    Args:
        path: The file.
        dry: Only tell how long the file would be at most.

    Returns:
        Bytes before and after.

    Raises:
        ArchiveError: If there is no archive, it is damaged, locked or cannot be written, or the
            disk has no room for a copy.
    """
    before = _size(path)
    with _open(path) as connection:
        if dry:
            with explained(path):
                free, page = (
                    connection.execute(f"PRAGMA {name}").fetchone()[0]
                    for name in ("freelist_count", "page_size")
                )
            return before, before - free * page
        with transaction(connection, path):
            prune_programs(connection)
        with explained(path):
            prepare(connection)
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, _size(path)


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    upgrade(path)  # unlike the next it makes no archive where there is none
    with closing(writable(path, TIMEOUT)) as connection:
        yield connection


def _shorten(path: Path) -> None:
    with _open(path) as connection:
        reclaim(connection, path)
        with suppress(sqlite3.Error):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _size(path: Path) -> int:
    files = (path, Path(f"{path}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _chosen(
    connection: sqlite3.Connection,
    path: Path,
    names: Sequence[str],
    ended_before: datetime | None,
) -> dict[int, RunRecord]:
    """The runs that are meant, by their keys."""
    ids = {naming.run(connection, name, path).id for name in names}
    keys = dict(connection.execute("SELECT id, key FROM run").fetchall())
    found = {}
    for run in naming.runs(connection):
        if (ids and run.id not in ids) or not _ended(run, ended_before):
            continue
        if run.status == "running" and claims.searched(path, run.id):
            raise UsageError(f"run {run.id} is being searched: wait until it ends, or stop it")
        found[keys[run.id]] = run
    return found


def _ended(run: RunRecord, before: datetime | None) -> bool:
    if before is None:
        return True
    try:
        return datetime.fromisoformat(run.finished_at or run.started_at) < before
    except (ValueError, TypeError):  # no date of ours, or one without a time zone
        return False


def _all(connection: sqlite3.Connection, runs: dict[int, RunRecord]) -> NDArray[np.int64]:
    """Keys of all elites of runs, as int64[n, 2]."""
    return _rows(connection, "SELECT run, slot FROM elite WHERE run = ?", list(runs))


def _dominated(connection: sqlite3.Connection, runs: dict[int, RunRecord]) -> NDArray[np.int64]:
    """Keys of the elites of runs that others of their problem dominate, as int64[n, 2]."""
    asked = problems(connection)
    groups: dict[Problem, list[int]] = {}
    for key, problem in asked.items():
        groups.setdefault(problem, []).append(key)
    found = [
        _beaten(connection, problem, members)
        for problem, members in groups.items()
        if set(members) & set(runs)
    ]
    places = np.concatenate([np.empty((0, 2), np.int64), *found])
    return places[np.isin(places[:, 0], list(runs))]


def _beaten(
    connection: sqlite3.Connection, problem: Problem, runs: Sequence[int]
) -> NDArray[np.int64]:
    """Of the candidates of a problem that nobody has remarked on, those not in a front.

    There is a front for each set of objectives that is known of elites, in these and the quality:
    what has no certificate yet is compared by what the search says of it.
    """
    signs = directions(problem.objectives)
    known = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info('elite')")}
    names = [name for name in signs if f"objective_{name}" in known]
    columns = ", ".join(["quality", *(f"objective_{name}" for name in names)])
    rows = _rows(
        connection,
        f"SELECT run, slot, status = 'candidate' AND NOT EXISTS (SELECT 1 FROM remark"
        f" WHERE remark.program = elite.program), {columns} FROM elite WHERE run = ?",
        runs,
        4 + len(names),
        np.float64,
    )
    gains = rows[:, 3:] * [1, *(signs[name] for name in names)]
    kept = rows[:, 2] == 0
    patterns, pattern = np.unique(np.isnan(gains), axis=0, return_inverse=True)
    for number, unknown in enumerate(patterns):
        members = np.flatnonzero(pattern.ravel() == number)
        kept[members[undominated(gains[np.ix_(members, np.flatnonzero(~unknown))])]] = True
    return rows[~kept, :2].astype(np.int64)


def _rows(
    connection: sqlite3.Connection,
    statement: str,
    runs: Sequence[int],
    width: int = 2,
    kind: type = np.int64,
) -> NDArray[np.int64]:
    """The rows of a statement for some runs; null is NaN."""
    flat = [
        np.nan if value is None else value
        for run in runs
        for row in connection.execute(statement, [run])
        for value in row
    ]
    return np.array(flat, kind).reshape(-1, width)


def _figures(connection: sqlite3.Connection, places: NDArray[np.int64]) -> tuple[int, int, int]:
    """How many elites, certified ones, and such with a remark there are at these places."""
    certified = remarked = 0
    for chunk in _chunks(places):
        for status, said in connection.execute(
            "SELECT status = 'certified', EXISTS (SELECT 1 FROM remark WHERE remark.program ="
            f" elite.program) FROM {CHOSEN}",
            [canonical_text(chunk)],
        ):
            certified, remarked = certified + status, remarked + said
    return len(places), certified, remarked


def _drop(connection: sqlite3.Connection, places: NDArray[np.int64]) -> None:
    """Empty these slots; runs that lose one cannot go on any more."""
    keys = [(run, slot) for run, slot in places.tolist()]
    for table in ("elite", "member"):
        connection.executemany(f"DELETE FROM {table} WHERE run = ? AND slot = ?", keys)
    touched = [(run,) for run in {run for run, _ in keys}]
    connection.executemany("DELETE FROM state WHERE run = ?", touched)


def _chunks(places: NDArray[np.int64]) -> Iterator[list[list[int]]]:
    for start in range(0, len(places), _CHUNK):
        yield places[start : start + _CHUNK].tolist()
