"""The command line, in this process and in processes of its own."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest

from elitemap.cli import main
from elitemap.terminal.report import pictures

SCRIPT = (sys.executable, "-c", "from elitemap.cli import main; main()")


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def script() -> tuple[str, ...]:
    """What starts the command line in a process of its own."""
    return SCRIPT


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """The command line in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ELITEMAP_ARCHIVE", raising=False)
    monkeypatch.delenv("ELITEMAP_DEBUG", raising=False)

    def call(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["elitemap", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        captured = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return Result(end.value.code, captured.out, captured.err)

    return call


@pytest.fixture(scope="session")
def made(once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """An archive with one finished run; beside it, the JSON that the search printed."""
    return once("made", search) / "a.db"


def search(folder: Path) -> None:
    path = folder / "a.db"
    command = [*SCRIPT, "search", "elementary", "exp2", "--json", "--quiet", "--seed", "3"]
    command += ["--evaluations", "400000", "--islands", "2", "--workers", "1"]
    command += ["--set", "max_ops=5", "--archive", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    path.with_suffix(".json").write_text(done.stdout)


@pytest.fixture
def archive(made: Path, tmp_path: Path) -> Path:
    """A copy of it, in the folder where commands run."""
    copy = tmp_path / "elitemap.db"
    copy.write_bytes(made.read_bytes())
    return copy


@pytest.fixture
def drawn_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are drawn in this process and without scripts: for tests of what else they hold."""
    monkeypatch.setattr(pictures, "library", str)
    monkeypatch.setattr(pictures, "studio", lambda: nullcontext(pictures.Studio()))
