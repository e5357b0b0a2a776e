"""A killed writer leaves an archive that opens, with every flush it reported and no half of one."""

import multiprocessing
import os
import random
import signal
import sqlite3
import time

import pytest

from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

FORK = multiprocessing.get_context("fork")
SLOTS = 40


def flush_forever(path, first, sender, make_run, make_elite):
    """Each flush replaces every elite and says so, in a metric, in the state and to the parent."""
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        n = first
        while True:
            batch = [
                make_elite(k, n * SLOTS + k, quality=n, source="x" * 500) for k in range(SLOTS)
            ]
            writer.flush("run-1", batch, metrics={"n": n}, state={0: str(n).encode()})
            writer.certify("run-1", 0, make_elite(0, n * SLOTS, quality=n, certificate={"n": n}))
            sender.send(n)
            n += 1


def run_and_kill(path, first, seconds, *makers):
    """The last flush that was reported before the kill, if any; without seconds there is one."""
    receiver, sender = FORK.Pipe(duplex=False)
    child = FORK.Process(target=flush_forever, args=(path, first, sender, *makers))
    child.start()
    sender.close()
    if seconds is None:
        receiver.poll(None)
    else:
        time.sleep(seconds)
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert child.exitcode == -signal.SIGKILL
    reported = None
    try:
        while True:
            reported = receiver.recv()
    except EOFError:
        receiver.close()
    return reported


def last_flush(path):
    """The number of the flush that the archive holds, after checking that it holds all of it."""
    with ArchiveReader.open(path) as reader:
        if not reader.runs():
            return None
        found = {view.quality for view in reader.elites(ElitesQuery())}
        metrics, state = reader.metrics("run-1"), reader.state("run-1")
    assert len(found) <= 1
    if not found:
        return None
    n = int(found.pop())
    assert state == {0: str(n).encode()}
    assert metrics[-1]["n"] == n
    assert [row["n"] for row in metrics] == list(range(n + 1))
    return n


def check_whole(path):
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def check_kills(path, delays, *makers):
    held = None
    for delay in delays:
        first = 0 if held is None else held + 1
        reported = run_and_kill(path, first, delay, *makers)
        if not path.exists():
            assert reported is None
            continue
        held = last_flush(path)
        if reported is not None:
            assert held is not None and held >= reported
        ArchiveWriter.open(path).close()
        assert last_flush(path) == held
        check_whole(path)
    return held


def test_a_killed_writer_leaves_whole_flushes(path, make_run, make_elite):
    import sqlite_utils  # noqa: F401 - before the fork, so that short delays reach the flushes

    rng = random.Random(1)
    delays = [*(rng.uniform(0.0, 0.3) for _ in range(12)), None]
    assert check_kills(path, delays, make_run, make_elite) is not None


@pytest.mark.slow
def test_a_writer_killed_a_hundred_times_leaves_whole_flushes(path, make_run, make_elite):
    rng = random.Random(2)
    for k in range(5):
        archive = path.with_name(f"a{k}.db")
        check_kills(archive, [rng.uniform(0.0, 0.4) for _ in range(20)], make_run, make_elite)
