"""Islands that are not equally fast: who may be ahead, and that it makes no difference."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from elitemap.engine.events import Progress
from elitemap.engine.search import legs
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.search.extending import More


class Uneven(ThreadPoolExecutor):
    """Epochs of one island take longer."""

    slow = 0

    def submit(self, call, ticket, *args):
        def late():
            order = args[1][0] if args[1] else None
            time.sleep(0.03 if getattr(order, "island", None) == self.slow else 0.0)
            return call(ticket, *args)

        return super().submit(late)


@pytest.fixture(params=[0, 1, 2])
def uneven(request, monkeypatch):
    """An executor with one slow island."""
    monkeypatch.setattr(Uneven, "slow", request.param)
    return Uneven


@pytest.mark.parametrize("settings", [{}, {"noise": "0.5"}], ids=str)
def test_a_slow_island_makes_no_difference(tmp_path, spec, config, contents, uneven, settings):
    """Not even to the ancestors that are stored."""
    search(tmp_path / "even.db", spec(**settings), config())
    search(tmp_path / "uneven.db", spec(**settings), config(workers=3), recruit=uneven)
    assert contents(tmp_path / "uneven.db") == contents(tmp_path / "even.db")


def test_islands_get_a_leg_ahead_and_no_more(tmp_path, spec, config, uneven, monkeypatch):
    leads, may_go_on = [], legs.may_go_on

    def noted(session, island):
        if may_go_on(session, island):
            going = [k for k in session.states if not legs.spent(session, k)]
            slowest = min(legs.leg(session, k) for k in going)
            leads.append(legs.leg(session, island) - slowest)
        return may_go_on(session, island)

    monkeypatch.setattr("elitemap.engine.search.exploration.may_go_on", noted)
    search(tmp_path / "a.db", spec(), config(workers=3, migration_epochs=1), recruit=uneven)
    assert set(leads) == {0, 1}


@pytest.mark.parametrize("epochs", [2, 5, 8])
def test_stopped_and_extended_with_a_slow_island(tmp_path, spec, config, uneven, epochs):
    search(tmp_path / "whole.db", spec(), config(evaluations=26_000, migration_epochs=1))
    path, told = tmp_path / "parts.db", []

    def halted():
        return sum(isinstance(event, Progress) for event in told) >= epochs

    settings = config(evaluations=9000, workers=3, migration_epochs=1)
    if not search(path, spec(), settings, told.append, halted, recruit=uneven).done:
        resume(path, workers=3, recruit=uneven)
    assert resume(path, workers=3, recruit=uneven, more=More(evaluations=26_000)).done
    assert elites(path) == elites(tmp_path / "whole.db")


def elites(path):
    """The elites by slot: of certified ones the program that they were made from."""
    with sqlite3.connect(path) as db:
        rows = db.execute(
            "SELECT slot, cell, iif(operator = 'certify', parent, id), quality"
            " FROM elite JOIN program ON key = program ORDER BY slot"
        ).fetchall()
    db.close()
    return rows
