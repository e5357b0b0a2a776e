"""``elitemap identify`` from the shell."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

EASY = ("a=2,1", "b=1,0,0")


def test_one_fraction(run: Run) -> None:
    done = run("identify", *EASY, "--constants", "pi")
    assert done.code == 0 and done.out.startswith("4/pi: a = 2*n + 1, b = n**2 (known")
    assert "recurrence" in done.out and "Gauss" in done.out


def test_many_from_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("# two of them\na=2,1 b=1,0,0\n\na = 4*n + 2, b = 1\n")
    done = run("identify", "--file", str(path), "--json")
    found = json.loads(done.out)
    assert [one["recognised"] for one in found] == [True, True]
    assert found[1]["formula"].startswith("(e + 1)/(e - 1)")
    assert "2 of 2 recognised" in run("identify", "--file", str(path)).err


def test_constants_from_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "constants.txt"
    path.write_text("# mine\ndirichlet(-3, 2)\npi\n")
    done = run("identify", *EASY, "--constants", f"@{path}")
    assert done.code == 0 and done.out.startswith("4/pi: a = 2*n + 1, b = n**2 (known")
    path.write_text("# none\n")
    done = run("identify", *EASY, "--constants", f"@{path}")
    assert done.code == 2 and "one a line, got none" in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "expected something to identify"),
        (("a=2,1",), "expected a fraction"),
        ((*EASY, "--space", "quantizers"), "expected a space that identifies"),
        ((*EASY, "--constants", "pie"), "pie"),
        (("--file", "none.txt"), "none.txt"),
    ],
)
def test_mistakes_are_told_in_one_line(run: Run, words: tuple[str, ...], told: str) -> None:
    done = run("identify", *words)
    assert done.code == 2 and told in done.err and len(done.err.splitlines()) == 1


def test_mistakes_in_a_file_are_told_with_their_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("a=2,1 b=1,0,0\na=2,1\n")
    done = run("identify", "--file", str(path))
    assert done.code == 2 and "line 2 of" in done.err
