import os
import shutil
import sqlite3

import pytest

from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.store import ArchiveWriter
from elitemap.terminal.boundary import Boundary
from elitemap.terminal.browser.bars import Banner
from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.table import pane as table_pane
from elitemap.terminal.commands import browse as command


@pytest.fixture
def at_a_terminal(monkeypatch):
    monkeypatch.setattr(command, "at_terminal", lambda: True)


def banner(app):
    found = app.screen.query_one(Banner)
    return found.render().plain if found.display else ""


def missing(path, archive):
    return "no archive at"


def foreign(path, archive):
    path.write_text("hello\n")
    return "not an elitemap archive"


def folder(path, archive):
    path.mkdir()
    return "cannot be read"


def other_database(path, archive):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    return "not an elitemap archive"


def newer(path, archive):
    shutil.copy(archive, path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    return "newer elitemap"


def truncated(path, archive):
    path.write_bytes(archive.read_bytes()[:5000])
    return "damaged or truncated"


@pytest.mark.parametrize("make", [missing, foreign, folder, other_database, newer, truncated])
def test_what_cannot_be_browsed_is_told_before_the_screen_opens(
    tmp_path, archive, make, at_a_terminal, capsys
):
    expected = make(tmp_path / "bad.db", archive)
    with Boundary() as boundary:
        command.browse(tmp_path / "bad.db")
    said = capsys.readouterr()
    assert boundary.code == 3
    assert expected in said.err and said.err.count("\n") == 1
    assert said.out == "" and not (tmp_path / "state").exists()


def test_needs_a_terminal(archive, capsys):
    with pytest.raises(UsageError, match="needs a terminal"):
        command.browse(archive)


def test_an_unknown_run_is_refused(archive, at_a_terminal):
    with pytest.raises(UsageError, match="expected the beginning of an id, got 'zz'"):
        command.browse(archive, "zz")


def test_an_empty_archive_says_what_to_do(
    visit, quiet, until, tmp_path, lines, make_run, make_elite
):
    archive = tmp_path / "new.db"
    ArchiveWriter.open(archive).close()

    async def steps(app, pilot):
        for key in ("3", "2", "1"):
            await pilot.press(key)
            await quiet(pilot)
            assert "press r to start a search" in "\n".join(lines(app))
        with ArchiveWriter.open(archive) as writer:
            writer.begin(make_run())
            writer.flush("0123456789ab", [make_elite(0)])
        await until(pilot, lambda: "1 elite" in lines(app)[0])
        assert "press r" not in "\n".join(lines(app))

    visit(archive, steps, place=Place())


def test_a_filter_that_leaves_nothing_says_so(visit, quiet, archive, lines):
    async def steps(app, pilot):
        assert "no elites match: escape drops the filter" in "\n".join(lines(app))

    visit(archive, steps, place=Place("elementary", "14c6dd3c", where="ops > 100"))


def test_an_archive_that_vanishes_is_told_and_found_again(visit, quiet, until, archive, lines):
    async def steps(app, pilot):
        kept = archive.with_name("kept.db")
        for tab in ("1", "2", "3"):
            await pilot.press(tab)
            await quiet(pilot)
            shutil.copy(archive, kept)
            archive.rename(archive.with_name("moved.db"))
            await until(pilot, lambda: "no archive at" in "\n".join(lines(app)))
            await pilot.press("down", "right", "end", "home", "3", "1", "2")
            await quiet(pilot)
            assert "no archive at" in banner(app)
            kept.rename(archive)
            await until(pilot, lambda: not banner(app))
            await pilot.press(tab)
            await quiet(pilot)
            assert not banner(app) and "24 elites" in lines(app)[0]

    visit(archive, steps, place=Place("elementary", "14c6dd3c", tab="map"))


def test_an_archive_that_is_cut_short_meanwhile(visit, quiet, until, archive):
    async def steps(app, pilot):
        content = archive.read_bytes()
        with sqlite3.connect(archive) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        os.truncate(archive, 6000)
        await pilot.press("3", "end")
        await until(pilot, lambda: "damaged or truncated" in banner(app))
        await pilot.press("slash", "x", "enter", "escape", "2", "1")
        archive.unlink()
        archive.write_bytes(content)
        await until(pilot, lambda: not banner(app))

    visit(archive, steps)


def test_another_archive_at_the_same_place_is_shown(
    visit, quiet, until, archive, lines, fill, make_run, make_elite
):
    async def steps(app, pilot):
        other = fill(archive.with_name("other.db"), (make_run(), [make_elite(k) for k in range(3)]))
        os.replace(other, archive)
        await until(pilot, lambda: "3 elites" in lines(app)[0])
        await quiet(pilot)

    visit(archive, steps)


def test_a_file_that_may_only_be_read(visit, quiet, archive, lines):
    archive.chmod(0o444)
    archive.parent.chmod(0o555)
    try:

        async def steps(app, pilot):
            await pilot.press("3")
            await quiet(pilot)
            assert "24 elites" in lines(app)[0] and not banner(app)

        visit(archive, steps)
    finally:
        archive.parent.chmod(0o755)


def test_a_space_that_is_not_installed_is_shown_as_data(visit, quiet, archive, lines):
    async def steps(app, pilot):
        assert "3 elites" in lines(app)[0]
        for key in ("2", "3"):
            await pilot.press(key)
            await quiet(pilot)
        text = "\n".join(lines(app))
        assert "prime" in text and "knot 2" in text
        assert not banner(app)

    visit(archive, steps, size=(160, 50), place=Place("knots", "8b1cfc4b", tab="map"))


def test_hostile_programs_are_shown_and_never_obeyed(
    visit, quiet, tmp_path, fill, make_run, make_elite, lines
):
    hostile = "y = \x1b[31m[bold]x[/bold]\x1b]0;owned\x07\u202e\u2066\n[red]z"
    archive = fill(
        tmp_path / "a.db",
        (make_run(), [make_elite(0, source=hostile), make_elite(5, operator="[b]\x1b[2J")]),
    )
    with ArchiveWriter.open(archive) as writer:
        writer.remark(make_elite(0).id, "[red]\x1b[1m", "note [bold]\x1b[31m\u202e")

    async def steps(app, pilot):
        for key in ("1", "2", "3"):
            await pilot.press(key)
            await quiet(pilot)
            text = "\n".join(lines(app))
            assert not {"\x1b", "\x07", "\u202e", "\u2066"} & set(text)
        assert "y = \\x1b[31m[bold]x[/bold]" in text
        svg = app.export_screenshot()
        assert "owned" in svg and "\x1b" not in svg

    visit(archive, steps, size=(160, 50))


def test_a_mistake_of_ours_ends_in_one_line_and_its_code(
    archive, at_a_terminal, capsys, monkeypatch
):
    from elitemap.terminal.browser.app import ElitemapBrowser

    def broken(reader, scope, sort, keep):
        raise RuntimeError("a mistake")

    monkeypatch.setattr(table_pane, "table", broken)

    def press_three(app):
        import asyncio

        async def go():
            async with app.run_test() as pilot:
                await pilot.press("3")
                while app.failure is None:
                    await pilot.pause(0.02)

        try:
            asyncio.run(go())
        except Exception:  # as run() does not
            return None

    monkeypatch.setattr(ElitemapBrowser, "run", press_three)
    with Boundary() as boundary:
        command.browse(archive)
    said = capsys.readouterr()
    assert boundary.code == 70
    assert said.err.startswith("elitemap: internal error, RuntimeError: a mistake")
    assert said.err.count("\n") == 1 and said.out == ""


def test_a_reader_that_fails_is_opened_again(archive):
    import asyncio

    from elitemap.terminal.browser.lanes import Lane

    async def go():
        lane = Lane(archive, "test")

        def fail(reader):
            raise ArchiveError("once")

        first = await lane.ask(id)
        with pytest.raises(ArchiveError, match="once"):
            await lane.ask(fail)
        assert len(await lane.ask(lambda reader: reader.runs())) == 3
        assert first is not None
        lane.close()

    asyncio.run(go())


def test_a_question_that_is_given_up_is_interrupted(archive):
    import asyncio

    from elitemap.terminal.browser.lanes import Lane

    long = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000)"
    answered = []

    def count(reader):
        answered.append(reader._rows(f"{long} SELECT max(i) FROM n"))

    async def go():
        lane = Lane(archive, "test")
        await lane.ask(lambda reader: reader.runs())
        question = asyncio.ensure_future(lane.ask(count))
        queued = asyncio.ensure_future(lane.ask(lambda reader: pytest.fail("was asked")))
        await asyncio.sleep(0.1)
        question.cancel()
        queued.cancel()
        assert len(await lane.ask(lambda reader: reader.runs())) == 3
        lane.close()
        assert not answered

    asyncio.run(go())
