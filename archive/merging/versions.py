"""Which of two copies of a run is further on, and what copies that went apart are called.

A copy of an archive may go on by itself: the search is resumed there, or its elites are certified.
A *version* of a run is what one archive holds of it. Its history is what it was asked and its
metrics, to which every flush adds: a version whose history another one continues is older than
that and holds nothing that the search had not replaced since. Two versions of which neither goes
on from the other are apart: both are kept, as branches of one run.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from elitemap.archive.identity import text_identity
from elitemap.archive.merging.rows import BRANCH, record
from elitemap.archive.records import RUN_STATUSES

#: What a version is to another one.
Relation = Literal["same", "older", "newer", "apart"]

#: How far a run has come whose metrics are the same.
_RANKS = {status: rank for rank, status in enumerate(RUN_STATUSES)}

# Digits of a run's id.
_DIGITS = 12

_HEAD = "SELECT space, target, problem, seed, started_at FROM run WHERE key = ?"
_METRICS = "SELECT at, body FROM metric WHERE run = ? ORDER BY step LIMIT ?"


@dataclass(frozen=True)
class Version:
    """What one archive holds of a run, as far as it is needed to compare.

    Attributes:
        key: Key of the run in its archive.
        id: Its id there.
        root: Id of the run that it is, or is a branch of.
        steps: How many flushes it has seen.
        ending: How far it has come since the last one, and when it ended.
        digest: Hash of its whole history.
    """

    key: int
    id: str
    root: str
    steps: int
    ending: tuple[int, str]
    digest: str


def versions(connection: sqlite3.Connection) -> list[Version]:
    """All runs of an archive, in order of their ids.

    Raises:
        ArchiveError: If one is nothing that we could have written.
    """
    keys = connection.execute("SELECT key FROM run ORDER BY id").fetchall()
    return [_version(connection, key) for (key,) in keys]


def family(connection: sqlite3.Connection, root: str) -> list[Version]:
    """All versions that an archive of ours holds of one run."""
    keys = connection.execute(
        "SELECT key FROM run WHERE id = :root OR json_extract(config, :branch) = :root",
        {"root": root, "branch": f"$.{BRANCH}"},
    ).fetchall()
    return [_version(connection, key) for (key,) in keys]


def _version(connection: sqlite3.Connection, key: int) -> Version:
    found = record(connection, key)
    (steps,) = connection.execute("SELECT count(*) FROM metric WHERE run = ?", [key]).fetchone()
    return Version(
        key,
        found.id,
        found.config.get(BRANCH, found.id),
        steps,
        (_RANKS[found.status], found.finished_at or ""),
        history(connection, key, steps),
    )


def history(connection: sqlite3.Connection, run: int, steps: int) -> str:
    """Hash of what a run was asked and of its first metrics."""
    digest = hashlib.sha256()
    for statement, values in ((_HEAD, (run,)), (_METRICS, (run, steps))):
        for row in connection.execute(statement, values):
            digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


def relation(
    one: Version, its: sqlite3.Connection, other: Version, others: sqlite3.Connection
) -> Relation:
    """What a version is to another, each with the connection to its archive."""
    shared = min(one.steps, other.steps)
    start = one.digest if one.steps == shared else history(its, one.key, shared)
    if start != (other.digest if other.steps == shared else history(others, other.key, shared)):
        return "apart"
    ours, theirs = (one.steps, *one.ending), (other.steps, *other.ending)
    return "same" if ours == theirs else "older" if ours < theirs else "newer"


def named(family: Iterable[Version]) -> Mapping[int, str]:
    """Ids by key of the versions of one run, the same for the same versions in any archive.

    That with the longest history has the run's own.
    """
    ordered = sorted(family, key=lambda one: (one.steps, one.digest), reverse=True)
    return {
        one.key: text_identity(f"{one.root} {one.digest}")[:_DIGITS] if place else one.root
        for place, one in enumerate(ordered)
    }
