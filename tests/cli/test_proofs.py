"""Searches whose proofs need more time than they had, and the command that makes the rest."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Path(__file__).parents[1] / "engine" / "plugin"

#: Proofs take a billion seconds for even numbers of ones; for three ones there is none.
SEARCH = [
    "search",
    "toy",
    "bits",
    "--set",
    "effort=1e9",
    "--evaluations",
    "20000",
    "--workers",
    "1",
]

Run = Callable[..., Any]


@pytest.fixture
def toy(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line with the toy space installed."""
    monkeypatch.syspath_prepend(PLUGIN)
    return run


@pytest.fixture
def ended(toy: Run) -> Any:
    """A search that has ended; its archive lies in the working directory."""
    return toy(*SEARCH)


def test_a_search_shows_and_names_what_it_did_not_prove(ended: Any, toy: Run) -> None:
    lines = ended.err.splitlines()
    (why,) = (line for line in lines if "no certificate for " in line)
    assert why.endswith(": three ones")
    assert "not proved in time: " in lines[-1]
    assert "to go on: elitemap certify --front --run " in lines[-1]
    for name in lines[-1].partition(" of ")[2].partition("; to go on")[0].split(", ")[1:]:
        (row,) = (line for line in ended.out.splitlines() if line.startswith(name))
        assert "candidate" in row


def test_certify_goes_on_with_the_front(ended: Any, toy: Run) -> None:
    done = toy("certify", "--front", "--seconds", "2e9", "--json")
    assert done.code == 1
    assert "1 of " in done.err and "more time would change nothing" in done.err
    assert ": no certificate: three ones" in done.err
    proved = json.loads(done.out)
    assert len(proved) > 2 and {elite["status"] for elite in proved} == {"certified"}
    run = json.loads(toy("runs", "--json").out)[0]["run"]
    again = toy("certify", "--front", "--run", run, "--json")
    assert f"run {run}: 1 to prove" in again.err and json.loads(again.out) == []


def test_more_time_is_advised_where_it_would_help(ended: Any, toy: Run) -> None:
    done = toy("certify", "--front", "--seconds", "5")
    assert " within 5 s: too late" in done.err
    assert "could not be certified: allow more time with --seconds" in done.err


def test_show_says_why_there_is_no_certificate(ended: Any, toy: Run) -> None:
    (elite,) = json.loads(toy("elites", "--where", "unproved = 'three ones'", "--json").out)
    assert elite["status"] == "candidate"
    assert "none, and more time would not change it: three ones" in toy("show", elite["id"]).out


def test_a_proved_front_has_nothing_to_prove(toy: Run) -> None:
    toy(*(part.replace("1e9", "0") for part in SEARCH), "--quiet")
    done = toy("certify", "--front")
    assert done.code == 0 and "nothing to prove" in done.err and done.out == ""


@pytest.mark.parametrize(
    "arguments", [[], ["--run", "x"], ["abc", "--front"], ["abc", "--run", "x"]]
)
def test_elites_or_a_front(run: Run, arguments: list[str]) -> None:
    done = run("certify", *arguments)
    assert done.code == 2
    assert "expected either IDs of elites, or --front" in done.err
