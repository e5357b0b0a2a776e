"""Searches of every space that were stopped or extended end as if they had not been."""

import sqlite3

import pytest

from elitemap.engine.config import SearchConfig
from elitemap.engine.events import Certified, Progress
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.search.extending import More
from elitemap.engine.tasks import TaskSpec

#: Of costs by a model that is the same everywhere.
STATIC = {"arithmetic": "float32", "cpu": "avx512"}

#: Target, settings and evaluations of a short search of each space.
SEARCHES = {
    "elementary": ("exp2", {"max_ops": "6"}, 60_000),
    "float32": ("exp2", {**STATIC, "domain": "1,5/4", "max_ops": "6"}, 20_000),
    "tables": (
        "tanh",
        {**STATIC, "reduction": "table", "domain": "1,9/8", "max_ops": "4"},
        8_000,
    ),
    "fractions": ("pi", {}, 9_000),
    "quantizers": ("normal", {}, 600),
    "optimizers": ("rosenbrock", {}, 300),
    "toy": ("bits", {"noise": "0.5"}, 9_000),
}


@pytest.fixture(params=SEARCHES)
def asked(request):
    """A task, and how many evaluations to spend on it."""
    target, settings, evaluations = SEARCHES[request.param]
    space = "elementary" if request.param in ("float32", "tables") else request.param
    return TaskSpec.of(space, target, settings), evaluations


def settings(evaluations):
    small = {"batch": 128, "epoch": 512, "migration_epochs": 2, "cache_bits": 12, "islands": 2}
    return SearchConfig(seed=3, evaluations=evaluations, workers=1, **small)


class Stop:
    """Ends a search after so many epochs, and every search when it comes to certificates."""

    def __init__(self, epochs=10**9):
        self.left = epochs

    def __call__(self, event):
        self.left -= isinstance(event, Progress)
        self.left = 0 if isinstance(event, Certified) else self.left

    def halted(self):
        return self.left <= 0


def elites(path):
    """The elites by slot: of certified ones the program that they were made from."""
    with sqlite3.connect(path) as db:
        rows = db.execute(
            "SELECT slot, cell, iif(operator = 'certify', parent, id), quality"
            " FROM elite JOIN program ON key = program ORDER BY slot"
        ).fetchall()
    db.close()
    return rows


@pytest.mark.slow
def test_stopped_and_extended_searches_end_as_the_whole_one(tmp_path, asked):
    spec, evaluations = asked
    whole, parts = tmp_path / "whole.db", tmp_path / "parts.db"
    stop = Stop()
    search(whole, spec, settings(evaluations), stop, stop.halted)
    stop = Stop(3)
    search(parts, spec, settings(evaluations // 3), stop, stop.halted)
    for more in (None, More(evaluations=evaluations)):
        stop = Stop()
        resume(parts, None, 1, stop, stop.halted, more=more)
    assert len(elites(whole)) > 10 and elites(parts) == elites(whole)
