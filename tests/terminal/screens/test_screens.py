import asyncio
from pathlib import Path

import pytest
from rich.text import Text
from screens import compare, picture, transcript
from textual.app import App
from textual.widgets import Static

TESTS = Path(__file__).parents[2]
RED_ON_BLUE = "#ff0000 on #0000ff"


def show(text, size, then):
    """What ``then`` makes of an app whose screen of that size shows the text."""

    class Sign(App[None]):
        def compose(self):
            yield Static(text)

    async def go():
        app = Sign()
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            return then(app)

    return asyncio.run(go())


def transcribed(text):
    return show(text, (12, 2), lambda app: transcript(picture(app), 12, 2))


def test_a_transcript_has_characters_runs_and_a_legend():
    text = Text.assemble(("ab", RED_ON_BLUE), "  ", ("c", "bold #00ff00 on #0000ff"))
    lines = transcribed(text).split("\n")
    assert lines[:3] == ["ab  c", "", ""]
    assert lines[3].split()[:3] == ["a2", "b2", "c1"]
    assert lines[6] == "a fill: #ff0000 on #0000ff"
    assert lines[8] == "c fill: #00ff00;font-weight: bold on #0000ff"


@pytest.mark.parametrize(
    "changed",
    [
        Text("ax", RED_ON_BLUE),
        Text("ab", "#ff0001 on #0000ff"),
        Text("ab", "#ff0000 on #0000fe"),
        Text("ab", f"bold {RED_ON_BLUE}"),
        Text("ab", f"underline {RED_ON_BLUE}"),
        Text(" ab", RED_ON_BLUE),
        Text("ab ", RED_ON_BLUE),
    ],
    ids=["character", "ink", "paper", "bold", "underline", "place", "length"],
)
def test_whatever_changes_on_a_screen_changes_its_transcript(changed):
    assert transcribed(changed) != transcribed(Text("ab", RED_ON_BLUE))


def test_wide_characters_take_two_cells():
    lines = transcribed(Text.assemble(("漢字", "#ff0000"), ("b", RED_ON_BLUE))).split("\n")
    assert lines[0] == "漢字b" and lines[3].split()[:2] == ["a4", "b1"]


@pytest.mark.parametrize("size, suffix", [((80, 24), ".svg"), ((40, 10), ".txt")])
def test_one_size_and_theme_has_pictures(size, suffix):
    def compared(app):
        files = []
        compare(lambda path, text: files.append((path, text)), app, Path("here"), "sign")
        return files

    [(path, text)] = show(Text("hello"), size, compared)
    assert path == Path("here") / f"sign-{size[0]}x{size[1]}-dark{suffix}"
    assert "hello" in text and text.startswith("<svg") == (suffix == ".svg")


def test_few_golden_files_are_pictures():
    assert len(list(TESTS.rglob("*.svg"))) <= 30
