import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from screens import compare as compare_screen

from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.browser.map.view import MapView
from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.table.view import EliteTable
from elitemap.terminal.browser.themes import DARK, LIGHT

GOLDEN = Path(__file__).parent / "golden"
SIZES = [(80, 24), (160, 50)]


def keys(text):
    names = {" ": "space", "<": "less_than_sign", ">": "greater_than_sign", "=": "equals_sign"}
    names |= {"/": "slash", "_": "underscore", ".": "full_stop", "-": "minus"}
    return [names.get(character, character) for character in text]


@pytest.fixture
def shot(quiet, golden):
    """``await shot(app, pilot, name)`` compares the screen with golden files, dark and light."""

    async def compare(app, pilot, name, themes=(LIGHT, DARK)):
        for theme in themes:
            app.theme = theme.name
            await quiet(pilot)
            compare_screen(golden, app, GOLDEN, name)

    return compare


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_every_screen(visit, quiet, until, archive, shot, size, monkeypatch):
    monkeypatch.chdir(archive.parent)  # so that no message tells where it is

    async def steps(app, pilot):
        table = app.screen.query_one(EliteTable)
        await shot(app, pilot, "map")
        await pilot.press("2")
        await quiet(pilot)
        await shot(app, pilot, "plot")
        await pilot.press("3")
        await quiet(pilot)
        await pilot.press("home", *["right"] * 4, "s")
        await quiet(pilot)
        await pilot.press("home")
        await quiet(pilot)
        await shot(app, pilot, "table")
        await pilot.press("left_square_bracket")
        if size[0] > 100:  # it was there, and has gone
            await pilot.press("left_square_bracket")
        await shot(app, pilot, "tree")
        await pilot.press("escape", "w", *keys("ops <= 4 and depth"))
        await until(pilot, lambda: app.screen.query_one("#mistake").display)
        await shot(app, pilot, "mistake")
        await pilot.press("escape", "question_mark")
        await shot(app, pilot, "help")
        for theme in (LIGHT, DARK):  # the palette keeps the colours that it was opened in
            app.theme = theme.name
            await pilot.press("escape", "ctrl+p", *"show")
            await until(pilot, lambda: app.screen.query_one("CommandList").option_count > 2)
            app.screen.query_one("CommandInput").cursor_blink = False
            await shot(app, pilot, "palette", [theme])
        await pilot.press("escape")
        await quiet(pilot)
        moved = archive.with_name("moved.db")
        archive.rename(moved)
        await until(pilot, lambda: app.screen.query_one("Banner").display)
        await shot(app, pilot, "banner")
        assert table.total == 24
        moved.rename(archive)

    visit(Path(archive.name), steps, size=size)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_an_empty_archive_has_golden_files(visit, tmp_path, shot, size):
    archive = tmp_path / "new.db"
    ArchiveWriter.open(archive).close()

    async def steps(app, pilot):
        await shot(app, pilot, "empty")

    visit(archive, steps, size=size, place=Place())


def test_too_small_has_a_golden_file(visit, archive, golden):
    async def steps(app, pilot):
        await pilot.pause()
        compare_screen(golden, app, GOLDEN, "too-small")

    visit(archive, steps, size=(50, 10))


@pytest.mark.slow
def test_a_full_visit(visit, quiet, until, archive, tmp_path, monkeypatch, lines):
    """Filter, map, ancestry, compare and export, by keys alone."""
    monkeypatch.chdir(tmp_path)

    async def steps(app, pilot):
        async def press(*names):
            for name in names:
                await pilot.press(name)
                await quiet(pilot)

        screen = app.screen
        await pilot.press("w", *keys("digits >= 2"), "enter")
        await quiet(pilot)
        assert lines(app)[0].split()[-2:] == ["6", "elites"]
        await press("3", "home")
        first = screen.panel.dossier.elite.id
        await press("c", "end")
        second = screen.panel.dossier.elite
        assert second.id != first
        await press("c")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await quiet(pilot)
        assert second.id[:10] in "\n".join(lines(app))
        await press("escape")
        assert app.screen is screen
        await press("1")
        assert isinstance(app.focused, MapView)
        await press("3", "end", "enter")
        panel = screen.panel
        while panel.query_one("TabbedContent").active != "origin":
            await press("greater_than_sign")
        await press("enter")  # the parent is the first in the list
        assert panel.dossier.elite.id == second.parent
        await press("backspace")
        assert panel.dossier.elite.id == second.id
        await pilot.press("e")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        await pilot.press("enter")  # into this folder
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert list(tmp_path.glob("exp2*"))

    visit(archive, steps, size=(160, 50), place=Place("elementary", "14c6dd3c", tab="map"))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")
def test_the_same_in_a_terminal(archive, tmp_path):
    """In tmux: keys and screen go through a real terminal, which is restored at the end."""
    socket = str(tmp_path / "tmux")
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "TERM": "xterm-256color",
        "COLUMNS": "80",  # as some shells export them
        "LINES": "24",
    }

    def tmux(*arguments):
        command = ["tmux", "-S", socket, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        return done.stdout

    def wait(*patterns):
        end = time.monotonic() + 120
        while time.monotonic() < end:
            screen = tmux("capture-pane", "-p")
            if all(re.search(pattern, screen) for pattern in patterns):
                return screen
            time.sleep(0.1)
        raise AssertionError(f"{patterns} not in\n{tmux('capture-pane', '-p')}")

    shell = ["sh", "-c", "PS1='ready> ' exec sh"]
    tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", *shell)
    try:
        command = "from elitemap.cli import main; main()"
        tmux("send-keys", f"{sys.executable} -c '{command}' browse --archive {archive}", "Enter")
        wait(r"small\.db", "knots")
        tmux("send-keys", "BSpace", "BSpace", "3")
        wait("all spaces", "32 elites", "candidate")  # the cursor stays on the elite it was on
        tmux("send-keys", "Home")
        wait("certified")
        tmux("send-keys", "w")
        tmux("send-keys", "-l", "digits >= 2")
        wait("where digits >= 2", r"\b6 elites")
        tmux("send-keys", "Enter")
        wait("/ Find")
        tmux("send-keys", "]")
        wait("Program Proof Curve Origin Cell")
        tmux("resize-window", "-x", "40", "-y", "10")
        wait(r"terminal too small: needs 60x16, has\s+40x10")
        tmux("resize-window", "-x", "160", "-y", "50")
        wait("all spaces", "elementary 29", "Program")
        tmux("send-keys", "q")
        wait(r"ready>\s*\Z")
        tmux("send-keys", "clear", "Enter")
        wait(r"\Aready>\s*\Z")
        tmux("send-keys", "stty -a | grep -c ' echo '", "Enter")
        screen = wait(r"ready> stty", r"(?m)^1$")
        assert "digits >=" not in screen and "Traceback" not in screen
        assert (tmp_path / "state" / "elitemap" / "browser.json").exists()
    finally:
        subprocess.run(["tmux", "-S", socket, "kill-server"], check=False, capture_output=True)
