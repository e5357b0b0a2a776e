"""The commands together, on real searches."""

import csv
import io
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ERRORS = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-ffp-contract=off"]

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def found(made: Path) -> dict[str, Any]:
    """The final object of a search."""
    text = made.with_suffix(".json").read_text()
    assert text.count("\n") == 1
    result: dict[str, Any] = json.loads(text)
    return result


@pytest.fixture
def call(run: Run) -> Run:
    """A command that must succeed, or end with the given code."""

    def checked(*arguments: str, code: int = 0) -> Any:
        result = run(*arguments)
        assert result.code == code, result
        return result

    return checked


def test_the_final_object(found: dict[str, Any]) -> None:
    wanted = {"run", "seconds", "evaluations", "proposals", "cache_hit_rate", "cells", "best"}
    assert set(found) == wanted
    assert found["best"]
    assert found["evaluations"] >= 400_000
    assert 0 < found["cache_hit_rate"] < 1
    assert 0 < found["cells"]


def test_the_best_are_certified_and_a_front(found: dict[str, Any]) -> None:
    keys = {
        "id", "space", "target", "problem", "status", "objectives", "measures", "source",
        "program", "certificate",
    }  # fmt: skip
    for elite in found["best"]:
        assert keys <= set(elite)
        assert elite["status"] == "certified"
        assert elite["certificate"] is not None
    points = sorted((e["objectives"]["ops"], e["objectives"]["digits"]) for e in found["best"])
    digits = [d for _, d in points]
    assert digits == sorted(digits)
    assert len({ops for ops, _ in points}) == len(points)
    assert max(digits) > 3


def test_the_elites_in_three_formats(call: Run, archive: Path, found: dict[str, Any]) -> None:
    query = ["elites", "--where", "digits >= 1 and ops <= 5", "--sort", "-digits", "--limit", "3"]
    elites = json.loads(call(*query, "--json").out)
    rows = list(csv.DictReader(io.StringIO(call(*query, "--csv").out)))
    table = call(*query).out.splitlines()
    assert [e["id"] for e in elites] == [r["id"] for r in rows]
    assert [e["objectives"]["digits"] for e in elites] == [float(r["digits"]) for r in rows]
    assert elites[0]["objectives"]["digits"] >= elites[-1]["objectives"]["digits"]
    assert sum(line.startswith(tuple(e["id"][:10] for e in elites)) for line in table) == len(rows)


def test_the_front_of_all_is_the_front_of_the_search(
    call: Run, archive: Path, found: dict[str, Any]
) -> None:
    elites = json.loads(call("elites", "--pareto", "ops,digits", "--json").out)
    assert {e["id"] for e in elites} == {e["id"] for e in found["best"]}


def test_nothing_found_is_no_table(call: Run, archive: Path, found: dict[str, Any]) -> None:
    done = call("elites", "--where", "digits > 99")
    assert done.out == ""
    assert done.err == "elitemap: no elites match\n"


def test_show(call: Run, archive: Path, found: dict[str, Any]) -> None:
    best = found["best"][-1]
    page = call("show", best["id"][:12])
    assert best["id"] in page.out
    assert "certificate" in page.out
    shown = json.loads(call("show", best["id"], "--json").out)
    assert shown["lineage"][0]["id"] == best["id"]
    assert {k: v for k, v in shown.items() if k not in {"lineage", "formula"}} == best
    curves = json.loads(call("show", best["id"], "--curves", "--json").out)["curves"]
    assert curves[0]["y_name"] == "relative error" and len(curves[0]["x"]) == len(curves[0]["y"])
    assert "relative error: " in call("show", best["id"], "--curves").out


def test_runs(call: Run, archive: Path, found: dict[str, Any]) -> None:
    (run,) = json.loads(call("runs", "--json").out)
    assert run["status"] == "done"
    assert found["run"] in call("runs").out


def test_certify(call: Run, archive: Path, found: dict[str, Any]) -> None:
    query = ["elites", "--where", "status = 'candidate' and ops = 3", "--sort", "error"]
    (candidate,) = json.loads(call(*query, "--limit", "1", "--json").out)
    (certified,) = json.loads(call("certify", candidate["id"], "--json").out)
    assert certified["status"] == "certified"
    assert certified["objectives"]["digits"] > 0
    assert candidate["objectives"]["digits"] is None


def test_spaces(call: Run) -> None:
    (space,) = (s for s in json.loads(call("spaces", "--json").out) if s["name"] == "elementary")
    assert {"exp2", "sin", "erf"} <= set(space["targets"])
    assert {"domain", "error", "ops", "max_ops"} <= {o["name"] for o in space["options"]}
    assert "exp2" in call("spaces").out


@pytest.mark.parametrize("language", ["c", "python", "numpy", "jax", "sympy", "latex"])
def test_export(
    call: Run, archive: Path, found: dict[str, Any], tmp_path: Path, language: str
) -> None:
    out = tmp_path / language
    name = found["best"][-1]["id"]
    done = call("export", name, "--to", language, "-o", str(out), "--name", "found")
    assert sorted(done.out.split()) == sorted(str(p) for p in out.iterdir())
    text = call("export", name, "--to", language, "-o", "-", "--name", "found").out
    assert sorted(text) == sorted("".join(p.read_text() for p in out.iterdir()))


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_the_exported_c_passes_its_own_test(
    call: Run, archive: Path, found: dict[str, Any], tmp_path: Path
) -> None:
    call("export", found["best"][-1]["id"], "--to", "c", "-o", str(tmp_path))
    sources = [str(p) for p in tmp_path.glob("*.c")]
    program = str(tmp_path / "selftest")
    command = ["cc", *ERRORS, "-DELITEMAP_SELFTEST", *sources, "-lm", "-o", program]
    subprocess.run(command, check=True, timeout=60)
    subprocess.run([program], check=True, timeout=60, capture_output=True)


def test_an_export_that_cannot_be_written(
    call: Run, archive: Path, found: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    name = found["best"][-1]["id"]
    done = call("export", name, "--to", "c", "-o", str(tmp_path / "file" / "x"), code=1)
    assert done.err.startswith("elitemap: cannot write")
    assert done.err.count("\n") == 1


def test_settings_from_a_file(call: Run, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(
        "evaluations = 100000\nislands = 1\nworkers = 1\nquiet = true\njson = true\n"
        'archive = "file.db"\n[set]\nmax_ops = 3\ndomain = [0, 2]\n'
    )
    done = call("search", "elementary", "exp", "--config", "run.toml", "--set", "max_ops=2")
    assert done.err == ""
    assert {e["objectives"]["ops"] for e in json.loads(done.out)["best"]} <= {1, 2}
    (run,) = json.loads(call("runs", "--archive", "file.db", "--json").out)
    assert run["options"]["domain"] == "0,2"
    assert run["config"]["search"]["evaluations"] == 100000


def test_a_flag_for_one_budget_beats_the_other_in_the_file(call: Run, tmp_path: Path) -> None:
    (tmp_path / "seconds.toml").write_text("seconds = 1000\nislands = 1\nworkers = 1")
    small = ["--evaluations", "50000", "--set", "max_ops=2", "--archive", "flag.db"]
    call("search", "elementary", "exp", "--config", "seconds.toml", *small)
    (run,) = json.loads(call("runs", "--archive", "flag.db", "--json").out)
    assert run["config"]["search"]["seconds"] is None


def content(archive: Path) -> list[Any]:
    """Everything that a search found."""
    statement = (
        "SELECT slot, cell, quality, elite.status, id, body, source, parent, operator"
        " FROM elite JOIN program ON program.key = elite.program ORDER BY slot"
    )
    connection = sqlite3.connect(archive)
    rows = connection.execute(statement).fetchall()
    connection.close()
    return rows


@pytest.mark.slow
def test_workers_do_not_change_what_is_found(call: Run, tmp_path: Path) -> None:
    for workers in ("1", "2"):
        budget = ["--evaluations", "1000000", "--islands", "2", "--seed", "5"]
        names = ["--workers", workers, "--archive", f"{workers}.db", "--set", "max_ops=6"]
        call("search", "elementary", "cos", *budget, *names)
    one, two = content(tmp_path / "1.db"), content(tmp_path / "2.db")
    assert len(one) > 50
    assert one == two
