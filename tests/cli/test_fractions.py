"""Continued fractions from the command line, as a mathematician would use them."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

E_BOX = ("--set", "a=1..5,-5..5", "--set", "b=-5..5,-5..5", "--set", "moebius=5")


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory, script: tuple[str, ...]) -> Path:
    """An archive with the published box of e; beside it, the JSON that the search printed."""
    path = tmp_path_factory.mktemp("swept") / "e.db"
    command = [*script, "search", "fractions", "e", "--set", "mode=sweep", *E_BOX]
    command += ["--archive", str(path), "--json", "--quiet", "--workers", "1"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    path.with_suffix(".json").write_text(done.stdout)
    return path


def test_a_sweep_reports_classes_and_formulas(swept: Path) -> None:
    found = json.loads(swept.with_suffix(".json").read_text())
    assert (found["candidates"], found["members"], found["classes"]) == (6655, 20, 6)
    assert len(found["best"]) == 6
    for elite in found["best"]:
        assert elite["status"] == "certified"
        values = elite["objectives"]
        assert {"digits", "significance", "label", "digits_per_term"} <= set(values)
        assert values["digits"] >= 1000 and values["label"] in ("known", "explained")
        assert elite["certificate"]["rigorous"]


def test_labels_are_searched_for(swept: Path, run: Run) -> None:
    counts = {}
    for label in ("known", "explained", "unexplained"):
        asked = run("elites", "--archive", str(swept), "--where", f"label = '{label}'", "--json")
        counts[label] = len(json.loads(asked.out))
    assert counts["known"] + counts["explained"] == 6 and counts["unexplained"] == 0


def test_families_are_found_and_checked_further(run: Run) -> None:
    box = ("--set", "mode=sweep", "--set", "a=1,1..9", "--set", "b=-1..1,0", "--set", "moebius=60")
    assert run("search", "fractions", "e", *box, "--workers", "1", "--quiet").code == 0
    (family,) = json.loads(run("families", "--json").out)
    assert (family["a"], family["b"]) == ("n + k + 2", "-n")
    assert [member["k"] for member in family["members"]] == [0, 1, 2, 3, 4]
    assert family["members"][1]["source"] == "e: a = n + 3, b = -n"
    assert family["verified"] == [5, 6, 7]
    shown = run("families")
    assert family["text"] in shown.out and "further k that were checked: 5, 6, 7" in shown.out
    assert run("families", "--where", "digits > 5000").err.startswith("elitemap: no families")


def test_every_language_is_written(swept: Path, run: Run, tmp_path: Path) -> None:
    best = json.loads(swept.with_suffix(".json").read_text())["best"][0]
    for language in ("latex", "sympy", "pari", "mpmath", "python", "c", "lean"):
        done = run(
            "export", best["id"][:12], "--to", language, "-o", "out", "--archive", str(swept)
        )
        assert done.code == 0, done
    printed = subprocess.run(
        [sys.executable, str(tmp_path / "out" / "e.py"), "60"], capture_output=True, text=True
    )
    assert printed.stdout.startswith(
        "2.71828182845904523536028747135266249775724709369995957496696"
    )


def test_a_signed_search_rediscovers_the_tangent(run: Run) -> None:
    done = run(
        "search", "fractions", "tan(1)", "--set", "mode=signed", "--set", "limit=2",
        "--workers", "1", "--json", "--quiet",
    )  # fmt: skip
    found = json.loads(done.out)
    assert (found["candidates"], found["members"]) == (1120, 349)
    assert all(elite["objectives"]["digits"] >= 1000 for elite in found["best"])


def test_pi_has_no_signed_expansions(run: Run) -> None:
    done = run(
        "search", "fractions", "pi", "--set", "mode=signed", "--workers", "1", "--json", "--quiet"
    )
    assert done.code == 0 and json.loads(done.out)["best"] == []


def test_the_published_false_formula_is_not_found(run: Run) -> None:
    """a = 2(n^3+(n+1)^3)-(2n+1), b = -4n^6 converges like 1/log n."""
    done = run(
        "search", "fractions", "zeta(3)", "--set", "mode=sweep", "--workers", "1",
        "--set", "a=[2..2]*(n^3+(n+1)^3)+[-1..-1]*(2*n+1)", "--set", "b=-[2..2]^2*n^6",
        "--json", "--quiet",
    )  # fmt: skip
    found = json.loads(done.out)
    assert found["candidates"] == 1 and found["best"] == []


@pytest.mark.parametrize(
    ("target", "settings", "message"),
    [
        ("2/3", (), "2/3 to 400 digits"),
        ("sqrt(4)", (), "irrational"),
        ("pi*", (), "expected a number"),
        ("log(-1)", (), "not a real number"),
        ("pi,pi", (), "twice"),
        ("pi", ("mode=sweep", "a=5..1"), "swap the ends"),
        ("pi", ("mode=sweep", "b=[1..3]*m"), "expected whole numbers"),
        ("pi", ("mode=sweep", "limit=2"), "set mode=signed"),
        ("pi", ("mode=foo",), "unknown mode"),
        ("pi", ("degrees=9,9",), "expected degrees"),
        ("pi", ("known=missing.csv",), "missing.csv"),
    ],
)
def test_bad_input_is_refused_in_one_line(
    run: Run, target: str, settings: tuple[str, ...], message: str
) -> None:
    flags = [word for setting in settings for word in ("--set", setting)]
    done = run("search", "fractions", target, *flags, "--seconds", "1")
    assert done.code == 2 and message in done.err
    assert done.err.strip().count("\n") == 0


def test_an_algebraic_constant_is_said_to_be_one(run: Run) -> None:
    box = ("--set", "mode=sweep", "--set", "a=1..2", "--set", "b=1..2")
    done = run("search", "fractions", "golden", *box, "--workers", "1")
    assert done.code == 0
    assert "golden is algebraic: x**2 - x - 1 = 0" in done.err
    assert "algebraic" in done.out


def blocks_stored(path: Path) -> bool:
    if not path.exists():
        return False
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.OperationalError):
        return bool(connection.execute("SELECT count(*) FROM metric").fetchone()[0])
    return False  # its tables are not there yet


@pytest.mark.slow
def test_a_killed_sweep_goes_on_at_its_block(
    tmp_path: Path, script: tuple[str, ...], run: Run
) -> None:
    """The archive of an interrupted sweep holds in the end what the uninterrupted one does."""
    box = ("--set", "mode=sweep", "--set", "a=1..13,-26..26", "--set", "b=-11..11,-15..15,-15..15")
    search = [*script, "search", "fractions", "pi", *box, "--workers", "1", "--quiet", "--archive"]
    process = subprocess.Popen([*search, str(tmp_path / "killed.db")])
    deadline = time.monotonic() + 240
    while not blocks_stored(tmp_path / "killed.db") and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    resumed = run("resume", "--archive", "killed.db", "--quiet", "--json")
    whole = subprocess.run([*search, "whole.db", "--json"], capture_output=True, text=True)
    found, wanted = json.loads(resumed.out), json.loads(whole.stdout)
    assert wanted["members"] > 20
    for name in ("candidates", "members", "classes"):
        assert found[name] == wanted[name]
    assert [e["id"] for e in found["best"]] == [e["id"] for e in wanted["best"]]
