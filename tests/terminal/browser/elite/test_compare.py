"""Two elites side by side."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from elitemap.terminal.browser.elite.compare import CompareScreen, worth
from elitemap.terminal.browser.elite.difference import WIDE, Difference
from elitemap.terminal.browser.elite.dossier import Dossier
from elitemap.terminal.browser.elite.error_curve import ErrorCurve
from elitemap.terminal.browser.elite.facts import better

HOSTILE = "[bold]x\x1b]0;owned\x07\u202e"


def drawn(renderable, width):
    file = io.StringIO()
    Console(file=file, width=width, color_system=None).print(renderable)
    return [line.rstrip() for line in file.getvalue().splitlines()]


@pytest.fixture
def pair(kit, archive):
    views = sorted(archive.elites.values(), key=lambda view: view.status == "candidate")
    return [Dossier(view, kit.run, (), (), (), None) for view in views]


async def test_with_the_key_of_the_browser(kit, archive, panel, pair):
    app = kit.host(panel)
    first, second = (dossier.elite.id for dossier in pair)
    async with app.run_test(size=(100, 40)) as pilot:
        panel.show(first)
        await kit.settle(pilot)
        await pilot.press("c")
        await kit.settle(pilot)
        assert "1st of two" in kit.text(app)
        panel.show(second)
        await kit.settle(pilot)
        assert f"c: against {first[:12]}" in kit.text(app)
        await pilot.press("c")
        await kit.settle(pilot)
        assert isinstance(app.screen, CompareScreen)
        shown = kit.text(app)
        assert "ops       4                   2 ◂" in shown
        assert "- y = t3 * t3" in shown
        assert f"⠒⠒ {first[:12]}  ×× {second[:12]}" in shown
        assert len(app.screen.query_one(ErrorCurve).curves) == 2
        await pilot.press("escape")
        await kit.settle(pilot)
        assert not isinstance(app.screen, CompareScreen)
        assert panel.first is None


@pytest.mark.slow
async def test_going_to_one_of_them(kit, archive, panel, pair):
    app = kit.host(panel)
    first, second = (dossier.elite.id for dossier in pair)
    async with app.run_test(size=(100, 40)) as pilot:
        for name in (first, second):
            panel.show(name)
            await kit.settle(pilot)
            await pilot.press("c")
            await kit.settle(pilot)
        await pilot.press("1")
        await kit.settle(pilot)
        assert panel.dossier.elite.id == first
        panel.focus()
        await pilot.press("backspace")
        await kit.settle(pilot)
        assert panel.dossier.elite.id == second


async def test_the_same_key_drops_the_first(kit, archive, panel, pair):
    app = kit.host(panel)
    async with app.run_test(size=(60, 20)) as pilot:
        panel.show(pair[0].elite.id)
        await kit.settle(pilot)
        await pilot.press("c", "c")
        await kit.settle(pilot)
        assert panel.first is None
        assert "1st of two" not in kit.text(app)


@pytest.mark.slow
async def test_a_missing_curve_leaves_the_other(kit, pair, panel):
    lost = replace(pair[1], run=replace(kit.run, space="nowhere"))
    app = kit.host(panel)
    async with app.run_test(size=(100, 40)) as pilot:
        app.push_screen(CompareScreen(pair[0], lost, panel.shop))
        await pilot.pause()
        await kit.settle(pilot)
        assert len(app.screen.query_one(ErrorCurve).curves) == 1


@pytest.mark.slow
async def test_exchanging_them(kit, pair, panel):
    app = kit.host(panel)
    async with app.run_test(size=(100, 40)) as pilot:
        app.push_screen(CompareScreen(*pair, panel.shop))
        await pilot.pause()
        await pilot.press("x")
        await kit.settle(pilot)
        assert "+ y = t3 * t3" in kit.text(app)


def test_the_better_one_by_direction():
    directions = {"digits": 1, "ops": -1}
    assert better("digits", (3.0, 4.0), directions) == 1
    assert better("ops", (3, 4), directions) == 0
    assert better("ops", (4, 4), directions) is None
    assert better("digits", (None, 4.0), directions) is None
    assert better("label", ("a", "b"), {"label": 1}) is None
    assert better("unknown", (1, 2), directions) is None


def test_sources_side_by_side_where_there_is_room():
    difference = Difference("a = 1\nb = 2\ny = a", "a = 1\nc = 3\nd = 4\ny = a")
    wide = drawn(difference, WIDE)
    assert [line.split() for line in wide] == [
        ["a", "=", "1", "a", "=", "1"],
        ["-", "b", "=", "2", "+", "c", "=", "3"],
        ["+", "d", "=", "4"],
        ["y", "=", "a", "y", "=", "a"],
    ]
    narrow = drawn(difference, WIDE - 1)
    assert narrow == ["  a = 1", "- b = 2", "+ c = 3", "+ d = 4", "  y = a"]


def test_hostile_text_is_shown_and_not_obeyed(pair):
    elite = replace(
        pair[0].elite, space=HOSTILE, status=HOSTILE, objectives={HOSTILE: HOSTILE}, source=HOSTILE
    )
    lost = replace(pair[0], elite=elite)
    shown = "".join(drawn(worth(lost, pair[1]), 200) + drawn(Difference(HOSTILE, "x"), 50))
    assert "[bold]x" in shown
    assert not any(character in shown for character in "\x1b\x07\u202e")


@pytest.mark.slow
async def test_goldens(kit, pair, panel, size, golden):
    app = kit.host(panel)
    async with app.run_test(size=size) as pilot:
        app.push_screen(CompareScreen(*pair, panel.shop))
        await pilot.pause()
        await kit.settle(pilot)
        await kit.compare(golden, app, pilot, "compare")
