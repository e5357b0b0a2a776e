"""Reports in a real browser: what is drawn, and that nothing of an archive acts."""

import html
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
    " --virtual-time-budget=8000 --enable-logging=stderr"
).split()

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")]


@pytest.fixture
def browse(tmp_path: Path) -> Callable[..., tuple[str, list[str]]]:
    """``browse(path)``: the document after its scripts have run, and what its console says."""

    def visit(path: Path, *flags: str) -> tuple[str, list[str]]:
        profile = tmp_path / "profile"
        command = [str(CHROMIUM), *FLAGS, *flags, f"--user-data-dir={profile}"]
        done = subprocess.run(
            [*command, "--dump-dom", path.as_uri()], capture_output=True, timeout=120, check=True
        )
        lines = done.stderr.decode(errors="replace").splitlines()
        return done.stdout.decode(), [line for line in lines if "CONSOLE" in line]

    return visit


def plots(dom: str) -> list[str]:
    """The plots of a document, each with what was drawn into it."""
    return re.findall(r'<div class="plot[^>]*data-figure.*?</figure>', dom, re.DOTALL)


@pytest.mark.parametrize("size", ["390,844", "1280,900"])
def test_every_chart_is_drawn(
    page: Path, browse: Callable[..., tuple[str, list[str]]], size: str
) -> None:
    dom, messages = browse(page, f"--window-size={size}")
    drawn = plots(dom)
    assert len(drawn) == dom.count("<figure")
    for plot in drawn:
        assert 'data-drawn="1"' in plot and "could not be drawn" not in plot
        assert "<svg" in plot and re.search(r'<svg[^>]*class="marks"', plot)
    assert messages == []


def test_charts_fit_the_screen(page: Path, browse: Callable[..., tuple[str, list[str]]]) -> None:
    dom, _ = browse(page, "--window-size=390,844")
    widths = [int(w) for w in re.findall(r'<svg[^>]*class="marks" width="(\d+)"', dom)]
    assert widths and all(w <= 500 for w in widths)  # Chromium's windows are 500 wide at least


def test_hostile_text_does_not_act(
    strangers: Path, made: Callable[..., Path], browse: Callable[..., tuple[str, list[str]]]
) -> None:
    dom, messages = browse(made(strangers))
    title = re.search(r"<title>(.*?)</title>", dom, re.DOTALL)
    assert title and title[1] != "owned"
    assert all('data-drawn="1"' in plot and "<svg" in plot for plot in plots(dom))
    assert '<img src="x"' not in dom and "onerror=" not in re.sub(r"&[a-z]+;.*", "", dom)
    assert messages == []


def test_opened_code_is_coloured_and_stays_the_same(
    page: Path, tmp_path: Path, browse: Callable[..., tuple[str, list[str]]]
) -> None:
    text = page.read_text(encoding="utf-8")
    opened = tmp_path / "opened.html"
    opened.write_text(text.replace('<details class="language"', '<details class="language" open'))
    dom, messages = browse(opened)
    codes = [re.findall(r'<pre class="code".*?</pre>', some, re.DOTALL) for some in (text, dom)]
    assert len(codes[0]) == len(codes[1]) > 0
    for before, after in zip(*codes, strict=True):
        plain = re.sub(r"</?span[^>]*>", "", after)
        assert html.unescape(plain) == html.unescape(before)
    for kind, word in (
        ("keyword", "def"),
        ("keyword", "double"),
        ("figure", "0x"),
        ("comment", "#"),
    ):
        assert re.search(rf'<span class="{kind}">{word}', dom), word
    assert messages == []
