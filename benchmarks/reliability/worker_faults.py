"""Workers that are killed, stopped, or left without memory under a search on two of them.

The coordinator takes a worker for lost after minutes; here it is told to do so after seconds.
"""

import os
import resource
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from benchmarks.reliability.searches import check_same, flushed

#: Instead of minutes, and thirty times the longest epoch, that a worker has to answer.
HASTY = (
    "from elitemap.engine.running import budget;"
    " budget.BUILDING, budget.HANGS, budget.UNHURRIED = 4.0, 4.0, 8.0;"
    " from elitemap.cli import main; main()"
)

#: Bytes that the group of a worker may have more than nothing.
GROUP = 4 << 20

_GROUPS = Path("/sys/fs/cgroup")


def killed_workers(folder: Path, evaluations: int) -> Row:
    """A worker is killed, as the system does where memory is short; its epoch is done again."""
    return _same("1 worker killed", folder, evaluations, lambda pid: os.kill(pid, signal.SIGKILL))


def stopped_workers(folder: Path, evaluations: int) -> Row:
    """A worker is stopped and never goes on: it is replaced, and its epoch done again."""
    return _same("1 worker stopped", folder, evaluations, lambda pid: os.kill(pid, signal.SIGSTOP))


def starved_workers(folder: Path, evaluations: int) -> Row:
    """A worker gets no more memory than it has: the search ends the same, or says so.

    Such a worker may send but half of a result; what waits for the other half is replaced then.
    """

    def starve(worker: int) -> None:
        pages = int(Path(f"/proc/{worker}/statm").read_text().split()[0])
        limit = pages * resource.getpagesize()
        resource.prlimit(worker, resource.RLIMIT_AS, (limit, limit))

    return _same("1 worker without memory (rlimit)", folder, evaluations, starve)


def confined_workers(folder: Path, evaluations: int) -> Row:
    """A worker's control group gets a few MB more, and the system ends it for want of them.

    Raises:
        Unavailable: If no control group can be made.
    """
    with _group() as (group, limit):
        limit.write_text(str(GROUP))

        def confine(worker: int) -> None:
            (group / "cgroup.procs").write_text(str(worker))

        return _same("1 worker without memory (cgroup)", folder, evaluations, confine)


@contextmanager
def _group() -> Iterator[tuple[Path, Path]]:
    """A control group, and the file that says how much memory it may have."""
    for parent, name in ((_GROUPS / "memory", "memory.limit_in_bytes"), (_GROUPS, "memory.max")):
        group = parent / f"elitemap-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            if (group / name).exists():
                yield group, group / name
                return
        finally:
            group.rmdir()
    raise Unavailable("a control group for memory can only be made by root")


def _same(fault: str, folder: Path, evaluations: int, harm: Callable[[int], None]) -> Row:
    """Harm one of two workers in mid-search; the elites are those of the undisturbed search.

    A search that ends with a line instead is gone on with.
    """
    calm, archive = undisturbed(folder.parent, evaluations), folder / "a.db"
    arguments = search(archive, evaluations)
    arguments[arguments.index("--workers") + 1] = "2"
    arguments[arguments.index("-c") + 1] = HASTY
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    wait(lambda: process.poll() is not None or len(_workers(process.pid)) > 1)
    wait(lambda: process.poll() is not None or bool(flushed(archive)))
    harmed = _workers(process.pid)[:1]
    for worker in harmed:
        harm(worker)
    _, said = process.communicate(timeout=600)
    assert "Traceback" not in said, said
    line = plain(said.strip().splitlines()[-1], folder) if said.strip() else ""
    if process.returncode:
        assert process.returncode == 1, said
        told(command("resume", "--quiet", archive=archive), 0)
    same = check_same(archive, calm)
    fault = fault if harmed else f"{fault}, but too late"
    return {"fault": fault, "said": line or "nothing", "elites the same afterwards": same}


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


#: All of them.
WORKERS = (killed_workers, stopped_workers, starved_workers, confined_workers)
