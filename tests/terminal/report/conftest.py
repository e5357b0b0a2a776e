"""Small archives to report on, and what a report says."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from elitemap.archive.identity import identity
from elitemap.archive.records import Ancestor, EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.commands.report import write_report
from elitemap.terminal.report import pictures

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)

#: Ends every element and attribute that text could stand in, runs, moves and hides.
HOSTILE = (
    "</script></style></pre><script>document.title='owned'</script>"
    "<img src=x onerror=alert(1)>\"'`{{7*7}}{%raw%}${1}\x1b]0;x\x07\u202e\u2066&lt;\n-->"
)


def program(*constants: float) -> dict[str, Any]:
    """x + c1 + c2 + ..."""
    instructions: list[list[Any]] = []
    last = 0
    for constant in constants:
        at = 1 + len(instructions)
        instructions += [["const", constant.hex(), (0.0).hex()], ["add", last, at]]
        last = at + 1
    return {"schema": 1, "inputs": ["x"], "instructions": instructions, "outputs": [last]}


def run(id: str = "run-1", **changes: Any) -> RunRecord:
    values: dict[str, Any] = {
        "id": id,
        "space": "elementary",
        "target": "exp2",
        "options": {"domain": "0,1", "error": "relative", "max_ops": 12},
        "config": {
            "pareto": [["ops", -1], ["digits", 1], ["error", -1]],
            "problem": ["domain", "error"],
            "settings": {"max_ops": "12"},
            "search": {"evaluations": 5000, "seconds": None, "islands": 2, "seed": 7},
        },
        "seed": 7,
        "started_at": "2026-01-01T00:00:00+00:00",
        "finished_at": None,
        "status": "running",
        "version": "0.1.0",
        "summary": {},
    }
    return RunRecord(**{**values, **changes})


def elite(slot: int, *, certified: bool = False, **changes: Any) -> EliteRecord:
    """One whose operations, digits and place in the map are told by its slot."""
    digits = round(1.799 * (slot + 1), 3)
    constants = [0.5 + k / 8 for k in range(slot + 1)]
    values: dict[str, Any] = {
        "slot": slot,
        "cell": (slot, slot % 2),
        "program": program(*constants),
        "source": "\n".join([f"t{k} = x + {c}" for k, c in enumerate(constants)] + ["y = t0"]),
        "quality": digits,
        "objectives": {
            "ops": slot + 1,
            "digits": digits if certified else None,
            "error": 10.0**-digits,
        },
        "measures": {"ops": slot + 1.0, "divisions": float(slot % 2)},
        "status": "certified" if certified else "candidate",
        "certificate": {"digits": digits, "upper": 10.0**-digits} if certified else None,
        "parent": identity(program(*constants[:-1])) if slot else None,
        "operator": "insert",
    }
    return EliteRecord(**{**values, **changes})


def filled(path: Path, record: RunRecord, elites: list[EliteRecord], **flushed: Any) -> Path:
    with ArchiveWriter.open(path) as writer:
        writer.begin(record)
        writer.flush(record.id, elites, **flushed)
        for k, hits in enumerate((0.25, 0.5, 0.75)):
            step = {"elapsed": 2.0 * k, "qd_score": 10.0 * k, "cells": 2 * k, "all_cells": 20}
            writer.flush(record.id, [], metrics={**step, "hit_rate": hits, "evaluations": 100 * k})
        writer.finish(record.id, "done", {"seconds": 6.5, "evaluations": 5000, "cells": 6})
    return path


@pytest.fixture(scope="session")
def fill() -> Callable[..., Path]:
    """``fill(path, run, elites, ...)`` makes an archive."""
    return filled


@pytest.fixture(scope="session")
def make_run() -> Callable[..., RunRecord]:
    return run


@pytest.fixture(scope="session")
def make_elite() -> Callable[..., EliteRecord]:
    return elite


@pytest.fixture(scope="session")
def hostile() -> str:
    return HOSTILE


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one finished run: six elites, half of them certified."""
    path = tmp_path_factory.mktemp("archive") / "small.db"
    elites = [elite(slot, certified=slot % 2 == 0) for slot in range(6)]
    return filled(path, run(), elites)


@pytest.fixture(scope="session")
def strangers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive whose every text is hostile, of a space that is not installed here."""
    path = tmp_path_factory.mktemp("strangers") / "strangers.db"
    record = run(
        HOSTILE,
        space=HOSTILE,
        target=HOSTILE,
        version=HOSTILE,
        started_at=HOSTILE,
        options={HOSTILE: HOSTILE},
        config={
            "pareto": [["ops", -1], ["image", 1]],
            "settings": {HOSTILE: HOSTILE},
            "search": {HOSTILE: HOSTILE, "seconds": HOSTILE},
        },
    )
    deep: Any = HOSTILE
    for _ in range(200):
        deep = {HOSTILE: [deep]}
    elites = []
    for slot in range(4):
        document = {HOSTILE: HOSTILE, "n": slot}
        elites.append(
            elite(
                slot,
                program=document,
                source=HOSTILE,
                objectives={"ops": slot, "image": slot * 1.5, "label": HOSTILE[:190]},
                status="certified",
                certificate={HOSTILE: HOSTILE, "deep": deep, "long": "9" * 50_000},
                parent=identity({"stem": HOSTILE}),
                operator=HOSTILE,
            )
        )
    stem = Ancestor({"stem": HOSTILE}, HOSTILE, None, HOSTILE)
    return filled(path, record, elites, ancestors=[stem])


@pytest.fixture(scope="session")
def scripts(once: Callable[[str, Callable[[Path], None]], Path]) -> str:
    """What draws charts in a page; takes seconds to bundle."""

    def bundle(folder: Path) -> None:
        (folder / "library.js").write_text(pictures.library(), encoding="utf-8")

    return (once("scripts", bundle) / "library.js").read_text(encoding="utf-8")


@pytest.fixture
def made(tmp_path: Path, scripts: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """``made(archive, ...)`` writes a report and gives its path.

    The pictures are drawn here and the scripts are bundled once; ``page`` has been made as users
    have theirs.
    """
    monkeypatch.setattr(pictures, "studio", lambda: nullcontext(pictures.Studio()))
    monkeypatch.setattr(pictures, "library", lambda: scripts)

    def make(archive: Path, name: str = "report.html", **options: Any) -> Path:
        output = tmp_path / name
        write_report(output, archive, now=NOW, **options)
        return output

    return make


@pytest.fixture(scope="session")
def page(archive: Path, once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A report on the small archive, made as users have theirs."""

    def make(folder: Path) -> None:
        write_report(folder / "report.html", archive, now=NOW)

    return once("page", make) / "report.html"


class Page(HTMLParser):
    """What a browser sees: elements with attributes, and text by the element around it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in {"meta", "link", "img", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1] == tag, f"</{tag}> in {self._open}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((tuple(self._open), data))

    def visible(self) -> str:
        kept = [text for around, text in self.texts if not {"script", "style"} & set(around)]
        return "\n".join(" ".join(text.split()) for text in kept)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def script(self, number: int) -> str:
        return [text for around, text in self.texts if around[-1] == "script"][number]


@pytest.fixture(scope="session")
def parsed() -> Callable[[Path], Page]:
    """Parse a report; every element must be closed in order."""
    return lambda path: Page(path.read_text(encoding="utf-8"))
