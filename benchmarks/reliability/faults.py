"""Disks, locks and clocks that fail under a search that runs from the command line."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.reliability.commands import (
    Row,
    Unavailable,
    command,
    plain,
    search,
    told,
    undisturbed,
    wait,
)
from benchmarks.reliability.network_faults import NETWORKS
from benchmarks.reliability.searches import check_same, check_whole, flushed
from benchmarks.reliability.worker_faults import WORKERS

#: What makes the clock of the day jump back and forth by hours; that of durations goes on.
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*real)(clockid_t, struct timespec *);
    static unsigned calls;
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int answer = real(clock, now);
    if (clock == CLOCK_REALTIME) now->tv_sec += (calls++ % 3) * 7200 - 7200;
    return answer;
}
"""


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """A small disk in memory.

    Raises:
        Unavailable: If it cannot be mounted.
    """
    place = folder / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        raise Unavailable("a small disk can only be mounted by root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def full_disk(folder: Path, evaluations: int) -> Row:
    """The disk fills under a search; with more room it goes on to the same end."""
    calm = undisturbed(folder.parent, evaluations)
    with disk(folder, "300k") as place:
        archive = place / "a.db"
        line = told(search(archive, evaluations), 3)
        assert "disk is full" in line, line
        saved = flushed(archive)
        subprocess.run(["mount", "-o", "remount,size=64m", str(place)], check=True)
        check_whole(archive)
        told(command("resume", "--quiet", archive=archive), 0)
        assert flushed(archive)[: len(saved)] == saved
        same = check_same(archive, calm)
    return {"fault": "disk full", "said": plain(line, folder), "elites the same afterwards": same}


def read_only_disk(folder: Path, evaluations: int) -> Row:
    """A disk that may only be read: to read works, to search is refused at once."""
    with disk(folder, "64m") as place:
        archive = place / "a.db"
        shutil.copy(undisturbed(folder.parent, evaluations), archive)
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        line = told(search(archive, evaluations), 3)
        assert "cannot be" in line, line
        told(command("elites", archive=archive), 0)
    return {"fault": "disk read-only", "said": plain(line, folder)}


def locked(folder: Path, evaluations: int) -> Row:
    """Somebody holds the archive for longer than a flush waits; then the search goes on."""
    calm, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    process = subprocess.Popen(
        search(archive, evaluations), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    wait(lambda: process.poll() is not None or bool(flushed(archive)))
    with closing(sqlite3.connect(archive, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _, said = process.communicate(timeout=300)
        connection.execute("ROLLBACK")
    lines = said.strip().splitlines()
    if process.returncode:  # else it had come to its end already
        assert process.returncode == 3 and "locked by another process" in lines[-1], said
        told(command("resume", "--quiet", archive=archive), 0)
    same = check_same(archive, calm)
    line = plain(lines[-1], folder) if lines else ""
    return {"fault": "archive locked", "said": line, "elites the same afterwards": same}


def jumping_clock(folder: Path, evaluations: int) -> Row:
    """The clock of the day jumps by hours with every look; what is found is the same.

    Raises:
        Unavailable: If there is no compiler, or nothing can be loaded before a program.
    """
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        raise Unavailable("a C compiler and Linux are needed to change a program's clock")
    source, library = folder / "shim.c", folder / "shim.so"
    source.write_text(SHIM)
    subprocess.run(
        [compiler, "-shared", "-fPIC", str(source), "-o", str(library), "-ldl"], check=True
    )
    calm, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    told(search(archive, evaluations), 0, env={**os.environ, "LD_PRELOAD": str(library)})
    return {"fault": "clock jumps", "elites the same afterwards": check_same(archive, calm)}


def two_coordinators(folder: Path, evaluations: int) -> Row:
    """Two searches write to one archive at once, and each finds what it finds alone."""
    calm, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    first, second = (
        subprocess.Popen(search(archive, evaluations), stdout=subprocess.DEVNULL) for _ in range(2)
    )
    assert first.wait(600) == second.wait(600) == 0
    check_whole(archive)
    with closing(sqlite3.connect(archive)) as connection:
        runs = connection.execute("SELECT key FROM run").fetchall()
        counts = {
            connection.execute("SELECT count(*) FROM elite WHERE run = ?", run).fetchone()[0]
            for run in runs
        }
    assert len(runs) == 2 and counts == {check_same(archive, calm)}
    return {
        "fault": "two searches on one archive",
        "elites the same afterwards": 2 * counts.pop(),
    }


SCENARIOS: tuple[Callable[[Path, int], Row], ...] = (
    full_disk,
    read_only_disk,
    locked,
    jumping_clock,
    two_coordinators,
    *WORKERS,
    *NETWORKS,
)
