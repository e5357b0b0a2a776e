import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from elitemap.archive.errors import SearchError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.report import gathering, waiting
from elitemap.terminal.report.families import MOST, Family, families
from elitemap.terminal.report.figures import Chart, Figure
from elitemap.terminal.report.pictures import Studio, studio

FOUND = {
    "text": "a = k",
    "members": [{"k": 0, "source": "zero"}, {"k": 2, "source": "two"}],
    "verified": [1, 3],
    "more": "unused",
}


def knows(answer: Any) -> Any:
    """A task that knows families; it keeps what it was asked."""
    asked: list[Any] = []

    def find(programs: Any) -> Any:
        asked.append(programs)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return SimpleNamespace(families=find, asked=asked)


def test_families_of_the_certified_elites(archive: Path) -> None:
    task = knows([FOUND])
    with ArchiveReader.open(archive) as reader:
        found = families(reader, ElitesQuery(), [SimpleNamespace(families=None), task])
        certified = reader.elites(ElitesQuery(where="status = 'certified'", sort="-quality,id"))
    assert found == (Family("a = k", (("0", "zero"), ("2", "two")), "1, 3"),)
    assert task.asked == [[view.program for view in certified]] and MOST > len(certified)


@pytest.mark.parametrize("tasks", [[], [SimpleNamespace(families=None)], [knows(SearchError("x"))]])
def test_no_families(archive: Path, tasks: Any) -> None:
    with ArchiveReader.open(archive) as reader:
        assert families(reader, ElitesQuery(), tasks) == ()


def test_families_have_a_section(
    monkeypatch: pytest.MonkeyPatch, archive: Path, made: Any, parsed: Any, hostile: str
) -> None:
    members = [{"k": k, "source": hostile} for k in range(2)]
    found = [Family(hostile, tuple((str(m["k"]), m["source"]) for m in members), "5, 6")]
    monkeypatch.setattr(gathering, "families", lambda *_: tuple(found))
    seen = parsed(made(archive))
    assert "p1-families" in [element["id"] for element in seen.all("h3") if "id" in element]
    words = seen.visible()
    assert "k = 1" in words and "further k that were checked: 5, 6" in words
    assert not {"\x1b", "\u202e"} & set(words)


def test_a_problem_of_very_many_runs(
    tmp_path: Path, fill: Any, make_run: Any, make_elite: Any, made: Any, parsed: Any
) -> None:
    path = tmp_path / "many.db"
    for k in range(120):
        fill(path, make_run(f"{k:012d}"), [make_elite(k % 6, certified=True)])
    seen = parsed(made(path, where="ops > 1 or digits > 0", limit=1))
    assert len(seen.all("h2")) == 2 and "000000000119" in seen.visible()


def figure(name: str) -> Figure:
    chart = {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {}}
    return Figure(name, "title", "", (Chart("label", chart),))


@pytest.mark.slow
def test_another_process_draws_the_same() -> None:
    here = Studio()
    with studio() as there:
        there.begin([figure("a")])
        assert there.still(figure("a")) == here.still(figure("a"))
        assert there.still(figure("b")) == here.still(figure("b"))
        assert there.library() == here.library()
    assert here.still(figure("a")).startswith("data:image/svg+xml;base64,")


def test_waiting_is_told_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(terminal: bool, patience: float) -> str:
        file = io.StringIO()
        console = Console(file=file, force_terminal=terminal, width=60)
        monkeypatch.setattr(waiting, "people_console", lambda: console)
        with waiting.waiting(patience) as tell:
            tell("reading [red]\x1b[2J")
            if patience == 0:
                console.print("on", end="")  # the timer's thread has drawn by the end at the latest
        return file.getvalue()

    assert told(False, 0.0).strip() == "on"
    assert told(True, 60.0) == ""
    shown = told(True, 0.0)
    assert "\x1b[2J" not in shown
