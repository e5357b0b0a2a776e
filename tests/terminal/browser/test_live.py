import os
import sqlite3

import pytest

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.browser import watch
from elitemap.terminal.browser.search.panel import SearchPanel
from elitemap.terminal.browser.state import Place


def count(lines, app):
    return int(lines(app)[0].split()[-2].replace(",", "").replace("…", "0"))


@pytest.mark.parametrize("tab", ["map", "plot", "table"])
def test_what_others_write_is_shown(visit, quiet, until, archive, lines, make_elite, tab):
    async def steps(app, pilot):
        with ArchiveWriter.open(archive) as writer:
            writer.flush("0123456789ab", [make_elite(slot) for slot in range(24, 40)])
            await until(pilot, lambda: count(lines, app) == 40)
            await quiet(pilot)
        shown = {
            "map": lambda: app.screen.views.map.view.heatmap.count.sum(),
            "plot": lambda: len(app.screen.views.plot.view.cloud) + 26,  # 14 of 40 are proved
            "table": lambda: app.screen.views.table.view.total,
        }
        assert shown[tab]() == 40

    visit(archive, steps, place=Place("elementary", "14c6dd3c", tab=tab))


def test_the_cursor_stays_on_its_elite(visit, quiet, until, archive, make_elite):
    async def steps(app, pilot):
        await pilot.press("3", "home")
        await quiet(pilot)
        table, slots = app.screen.views.table.view, []
        with ArchiveReader.open(archive) as reader:
            for _ in range(4):
                slots.append(reader.elite(table.current.id).slot)
                await pilot.press("down")
                await quiet(pilot)
            here = reader.elite(table.current.id).slot
        before, height = table.current.id, table.cursor - table.top
        with ArchiveWriter.open(archive) as writer:
            writer.flush("0123456789ab", [], removed_slots=slots[:2])
        await until(pilot, lambda: table.total == 22)
        await quiet(pilot)
        assert table.current.id == before and table.cursor == 2
        with ArchiveWriter.open(archive) as writer:
            writer.flush("0123456789ab", [], removed_slots=[here])
        await until(pilot, lambda: table.total == 21)
        await quiet(pilot)
        assert table.cursor == 2 and table.current is not None
        assert height == 4

    visit(archive, steps)


def test_a_mistake_that_is_being_typed_outlives_changes(visit, until, archive, lines, make_elite):
    async def steps(app, pilot):
        await pilot.press("w", "o", "p", "s")
        await until(pilot, lambda: "expected one of" in lines(app)[3])
        with ArchiveWriter.open(archive) as writer:
            writer.flush("0123456789ab", [make_elite(24)])
        await until(pilot, lambda: count(lines, app) == 25)
        assert "expected one of" in lines(app)[3]

    visit(archive, steps)


def test_no_writer_waits_and_every_checkpoint_gets_through(visit, quiet, archive, make_elite):
    async def steps(app, pilot):
        for key in ("1", "2", "3"):
            await pilot.press(key)
            await quiet(pilot)
        with ArchiveWriter.open(archive, timeout=0.0) as writer:
            for slot in range(24, 30):
                writer.flush("0123456789ab", [make_elite(slot)])
                await pilot.pause(0.05)
        await quiet(pilot)
        connection = sqlite3.connect(archive, timeout=0.0, isolation_level=None)
        busy, log, done = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.close()
        assert (busy, log, done) == (0, 0, 0)

    visit(archive, steps)


def test_a_slow_refresh_is_followed_by_a_rest(monkeypatch):
    import asyncio

    class Lane:
        async def ask(self, question):
            return object()

    now = [100.0]
    monkeypatch.setattr(watch, "monotonic", lambda: now[0])

    async def go():
        looks = watch.Watch(Lane())
        assert await looks.changed()
        looks.asked()
        now[0] += 2.0
        looks.answered()
        now[0] += 5.0
        assert not await looks.changed()
        now[0] += 1.5
        assert await looks.changed()
        looks.answered()
        looks.lost()
        assert looks.version is None and await looks.changed()

    asyncio.run(go())


@pytest.mark.slow
def test_follows_a_writer_in_a_hurry(visit, quiet, until, archive, lines, make_elite):
    async def steps(app, pilot):
        await pilot.press("3")
        with ArchiveWriter.open(archive, timeout=0.0) as writer:
            for slot in range(24, 424):
                writer.flush("0123456789ab", [make_elite(slot)])
                if slot % 10 == 0:
                    await pilot.press("down")
        await until(pilot, lambda: count(lines, app) == 424)
        assert os.path.exists(archive)

    visit(archive, steps)


def test_the_views_go_to_a_search_that_begins_here_and_fill(
    visit, quiet, until, archive, lines, make_run, make_elite
):
    async def steps(app, pilot):
        with ArchiveWriter.open(archive) as writer:
            writer.begin(make_run("feedfeedfeed", target="cos"))
            app.screen.search.post_message(SearchPanel.Began("feedfeedfeed"))
            await until(pilot, lambda: "cos › run feedfeedfeed" in lines(app)[0])
            assert "where" not in lines(app)[0]
            writer.flush("feedfeedfeed", [make_elite(slot) for slot in range(7)])
            await until(pilot, lambda: lines(app)[0].endswith("7 elites"))
        await quiet(pilot)

    visit(archive, steps, place=Place("elementary", "14c6dd3c", where="ops <= 4", tab="table"))
