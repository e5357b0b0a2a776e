"""The trials behind docs/reliability.md, each as short as it can be."""

import json
import random
import shutil

import pytest

from benchmarks.reliability import faults, fuzz, kills, report, targets
from benchmarks.reliability.searches import elementary, prepared
from benchmarks.reliability.worker_faults import confined_workers
from elitemap.archive.errors import ArchiveError

EVALUATIONS = 20_000
NAMES = [name for name in targets.targets()]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_a_refusal_comes_of_random_inputs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target, rng = targets.targets()[name], random.Random(7)
    times = 20 if len(target.seeds[0]) > fuzz.LONGEST else 300
    for seed in target.seeds:
        assert fuzz.tried(name, target, seed) or len(target.seeds) > 1
    fine = sum(fuzz.tried(name, target, fuzz.mutated(target, rng)) for _ in range(times))
    assert fine < times
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_a_refusal_comes_of_many_random_inputs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target, rng = targets.targets()[name], random.Random(8)
    times = 100 if len(target.seeds[0]) > fuzz.LONGEST else 3000
    for _ in range(times):
        fuzz.tried(name, target, fuzz.mutated(target, rng))
    assert list(tmp_path.iterdir()) == []


def test_a_find_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def bad(data):
        raise (ValueError if data == b"bad" else ArchiveError)("refused")

    target = targets.Target(bad, (b"good",))
    assert not fuzz.tried("some reader", target, b"good")
    with pytest.raises(AssertionError, match="ValueError"):
        fuzz.tried("some reader", target, b"bad")
    assert (tmp_path / "fuzz-some.bin").read_bytes() == b"bad"


@pytest.mark.slow
def test_a_search_that_is_stopped_at_random_moments_ends_the_same(tmp_path):
    found = kills.stopped_often(tmp_path, prepared(elementary(30_000)), 6, 3, 60.0)
    assert found["searches that ended"] >= 1 and found["elites compared"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("scenario", faults.SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_a_fault_loses_nothing(scenario, tmp_path, once):
    known = once("undisturbed", lambda folder: faults.undisturbed(folder, EVALUATIONS))
    shutil.copytree(known, tmp_path, dirs_exist_ok=True)
    (tmp_path / "here").mkdir()
    try:
        row = scenario(tmp_path / "here", EVALUATIONS)
    except faults.Unavailable as why:
        # Control groups are often read-only even for root.
        (pytest.xfail if scenario is confined_workers else pytest.skip)(str(why))
    assert row["fault"]


def test_the_page_shows_what_was_tried():
    page = report.PAGE.read_text()
    assert page == report.page(), "python -m benchmarks.reliability report"
    for name in ("kills", "faults", "fuzz"):
        document = json.loads((report.DATA / f"{name}.json").read_text())
        assert document["provenance"]["command"] in page
