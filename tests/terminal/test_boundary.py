import click
import pytest

from elitemap.archive.errors import ArchiveError, SearchError, UsageError
from elitemap.terminal.boundary import Boundary


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SearchError("no"), 1),
        (UsageError("no"), 2),
        (click.UsageError("no"), 2),
        (ArchiveError("no"), 3),
        (ZeroDivisionError("no"), 70),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
    ],
)
def test_every_error_becomes_one_line_and_a_code(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with Boundary() as boundary:
        raise error
    captured = capsys.readouterr()
    assert boundary.code == code
    assert captured.out == ""
    assert captured.err.startswith("elitemap: ")
    assert captured.err.count("\n") == 1


def test_a_bug_asks_for_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    with Boundary():
        raise RuntimeError("lost\x1b[2J\nmarbles")
    line = capsys.readouterr().err
    assert "RuntimeError: lost\\x1b[2J marbles; please report it" in line
    assert "Traceback" not in line


def test_debugging_shows_the_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELITEMAP_DEBUG", "1")
    with Boundary():
        raise RuntimeError("lost")
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_who_left_is_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    with Boundary():
        raise BrokenPipeError
    assert capsys.readouterr().err == ""


def test_exits_pass() -> None:
    with pytest.raises(SystemExit), Boundary():
        raise SystemExit(5)
