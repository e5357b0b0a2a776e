"""The browser on a terminal of its own: how long until it shows something, and answers a key."""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.terminal import Terminal
from elitemap.terminal.browser.state import Memory, Place, remember

#: What each view writes when it first shows something of the archive.
FIRST = {"map": "so far", "plot": "so far", "table": "certified"}

#: Keys of a visit, in this order; each is timed.
KEYS = (
    ("table", b"3"),
    ("down", b"j"),
    ("a page down", b" "),
    ("last row", b"G"),
    ("first row", b"\x1b[H"),
    ("next column", b"\x1b[C"),
    ("sort", b"s"),
    ("down while it sorts", b"j"),
    ("hide the elite", b"]"),
    ("show the elite", b"]"),
    ("hide the tree", b"["),
    ("show the tree", b"["),
    ("find", b"/"),
    ("a character", b"x"),
    ("another", b"+"),
    ("leave the line", b"\x1b"),
    ("filter", b"w"),
    *((f"character {letter!r}", letter.encode()) for letter in "ops<9"),
    ("apply the filter", b"\r"),
    ("drop it", b"\x1b"),
    ("map", b"1"),
    ("cell to the left", b"\x1b[D"),
    ("other axis", b"a"),
    ("cell upwards", b"\x1b[A"),
    ("plot", b"2"),
    ("point to the right", b"\x1b[C"),
    ("other axis of the plot", b"a"),
    ("help", b"?"),
    ("leave help", b"\x1b"),
    ("palette", b"\x10"),
    ("type in the palette", b"m"),
    ("leave the palette", b"\x1b"),
)

Row = tuple[str, float, str]


def openings(path: Path, repetitions: int) -> Iterator[Row]:
    """Every view opened as the first: what, how much, and the unit."""
    for view, mark in FIRST.items():
        first, whole, memory = [], [], []
        for _ in range(repetitions):
            with tempfile.TemporaryDirectory() as home, _browser(path, view, home) as terminal:
                first.append(terminal.wait_for(mark))
                whole.append(terminal.settle(2.0))
                memory.append(terminal.memory)
        yield f"whole command to the first {view}", round(statistics.median(first), 3), "s"
        yield f"whole command to all of the {view}", round(statistics.median(whole), 3), "s"
        yield f"memory with the {view}", round(max(memory)), "MiB"


def visit(path: Path, repetitions: int) -> Iterator[Row]:
    """A visit key by key: the slowest ones, and the memory at its end."""
    times: dict[str, list[float]] = {}
    memory = []
    for _ in range(repetitions):
        with tempfile.TemporaryDirectory() as home, _browser(path, "table", home) as terminal:
            terminal.settle(2.0)
            for name, key in KEYS:
                answered = terminal.press(key)
                if answered is not None:
                    times.setdefault(name, []).append(answered)
            memory.append(terminal.memory)
    typical = {name: statistics.median(found) for name, found in times.items()}
    yield f"a key, median of {len(typical)}", round(statistics.median(typical.values()), 4), "s"
    for name in sorted(typical, key=lambda name: -typical[name])[:6]:
        yield f"key: {name}", round(typical[name], 4), "s"
    yield "slowest of all keys in all visits", round(max(map(max, times.values())), 4), "s"
    yield "memory after the visit", round(max(memory)), "MiB"


def _browser(path: Path, view: str, home: str) -> Terminal:
    """The browser in a home of its own, where it was left at a view of everything."""
    remember(Path(home, "elitemap", "browser.json"), Memory().at(path, Place(tab=view)))
    command = [str(Path(sys.executable).with_name("elitemap")), "browse", "--archive", str(path)]
    colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return Terminal(command, {"XDG_STATE_HOME": home, **colours})
