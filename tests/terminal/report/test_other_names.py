"""A report of a space of somebody else: two outputs, a state, noise, and names of its own."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec

PLUGIN = Path(__file__).parents[2] / "engine" / "stepping"

#: Names of objectives of our own spaces.
OURS = re.compile(r"\b(ops|digits|error|delta|significance)\b")


@pytest.fixture
def filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive of a small search for filters."""
    monkeypatch.syspath_prepend(str(PLUGIN))
    config = SearchConfig(evaluations=6000, seed=3, islands=1, workers=1, batch=512, epoch=2048)
    search(tmp_path / "a.db", TaskSpec.of("steps", "mean", {}), config)
    return tmp_path / "a.db"


def test_a_report_tells_what_the_space_declares(filters: Path, made: Any, parsed: Any) -> None:
    with ArchiveReader.open(filters) as reader:
        front = reader.elites(ElitesQuery(pareto="parts,miss", sort="parts"))
    assert len(front) > 1 and max(view.objectives["heard"] for view in front) > 1
    seen = parsed(made(filters))
    heads = [text for around, text in seen.texts if "th" in around]
    assert {"parts", "rms miss"} <= set(heads)
    cells = [text for around, text in seen.texts if "td" in around]
    for view in front:
        assert str(int(view.objectives["parts"])) in cells
        assert f"{view.objectives['miss']:.1e} V" in cells
    figures = json.dumps(json.loads(seen.script(0))["figures"])
    assert {"parts", "miss", "knobs"} <= set(re.findall(r'"title": "(\w+)"', figures))
    assert not OURS.search(figures)
    words = seen.visible()
    assert "Better is lower parts, lower miss." in words
    assert "next m = " in words and "Code: text" in words
    # A figure that was measured says so; nothing says that it is proved.
    assert re.search(r" V\nmeasured\nheard", words) and not re.search(r" V\n(proved|≥)", words)
    assert not OURS.search(words)
