"""Draw a real search, live and in the browser: ``python -m benchmarks.screenshot``.

Writes ``docs/live.svg`` and ``docs/browser.svg``.
"""

import io
import tempfile
from pathlib import Path

from rich.console import Console

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Event
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec
from elitemap.terminal.browser.photo import take
from elitemap.terminal.browser.scope import starting_place
from elitemap.terminal.browser.state import Place
from elitemap.terminal.live.panels import panel
from elitemap.terminal.live.picture import Picture, follow

DOCS = Path(__file__).resolve().parents[1] / "docs"
WIDTH = 100


class Camera:
    """Keeps what the live view shows at the end of a search."""

    def __init__(self) -> None:
        """Nothing to show yet."""
        self.picture: Picture | None = None

    def __call__(self, event: Event) -> None:
        """An observer of the engine's events."""
        self.picture = follow(self.picture, event)


def main() -> None:
    """Search for half a minute, save the last panel, and browse what was found."""
    camera = Camera()
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "elitemap.db"
        spec = TaskSpec.of("elementary", "exp2", {})
        search(archive, spec, SearchConfig(seed=1, seconds=30), camera)
        with ArchiveReader.open(archive) as reader:
            place = starting_place(Place(), reader.problems())
        browser = take(archive, place)
    if camera.picture is None:
        raise SystemExit("the search told nothing")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(panel(camera.picture, WIDTH, colour=True))
    svg = console.export_svg(title="elitemap search elementary exp2 --seconds 30", unique_id="live")
    (DOCS / "live.svg").write_text(svg)
    (DOCS / "browser.svg").write_text(browser)


if __name__ == "__main__":
    main()
