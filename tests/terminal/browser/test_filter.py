import pytest
from textual.events import Key

from elitemap.terminal.browser.filter import FilterLine, completed
from elitemap.terminal.browser.state import Memory
from elitemap.terminal.browser.table.view import EliteTable


def keys(text):
    names = {" ": "space", "<": "less_than_sign", ">": "greater_than_sign", "=": "equals_sign"}
    names |= {"'": "apostrophe", "/": "slash", "[": "left_square_bracket", "_": "underscore"}
    return [names.get(character, character) for character in text]


def count(lines, app):
    return int(lines(app)[0].split()[-2].replace(",", ""))


def test_a_filter_holds_for_all_views_and_the_breadcrumb(visit, quiet, until, archive, lines):
    async def steps(app, pilot):
        for key in ("2", "1"):
            await pilot.press(key)
            await quiet(pilot)
        await pilot.press("w", *keys("ops <= 4 and constants < 2"), "enter")
        await quiet(pilot)
        assert "where ops <= 4 and constants < 2" in lines(app)[0]
        assert count(lines, app) == 4
        assert "4 elites" not in lines(app)[1]
        assert app.screen.views.map.view.heatmap.count.sum() == 4
        await pilot.press("2")
        await quiet(pilot)
        assert len(app.screen.views.plot.view.cloud) == 1  # the only one with proved digits
        await pilot.press("3")
        await quiet(pilot)
        assert app.screen.query_one(EliteTable).total == 4
        assert not app.screen.query_one(FilterLine).display
        await pilot.press("escape")
        await quiet(pilot)
        assert count(lines, app) == 24

    visit(archive, steps)


def test_it_is_applied_while_one_types(visit, quiet, until, archive, lines):
    async def steps(app, pilot):
        await pilot.press("3", "slash", *keys("t4 ="))
        await until(pilot, lambda: count(lines, app) == 8)
        assert app.screen.query_one(FilterLine).display
        await pilot.press("backspace", "backspace", "backspace", *keys("5 ="))
        await until(pilot, lambda: count(lines, app) == 4)
        await pilot.press("escape")
        await until(pilot, lambda: count(lines, app) == 24)
        assert isinstance(app.focused, EliteTable)

    visit(archive, steps)


def test_what_is_typed_ahead_goes_into_the_line(visit, until, archive):
    async def steps(app, pilot):
        await pilot.press("3")
        for key, character in zip(keys("wops <= 4"), "wops <= 4", strict=True):
            app.post_message(Key(key, character))
        value = app.screen.query_one(FilterLine).query_one("Input")
        await until(pilot, lambda: value.value == "ops <= 4")

    visit(archive, steps)


def test_a_search_finds_ids_by_their_beginning(visit, quiet, until, archive, lines, make_elite):
    async def steps(app, pilot):
        await pilot.press("3", "slash", *make_elite(7).id[:9], "enter")
        await until(pilot, lambda: count(lines, app) == 1)
        await quiet(pilot)
        assert app.screen.panel.dossier.elite.id == make_elite(7).id

    visit(archive, steps)


def test_a_mistake_is_told_in_place_and_what_was_shown_stays(visit, quiet, until, archive, lines):
    async def steps(app, pilot):
        await pilot.press("3", "w", *keys("ops <= 4"))
        await until(pilot, lambda: count(lines, app) == 8)
        await pilot.press(*keys(" and"))
        await until(pilot, lambda: "column 13" in lines(app)[3])
        assert count(lines, app) == 8 and len(app.screen_stack) == 1
        await pilot.press("enter")  # is not accepted
        await quiet(pilot)
        line = app.screen.query_one(FilterLine)
        assert line.display and "column 13" in lines(app)[3]
        await pilot.press(*keys(" nodigits < 3"))
        await until(pilot, lambda: "unknown name 'nodigits'" in lines(app)[3])
        await pilot.press(*["backspace"] * 17, "enter")
        await until(pilot, lambda: not line.display)
        await quiet(pilot)
        assert count(lines, app) == 8 and "where ops <= 4" in lines(app)[0]

    visit(archive, steps)


def test_names_are_completed(visit, quiet, until, archive, lines):
    async def steps(app, pilot):
        value = app.screen.query_one(FilterLine).query_one("Input")
        await pilot.press("w")
        await quiet(pilot)
        await pilot.press(*keys("ops < 9 and con"))
        await until(pilot, lambda: "constants" in lines(app)[2])
        assert value.value == "ops < 9 and con"  # only shown
        await pilot.press("tab")
        assert value.value == "ops < 9 and constants" and value.has_focus
        await pilot.press("tab", *keys(" < 1 and stat"))
        await until(pilot, lambda: "status" in lines(app)[2])
        await pilot.press("right", *keys(" = 'certified'"), "enter")
        await until(pilot, lambda: count(lines, app) == 2)
        # Other lines have no names.
        await pilot.press("slash", *keys("con"))
        await quiet(pilot)
        assert "constants" not in lines(app)[2]

    visit(archive, steps, size=(110, 24))


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("o", "ops"),
        ("digits > 3 and (o", "digits > 3 and (ops"),
        ("ops", None),  # is whole
        ("ops ", None),
        ("source = 'o", None),  # a text, no name
        ("source = 'it''s' and o", "source = 'it''s' and ops"),
        ("ops < 1e", None),  # a number
        ("error_u", "error_ulp"),
        ("x", None),
        ("", None),
    ],
)
def test_the_last_name_is_completed_to_the_first_that_begins_so(text, whole):
    assert completed(text, ["ops", "option", "error", "error_ulp", "e"]) == whole


def test_keys_of_views_are_text_here(visit, quiet, archive):
    async def steps(app, pilot):
        await pilot.press("3", "slash", *"123qsmptfw", "question_mark", "left_square_bracket")
        await quiet(pilot)
        line = app.screen.query_one(FilterLine)
        assert line.query_one("Input").value == "123qsmptfw?["
        assert not app.screen.query_one("#tree").display and len(app.screen_stack) == 1

    visit(archive, steps)


def test_earlier_filters_come_back_also_after_a_restart(visit, quiet, archive):
    async def steps(app, pilot):
        value = app.screen.query_one(FilterLine).query_one("Input")
        await pilot.press("w", *keys("ops < 3"), "enter")
        await quiet(pilot)
        await pilot.press("w", *["backspace"] * 7, *keys("ops < 5"), "enter")
        await quiet(pilot)
        await pilot.press("w", "up")
        assert value.value == "ops < 3"
        await pilot.press("up")
        assert value.value == "constants = 1"
        await pilot.press("up", "down", "down", "down")
        assert value.value == "ops < 5"
        await pilot.press("enter", "q")

    app = visit(archive, steps, memory=Memory(filters=("constants = 1",)))
    assert app.return_value.filters == ("constants = 1", "ops < 3", "ops < 5")


def test_a_filter_that_the_archive_does_not_take_any_more_is_dropped(visit, quiet, archive, lines):
    from dataclasses import replace

    from elitemap.terminal.browser.state import Place

    async def steps(app, pilot):
        assert "unknown name 'speed'" in lines(app)[3]
        await pilot.press("escape")
        await quiet(pilot)
        assert count(lines, app) == 24

    visit(archive, steps, place=replace(Place("elementary", "14c6dd3c"), where="speed > 3"))


def test_markup_and_control_characters_in_a_filter_are_shown(visit, quiet, archive, lines):
    async def steps(app, pilot):
        await pilot.press("slash")
        app.screen.query_one(FilterLine).query_one("Input").value = "[red]\x1b[31m"
        await pilot.press("enter")
        await quiet(pilot)
        assert "/[red]\\x1b[31m" in lines(app)[0]

    visit(archive, steps)
