"""What a search writes while it runs, in steps."""

from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import pytest
from executors import Losing

from elitemap.engine.search import written_map
from elitemap.engine.search.coordinator import search
from elitemap.engine.search.flushing import Flushes


@pytest.fixture
def small_steps(monkeypatch):
    """Every program is a step, so that flushes have many."""
    monkeypatch.setattr(written_map, "STEP", 1)


def test_how_much_is_written_in_a_step_makes_no_difference(
    tmp_path, spec, config, contents, monkeypatch
):
    for name, step in (("one", 1), ("many", 10**6)):
        monkeypatch.setattr(written_map, "STEP", step)
        search(tmp_path / f"{name}.db", spec(), config(evaluations=6000, islands=2))
    assert contents(tmp_path / "one.db") == contents(tmp_path / "many.db")


def test_a_flush_that_is_given_up_half_way_is_made_up_for(
    tmp_path, spec, config, contents, small_steps, monkeypatch
):
    settings = config(evaluations=6000, islands=2)
    search(tmp_path / "calm.db", spec(), settings)
    steps, given_up = Flushes.steps, []

    def fickle(self, cut, jobs=None):
        if len(given_up) < 3:
            given_up.append(sum(1 for _ in islice(steps(self, cut), 3)))
        yield from steps(self, cut, jobs)

    monkeypatch.setattr(Flushes, "steps", fickle)
    search(tmp_path / "rough.db", spec(), settings)
    assert 3 in given_up
    assert contents(tmp_path / "rough.db") == contents(tmp_path / "calm.db")


@pytest.mark.parametrize("recruit", [ThreadPoolExecutor, Losing])
def test_workers_write_out_the_same(tmp_path, spec, config, contents, monkeypatch, recruit):
    monkeypatch.setattr(written_map, "HANDFUL", 7)
    search(tmp_path / "here.db", spec(), config(evaluations=6000, islands=2, migration_epochs=1))
    taken, hear = [], Flushes.hear

    def heard(self, texts):
        taken.append(len(texts.uids))
        hear(self, texts)

    monkeypatch.setattr(Flushes, "hear", heard)
    settings = config(evaluations=6000, islands=2, workers=2, migration_epochs=1)
    search(tmp_path / "there.db", spec(), settings, recruit=recruit)
    assert max(taken) == 7
    assert contents(tmp_path / "here.db") == contents(tmp_path / "there.db")


def test_a_search_that_is_stopped_does_not_wait_for_texts(tmp_path, spec, config, monkeypatch):
    monkeypatch.setattr(written_map, "HANDFUL", 1)
    seen = []
    settings = config(evaluations=10**6, islands=2, workers=2)
    path, over = tmp_path / "a.db", lambda: len(seen) > 12
    outcome = search(path, spec(), settings, seen.append, over, recruit=ThreadPoolExecutor)
    assert not outcome.done
