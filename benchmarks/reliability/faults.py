"""Disks, locks, clocks and workers that fail under a search that runs from the command line."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.reliability.searches import check_same, check_whole, flushed

SEARCH = ["search", "elementary", "exp2", "--set", "max_ops=4", "--seed", "1", "--islands", "2"]

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

#: Bytes that a starved worker still gets.
SPARE = 4 << 20

Row = dict[str, Any]


class Unavailable(Exception):
    """What a scenario needs is not there; the text says what."""


def command(*arguments: str, archive: Path) -> list[str]:
    """A command line of elitemap."""
    script = [sys.executable, "-c", "from elitemap.cli import main; main()"]
    return [*script, *arguments, "--archive", str(archive)]


def search(archive: Path, evaluations: int, *more: str) -> list[str]:
    """A search with a budget in evaluations, the same every time."""
    budget = ["--evaluations", str(evaluations), "--workers", "1", "--quiet", *more]
    return command(*SEARCH, *budget, archive=archive)


def undisturbed(folder: Path, evaluations: int) -> Path:
    """An archive with what the search finds where nothing goes wrong; made once in a folder."""
    archive = folder / f"undisturbed-{evaluations}.db"
    if not archive.exists():
        told(search(archive, evaluations), 0)
    return archive


def told(arguments: list[str], code: int, **how: Any) -> str:
    """Run a command that has to end with a code; the last line of what it says on stderr."""
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=600, **how)
    assert done.returncode == code, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr, done.stderr
    return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else ""


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
    plain = undisturbed(folder.parent, evaluations)
    with disk(folder, "300k") as place:
        archive = place / "a.db"
        line = told(search(archive, evaluations), 3)
        assert "disk is full" in line, line
        saved = flushed(archive)
        subprocess.run(["mount", "-o", "remount,size=64m", str(place)], check=True)
        check_whole(archive)
        told(command("resume", "--quiet", archive=archive), 0)
        assert flushed(archive)[: len(saved)] == saved
        same = check_same(archive, plain)
    return {"fault": "disk full", "said": _plain(line, folder), "elites the same afterwards": same}


def read_only_disk(folder: Path, evaluations: int) -> Row:
    """A disk that may only be read: to read works, to search is refused at once."""
    with disk(folder, "64m") as place:
        archive = place / "a.db"
        shutil.copy(undisturbed(folder.parent, evaluations), archive)
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        line = told(search(archive, evaluations), 3)
        assert "cannot be" in line, line
        told(command("elites", archive=archive), 0)
    return {"fault": "disk read-only", "said": _plain(line, folder)}


def locked(folder: Path, evaluations: int) -> Row:
    """Somebody holds the archive for longer than a flush waits; then the search goes on."""
    plain, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    process = subprocess.Popen(
        search(archive, evaluations), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    _wait(lambda: process.poll() is not None or bool(flushed(archive)))
    with closing(sqlite3.connect(archive, timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _, said = process.communicate(timeout=300)
        connection.execute("ROLLBACK")
    lines = said.strip().splitlines()
    if process.returncode:  # else it had come to its end already
        assert process.returncode == 3 and "locked by another process" in lines[-1], said
        told(command("resume", "--quiet", archive=archive), 0)
    same = check_same(archive, plain)
    line = _plain(lines[-1], folder) if lines else ""
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
    plain, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    told(search(archive, evaluations), 0, env={**os.environ, "LD_PRELOAD": str(library)})
    return {"fault": "clock jumps", "elites the same afterwards": check_same(archive, plain)}


def two_coordinators(folder: Path, evaluations: int) -> Row:
    """Two searches write to one archive at once, and each finds what it finds alone."""
    plain, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
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
    assert len(runs) == 2 and counts == {check_same(archive, plain)}
    return {
        "fault": "two searches on one archive",
        "elites the same afterwards": 2 * counts.pop(),
    }


def killed_workers(folder: Path, evaluations: int) -> Row:
    """A worker is killed, as the system does where memory is short; its epoch is done again."""
    plain, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    process = _beside(archive, evaluations)
    lost = [worker for worker in _workers(process.pid)[:1] if _killed(worker)]
    _, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    same = check_same(archive, plain)
    return {"fault": f"{len(lost)} worker killed", "elites the same afterwards": same}


def starved_workers(folder: Path, evaluations: int) -> Row:
    """A worker gets hardly more memory than it has: the search ends the same, or says so.

    Some is left for what passes results on: a worker that can send only half of one leaves its
    executor waiting for the other half for ever.
    """
    plain, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    process = _beside(archive, evaluations)
    _wait(lambda: process.poll() is not None or bool(flushed(archive)))
    for worker in _workers(process.pid)[:1]:
        limit = _address_space(worker) + SPARE
        resource.prlimit(worker, resource.RLIMIT_AS, (limit, limit))
    _, said = process.communicate(timeout=600)
    line = _plain(said.strip().splitlines()[-1], folder) if said.strip() else "nothing"
    if process.returncode:
        assert process.returncode == 1 and "Traceback" not in said, said
        told(command("resume", "--quiet", archive=archive), 0)
    same = check_same(archive, plain)
    return {"fault": "worker out of memory", "said": line, "elites the same afterwards": same}


def _beside(archive: Path, evaluations: int) -> subprocess.Popen[str]:
    """A search on two workers that has written something, or has ended."""
    arguments = search(archive, evaluations)
    arguments[arguments.index("--workers") + 1] = "2"
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    _wait(lambda: process.poll() is not None or len(_workers(process.pid)) > 1)
    return process


def _address_space(worker: int) -> int:
    """Bytes that a process has reserved."""
    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _killed(worker: int) -> bool:
    """Whether there was such a process to be killed."""
    try:
        os.kill(worker, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _workers(coordinator: int) -> list[int]:
    """Processes that a coordinator has started and that search."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            line = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == coordinator and b"spawn_main" in line:
            found.append(int(path.parent.name))
    return found


def _wait(condition: Callable[[], bool], patience: float = 300.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.05)


def _plain(line: str, folder: Path) -> str:
    return line.replace(str(folder), "...")


SCENARIOS: tuple[Callable[[Path, int], Row], ...] = (
    full_disk,
    read_only_disk,
    locked,
    jumping_clock,
    two_coordinators,
    killed_workers,
    starved_workers,
)
