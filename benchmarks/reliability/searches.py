"""Searches in processes of their own, and what their archives must hold whatever happened."""

import multiprocessing
import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search import coordinator
from elitemap.engine.search.replaying import compared
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.terminal.signals import stop_requests

#: Children begin with everything imported and every kernel loaded, so that a kill after a tenth of
#: a second meets a search and not the imports.
FORK = multiprocessing.get_context("fork")

#: Small epochs: many flushes in little time.
SMALL: dict[str, Any] = {"batch": 64, "epoch": 512, "islands": 2, "workers": 1, "cache_bits": 10}

Spec = tuple[TaskSpec, SearchConfig]


def elementary(evaluations: int, seed: int = 1, **changes: Any) -> Spec:
    """A search that evolves, with a budget in evaluations."""
    spec = TaskSpec.of("elementary", "exp2", {"max_ops": "4"})
    return spec, SearchConfig(**{**SMALL, "evaluations": evaluations, "seed": seed, **changes})


def enumerated(width: int) -> Spec:
    """A search that goes through a box of fractions."""
    box = {"mode": "sweep", "a": f"1..{width},-{width}..{width}", "b": f"-{width}..{width},-2..2"}
    return TaskSpec.of("fractions", "e", box), SearchConfig(**SMALL)


def prepared(spec: Spec) -> Spec:
    """The same, once everything that it needs is loaded into this process."""
    load_task(spec[0]).prepare()
    return spec


def run(archive: Path, spec: Spec) -> None:
    """Search to the end, or go on with what there is, as the commands do; ends the process."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, sys.stdout.fileno())
    os.dup2(quiet, sys.stderr.fileno())
    with stop_requests() as halted:
        if unfinished(archive):
            outcome = coordinator.resume(archive, halted=halted)
        else:
            outcome = coordinator.search(archive, *spec, halted=halted)
    os._exit(0 if outcome.done else 130)


def started(target: Callable[..., None], *arguments: Any) -> ForkProcess:
    """A child that runs a function."""
    child = FORK.Process(target=target, args=arguments)
    child.start()
    return child


def unfinished(archive: Path) -> bool:
    """Whether there is a run that did not come to its end."""
    if not archive.exists():
        return False
    with ArchiveReader.open(archive) as reader:
        return any(one.status != "done" for one in reader.runs())


def flushed(archive: Path) -> list[str]:
    """All that was ever saved, in order: a text for each flush that is committed."""
    if not archive.exists():
        return []
    with ArchiveReader.open(archive) as reader:
        return [str(row) for one in reader.runs() for row in reader.metrics(one.id)]


def check_whole(archive: Path) -> None:
    """Raise unless SQLite finds the file whole."""
    with closing(sqlite3.connect(archive)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def check_same(archive: Path, other: Path) -> int:
    """Raise unless the latest runs of two archives hold the same elites; how many."""
    with ArchiveReader.open(archive) as reader, ArchiveReader.open(other) as undisturbed:
        first, second = reader.run(), undisturbed.run()
    assert first.status == second.status == "done", (first.status, second.status)
    found = compared(archive, first.id, other, second.id)
    assert found.matches, found
    return found.same
