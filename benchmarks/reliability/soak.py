"""A long search whose memory must stay flat: the largest resident size by tenths of the way."""

import time
from pathlib import Path
from typing import Any

from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event, Progress
from elitemap.engine.search import coordinator
from elitemap.engine.tasks import TaskSpec


def soak(folder: Path, seconds: float) -> list[dict[str, Any]]:
    """Search for so long in this process, and note its memory along the way.

    Functions of three operations are few, so almost all proposals are known already: the quickest
    way through many of them, and through the caches.
    """
    spec = TaskSpec.of("elementary", "exp2", {"max_ops": "3"})
    config = SearchConfig(seed=1, seconds=seconds, islands=2, workers=1)
    seen: list[tuple[float, float, int]] = []
    begun = time.monotonic()

    def note(event: Event) -> None:
        if isinstance(event, Progress):
            seen.append((time.monotonic() - begun, resident(), event.proposals))

    coordinator.search(folder / "soak.db", spec, config, note)
    rows = []
    for tenth in range(10):
        low, high = tenth * seconds / 10, (tenth + 1) * seconds / 10
        found = [(size, proposals) for moment, size, proposals in seen if low <= moment < high]
        if found:
            rows.append(
                {
                    "part of the time": f"{tenth + 1} of 10",
                    "MB": round(max(size for size, _ in found), 1),
                    "proposals by then": found[-1][1],
                }
            )
    return rows


def resident() -> float:
    """Megabytes of this process that are in memory now."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("the system does not tell how much memory a process holds")
