"""Archives with forged documents whose names fit: one line and exit code 3, never a bug."""

import json
from datetime import UTC, datetime

import pytest

from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter

PLAIN = {"kind": "polynomial", "a": [[2, 1]], "b": [[1, 0, 0]]}
FORGED = {
    "elementary": [
        {"schema": 1, "inputs": ["x"], "instructions": [["pow", 0, 0]], "outputs": [1]},
        {"schema": 1, "inputs": ["x", "y"], "instructions": [["add", 0, 1]], "outputs": [2]},
        {"schema": 1, "inputs": ["x"], "instructions": [["add", 0, 7]], "outputs": [1]},
        {"schema": 1, "inputs": ["x"], "instructions": 7, "outputs": [1]},
        {"schema": 2, "x": [[[[[[[[[[[[]]]]]]]]]]]]},
        {},
    ],
    "fractions": [
        {"schema": 1, "fraction": PLAIN | {"a": [[0, 1]]}, "value": None},
        {"schema": 1, "fraction": PLAIN | {"a": "many"}, "value": None},
        {"schema": 1, "fraction": PLAIN | {"b": [[1.5]]}, "value": None},
        {"schema": 1, "fraction": PLAIN, "value": {"constants": ["pi"], "numerator": [1]}},
        {"schema": 1, "fraction": {"kind": "signed"}, "value": None},
        {},
    ],
}
CASES = [(space, n) for space, documents in FORGED.items() for n in range(len(documents))]


@pytest.fixture(params=CASES, ids=[f"{space}-{n}" for space, n in CASES])
def identifier(request, run, tmp_path):
    """An archive with one forged elite; its id."""
    space, n = request.param
    record = RunRecord(
        id="a" * 12,
        space=space,
        target="exp2" if space == "elementary" else "pi",
        options={},
        config={"pareto": [["ops", -1]], "settings": {}, "search": {}},
        seed=1,
        started_at=datetime(2026, 1, 1, tzinfo=UTC).isoformat(),
        finished_at=None,
        status="done",
        version="0.1.0",
        summary={},
    )
    elite = EliteRecord(
        slot=0,
        cell=(0,),
        program=FORGED[space][n],
        source="x + 1",
        quality=1.0,
        objectives={"ops": 1.0},
        measures={"ops": 1.0},
        status="certified",
        certificate={"digits": 99.0, "label": {"name": "known"}},
        parent=None,
        operator=None,
    )
    with ArchiveWriter.open(tmp_path / "elitemap.db") as writer:
        writer.begin(record)
        writer.flush(record.id, [elite])
    return json.loads(run("elites", "--json").out)[0]["id"]


def test_what_needs_the_document_refuses_it(run, identifier):
    for command in (
        ("export", identifier, "--to", "python", "-o", "-"),
        ("export", identifier, "--to", "latex", "-o", "-"),
        ("certify", identifier, "--seconds", "0.1"),
    ):
        done = run(*command)
        assert done.code == 3, done.err
        assert done.err.startswith("elitemap: expected ") and done.err.count("\n") == 1


def test_what_shows_the_archive_goes_on(run, identifier, drawn_here):
    for command in (("show", identifier), ("show", identifier, "--json"), ("elites",)):
        done = run(*command)
        assert done.code == 0 and done.err == ""
    assert run("report").code == 0
    assert run("families").code in (2, 3)
