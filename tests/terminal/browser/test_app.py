import re
import subprocess
import sys

import numpy as np

from elitemap.terminal.browser.guard import TooSmall
from elitemap.terminal.browser.help import HelpScreen, sections
from elitemap.terminal.browser.map.view import MapView
from elitemap.terminal.browser.plot.view import ParetoView
from elitemap.terminal.browser.state import Memory, Place
from elitemap.terminal.browser.table.view import EliteTable
from elitemap.terminal.browser.themes import DARK, LIGHT, counterpart


def test_starts_at_the_place_with_counts_of_its_elites(visit, archive, lines):
    async def steps(app, pilot):
        text = lines(app)
        assert text[0].split() == ["small.db", "›", "elementary", "›", "exp2", "24", "elites"]
        assert "1 map" in text[1] and "quality" in text[2]
        assert isinstance(app.focused, MapView)

    visit(archive, steps)


def test_two_keys_and_a_click_lead_to_every_view(visit, quiet, archive):
    async def steps(app, pilot):
        for keys, view in (("2p", ParetoView), ("3t", EliteTable), ("1m", MapView)):
            for key in keys:
                await pilot.press("3" if view is MapView else "1", key)
                await quiet(pilot)
                assert isinstance(app.focused, view)
        await pilot.click("#tab-plot")
        await quiet(pilot)
        assert isinstance(app.focused, ParetoView)

    visit(archive, steps)


def test_sides_are_drawers_on_a_narrow_screen_only(visit, archive):
    async def steps(app, pilot):
        tree, panel = app.screen.query_one("#tree"), app.screen.query_one("#elite")
        assert not tree.display and not panel.display
        await pilot.press("left_square_bracket")
        assert tree.display and tree.has_focus and tree.region.x == 0
        assert app.screen.query_one("#centre").region.x == 0  # the drawer lies over it
        await pilot.press("escape")
        assert not tree.display and isinstance(app.focused, MapView)
        await pilot.press("right_square_bracket")
        assert panel.display and panel.region.right == 80
        await pilot.resize_terminal(160, 50)
        await pilot.pause()
        assert tree.display and panel.display
        assert app.screen.query_one("#centre").region.x == tree.region.right
        await pilot.resize_terminal(110, 30)
        await pilot.pause()
        assert not tree.display and panel.display

    visit(archive, steps)


def test_the_cursor_leads_the_elite_through_all_views(visit, quiet, archive):
    async def steps(app, pilot):
        shown = []
        for keys in (("3", "up"), ("2", "right"), ("1", "left"), ("3",)):
            for key in keys:
                await pilot.press(key)
                await quiet(pilot)
            shown.append(app.screen.panel.dossier.elite.id)
        assert len(set(shown[:3])) == 3
        assert shown[3] == shown[2]  # the table opens at the elite that is shown

    visit(archive, steps, size=(160, 50))


def test_an_empty_cell_dims_the_last_elite(visit, quiet, archive, lines):
    async def steps(app, pilot):
        view, panel = app.screen.views.map.view, app.screen.panel
        last = panel.dossier.elite.id
        empty = np.argwhere(~view.heatmap.filled)[0]
        view.cursor = (int(empty[1]), int(empty[0]))
        await quiet(pilot)
        text = "\n".join(lines(app))
        assert f"empty cell; last: {last[:12]}" in text and panel.has_class("-left")
        assert ", empty" in text  # the line below the map
        for keys in (("b",), ("2",), ("1",)):
            await pilot.press(*keys)
            await quiet(pilot)
            assert not panel.has_class("-left") and "empty cell" not in "\n".join(lines(app))

    place = Place("elementary", "14c6dd3c", where="digits >= 2", tab="map")
    visit(archive, steps, size=(160, 50), place=place)


def test_says_that_the_terminal_is_too_small_until_it_has_grown(visit, archive, lines):
    async def steps(app, pilot):
        await pilot.resize_terminal(41, 10)
        await pilot.pause()
        assert isinstance(app.screen, TooSmall)
        assert " ".join(" ".join(lines(app)).split()) == (
            "terminal too small: needs 60x16, has 41x10"
        )
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert "has 50x12" in "".join(lines(app))
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert not isinstance(app.screen, TooSmall)
        assert "small.db" in lines(app)[0]

    visit(archive, steps)


def test_starts_too_small_and_recovers_also_under_the_help(visit, archive):
    async def steps(app, pilot):
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await pilot.press("question_mark")
        await pilot.resize_terminal(30, 5)
        await pilot.pause()
        assert isinstance(app.screen, TooSmall)
        await pilot.press("question_mark", "escape")
        assert isinstance(app.screen, TooSmall)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)

    visit(archive, steps, size=(40, 10))


def test_help_names_every_key_and_closes(visit, archive, lines):
    async def steps(app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        text = "\n".join(lines(app))
        for line in ("/", "Heat map", "Dark or light", "Sort by this column"):
            assert line in text
        await pilot.press("escape")
        assert not isinstance(app.screen, HelpScreen)

    visit(archive, steps, size=(100, 100))


def test_keys_are_told_without_an_app():
    found = {section.title: dict(section.lines) for section in sections()}
    assert list(found)[:4] == ["Everywhere", "Map", "Plot", "Table"]
    assert found["Everywhere"]["1 m"] == "Heat map" and found["Everywhere"]["^t"] == "Dark or light"
    assert found["Map"]["← h"] == "Left" and found["Table"]["end G"] == "Last row"
    assert found["Line for filters"].keys() == {"↑", "↓", "tab", "esc"}


def test_the_palette_offers_what_keys_do(visit, archive):
    async def steps(app, pilot):
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Show map", "Show plot", "Show table", "Find", "Filter", "Help"} <= titles
        assert {"Dark or light", "Drop filters", "Runs", "Elite", "Quit"} <= titles

    visit(archive, steps)


def test_a_command_of_the_palette_works(visit, quiet, until, archive):
    async def steps(app, pilot):
        await pilot.press("ctrl+p", *"table")
        await until(pilot, lambda: app.screen.query_one("CommandList").option_count > 0)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, EliteTable))

    visit(archive, steps)


def test_themes_change_by_a_key_and_are_remembered(visit, archive):
    async def steps(app, pilot):
        assert app.theme == DARK.name
        await pilot.press("ctrl+t")
        assert app.theme == LIGHT.name
        await pilot.press("q")

    app = visit(archive, steps)
    assert app.return_value.theme == LIGHT.name
    again = visit(archive, _nothing, memory=app.return_value)
    assert again.theme == LIGHT.name


def test_an_unknown_theme_is_passed_over(visit, archive):
    assert visit(archive, _nothing, memory=Memory(theme="no such theme")).theme == DARK.name


def test_every_theme_has_a_counterpart():
    assert counterpart("textual-dark", True) == "textual-light"
    assert counterpart("textual-light", False) == "textual-dark"
    assert counterpart("nord", True) == LIGHT.name


def test_no_color_leaves_none(visit, archive, monkeypatch):
    async def steps(app, pilot):
        found = set(re.findall(r"#[0-9a-f]{6}", app.export_screenshot()))
        found -= {"#ff5f57", "#febc2e", "#28c840", "#c5c8c6"}  # of the frame
        assert {c for c in found if not c[1:3] == c[3:5] == c[5:7]} == set()

    monkeypatch.setenv("NO_COLOR", "1")
    visit(archive, steps)


def test_leaving_tells_where_one_was(visit, quiet, archive):
    async def steps(app, pilot):
        await pilot.press("3")
        await quiet(pilot)  # the table has its columns
        await pilot.press("right", "right", "right", "s")
        await quiet(pilot)
        await pilot.press("2")
        await quiet(pilot)
        await pilot.press("a")
        await quiet(pilot)
        await pilot.press("q")

    app = visit(archive, steps)
    place = app.return_value.place(archive)
    assert (place.space, place.problem, place.tab, place.sort) == (
        "elementary", "14c6dd3c", "plot", "ops",
    )  # fmt: skip
    assert place.plot_x and place.plot_y

    async def look(app, pilot):
        await pilot.press("3")
        await quiet(pilot)
        assert "by ops, smallest first" in app.screen.query_one("#remark").render().plain

    visit(archive, look, place=place)


def test_the_note_of_the_state_file_is_told(visit, until, archive, lines):
    async def steps(app, pilot):
        await until(pilot, lambda: "no [bold]markup" in "\n".join(lines(app)))

    visit(archive, steps, note="no [bold]markup")


def test_up_leads_to_the_whole(visit, quiet, archive, lines):
    async def steps(app, pilot):
        for expected in ("elementary › exp2", "elementary ", "all spaces", "all spaces"):
            assert expected in lines(app)[0]
            await pilot.press("backspace")
            await quiet(pilot)

    visit(archive, steps, size=(110, 30))


def test_commands_other_than_browse_do_not_import_the_library_of_the_ui(archive):
    code = (
        "import sys; from elitemap.cli import cli;"
        "cli(sys.argv[1:], standalone_mode=False);"
        "print([name for name in sys.modules if name.split('.')[0] == 'textual'])"
    )
    for arguments in (
        ["--help"],
        ["elites", "--archive", str(archive), "--json"],
        ["runs", "--archive", str(archive)],
        ["spaces"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
        )
        assert done.stdout.rstrip().endswith("[]"), arguments


async def _nothing(app, pilot):
    pass
