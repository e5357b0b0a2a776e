"""Programs with two outputs and a state, searched, stopped, resumed and archived."""

from pathlib import Path

import pytest

from elitemap.archive.identity import identity
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import resume, search
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.searchspaces.programs.boxes import program_boxes
from elitemap.searchspaces.programs.program import Program

SPEC = TaskSpec.of("steps", "mean", {})


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    """The space, found as the engine finds any."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent / "stepping"))


def config(**changes):
    small = {"evaluations": 30_000, "seed": 3, "islands": 2, "batch": 512, "epoch": 2048}
    return SearchConfig(**small | {"workers": 1, "cache_bits": 12} | changes)


def elites_of(path):
    with ArchiveReader.open(path) as reader:
        return sorted(reader.elites(ElitesQuery()), key=lambda elite: elite.slot)


def test_rules_with_a_state_are_found_and_archived(tmp_path):
    path = tmp_path / "a.db"
    search(path, SPEC, config())
    elites = elites_of(path)
    assert len(elites) > 20
    space = load_task(SPEC).space
    for elite in elites:
        assert elite.id == identity(elite.program)
        assert elite.program["schema"] == 2 and len(elite.program["nexts"]) == 1
        assert space.source(elite.program) == elite.source and "next m = " in elite.source
    best = max(elites, key=lambda elite: elite.quality)
    program = Program.from_json(best.program)
    assert any(1 in instruction.operands for instruction in program.instructions)  # reads m
    rows = ["".join(box.rows) for box in program_boxes(program, False)]
    assert any(row.startswith("  m \u2190 ") for row in rows)


def test_stopped_and_resumed_or_with_more_workers_it_is_the_same(tmp_path):
    found = []
    for name, changes in (("one", {}), ("two", {"workers": 2})):
        search(tmp_path / name, SPEC, config(**changes))
        found.append([(e.slot, e.id) for e in elites_of(tmp_path / name)])
    asked = []

    def halted():
        asked.append(1)
        return len(asked) > 3

    if not search(tmp_path / "three", SPEC, config(), halted=halted).done:
        resume(tmp_path / "three")
    found.append([(e.slot, e.id) for e in elites_of(tmp_path / "three")])
    assert found[0] == found[1] == found[2]
