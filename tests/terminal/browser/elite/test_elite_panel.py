"""The panel: what it shows of an elite, and walking to its relatives with keys."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.widgets import TabbedContent

from elitemap.archive.errors import ArchiveError
from elitemap.archive.records import Remark
from elitemap.engine.protocols import Curve
from elitemap.terminal.browser.elite import error_curve
from elitemap.terminal.browser.elite.view import SECTIONS, ElitePanel

HOSTILE = "[bold red]x[/]\x1b]0;owned\x07\u202e\x1b[2Jnext"


def best(archive):
    return next(id for id, view in archive.elites.items() if view.status == "certified")


def other(archive):
    return next(id for id, view in archive.elites.items() if view.status == "candidate")


async def test_it_starts_empty_and_keys_do_no_harm(kit, panel):
    app = kit.host(panel)
    async with app.run_test(size=(60, 24)) as pilot:
        assert "no elite chosen" in kit.text(app)
        for key in ("v", "c", "e", "y", "M", "n", "P", "backspace", "greater_than_sign"):
            await pilot.press(key)
        await kit.settle(pilot)
        assert set(app.told) == {"choose an elite first"}


async def test_everything_about_an_elite(kit, archive, panel):
    archive.said[best(archive)] = Remark("star", "first of its kind", "2026-01-01")
    app = kit.host(panel)
    async with app.run_test(size=(70, 40)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        shown = kit.text(app)
        assert "★ star" in shown and "certified" in shown and best(archive)[:12] in shown
        assert "√" not in shown and "⎞²" in shown
        # Proved digits are cut, not rounded up: the certificate says 3.0667.
        assert "digits  3.06 " in shown and "proved" in shown
        assert "error   ~8.6e-04" in shown
        assert "Note: first of its kind" in shown
        assert "y = t3 * t3" in shown


async def test_keys_show_the_ends_of_long_lines(kit, archive, panel):
    name = best(archive)
    long = "y = x * 0.12345678901234567890123456789012345678901234567890 + the_end"
    archive.elites[name] = replace(archive.elites[name], source=long)
    app = kit.host(panel)
    async with app.run_test(size=(48, 30)) as pilot:
        panel.show(name)
        panel.focus()
        await kit.settle(pilot)
        assert "y = x" in kit.text(app) and "the_end" not in kit.text(app)
        await pilot.press(*["right"] * 5)
        await kit.settle(pilot)
        assert "the_end" in kit.text(app) and "y = x" not in kit.text(app)
        await pilot.press(*["left"] * 5)
        await kit.settle(pilot)
        assert "y = x" in kit.text(app)


@pytest.mark.slow
async def test_the_certificate_is_told_in_full(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 24)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        await pilot.press("greater_than_sign")
        await kit.settle(pilot)
        assert panel.query_one(TabbedContent).active == "proof"
        assert "upper     0.0008576491234567891" in kit.text(app)
        assert "Brook Taylor: Methodus incrementorum (1715)" in kit.text(app)
        panel.show(other(archive))
        await kit.settle(pilot)
        assert "No certificate" in kit.text(app)


async def test_the_curve_is_made_when_it_is_looked_at(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 24)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        for _ in range(2):
            await pilot.press("greater_than_sign")
        await kit.settle(pilot)
        assert panel.query_one(TabbedContent).active == "curve"
        assert "relative error" in kit.text(app)
        assert "largest drawn 2.192e-4" in kit.text(app)


async def test_a_program_with_several_curves_shows_one_after_the_other(
    kit, archive, panel, monkeypatch
):
    x = np.linspace(0.0, 1.0, 50)
    curves = Curve(x, 1 - x, "time", "loss"), Curve(x, x, "size of gradients", "updates")
    monkeypatch.setattr(error_curve, "curves_of", lambda dossier: curves)
    app = kit.host(panel)
    async with app.run_test(size=(70, 24)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await pilot.press("greater_than_sign", "greater_than_sign")
        await kit.settle(pilot)
        for told in ("1 of 2, o for the next", "2 of 2", "1 of 2"):
            assert told in kit.text(app)
            assert ("size of gradients" in kit.text(app)) == told.startswith("2")
            await pilot.press("o")
            await kit.settle(pilot)


async def test_walking_the_ancestry_and_back(kit, archive, panel):
    app = kit.host(panel)
    visited: list[str] = []
    async with app.run_test(size=(70, 24)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        for _ in range(3):
            await pilot.press("greater_than_sign")
        assert panel.query_one(TabbedContent).active == "origin"
        for key in ("enter", "enter", "backspace", "backspace", "backspace"):
            visited.append(panel.dossier.elite.id)
            await pilot.press(key)
            await kit.settle(pilot)
        # The first ancestor is no elite any more, the second one is.
        assert visited[0] == visited[4] == best(archive)
        assert visited[1] == visited[3] not in archive.elites
        assert visited[2] == other(archive)


@pytest.mark.slow
async def test_a_former_elite_is_shown_as_data(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 30)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        for key in ("greater_than_sign",) * 3 + ("enter",):
            await pilot.press(key)
        await kit.settle(pilot)
        assert "former elite" in kit.text(app)
        for _ in range(2):
            await pilot.press("greater_than_sign")
        await kit.settle(pilot)
        assert "none itself any more" in kit.text(app)
        assert "13.751078" in kit.text(app)
        await pilot.press("P")
        await kit.settle(pilot)
        assert app.told == ["no elite any more: certify its descendants"]


async def test_walking_to_the_elites_of_the_cell(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 24)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        await pilot.press("less_than_sign")
        assert panel.query_one(TabbedContent).active == "cell"
        assert "cell (1, 2) of run r-1: 1 other" in kit.text(app)
        await pilot.press("enter")
        await kit.settle(pilot)
        assert panel.dossier.elite.id == other(archive)


@pytest.mark.slow
async def test_the_mouse_does_what_keys_do(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 24)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        await pilot.click("#--content-tab-cell")
        await kit.settle(pilot)
        assert panel.query_one(TabbedContent).active == "cell"
        await pilot.click("#mates", offset=(4, 1))
        await kit.settle(pilot)
        assert panel.dossier.elite.id == other(archive)


@pytest.mark.slow
async def test_families_are_listed(kit, archive, panel):
    view = archive.elites[best(archive)]
    archive.elites[view.id] = replace(view, family=300)
    archive.disguises = [{"source": f"disguise {k}"} for k in range(300)]
    app = kit.host(panel)
    async with app.run_test(size=(70, 24)) as pilot:
        panel.show(view.id)
        panel.focus()
        await kit.settle(pilot)
        for _ in range(3):
            await pilot.press("greater_than_sign")
        await kit.settle(pilot)
        assert "family: found in 300 disguises" in kit.text(app)
        assert "disguise 0" in kit.text(app)


@pytest.mark.slow
async def test_languages_by_key(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 40)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        assert "source (v: c, python, numpy, jax, sympy, latex, rust, cuda)" in kit.text(app)
        await pilot.press("v")
        await kit.settle(pilot)
        assert "── exp2_approx.h ──" in kit.text(app)
        await pilot.press("V", "V", "V", "V")
        await kit.settle(pilot)
        assert "latex (v: rust, cuda, source, c," in kit.text(app)
        assert r"\begin{align*}" in kit.text(app)


async def test_a_space_that_is_not_installed_is_shown_as_data(kit, archive, panel):
    view = archive.elites[best(archive)]
    archive.elites[view.id] = replace(view, space="nowhere", program={"schema": 9})
    archive.run_record = replace(kit.run, space="nowhere")
    app = kit.host(panel)
    async with app.run_test(size=(100, 24)) as pilot:
        panel.show(view.id)
        panel.focus()
        await kit.settle(pilot)
        assert "t3 * t3" in kit.text(app)
        assert "no other language: unknown space 'nowhere'" in kit.text(app)
        await pilot.press("v", "e")
        await kit.settle(pilot)
        assert any("unknown space 'nowhere'" in told for told in app.told)
        await pilot.press("greater_than_sign", "greater_than_sign")
        await kit.settle(pilot)
        assert "unknown space 'nowhere'" in kit.text(app)


async def test_a_language_that_cannot_say_it_is_refused_in_place(kit, archive, panel, monkeypatch):
    from elitemap.archive.errors import UsageError
    from elitemap.terminal.browser.elite import source_view

    def refuse(dossier, language, name=None):
        if language == "c":
            raise UsageError("c has no [rosebud]: export to python")
        return {"": "y = x"}

    monkeypatch.setattr(source_view, "code", refuse)
    app = kit.host(panel)
    async with app.run_test(size=(70, 40)) as pilot:
        panel.show(best(archive))
        panel.focus()
        await kit.settle(pilot)
        await pilot.press("v")
        await kit.settle(pilot)
        assert "c: c has no [rosebud]: export to python" in kit.text(app)
        await pilot.press("v")
        await kit.settle(pilot)
        assert "rosebud" not in kit.text(app)


async def test_what_was_written_elsewhere_is_seen(kit, archive, panel):
    app = kit.host(panel)
    async with app.run_test(size=(70, 40)) as pilot:
        panel.show(other(archive))
        await kit.settle(pilot)
        view = archive.elites[other(archive)]
        archive.elites[view.id] = replace(view, status="certified")
        panel.look_again()
        await kit.settle(pilot)
        assert "certified" in kit.text(app)
        # A better one took its place: it is shown as what it was.
        del archive.elites[view.id]
        panel.look_again()
        await kit.settle(pilot)
        assert "former elite" in kit.text(app)


async def test_a_vanished_archive_is_told_and_the_elite_stays(kit, archive, panel):
    app = kit.host(panel)

    async def gone(question):
        raise ArchiveError("a.db has gone: [bring] it back")

    async with app.run_test(size=(70, 40)) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        panel.ask = gone
        panel.look_again()
        await kit.settle(pilot)
        assert "a.db has gone: [bring] it back" in kit.text(app)
        assert "t3 * t3" in kit.text(app)


async def test_hostile_text_is_shown_and_not_obeyed(kit, archive, panel):
    view = archive.elites[best(archive)]
    archive.elites[view.id] = replace(
        view,
        space=HOSTILE,
        problem=replace(view.problem, label=HOSTILE, target=HOSTILE),
        target=HOSTILE,
        status=HOSTILE,
        source=HOSTILE,
        objectives={HOSTILE: 1.0, "label": HOSTILE},
        measures={HOSTILE: 1.0},
        certificate={HOSTILE: HOSTILE},
        family=1,
    )
    archive.disguises = [{"source": HOSTILE}]
    archive.said[view.id] = Remark(HOSTILE[:40], HOSTILE, "2026-01-01")
    archive.run_record = replace(kit.run, id=HOSTILE, space=HOSTILE)
    for id, one in archive.ancestors.items():
        archive.ancestors[id] = replace(one, source=HOSTILE, operator=HOSTILE)
    app = kit.host(panel)
    async with app.run_test(size=(110, 50)) as pilot:
        panel.show(view.id)
        panel.focus()
        for _ in SECTIONS:
            await kit.settle(pilot)
            shown = kit.text(app)
            for character in "\x1b\x07\u202e":
                assert character not in shown
            assert "[bold red]x[/]" in shown
            assert "owned" not in (app.title or "")
            await pilot.press("greater_than_sign")


@pytest.mark.slow
async def test_goldens(kit, archive, panel, size, golden):
    app = kit.host(panel)
    async with app.run_test(size=size) as pilot:
        panel.show(best(archive))
        await kit.settle(pilot)
        for section in SECTIONS:
            panel.query_one(TabbedContent).active = section
            await pilot.pause()
            panel.focus()
            await kit.settle(pilot)
            await kit.compare(golden, app, pilot, f"panel-{section}")
        panel.query_one(TabbedContent).active = "program"
        panel.leave()
        await kit.compare(golden, app, pilot, "panel-empty")


@pytest.mark.slow
async def test_showing_elites_quickly_shows_the_last_one(kit, archive, tmp_path: Path):
    panel = ElitePanel(tmp_path / "a.db", archive.ask)
    app = kit.host(panel)
    async with app.run_test(size=(70, 24)) as pilot:
        for _ in range(10):
            panel.show(best(archive))
            panel.show(other(archive))
        await kit.settle(pilot)
        assert panel.dossier.elite.id == other(archive)
        assert other(archive)[:12] in kit.text(app)
