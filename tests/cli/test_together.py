"""A browser, searches that are killed, and every other command share one archive.

Nothing that was written gets lost, nobody is told anything wrong, and as long as the browser is
open nobody takes its log away. A round starts a search or goes on with it, runs the commands two
by two while it writes, and kills it; three rounds have had every command beside every other one.
``ELITEMAP_TEST_ROUNDS`` asks for more.
"""

import fcntl
import json
import os
import pty
import re
import signal
import sqlite3
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery

pytestmark = pytest.mark.slow

ROUNDS = int(os.environ.get("ELITEMAP_TEST_ROUNDS", "3"))

#: Seconds after which something that was waited for will not come, also on a busy machine.
PATIENCE = 600.0

#: One that writes every few seconds, also on a busy machine, and never ends by itself.
SEARCH = ["search", "elementary", "tanh", "--set", "max_ops=5", "--seconds", "1000000"]
SEARCH += ["--islands", "1", "--workers", "1", "--seed", "3", "--quiet"]

#: What only somebody is told whose file was changed beneath him.
WRONG = re.compile(r"damaged|truncated|I/O error|Traceback|internal|cannot be|locked by", re.I)

#: What moves the cursor or sets colours, between the characters that are shown.
ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[a-zA-Z]|\x1b[\]P_].*?(?:\x07|\x1b\\)|\x1b.", re.DOTALL)


def wait(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.1)


class Terminal:
    """A process on a pseudo-terminal of 160 x 50 characters; what it has drawn is kept."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._drawn = bytearray()
        self._file, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        home = {"XDG_STATE_HOME": str(folder / "state"), "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **home},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def press(self, keys: bytes) -> None:
        os.write(self._file, keys)

    def text(self) -> str:
        """All that was ever drawn, in the order of drawing."""
        return ESCAPES.sub(b"", bytes(self._drawn)).decode(errors="replace")

    def wait_for(self, text: str) -> None:
        wait(lambda: text in self.text(), lambda: f"{text!r} not in {self.text()[-3000:]}")

    def leave(self) -> int:
        """Press the key for it; the exit status."""
        self.press(b"q")
        code = self.process.wait(PATIENCE)
        self._reading.join()
        return code

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._file)

    def _read(self) -> None:
        while True:
            try:
                drawn = os.read(self._file, 1 << 16)
            except OSError:  # the process has ended
                return
            self._drawn += drawn


class Together:
    """The archive, and everything that happens to it."""

    def __init__(self, script: tuple[str, ...], archive: Path) -> None:
        self.script, self.archive, self.folder = script, archive, archive.parent
        with ArchiveReader.open(archive) as reader:
            self.finished = reader.run().id
            query = ElitesQuery(where="status = 'candidate' and ops <= 3", sort="-quality,id")
            self.candidates = [view.id for view in reader.elites(query)]
        self.browser = Terminal([*script, "browse", "--run", self.finished], self.folder)
        self.reports = 0

    def commands(self) -> list[list[str]]:
        """One of every kind; the certified one is another one each time."""
        self.reports += 1
        subject = self.candidates.pop(0)
        return [
            ["runs", "--json"],
            ["elites", "--limit", "3", "--json"],
            ["show", subject, "--json"],
            ["report", "--run", self.finished, "-o", f"report{self.reports}.html", "--force"],
            ["certify", subject, "--seconds", "500", "--json"],
            ["export", self.candidates[-1], "--to", "c", "-o", "out", "--force"],
            ["elites", "--pareto", "ops,error", "--csv", "--run", self.finished],
        ]

    def start(self, words: Sequence[str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self.script, *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def pair(self, *commands: Sequence[str]) -> None:
        """Run them at the same time; nobody is told anything wrong, and the log stays."""
        running = [(words, self.start(words)) for words in commands]
        for words, process in running:
            out, err = process.communicate(timeout=PATIENCE)
            # A program that its certificate changed has another name then.
            renamed = words[0] in ("show", "export", "certify") and process.returncode == 2
            assert process.returncode == 0 or renamed, (words, err)
            assert not WRONG.search(err), (words, err)
            if process.returncode == 0 and words[-1] == "--json":
                json.loads(out)
        self.look()

    def look(self) -> None:
        """The browser has its log and its locks, and tells nothing wrong."""
        assert self.browser.process.poll() is None, self.browser.text()[-3000:]
        assert {self.log, Path(f"{self.archive}-shm")} <= set(self.folder.iterdir())
        assert self.log.stat().st_ino == self.number
        assert not WRONG.search(self.browser.text()), WRONG.search(self.browser.text())
        table = Path("/proc/locks")
        if table.exists():
            inode, owner = f":{self.archive.stat().st_ino}", str(self.browser.process.pid)
            rows = [line.split() for line in table.read_text().splitlines()]
            assert any(row[-4] == owner and row[-3].endswith(inode) for row in rows)

    def watch(self) -> None:
        """Remember which log the browser reads."""
        self.log = Path(f"{self.archive}-wal")
        wait(self.log.exists, lambda: self.browser.text()[-3000:])
        self.number = self.log.stat().st_ino

    def flushes(self, run: str) -> int:
        with ArchiveReader.open(self.archive) as reader:
            return len(reader.metrics(run))

    def wait_for_flush(self, run: str, before: int, process: "subprocess.Popen[str]") -> int:
        """How many flushes there are once there are more than before."""
        wait(
            lambda: process.poll() is not None or self.flushes(run) > before,
            lambda: f"{run} was not written",
        )
        assert process.poll() is None, process.communicate()
        return self.flushes(run)

    def mark(self) -> None:
        """Set or take away a star in the browser."""
        before = self.kept()["remark"]
        self.browser.press(b"M")
        wait(lambda: self.kept()["remark"] != before, lambda: self.browser.text()[-3000:])

    def standing(self, run: str) -> str:
        found = self.start(["runs", "--json"]).communicate(timeout=PATIENCE)[0]
        (status,) = [row["status"] for row in json.loads(found) if row["run"] == run]
        return str(status)

    def kept(self) -> dict[str, set[str]]:
        """Certified programs and marks, of which none may get lost."""
        with closing(sqlite3.connect(f"file:{self.archive}?mode=ro", uri=True)) as connection:
            return {
                table: {
                    program
                    for (program,) in connection.execute(
                        f"SELECT id FROM program WHERE key IN (SELECT program FROM {table})"
                    )
                }
                for table in ("certificate", "remark")
            }


@pytest.fixture
def together(script: tuple[str, ...], archive: Path) -> Iterator[Together]:
    world = Together(script, archive)
    yield world
    world.browser.close()


def newest(archive: Path) -> str:
    with ArchiveReader.open(archive) as reader:
        return reader.run().id


def test_nothing_is_lost_and_nothing_wrong_is_shown(together: Together) -> None:
    world, run, written = together, "", 0
    world.browser.wait_for(world.finished[:6])
    assert "tanh" not in world.browser.text()
    world.watch()
    kept = world.kept()
    for number in range(ROUNDS):
        search = world.start(SEARCH if not run else ["resume", run, "--quiet"])
        try:
            if not run:
                wait(lambda: newest(world.archive) != world.finished, lambda: "no search began")
                run = newest(world.archive)
                world.browser.wait_for("tanh")  # a search that began later is seen
            written = world.wait_for_flush(run, written, search)
            commands = world.commands()
            for k, words in enumerate(commands):
                world.pair(words, commands[(k + 1 + number % 3) % len(commands)])
            world.mark()
            assert world.standing(run) == "running"
            written = world.wait_for_flush(run, written, search)
        finally:
            search.send_signal(signal.SIGKILL)
            search.communicate()
        assert world.standing(run) == "interrupted"
        assert world.flushes(run) >= written
        before, kept = kept, world.kept()
        assert before["certificate"] < kept["certificate"]
        world.look()
    assert world.browser.leave() == 0
    with closing(sqlite3.connect(world.archive)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert len(list(world.folder.glob("report*.html"))) == ROUNDS
