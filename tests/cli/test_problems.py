"""Two problems under one target name, through every command."""

import json
from pathlib import Path

import pytest

from elitemap.archive.records import EliteRecord, RunRecord
from elitemap.archive.store import ArchiveWriter
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.runs import new_record
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.searchspaces.programs.program import Program

WIDE, NARROW = "tanh on [-8,8], absolute", "tanh on [0,1], relative"


def begun(number: int, **settings: str) -> RunRecord:
    spec = TaskSpec.of("elementary", "tanh", settings)
    record = new_record(spec, load_task(spec), SearchConfig(seed=number))
    return RunRecord(**{**vars(record), "id": f"run{number}", "started_at": f"2026-01-0{number}"})


def elite(slot: int, constant: float, digits: float | None) -> EliteRecord:
    document = {
        "schema": 1,
        "inputs": ["x"],
        "instructions": [["const", constant.hex(), (0.0).hex()], ["mul", 0, 1]],
        "outputs": [2],
    }
    return EliteRecord(
        slot=slot,
        cell=(slot,),
        program=Program.from_json(document).to_json(),
        source=f"y = x * {constant}",
        quality=0.0,
        objectives={"ops": 1, "digits": digits, "error": 7.0 if digits is None else 0.1},
        measures={"ops": 1.0},
        status="candidate" if digits is None else "certified",
        certificate=None if digits is None else {"digits": digits, "upper": 0.31},
        parent=None,
        operator=None,
    )


@pytest.fixture
def shared(tmp_path: Path) -> str:
    """Id of the program y = x * 0.75: a candidate for one problem, certified for the other."""
    with ArchiveWriter.open(tmp_path / "elitemap.db") as writer:
        writer.begin(begun(1, domain="-8,8", error="absolute"))
        writer.flush("run1", [elite(0, 0.75, None), elite(1, 0.25, 0.25)])
        writer.begin(begun(2, domain="0,1", error="relative"))
        writer.flush("run2", [elite(0, 0.75, 0.5), elite(1, 0.875, 0.125)])
    return elite(0, 0.75, None).id


def test_runs_say_what_they_solve(run, shared):
    told = run("runs").out
    assert WIDE in told and NARROW in told
    (only,) = json.loads(run("runs", "--problem", "[-8,8]", "--json").out)
    assert (only["run"], only["problem"]["label"], only["target"]) == ("run1", WIDE, "tanh")


def test_the_best_of_each_target(run, shared):
    found = json.loads(run("elites", "--sort", "-digits", "--each", "--json").out)
    assert len({one["target"] for one in found}) == len(found)
    whole = json.loads(run("elites", "--sort", "-digits", "--json").out)
    for one in found:
        assert one == next(other for other in whole if other["target"] == one["target"])
    two = json.loads(run("elites", "--each", "--limit", "2", "--target", "none", "--json").out)
    assert two == []


def test_a_front_is_of_one_problem_and_says_of_which(run, shared):
    told = run("elites", "--target", "tanh", "--pareto", "ops,digits").out
    assert [line.split("   ")[1] for line in told.splitlines()[2:]] == [WIDE, NARROW]
    one = run("elites", "--problem", NARROW, "--pareto", "ops,digits").out
    assert "problem" not in one.splitlines()[0] and "0.50" in one and "0.25" not in one
    text = run("elites", "--csv").out
    assert f'"{WIDE}"' in text.splitlines()[1] and text.startswith("id,run,space,target,problem,")


def test_a_page_is_about_one_problem_and_names_the_others(run, shared):
    certified = run("show", shared).out
    assert NARROW in certified and f"also of  {WIDE}" in " ".join(certified.split("\n"))
    other = json.loads(run("show", shared, "--problem", "absolute", "--json").out)
    assert (other["problem"]["label"], other["certificate"]) == (WIDE, None)
    assert [problem["label"] for problem in other["also"]] == [NARROW]
    alone = json.loads(run("show", elite(1, 0.25, 0.25).id, "--json").out)
    assert "also" not in alone


def test_code_and_proofs_are_for_one_problem(run, shared):
    for command in (("certify", shared), ("export", shared, "--to", "c", "-o", "-")):
        refused = run(*command)
        assert refused.code == 2 and "choose one with --problem" in refused.err
        assert WIDE in refused.err and NARROW in refused.err
    code = run(
        "export", shared, "--to", "python", "-o", "-", "--seconds", "0", "--problem", "relative"
    ).out
    assert "[0, 1]" in code and "0.31" in code
    code = run("export", shared, "--to", "python", "-o", "-", "--problem", "absolute").out
    assert "[-8, 8]" in code and "0.31" not in code
    proved = json.loads(run("certify", shared, "--problem", "absolute", "--json").out)
    assert [elite["problem"]["label"] for elite in proved] == [WIDE]
    (kept,) = json.loads(run("elites", "--run", "run2", "--where", "digits = 0.5", "--json").out)
    assert kept["id"] == shared and kept["certificate"] == {"digits": 0.5, "upper": 0.31}


def test_ids_from_before_a_certificate_are_understood(run, shared):
    (proved,) = json.loads(run("certify", shared, "--problem", "absolute", "--json").out)
    assert proved["id"] != shared
    told = f"elitemap: {shared[:12]} is now {proved['id'][:12]}: its certificate changed it\n"
    shown = run("show", shared, "--problem", "absolute", "--json")
    assert (json.loads(shown.out)["id"], shown.err) == (proved["id"], told)
    code = run("export", shared, "--problem", "absolute", "--to", "c", "-o", "-")
    assert code.err == told and proved["id"][:12] in code.out
    assert run("show", shared).err == ""  # it still is an elite of the other problem


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("elites", "--problem", "tanh"), f"fits {WIDE}"),
        (("runs", "--problem", "cosh"), f"there are: {WIDE}"),
        (("report", "--problem", "cosh"), f"there are: {WIDE}"),
        (("browse", "--problem", "cosh"), f"there are: {WIDE}"),
        (("browse", "--problem", "relative", "--run", "run1"), "expected one of --run and"),
        (("elites", "--run", "run1", "--problem", "relative"), f"there are: {WIDE}"),
    ],
)
def test_mistakes_say_which_problems_there_are(run, shared, command, told):
    result = run(*command)
    assert result.code == 2 and told in result.err
    assert len(result.err.splitlines()) == 1
