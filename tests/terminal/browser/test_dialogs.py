"""Dialogs: what was typed is kept, and the keys at the bottom are those that work."""

import pytest
from textual.command import CommandPalette
from textual.widgets import TextArea

from elitemap.terminal.browser.dialogs import ConfirmDialog, NoteDialog
from elitemap.terminal.browser.screen import BrowseScreen


@pytest.mark.parametrize("leaving", ["escape", "ctrl+q"])
def test_a_typed_note_is_dropped_only_if_one_says_so(visit, quiet, until, archive, leaving):
    async def steps(app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NoteDialog))
        note = app.screen
        await pilot.press("h", "i", leaving)
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is note)
        assert "hi" in note.query_one(TextArea).text
        await pilot.press(leaving)
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await quiet(pilot)
        remark = app.screen.panel.dossier.remark
        assert remark is None or "hi" not in (remark.note or "")

    visit(archive, steps)


def test_an_untouched_note_closes_at_once(visit, until, archive):
    async def steps(app, pilot):
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NoteDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))

    visit(archive, steps)


def test_the_last_line_has_the_keys_of_the_dialog_and_no_others(visit, until, archive, lines):
    async def steps(app, pilot):
        before = lines(app)[-1]
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NoteDialog))
        await pilot.pause()
        assert lines(app)[-1].split() == ["esc", "Cancel", "^s", "Save"]
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await pilot.pause()
        assert lines(app)[-1] == before

    visit(archive, steps)


def test_behind_the_palette_no_keys_are_shown(visit, until, archive):
    async def steps(app, pilot):
        browse = app.screen
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        assert not browse.query_one("KeyLine").visible

    visit(archive, steps)
