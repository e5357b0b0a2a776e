"""Processes of one's own: what they tell, how they end, and that none stays behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from elitemap.terminal.browser.search.child import Child, Done, Failed

# A process of its own imports jobs by name; the tests' modules have none there.
JOBS = """
import os, sys, time
from pathlib import Path

from elitemap.archive.errors import UsageError

def count(wire, n):
    for k in range(n):
        wire.tell(k)
    return sum(range(n))

def refuse(wire):
    raise UsageError("expected [something] else")

def crash(wire):
    return {}["missing"]

def vanish(wire):
    wire.tell("here")
    os._exit(9)

def shout(wire):
    print("noise"); print("noise", file=sys.stderr)
    return os.getpid() == os.getsid(0)

def until_halted(wire, path):
    wire.tell(os.getpid())
    while not wire.halted():
        time.sleep(0.02)
    Path(path).write_text("saved")
    return "stopped"

def forever(wire, path):
    wire.tell(os.getpid())
    while True:
        time.sleep(0.02)
"""

OWNER = """
import sys, time
sys.path.insert(0, sys.argv[1])
import childjobs
from elitemap.terminal.browser.search.child import Child

if __name__ == "__main__":
    child = Child(childjobs.until_halted, sys.argv[2])
    while not child.news():
        time.sleep(0.02)
    print("ready", flush=True)
    if sys.argv[3] == "wait":
        time.sleep(60)
    raise SystemExit(3)
"""


@pytest.fixture
def jobs(tmp_path, monkeypatch):
    (tmp_path / "childjobs.py").write_text(JOBS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "childjobs", raising=False)
    import childjobs

    yield childjobs
    sys.modules.pop("childjobs", None)


def everything(child: Child, patience: float = 120.0) -> list[object]:
    found: list[object] = []
    end = time.monotonic() + patience
    while child.running:
        assert time.monotonic() < end
        found += child.news()
        time.sleep(0.02)
    return found


def gone(process: int, patience: float = 120.0) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_messages_come_in_order_and_the_result_last(jobs):
    assert everything(Child(jobs.count, 300)) == [*range(300), Done(sum(range(300)))]


def test_what_a_user_can_cause_is_one_line(jobs):
    assert everything(Child(jobs.refuse)) == [Failed("expected [something] else")]


def test_a_bug_is_told_as_such(jobs):
    (last,) = everything(Child(jobs.crash))
    assert isinstance(last, Failed)
    assert "internal error, KeyError: 'missing'" in last.reason


def test_a_child_that_vanishes_is_told(jobs):
    assert everything(Child(jobs.vanish)) == [
        "here",
        Failed("the process ended before its job was done (code 9)"),
    ]


def test_a_child_leaves_the_terminal_alone(jobs, capfd):
    assert everything(Child(jobs.shout)) == [Done(True)]
    captured = capfd.readouterr()
    assert "noise" not in captured.out + captured.err


def test_a_child_stops_when_asked_and_saves(jobs, tmp_path: Path):
    child = Child(jobs.until_halted, str(tmp_path / "saved"))
    while not child.news():
        time.sleep(0.02)
    child.ask_to_stop()
    child.ask_to_stop()
    assert everything(child) == [Done("stopped")]
    assert (tmp_path / "saved").read_text() == "saved"


def test_leaving_waits_until_it_has_saved(jobs, tmp_path: Path):
    child = Child(jobs.until_halted, str(tmp_path / "saved"))
    while not child.news():
        time.sleep(0.02)
    assert child.wait(120.0)
    assert (tmp_path / "saved").exists()
    assert child.news() == [] and not child.running


def test_a_child_is_killed_whatever_it_does(jobs, tmp_path: Path):
    child = Child(jobs.forever, "")
    while not (first := child.news()):
        time.sleep(0.02)
    child.kill()
    assert gone(first[0])
    assert child.news() == [] and not child.running
    child.kill()
    child.ask_to_stop()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["exit", "kill"])
def test_a_child_saves_when_its_parent_ends(jobs, tmp_path: Path, how):
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    arguments = [str(tmp_path), str(tmp_path / "saved"), "exit" if how == "exit" else "wait"]
    owner = subprocess.Popen(
        [sys.executable, str(script), *arguments], stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        if how == "kill":
            owner.send_signal(signal.SIGKILL)
        assert owner.wait(120) == (3 if how == "exit" else -signal.SIGKILL)
    end = time.monotonic() + 120
    while not (tmp_path / "saved").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
