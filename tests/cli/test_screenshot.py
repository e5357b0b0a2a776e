"""``elitemap browse --screenshot``: a picture without a terminal."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.cli import cli


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three elites of a space that is not installed."""
    path = tmp_path / "knots.db"
    with ArchiveWriter.open(path) as writer:
        for name, target in (("aaaa", "slice"), ("bbbb", "ribbon")):
            config = {"pareto": [["crossings", -1], ["beauty", 1]]}
            run = RunRecord(
                name, "knots", target, {}, config, 1, "2026-01-02T03:04:05+00:00", None, "running",
                "0.1.0", {},
            )  # fmt: skip
            writer.begin(run)
            writer.flush(name, [_knot(slot) for slot in range(3)])
            writer.finish(name, "done", {})
    return path


def _knot(slot: int) -> EliteRecord:
    return EliteRecord(
        slot=slot, cell=(slot,), program={"knot": slot}, source=f"knot {slot}", quality=float(slot),
        objectives={"crossings": float(slot), "beauty": float(slot)},
        measures={"genus": float(slot), "bridge": 1.0}, status="candidate", certificate=None,
        parent=None, operator=None,
    )  # fmt: skip


def words(path: Path) -> str:
    texts = re.findall(r"<text[^>]*>(.*?)</text>", path.read_text(encoding="utf-8"))
    return " ".join(texts).replace("&#160;", " ")


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ([], ["ribbon", "bridge"]),
        (["--view", "table", "--run", "aa"], ["slice", "run aaaa", "knot 2", "the best first"]),
        (["--view", "plot"], ["beauty", "crossings", "less is better"]),
    ],
)
def test_a_picture_of_what_the_browser_shows(
    tmp_path: Path,
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    seen: list[str],
) -> None:
    for name, value in {"TERM": "dumb", "COLORTERM": "", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)  # a picture has all colours all the same
    picture = tmp_path / "picture.svg"
    line = ["browse", "--archive", str(archive), "--screenshot", str(picture), *options]
    done = CliRunner().invoke(cli, line, catch_exceptions=False)
    assert (done.exit_code, done.stdout) == (0, f"{picture}\n")
    assert not set("░▒▓") & set(words(picture))
    for text in seen:
        assert text in words(picture), text


def test_a_picture_that_exists_is_kept(tmp_path: Path, archive: Path) -> None:
    picture = tmp_path / "picture.svg"
    picture.write_text("precious")
    line = ["browse", "--archive", str(archive), "--screenshot", str(picture)]
    done = CliRunner().invoke(cli, line)
    assert "exists: choose another name" in str(done.exception)
    assert picture.read_text() == "precious"
