"""What one can do with an elite, by its keys: copy, mark, note, export, and what goes wrong."""

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from elitemap.archive.errors import ArchiveError
from elitemap.archive.records import Remark
from elitemap.terminal.browser.dialogs import ConfirmDialog, NoteDialog
from elitemap.terminal.browser.elite import actions
from elitemap.terminal.browser.elite.exporting import ExportDialog


def best(archive):
    return next(id for id, view in archive.elites.items() if view.status == "certified")


@pytest.fixture
def written(archive, monkeypatch):
    """What was written as mark and note; the stand-in knows it afterwards."""
    calls: list[tuple[str, str | None, str | None]] = []

    def write(path, id, mark, note):
        calls.append((id, mark, note))
        archive.said[id] = Remark(mark, note, "2026-01-01")

    monkeypatch.setattr(actions, "_write_remark", write)
    return calls


async def test_every_action_has_a_key_of_its_own(kit, panel):
    bindings = actions.bindings()
    assert len({binding.key for binding in bindings}) == len(bindings) == len(actions.ACTIONS)
    app = kit.host(panel)
    async with app.run_test():
        titles = [command.title for command in actions.commands(panel)]
        assert titles == [f"{one.label} elite ({one.key})" for one in actions.ACTIONS.values()]


async def test_copying_what_is_shown(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 30)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        await pilot.press("y")
        await kit.settle(pilot)
        assert app.copied == [archive.elites[best(archive)].source]
        await pilot.press("v", "v")
        await kit.settle(pilot)
        await pilot.press("y")
        await kit.settle(pilot)
        assert "def exp2_approx(" in app.copied[1]


async def test_marking_and_taking_the_mark_away(kit, archive, panel, written):
    name = best(archive)
    app = kit.host(panel)
    async with app.run_test(size=(70, 30)) as pilot:
        panel.show(name)
        await kit.settle(pilot)
        await pilot.press("M")
        await kit.settle(pilot)
        assert "★ star" in kit.text(app)
        await pilot.press("M")
        await kit.settle(pilot)
        assert "★" not in kit.text(app)
    assert written == [(name, "star", None), (name, None, None)]


async def test_a_note_is_written_with_keys(kit, archive, panel, written):
    name = best(archive)
    archive.said[name] = Remark("star", "good", "2026-01-01")
    app = kit.host(panel)
    async with app.run_test(size=(70, 40)) as pilot:
        panel.show(name)
        await kit.settle(pilot)
        await pilot.press("n")
        await kit.settle(pilot)
        assert isinstance(app.screen, NoteDialog)
        await pilot.press("!", "ctrl+s")
        await kit.settle(pilot)
        assert written == [(name, "star", "good!")]
        assert "Note: good!" in kit.text(app)
        await pilot.press("n")
        await kit.settle(pilot)
        await pilot.press("escape")
        await kit.settle(pilot)
        assert not isinstance(app.screen, NoteDialog)
    assert len(written) == 1


@pytest.mark.slow
async def test_a_note_that_is_too_long_is_refused_in_place(kit, archive, panel, written):
    app = kit.host(panel)
    async with app.run_test(size=(70, 40)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        await pilot.press("n")
        await kit.settle(pilot)
        app.screen.query_one(TextArea).text = "x" * 10_001
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "10,001 characters are too many" in kit.text(app)
        assert not written


async def test_an_archive_that_cannot_be_written_is_told(kit, archive, panel, monkeypatch):
    def refuse(*arguments):
        raise ArchiveError("a.db is read-only: [copy] it")

    monkeypatch.setattr(actions, "_write_remark", refuse)
    app = kit.host(panel)
    async with app.run_test(size=(70, 30)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        await pilot.press("M")
        await kit.settle(pilot)
        assert app.told == ["a.db is read-only: [copy] it"]


async def fill(pilot, kit, folder: Path, name: str = ""):
    """Open the dialog, type folder and name, and leave the cursor there."""
    await pilot.press("e")
    await kit.settle(pilot)
    assert isinstance(pilot.app.screen, ExportDialog)
    pilot.app.screen.query_one("#folder", Input).value = str(folder)
    await pilot.press("tab", *name)


async def test_exporting(kit, archive, panel, tmp_path: Path):
    app = kit.host(panel)
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        await pilot.press("v", "v")
        await kit.settle(pilot)
        await fill(pilot, kit, tmp_path / "new", "found")
        await pilot.press("enter")
        await kit.settle(pilot)
        assert [path.name for path in (tmp_path / "new").iterdir()] == ["found.py"]
        assert "def found(" in (tmp_path / "new" / "found.py").read_text()
        assert app.told == [f"written: {tmp_path / 'new' / 'found.py'}"]


@pytest.mark.slow
async def test_existing_files_are_lost_only_if_one_says_so(kit, archive, panel, tmp_path: Path):
    (tmp_path / "found.h").write_text("precious")
    app = kit.host(panel)
    async with app.run_test(size=(100, 30)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        for answer, kept in (("escape", True), ("n", True), ("y", False)):
            await fill(pilot, kit, tmp_path, "found")
            await pilot.press("enter")
            await pilot.pause(0.3)
            assert isinstance(app.screen, ConfirmDialog)
            assert "found.h" in kit.text(app) and "found.c" not in kit.text(app)
            await pilot.press(answer)
            await pilot.pause(0.1)
            await kit.settle(pilot)
            assert ((tmp_path / "found.h").read_text() == "precious") is kept
            assert (tmp_path / "found.c").exists() is not kept
            await pilot.press("escape")
            await kit.settle(pilot)


async def test_mistakes_are_told_in_the_dialog(kit, archive, panel, tmp_path: Path):
    (tmp_path / "file").write_text("")
    app = kit.host(panel)
    async with app.run_test(size=(120, 30)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        await fill(pilot, kit, tmp_path / "file" / "deeper")
        await pilot.press("enter")
        await kit.settle(pilot)
        assert isinstance(app.screen, ExportDialog)
        assert "cannot write" in kit.text(app)
        await pilot.press("escape")
        await kit.settle(pilot)
        assert not isinstance(app.screen, ExportDialog)


@pytest.mark.slow
async def test_buttons_and_mouse(kit, archive, panel, tmp_path: Path):
    app = kit.host(panel)
    async with app.run_test(size=(80, 30)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        await fill(pilot, kit, tmp_path / "new", "found")
        await pilot.click("#cancel")
        await kit.settle(pilot)
        assert not (tmp_path / "new").exists()
        await fill(pilot, kit, tmp_path / "new", "found")
        await pilot.click("#export")
        await kit.settle(pilot)
        assert (tmp_path / "new" / "found.c").exists()


@pytest.mark.slow
async def test_goldens(kit, archive, panel, size, golden):
    app = kit.host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        await pilot.press("n")
        await kit.settle(pilot)
        await kit.compare(golden, app, pilot, "dialog-note")
        await pilot.press("escape", "e")
        await kit.settle(pilot)
        await kit.compare(golden, app, pilot, "dialog-export")
        app.push_screen(ConfirmDialog("exp2.c\nexp2.h\n\nexist already", "Overwrite"))
        await pilot.pause()
        await kit.compare(golden, app, pilot, "dialog-overwrite")
