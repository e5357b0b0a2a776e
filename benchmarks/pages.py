"""What a report costs: ``python -m benchmarks.pages``.

Makes an archive by short searches of nine targets, or takes one (``--archive``), writes its report
as ``elitemap report`` does, and prints the seconds it took (those of the processor apart, because
other programs slow down the clock only) and the bytes of the page, whole and by what fills them.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec

TARGETS = ("exp2", "sin", "exp(-x)", "tanh", "log", "cos", "atan", "sqrt", "erf")

#: What may fill a page, by what it looks like there. The scripts come last, in this order.
PARTS = {
    "pictures for readers without scripts": r'<img src="data:[^"]*"',
    "code": r'<pre class="code.*?</pre>',
    "certificates": r'<details class="certificate.*?</details>',
    "ancestry": r'<details class="lineage.*?</details>',
    "data of charts": r'<script type="application/json".*?</script>',
    "scripts": r"<script>.*?</script>",
}


def found(folder: Path, seconds: float) -> Path:
    """An archive of such searches."""
    archive = folder / "nine.db"
    for target in TARGETS:
        spec = TaskSpec.of("elementary", target, {})
        search(archive, spec, SearchConfig(seed=1, seconds=seconds), lambda event: None)
    return archive


def measured(archive: Path, page: Path) -> Iterator[tuple[str, float, str]]:
    """What one report costs: what, how much, and the unit."""
    command = [sys.executable, "-c", "from elitemap.cli import main; main()", "report"]
    start, before = time.perf_counter(), os.times()
    subprocess.run(
        [*command, "--archive", str(archive), "-o", str(page), "--force"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = os.times()
    used = after.children_user + after.children_system
    yield "time", time.perf_counter() - start, "s"
    yield "time of the processor", used - before.children_user - before.children_system, "s"
    text = page.read_text(encoding="utf-8")
    sizes = {
        name: sum(len(part.encode()) for part in re.findall(pattern, text, re.DOTALL))
        for name, pattern in PARTS.items()
    }
    whole = len(text.encode())
    for name, size in ({"page": whole} | sizes | {"the rest": whole - sum(sizes.values())}).items():
        yield name, size / 1e6, "MB"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, help="an archive; without it one is made")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of the nine searches")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = options.archive or found(Path(folder), options.seconds)
        for what, value, unit in measured(archive, Path(folder) / "report.html"):
            print(f"{what:40}{value:8.2f} {unit}", flush=True)


if __name__ == "__main__":
    main()
