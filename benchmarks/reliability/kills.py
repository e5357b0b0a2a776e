"""SIGKILL and Ctrl-C at random moments: nothing that was saved is lost, the result is the same."""

import os
import random
import signal
import time
from collections import Counter
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from benchmarks.reliability.searches import (
    Spec,
    check_same,
    check_whole,
    elementary,
    enumerated,
    flushed,
    prepared,
    run,
    started,
)

#: Seconds until the signal, at most: from the start, or after something has been saved.
EARLY, LATE = 1.0, 0.5

# Seconds after which nothing more is waited for, also on a busy machine.
_PATIENCE = 30.0


def stopped_often(
    folder: Path, spec: Spec, times: int, seed: int, seconds: float
) -> dict[str, Any]:
    """Stop a search so often, going on each time, then let it end, and compare.

    Each time: what was saved before the signal is there after it, and the file is whole. A search
    that ends before it was stopped often enough is followed by another one in a new archive. At the
    end every archive holds what an undisturbed search finds.

    Args:
        folder: Where to work.
        spec: The search.
        times: How many signals.
        seed: Of the moments, and of which signal it is: three of four are SIGKILL.
        seconds: After so long no more signals are sent.

    Returns:
        What came of it.
    """
    rng = random.Random(seed)
    plain = folder / "undisturbed.db"
    started(run, plain, spec).join()
    signals: Counter[str] = Counter()
    archives, saved, elites = [folder / "disturbed-0.db"], 0, 0
    begun = time.monotonic()
    while signals.total() < times and time.monotonic() - begun < seconds:
        archive = archives[-1]
        child = started(run, archive, spec)
        before = _moment(archive, child, rng)
        number = signal.SIGINT if rng.random() < 0.25 else signal.SIGKILL
        if child.is_alive() and child.pid is not None:
            os.kill(child.pid, number)
            signals[number.name] += 1
        child.join()
        after = flushed(archive)
        assert after[: len(before)] == before, "what was saved is lost"
        saved += len(before)
        if archive.exists():
            check_whole(archive)
        if child.exitcode == 0:
            elites += check_same(archive, plain)
            archives.append(folder / f"disturbed-{len(archives)}.db")
    started(run, archives[-1], spec).join()
    elites += check_same(archives[-1], plain)
    return {
        "signals": dict(signals),
        "flushes that were there before and after": saved,
        "searches that ended": len(archives),
        "elites compared": elites,
    }


def _moment(archive: Path, child: ForkProcess, rng: random.Random) -> list[str]:
    """Wait for a random moment; what has been saved by then.

    Two thirds of the moments come soon after the start, the others after another flush.
    """
    if rng.random() < 2 / 3:
        time.sleep(rng.uniform(0.0, EARLY))
        return flushed(archive)
    known, deadline = len(flushed(archive)), time.monotonic() + _PATIENCE
    while child.is_alive() and time.monotonic() < deadline and len(flushed(archive)) == known:
        time.sleep(0.02)
    time.sleep(rng.uniform(0.0, LATE))
    return flushed(archive)


def kills(folder: Path, times: int, seed: int, seconds: float) -> list[dict[str, Any]]:
    """Rows of the report: searches that evolve, and one that goes through a finite set."""
    rows = []
    for name, spec, share in (
        ("evolution, elementary exp2", elementary(400_000), 0.75),
        ("enumeration, fractions e", enumerated(12), 0.25),
    ):
        place = folder / name.partition(",")[0]
        place.mkdir()
        found = stopped_often(
            place, prepared(spec), max(1, round(times * share)), seed, seconds * share
        )
        signals = found.pop("signals")
        rows.append(
            {
                "search": name,
                "SIGKILL": signals.get("SIGKILL", 0),
                "Ctrl-C": signals.get("SIGINT", 0),
                **found,
                "lost": 0,
            }
        )
    return rows
