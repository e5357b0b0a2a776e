"""Signals that are really sent, to this process and to a search in one of its own."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from elitemap.terminal import signals
from elitemap.terminal.signals import stop_requests

PATIENCE = 180.0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_a_request(
    capsys: pytest.CaptureFixture[str], number: signal.Signals
) -> None:
    with stop_requests() as halted:
        assert not halted()
        os.kill(os.getpid(), number)
        assert halted()
    assert capsys.readouterr().err == "elitemap: saving; once more to stop at once\n"


def test_a_signal_that_comes_twice_at_once_counts_once(capsys: pytest.CaptureFixture[str]) -> None:
    with stop_requests() as halted:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        assert halted()
    assert capsys.readouterr().err.count("saving") == 1


def test_another_signal_later_stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_ECHO", -1.0)
    with pytest.raises(KeyboardInterrupt), stop_requests():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)


def test_what_was_there_before_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with stop_requests():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.fixture
def searching(tmp_path: Path) -> subprocess.Popen[str]:
    """A search with two workers in a process group of its own, after its first flush."""
    words = ["search", "elementary", "exp2", "--seconds", "300", "--workers", "2", "--quiet"]
    program = "import sys; from elitemap.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while not flushed(tmp_path):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"nothing was written: {process.communicate()}")
        time.sleep(0.2)
    return process


def asked(folder: Path, question: str) -> list[str]:
    connection = sqlite3.connect(folder / "elitemap.db")
    try:
        return [str(row[0]) for row in connection.execute(question)]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def flushed(folder: Path) -> bool:
    there = (folder / "elitemap.db").exists()
    return there and bool(asked(folder, "SELECT 1 FROM metric LIMIT 1"))


@pytest.mark.slow
@pytest.mark.parametrize("pause", [0.0, 1.0])
def test_a_run_that_was_signalled_twice_is_interrupted(
    searching: subprocess.Popen[str], tmp_path: Path, pause: float
) -> None:
    """``timeout`` signals the process and then its group; a person does so after a while."""
    searching.send_signal(signal.SIGINT)
    time.sleep(pause)
    if searching.poll() is None:
        os.killpg(searching.pid, signal.SIGINT)
    _, errors = searching.communicate(timeout=PATIENCE)
    assert searching.returncode == 130
    assert asked(tmp_path, "SELECT status FROM run") == ["interrupted"]
    assert "Traceback" not in errors
    assert "saving; once more to stop at once" in errors
