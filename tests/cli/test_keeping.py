"""``elitemap replay``, ``prune`` and ``vacuum`` from the command line."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

from elitemap.archive.reading.reader import ArchiveReader


@pytest.fixture
def own(made, tmp_path):
    return shutil.copy(made, tmp_path / "elitemap.db")


def test_a_run_records_where_it_was_searched(made):
    with ArchiveReader.open(made) as reader:
        (place,) = reader.run().config["environments"]
    assert {"elitemap", "python", "processor", "cores", "system", "packages"} <= set(place)
    assert "numpy" in place["packages"]


@pytest.mark.slow
def test_a_run_gives_the_same_elites_again(run, own, tmp_path):
    told = run("replay", "--quiet", "--workers", "2", "--keep", "again.db")
    assert told.code == 0 and "matches" in told.out
    assert (tmp_path / "again.db").exists()
    with closing(sqlite3.connect(own)) as connection:
        connection.execute(
            "UPDATE elite SET quality = quality + 1 WHERE slot IN (SELECT slot FROM elite LIMIT 1)"
        )
        connection.execute(
            "UPDATE run SET config = json_set(config, '$.environments[0].packages.numpy', '1.0')"
        )
        connection.commit()
    told = run("replay", "--quiet", "--json")
    found = json.loads(told.out)
    assert told.code == 1 and not found["matches"] and len(found["different"]) == 1
    assert found["environment"]["numpy"][0] == "1.0"
    assert "other elites here: see above" in told.err


def test_what_cannot_be_repeated_is_said(run, own):
    with closing(sqlite3.connect(own)) as connection:
        connection.execute(
            "UPDATE run SET config = json_set(config, '$.search.seconds', 5.0,"
            " '$.search.evaluations', NULL)"
        )
        connection.commit()
    told = run("replay")
    assert told.code == 2 and "depends on the machine" in told.err
    with closing(sqlite3.connect(own)) as connection:
        connection.execute("UPDATE run SET status = 'interrupted'")
        connection.commit()
    told = run("replay")
    assert told.code == 2 and "elitemap resume" in told.err


def test_pruning_tells_before_it_does(run, own):
    assert run("prune").code == 2
    before = run("elites", "--csv").out
    would = run("prune", "--dominated", "--dry-run", "--json")
    assert json.loads(would.out)["elites"] > 0
    assert run("elites", "--csv").out == before
    front = run("elites", "--pareto", "ops,digits", "--csv").out
    assert run("prune", "--dominated").code == 0
    assert run("elites", "--pareto", "ops,digits", "--csv").out == front
    assert len(run("elites", "--csv").out) < len(before)
    assert run("vacuum", "--dry-run").code == run("vacuum").code == 0
    assert run("prune", "--days", "0").out.startswith("gone: 1 runs")
    assert json.loads(run("runs", "--json").out) == []
