"""Of very many elites a sample is shown first; what is true of all of them comes right after."""

import threading

import numpy as np
import pytest

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.browser import answers, chart_pane, views
from elitemap.terminal.browser.scope import Scope
from elitemap.terminal.browser.state import Place
from elitemap.terminal.browser.table import pane as table_pane

EXP2 = Scope("elementary", "14c6dd3c")


@pytest.fixture
def many(monkeypatch):
    """Every archive is taken for a large one: of two elites one is looked at first."""
    monkeypatch.setattr(answers, "_SAMPLE", 3)


@pytest.fixture
def told(monkeypatch):
    """What the table asks for, in order."""
    asked = []

    def noting(name, answer):
        def noted(*args, **named):
            asked.append(name)
            return answer(*args, **named)

        return noted

    for name in ("table", "first_table"):
        monkeypatch.setattr(table_pane, name, noting(name, getattr(answers, name)))
    return asked


def test_few_elites_are_never_sampled(archive):
    with ArchiveReader.open(archive) as reader:
        assert answers.stride(reader, EXP2) == 1
        assert answers.first_table(reader, EXP2, "") is None


def test_a_sample_shows_no_more_than_there_is(archive, many):
    with ArchiveReader.open(archive) as reader:
        every = answers.stride(reader, EXP2)
        assert every > 1
        some = answers.map_of(reader, EXP2, ("", ""), every)
        whole = answers.map_of(reader, EXP2, ("", ""))
        assert (some.every, whole.every) == (every, 1)
        assert 0 < some.drawn.count.sum() < whole.drawn.count.sum()
        assert np.nanmax(some.drawn.best) <= np.nanmax(whole.drawn.best)
        points = answers.plot_of(reader, EXP2, ("", ""), every).drawn
        assert 0 < len(points) < len(answers.plot_of(reader, EXP2, ("", "")).drawn)


@pytest.mark.parametrize("sort", ["", "-ops", "source"])
def test_the_first_table_has_the_rows_of_the_listing(archive, many, sort):
    with ArchiveReader.open(archive) as reader:
        first = answers.first_table(reader, EXP2, sort)
        whole = answers.table(reader, EXP2, sort, "")
        assert (first.total, first.sort) == (whole.total, whole.sort)
        assert first.heads == whole.heads
        assert answers.page(reader, first, 0) == answers.page(reader, whole, 0)


def test_charts_begin_with_a_sample_and_end_with_all(visit, quiet, archive, many, monkeypatch):
    drawn = []
    draw = chart_pane.ChartPane._draw

    def noted(pane):
        drawn.append((pane.id, pane._chart and pane._chart.every, pane.remark))
        draw(pane)

    monkeypatch.setattr(chart_pane.ChartPane, "_draw", noted)

    async def steps(app, pilot):
        await pilot.press("2")
        await quiet(pilot)

    visit(archive, steps)
    for name in ("map", "plot"):
        strides = [every for pane, every, _ in drawn if pane == name and every]
        assert strides[0] > 1 and strides[-1] == 1
        remarks = [remark for pane, every, remark in drawn if pane == name and every == strides[0]]
        assert remarks[0].endswith(f"one elite in {strides[0]} so far")
    assert "so far" not in drawn[-1][2]


def test_a_table_begins_with_a_page(visit, quiet, archive, many, told):
    async def steps(app, pilot):
        assert told == ["first_table", "table"]
        await pilot.press("s")
        await quiet(pilot)
        assert told == ["first_table", "table", "table"]  # the old rows stay until the new come

    visit(archive, steps, place=Place("elementary", "14c6dd3c", tab="table"))


def test_what_was_asked_for_is_told_at_once(visit, quiet, until, archive, monkeypatch, lines):
    """Nobody is to wonder whether a key was heard while a large archive is sorted."""
    gate, held = threading.Event(), []

    def slow(answer):
        def late(*args, **named):
            if held:
                gate.wait(10)
            return answer(*args, **named)

        return late

    monkeypatch.setattr(table_pane, "table", slow(answers.table))
    monkeypatch.setattr(views, "map_of", slow(answers.map_of))

    async def steps(app, pilot):
        for tab, key, remark in (("3", "s", "by id, smallest first"), ("1", "a", " over ")):
            await pilot.press(tab)
            await quiet(pilot)
            before = lines(app)[1]
            held.append(key)
            await pilot.press(key)
            await until(pilot, lambda: lines(app)[1].rstrip().endswith("…"))
            assert remark in lines(app)[1] and lines(app)[1] != before
            gate.set()
            await quiet(pilot)
            assert "…" not in lines(app)[1]
            held.clear()
            gate.clear()

    visit(archive, steps, size=(99, 24))
