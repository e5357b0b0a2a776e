"""Searches that are interrupted, killed and resumed, in processes of their own."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

SEARCH = ["search", "elementary", "exp2", "--seconds", "300", "--seed", "3", "--quiet"]
PATIENCE = 120.0

Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def begin(script: tuple[str, ...], tmp_path: Path) -> Begin:
    """Start a command in an empty folder."""

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*script, *arguments],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def flushes(folder: Path) -> int:
    """How often the search has written."""
    archive = folder / "elitemap.db"
    if not archive.exists():
        return 0
    connection = sqlite3.connect(archive)
    try:
        (count,) = connection.execute("SELECT count(*) FROM metric").fetchone()
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()
    return int(count)


def wait_for_flush(process: subprocess.Popen[str], folder: Path, before: int = 0) -> None:
    deadline = time.monotonic() + PATIENCE
    while flushes(folder) <= before:
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"nothing was written: {process.communicate()}")
        time.sleep(0.2)


def only_run(begin: Begin) -> dict[str, Any]:
    out, _ = begin("runs", "--json").communicate(timeout=PATIENCE)
    (run,) = json.loads(out)
    assert isinstance(run, dict)
    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_search_saves_and_can_go_on(
    begin: Begin, tmp_path: Path, number: signal.Signals
) -> None:
    process = begin(*SEARCH)
    wait_for_flush(process, tmp_path)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert err.splitlines()[0] == "elitemap: saving; once more to stop at once"
    said, _, command = err.splitlines()[-1].partition("to go on: elitemap ")
    assert said == "elitemap: interrupted and saved; "
    before = only_run(begin)
    assert before["status"] == "interrupted"
    process, written = begin(*command.split(), "--quiet", "--json"), flushes(tmp_path)
    wait_for_flush(process, tmp_path, written)
    process.send_signal(signal.SIGINT)
    later = json.loads(process.communicate(timeout=PATIENCE)[0])
    assert later["run"] == before["run"]
    assert later["evaluations"] > before["summary"]["evaluations"]


def test_a_killed_search_leaves_an_archive_that_opens_and_goes_on(
    begin: Begin, tmp_path: Path
) -> None:
    process = begin(*SEARCH)
    wait_for_flush(process, tmp_path)
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert only_run(begin)["status"] == "interrupted"
    process, written = begin("resume", "--quiet"), flushes(tmp_path)
    assert written > 0
    wait_for_flush(process, tmp_path, written)
    assert only_run(begin)["status"] == "running"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert only_run(begin)["status"] == "interrupted"


def test_a_search_by_the_clock_ends_by_itself(begin: Begin, tmp_path: Path) -> None:
    process = begin("search", "elementary", "exp2", "--seconds", "8", "--json", "--quiet")
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert {e["status"] for e in json.loads(out)["best"]} == {"certified"}
    files = {f"elitemap.db{ending}" for ending in ("", "-wal", "-shm")}
    assert set(os.listdir(tmp_path)) <= files
