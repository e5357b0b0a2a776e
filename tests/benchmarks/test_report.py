import json

import pytest

from benchmarks.report import report

PROVENANCE = {"command": "python -m made_up", "date": "2020-01-02", "machine": "2 cores"}


def baseline(family, ops, digits, target="exp2"):
    row = {"target": target, "domain": "0,1", "error": "relative", "shape": "", "form": ""}
    return row | {"family": family, "ops": ops, "digits": digits}


def searched(target, ops, digits, seed=1):
    row = {"target": target, "domain": "0,1", "error": "relative", "seed": seed, "seconds": 3}
    return row | {"ops": ops, "digits": digits}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()

    def put(name, rows, **more):
        document = {"provenance": PROVENANCE, "rows": rows} | more
        (folder / f"{name}.json").write_text(json.dumps(document))

    put("baselines", [baseline("Taylor", 4, 2.0), baseline("f10 family", 7, 9.25)])
    return folder, put, tmp_path / "docs"


def line(text, start):
    return next(row for row in text.splitlines() if row.startswith(start))


def test_baselines_alone_make_a_document(data):
    folder, _, docs = data
    report(folder, docs)
    text = (docs / "benchmarks.md").read_text()
    assert "*`python -m made_up`, 2020-01-02, 2 cores.*" in text
    assert line(text, "| 8 |") == "| 8 |  |  | 9.25 |"
    assert "crimson" not in text and (docs / "plots" / "exp2-relative.svg").exists()


def test_searches_are_compared_with_the_envelope(data):
    folder, put, docs = data
    rows = [searched("exp2", 7, 9.0), searched("exp2", 7, 9.5, seed=2), searched("exp2", 5, None)]
    put("search_exp2", [*rows, searched("exp2", 6, 1.0, seed=2)])
    put("search_gamma", [searched("gamma", 5, 3.0)])
    report(folder, docs)
    text = (docs / "benchmarks.md").read_text()
    assert "| 7 | 2 | 9.00 | 9.25 | 9.50 | 9.25 | 0.25 |" in text
    assert "| 6 | 1 | 1.00 | 1.00 | 1.00 | 2.00 | -1.00 |" in text
    assert "### gamma on [0,1], relative error" in text


def test_milestones_of_runs_are_summed_up(data):
    folder, put, docs = data
    times = [{"7 ops": 3.0, "8 ops": None}, {"7 ops": 6.0, "8 ops": 9.0}]
    rows = [searched("exp2", 7, 9.0, seed=k) | {"passed": t} for k, t in enumerate(times)]
    put("search_exp2", rows)
    report(folder, docs)
    text = (docs / "benchmarks.md").read_text()
    assert "| 7 ops | 2 of 2 | 4 |" in text
    assert "| 8 ops | 1 of 2 | 9 |" in text


def test_other_files_and_peers_are_printed(data):
    folder, put, docs = data
    put("peers", [searched("exp2", 4, 2.5) | {"system": "GP"}])
    put("rates", [{"what": "programs per second", "value": 123456}], title="Rates")
    report(folder, docs)
    text = (docs / "benchmarks.md").read_text()
    assert "| 4 | 2.50 | 2.50 | 2.00 |" in text
    assert "## Rates" in text and "| programs per second | 123,456 |" in text


def test_the_same_data_give_the_same_bytes(data):
    folder, put, docs = data
    put("search_exp2", [searched("exp2", 7, 9.0)])
    report(folder, docs)
    first = {path.name: path.read_bytes() for path in docs.rglob("*.*")}
    report(folder, docs)
    assert {path.name: path.read_bytes() for path in docs.rglob("*.*")} == first
