import threading
import time

import numpy as np
import pytest

from elitemap.archive.objectives import recorded
from elitemap.archive.problems import Problem
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.inventory import ColumnInfo
from elitemap.archive.reading.listing import Listing
from elitemap.terminal.browser.answers import Table
from elitemap.terminal.browser.table import pane as table_pane
from elitemap.terminal.browser.table.drawing import WAITING
from elitemap.terminal.browser.table.layout import Columns, next_order
from elitemap.terminal.browser.table.rows import PAGE, Head, Row, Window, best_first, row
from elitemap.terminal.browser.table.view import EliteTable

HEADS = (Head("id", "id"), Head("ops", "ops", right=True), Head("source", "program"))
MILLION = 1_000_000


def made(number: int) -> Row:
    return Row(f"{number:064d}", "r", "candidate", (f"{number}", f"{number % 7}", f"y = {number}"))


@pytest.fixture
def endless(monkeypatch):
    """A listing of a million made-up rows; pages are answered when ``release`` says so."""
    held = {"rows": True, "asked": []}

    def table(reader, scope, sort, keep):
        listing = Listing(ElitesQuery(), np.zeros((MILLION, 2), np.int64))
        return Table(listing, MILLION, sort, HEADS, None)

    def page(reader, shown, number):
        held["asked"].append(number)
        assert threading.current_thread() is not threading.main_thread()
        while not held["rows"]:
            time.sleep(0.005)
        return [made(k) for k in range(number * PAGE, min((number + 1) * PAGE, MILLION))]

    monkeypatch.setattr(table_pane, "table", table)
    monkeypatch.setattr(table_pane, "page", page)
    return held


def body(lines, app):
    return [line for line in lines(app)[3:-1] if line.strip()]


def listed(lines, app):
    """The words of every row that is shown."""
    return [words for line in body(lines, app) if len(words := line.split()) > 5]


def test_shows_elites_with_the_columns_that_they_have(visit, quiet, archive, lines):
    async def steps(app, pilot):
        await pilot.press("3", "home")
        await quiet(pilot)
        text = lines(app)
        heads = "id status ★ ops digits ≥ est. error constants divisions program"
        assert text[2].split() == heads.split()
        first = text[3].split()
        assert first[1:6] == ["certified", "12", "5.60", "~2.5e-06", "1"]
        await pilot.press("end")
        await quiet(pilot)
        assert listed(lines, app)[-1][1:4] == ["candidate", "2", "—"]
        assert len(app.screen.views.table.view.current.cells[0]) == 10

    visit(archive, steps, size=(99, 24))


def test_opens_with_the_best_first(visit, quiet, archive, lines):
    """Proved digits first and many of them, then the search's estimates from small to large."""

    async def steps(app, pilot):
        await pilot.press("3", "home")
        await quiet(pilot)
        assert "the best first" in lines(app)[1]
        rows = [row[:2] + row[3:] if row[2] == "star" else row for row in listed(lines, app)]
        proved = [float(row[3]) for row in rows if row[1] == "certified"]
        estimates = [float(row[4][1:]) for row in rows if row[1] == "candidate"]
        assert [row[1] for row in rows] == ["certified"] * 8 + ["candidate"] * (len(rows) - 8)
        assert proved == sorted(proved, reverse=True) and estimates == sorted(estimates)

    visit(archive, steps, size=(99, 30))


@pytest.mark.parametrize(
    ("signs", "order"),
    [
        ({"ops": -1, "digits": 1, "error": -1}, "-digits,error,ops"),
        ({"delta": 1, "significance": 1}, "-delta,-significance"),
        ({"crossings": 0}, "-quality"),
        ({}, "-quality"),
    ],
)
def test_the_order_of_the_best_is_what_the_space_says(signs, order):
    declared = {one.name: one for one in recorded("elementary", {"pareto": list(signs.items())})}
    columns = [
        ColumnInfo(name, "objective", 0.0, 1.0, sign, declared[name])
        for name, sign in signs.items()
    ]
    assert best_first(columns) == order


def test_the_columns_of_several_problems_tell_which(visit, quiet, archive, lines):
    async def steps(app, pilot):
        await pilot.press("backspace", "backspace", "3")
        await quiet(pilot)
        assert lines(app)[2].split()[3:5] == ["space", "problem"]
        await pilot.press("end")
        await quiet(pilot)
        assert "knots" in lines(app)[-3]

    visit(archive, steps, size=(99, 24))


def test_keys_move_over_a_million_rows(visit, quiet, archive, lines, endless):
    async def steps(app, pilot):
        await pilot.press("3")
        await quiet(pilot)
        table = app.screen.query_one(EliteTable)
        assert table.total == MILLION
        for key, row_now in (
            ("end", MILLION - 1),
            ("up", MILLION - 2),
            ("home", 0),
            ("pagedown", table.size.height - 2),
            ("k", table.size.height - 3),
            ("G", MILLION - 1),
            ("pageup", MILLION - 1 - (table.size.height - 2)),
        ):
            await pilot.press(key)
            await quiet(pilot)
            assert table.cursor == row_now, key
            assert str(row_now) in "\n".join(lines(app)), key
        await pilot.press("colon", *"654,321", "enter")
        await quiet(pilot)
        assert table.cursor == 654_320
        assert "654320" in "\n".join(lines(app))
        await pilot.press("colon", *"none", "enter")
        assert table.cursor == 654_320

    visit(archive, steps)


def test_keys_answer_at_once_while_pages_are_on_their_way(
    visit, until, quiet, archive, endless, lines
):
    async def steps(app, pilot):
        await pilot.press("3")
        await quiet(pilot)
        endless["rows"] = False
        table = app.screen.query_one(EliteTable)
        for _ in range(20):
            table.action_page(1)
            for y in range(table.size.height):
                table.render_line(y)
        await pilot.press("end")
        assert table.cursor == MILLION - 1
        assert WAITING in lines(app)[4]
        endless["rows"] = True
        await until(pilot, lambda: "999999" in "\n".join(lines(app)))
        # Of the pages that were passed only the one that was being asked for was fetched.
        assert len(endless["asked"]) <= 5

    visit(archive, steps)


def test_a_click_moves_and_a_second_one_opens(visit, quiet, archive):
    async def steps(app, pilot):
        await pilot.press("3", "home")
        await quiet(pilot)
        table = app.screen.query_one(EliteTable)
        await pilot.click(table, offset=(20, 5))
        await quiet(pilot)
        assert table.cursor == 4 and table.column == 1
        assert not app.screen.panel.display
        await pilot.click(table, offset=(20, 5), times=2)
        await quiet(pilot)
        assert app.screen.panel.display
        assert app.screen.panel.dossier.elite.id == table.current.id

    visit(archive, steps)


def test_the_wheel_scrolls_the_window(visit, quiet, archive, endless):
    async def steps(app, pilot):
        await pilot.press("3")
        await quiet(pilot)
        table = app.screen.query_one(EliteTable)
        table.scroll_to(y=5000, animate=False)
        await quiet(pilot)
        assert table.top == 5000 and table.cursor == 0
        await pilot.press("down")
        assert table.top <= table.cursor < table.top + table.size.height

    visit(archive, steps)


def test_sorts_by_the_column_under_the_cursor_or_by_a_click_on_its_head(
    visit, quiet, archive, lines
):
    async def steps(app, pilot):
        async def order(action):
            await action
            await quiet(pilot)
            return body(lines, app)[0], lines(app)[2]

        await pilot.press("3")
        await quiet(pilot)
        first, head = await order(pilot.press(*["right"] * 4, "s", "home"))
        assert "digits ≥▼" in head and " 5.60 " in first
        first, head = await order(pilot.press("s", "home"))
        assert "digits ≥▲" in head and " 0.90 " in first
        first, head = await order(pilot.press("s"))
        assert "▲" not in head and "▼" not in head
        column = head.index("est.")
        first, head = await order(
            pilot.click(app.screen.query_one(EliteTable), offset=(column + 2, 0))
        )
        assert "est. error▲" in head

    visit(archive, steps)


def test_sorting_keeps_the_cursor_on_its_elite(visit, quiet, archive):
    async def steps(app, pilot):
        await pilot.press("3", "home")
        await quiet(pilot)
        await pilot.press("down", "down")
        await quiet(pilot)
        table = app.screen.query_one(EliteTable)
        before = table.current.id
        await pilot.press(*["right"] * 4, "s")
        await quiet(pilot)
        await pilot.press("s")
        await quiet(pilot)
        assert table.current.id == before and table.cursor != 2

    visit(archive, steps)


def test_columns_right_of_the_window_come_into_view(visit, quiet, archive, lines):
    async def steps(app, pilot):
        await pilot.press("3")
        await quiet(pilot)
        assert "program" not in lines(app)[2]
        await pilot.press(*["l"] * 8)
        await pilot.pause()
        assert "program" in lines(app)[2]
        await pilot.press(*["h"] * 30)
        await pilot.pause()
        assert lines(app)[2].startswith("id")

    visit(archive, steps)


def test_hostile_texts_become_visible_escapes(make_elite):
    class Line:
        id, status = "f" * 64, "candidate"
        problem = Problem("1a2b3c4d", "x\x1b", "s", "t", "{}")
        quality, operator, remark = 1.0, "\x1b[2J", None
        objectives = {"label": "[red]x[/red]\u202e"}
        measures = {"ops": None}
        source = "y = \x1b]0;owned\x07 [bold]"

    heads = [Head(name, name) for name in ("label", "source", "ops", "operator", "mark")]
    cells = row(Line(), heads).cells
    assert cells[0] == "[red]x[/red]\\u202e"
    assert cells[1] == "y = \\x1b]0;owned\\x07 [bold]"
    assert cells[2:] == ("—", "\\x1b[2J", "")


def test_wide_characters_keep_the_columns_straight():
    columns = Columns.of(HEADS).fitted([Row("i", "r", "s", ("字字字", "1", "e\u0301e"))])
    from rich.style import Style

    blank = Style()
    segments = columns.line(("字字字", "1", "é"), [blank] * 3, blank)
    assert sum(segment.cell_length for segment in segments) == columns.starts[-1]
    assert columns.hit(0) == 0 and columns.hit(8) == 1 and columns.hit(500) is None


def test_keys_lead_through_columns_that_are_wider_than_the_window():
    columns = Columns(HEADS, (8, 8, 100))  # they begin at 0, 10 and 20
    assert columns.moved(0, 1, 0, 40) == (1, 0)
    assert columns.moved(1, 1, 0, 40) == (2, 20)
    assert columns.moved(2, 1, 20, 40) == (2, 36)
    assert columns.moved(2, 1, 80, 40) == (2, 82)  # its end
    assert columns.moved(2, -1, 36, 40) == (2, 20)
    assert columns.moved(2, -1, 20, 40) == (1, 10)
    assert columns.moved(0, -30, 10, 40) == (0, 0)
    assert columns.moved(0, 1, 0, 15) == (1, 5)  # just into view


def test_widths_never_shrink():
    wide = Columns.of(HEADS).fitted([made(123456789)])
    assert wide.fitted([made(1)]) == wide


@pytest.mark.parametrize("falling, first", [(False, "x"), (True, "-x")])
def test_orders_follow_each_other(falling, first):
    head = Head("x", "x", falling=falling)
    second = next_order(first, head)
    assert next_order("", head) == first == next_order("other", head)
    assert {first, second} == {"x", "-x"}
    assert next_order(second, head) == ""


def test_a_window_keeps_few_pages_and_shows_old_rows_until_new_ones_come():
    window = Window(MILLION)
    for page in range(100):
        window.put(page, [made(page * PAGE + k) for k in range(PAGE)])
    assert window.fresh(0) is None and window.fresh(99 * PAGE) == made(99 * PAGE)
    assert window.missing([0, 1, 99 * PAGE]) == [0]
    after = window.followed(50, range(99 * PAGE, 99 * PAGE + 3))
    assert after.fresh(99 * PAGE) is None and after.known(99 * PAGE + 2) == made(99 * PAGE + 2)
    assert after.known(0) is None
