"""Searches that go through all candidates, on the command line; a toy space stands for others."""

import csv
import io
import json
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import Member
from elitemap.archive.store import ArchiveWriter

PLUGIN = Path(__file__).parents[1] / "engine" / "plugin"
SEARCH = ["search", "toy", "bits", "--workers", "1", "--set", "blocks=40"]

Run = Callable[..., Any]


@pytest.fixture
def toy(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line with the toy space installed; the command must succeed."""
    monkeypatch.syspath_prepend(PLUGIN)

    def call(*arguments: str, code: int = 0) -> Any:
        result = run(*arguments)
        assert result.code == code, result
        return result

    return call


@pytest.fixture
def found(toy: Run) -> dict[str, Any]:
    """The final object of a search, whose archive lies in the working directory."""
    done = toy(*SEARCH, "--quiet", "--json")
    assert done.err == "" and done.out.count("\n") == 1
    result: dict[str, Any] = json.loads(done.out)
    return result


def test_the_final_object(found: dict[str, Any]) -> None:
    contract = {"run", "seconds", "evaluations", "proposals", "cache_hit_rate", "cells", "best"}
    assert set(found) == contract | {"size", "candidates", "classes", "members"}
    assert found["evaluations"] == found["candidates"] == found["size"] == 2000
    assert found["cache_hit_rate"] == 0 < found["cells"]
    assert len(found["best"]) == found["classes"] > 40
    assert sum(elite["family"]["size"] for elite in found["best"]) == found["members"]


def test_the_best_are_all_the_best_first(found: dict[str, Any]) -> None:
    order = [(-elite["quality"], elite["id"]) for elite in found["best"]]
    assert order == sorted(order)
    assert {elite["status"] for elite in found["best"]} == {"certified", "candidate"}


def test_a_table_is_cut_and_says_so(toy: Run) -> None:
    done = toy(*SEARCH)
    rows = done.out.splitlines()[2:]
    assert len(rows) == 40
    told = [line for line in done.err.splitlines() if "shown; all of them: " in line]
    assert len(told) == 1 and told[0].startswith("elitemap: 40 of 4")
    command = told[0].partition("all of them: elitemap ")[2].split()
    everything = toy(*command).out.splitlines()[2:]
    assert len(everything) > 40
    assert [row.split()[0] for row in everything[:40]] == [row.split()[0] for row in rows]


def test_what_is_told_on_the_way(toy: Run) -> None:
    lines = toy(*SEARCH, "--set", "note=mind the gap", "--set", "delay=0.002").err.splitlines()
    assert lines[0].startswith("elitemap: searching toy bits, run ")
    assert lines[1] == "elitemap: mind the gap"
    assert lines[2] == "elitemap: 2,000 candidates in 40 blocks, less than 1s on 1 worker"
    assert lines[3].startswith("elitemap: searching, 0s")
    assert "candidates, " in lines[-2] and "formulas in 4" in lines[-2] and "certified" in lines[-2]
    assert "not proved in time: 10 of 45, " in lines[-1]
    assert lines[-1].endswith("; to go on: elitemap certify ID --archive elitemap.db")
    assert "look with: elitemap show ID --archive elitemap.db" in lines[-2]


def test_notes_are_told_for_every_kind_of_search(toy: Run) -> None:
    evolve = ["search", "toy", "bits", "--evaluations", "2000", "--workers", "1"]
    done = toy(*evolve, "--set", "note=mind the gap")
    assert done.err.splitlines()[1] == "elitemap: mind the gap"
    assert toy(*evolve, "--set", "note=mind the gap", "--quiet").err == ""


def test_too_few_seconds_are_told_before_and_after(toy: Run, tmp_path: Path) -> None:
    short = ["--set", "delay=0.05", "--seconds", "0.6"]
    done = toy(*SEARCH, *short, code=130)
    lines = done.err.splitlines()
    assert lines[1] == "elitemap: 2,000 candidates in 40 blocks, about 2s on 1 worker"
    said, _, cure = lines[2].partition("; ")
    assert said == "elitemap: 0.6 s are too short: it will be interrupted at about 30 %"
    command, _, rest = cure.strip("`").partition("` then ")
    assert rest == "goes on to the end"
    assert lines[-1].startswith("elitemap: interrupted and saved; to go on: elitemap resume ")
    again = toy(*command.split()[1:], "--json", "--workers", "1")
    assert "0 % done, " in again.err.splitlines()[1] or " % done, " in again.err.splitlines()[1]
    assert json.loads(again.out)["candidates"] == 2000
    (run,) = json.loads(toy("runs", "--json").out)
    assert run["status"] == "done"


def test_a_search_without_budget_goes_on_to_the_end(found: dict[str, Any], toy: Run) -> None:
    (run,) = json.loads(toy("runs", "--json").out)
    budgets = [run["config"]["search"][name] for name in ("seconds", "evaluations")]
    assert (budgets, run["status"]) == ([None, None], "done")
    assert run["summary"]["count.drawn"] == 2000


def test_labels_in_every_format(found: dict[str, Any], toy: Run) -> None:
    query = ["elites", "--where", "label = 'even' and proved >= 16", "--sort", "-proved,label"]
    elites = json.loads(toy(*query, "--json").out)
    assert elites and {e["objectives"]["label"] for e in elites} == {"even"}
    wanted = [
        e["id"]
        for e in found["best"]
        if e["objectives"]["label"] == "even" and e["objectives"]["proved"] >= 16
    ]
    assert {e["id"] for e in elites} == set(wanted)
    rows = list(csv.DictReader(io.StringIO(toy(*query, "--csv").out)))
    assert [(r["id"], r["label"]) for r in rows] == [(e["id"], "even") for e in elites]
    table = toy(*query).out.splitlines()
    assert "label" in table[0] and all(" even " in row for row in table[2:])
    labels = [
        e["objectives"]["label"] for e in json.loads(toy("elites", "--sort", "label", "--json").out)
    ]
    assert labels == sorted(filter(None, labels)) + [None] * labels.count(None)
    assert "label" in toy("elites", "--pareto", "label", code=2).err


def test_show_tells_the_family(found: dict[str, Any], toy: Run) -> None:
    largest = max(found["best"], key=lambda e: e["family"]["size"])
    shown = json.loads(toy("show", largest["id"][:12], "--json").out)
    extra = {"lineage", "formula", "members"}
    assert {k: v for k, v in shown.items() if k not in extra} == largest
    assert len(shown["members"]) == largest["family"]["size"] > 20
    page = toy("show", largest["id"]).out
    assert f"family of {len(shown['members'])}" in page
    assert shown["members"][0]["source"] in page and shown["members"][19]["source"] in page
    assert f"and {len(shown['members']) - 20} more, see --json" in page


def test_evolving_elites_have_no_family(toy: Run) -> None:
    toy("search", "toy", "bits", "--evaluations", "2000", "--workers", "1", "--quiet")
    elites = json.loads(toy("elites", "--limit", "1", "--json").out)
    assert "family" not in elites[0]
    shown = json.loads(toy("show", elites[0]["id"], "--json").out)
    assert "members" not in shown and "family" not in toy("show", elites[0]["id"]).out


def test_certifying_by_hand_unites_equals(found: dict[str, Any], toy: Run) -> None:
    """As after a search whose time was too short for some certificates."""
    with ArchiveReader.open("elitemap.db") as reader:
        some = reader.elites(ElitesQuery(where="status = 'certified'", limit=1))[0].record()
    bits = some.program["bits"][::-1]
    twins = [
        replace(
            some,
            slot=slot,
            program={"bits": bits, "tune": tune},
            status="candidate",
            certificate=None,
        )
        for slot, tune in ((900, "0x1p-3"), (901, "0x1p-4"))
    ]
    with ArchiveWriter.open("elitemap.db") as writer:
        disguises = [Member(twin.slot, 900 + k, {"k": k}) for k, twin in enumerate(twins)]
        writer.flush(found["run"], twins, disguises=disguises)
    done = toy("certify", twins[1].id, twins[0].id, "--json")
    assert len({elite["id"] for elite in json.loads(done.out)}) == 1
    (united,) = json.loads(toy("elites", "--where", "slot >= 900", "--json").out)
    assert united["family"] == {"size": 2} and united["status"] == "certified"
    shown = json.loads(toy("show", united["id"], "--json").out)
    assert shown["members"] == [{"k": 0}, {"k": 1}]


def test_a_hostile_label_is_shown_not_obeyed(found: dict[str, Any], toy: Run) -> None:
    hostile = "[red]\x1b]0;owned\x07\x1b[2J\u202e\nnext"
    with sqlite3.connect("elitemap.db") as connection:
        connection.execute("UPDATE elite SET text_label = ?", [hostile])
        connection.execute(
            "UPDATE member SET body = json_object('source', ?, 'n', number)", [hostile]
        )
    connection.close()
    one = found["best"][0]["id"]
    for command in (["elites"], ["elites", "--csv"], ["elites", "--json"], ["show", one]):
        result = toy(*command)
        assert not {"\x1b", "\x07", "\u202e"} & set(result.out + result.err)
        assert "owned" in result.out and "[red]" in result.out


@pytest.mark.slow
def test_an_interrupt_saves_and_resume_ends_it(
    script: tuple[str, ...], toy: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    command = [*script, "search", "toy", "bits", "--set", "blocks=300", "--set", "delay=0.05"]
    process = subprocess.Popen(
        [*command, "--workers", "2"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    while "left, " not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert 0 < json.loads(toy("runs", "--json").out)[0]["summary"]["candidates"] < 15000
    done = toy("resume", "--json", "--workers", "2")
    assert json.loads(done.out)["candidates"] == 15000
