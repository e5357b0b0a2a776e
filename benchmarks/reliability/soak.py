"""A long search whose memory must stay flat: the largest resident size by tenths of the way."""

import time
from pathlib import Path
from typing import Any

from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event
from elitemap.engine.search import coordinator
from elitemap.engine.tasks import TaskSpec


def soak(folder: Path, seconds: float) -> list[dict[str, Any]]:
    """Search for so long in this process, and note its memory along the way.

    Functions of three operations are few, so almost all proposals are known already: the quickest
    way through many of them, and through the caches.
    """
    spec = TaskSpec.of("elementary", "exp2", {"max_ops": "3"})
    config = SearchConfig(seed=1, seconds=seconds, islands=2, workers=1)
    sizes: list[tuple[float, float]] = []
    begun = time.monotonic()

    def note(event: Event) -> None:
        sizes.append((time.monotonic() - begun, resident()))

    outcome = coordinator.search(folder / "soak.db", spec, config, note)
    rows = []
    for tenth in range(10):
        low, high = tenth * seconds / 10, (tenth + 1) * seconds / 10
        found = [size for moment, size in sizes if low <= moment < high]
        if found:
            rows.append({"part of the time": f"{tenth + 1} of 10", "MB": round(max(found), 1)})
    for row in rows:
        row["proposals in all"] = outcome.summary["proposals"]
    return rows


def resident() -> float:
    """Megabytes of this process that are in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system does not tell how much memory a process holds")
