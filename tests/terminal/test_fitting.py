import io

import pytest
from rich.console import Console

from elitemap.archive.objectives import recorded
from elitemap.terminal.objectives import Declared
from elitemap.terminal.tables.fitting import LEAST, fitting_runs, fitting_table

DECLARED = Declared.of(recorded("elementary", {"pareto": [["digits", 1]]}))

ELITE = {
    "id": "0123456789abcdef",
    "space": "fractions",
    "target": "pi",
    "problem": {"id": "1a2b3c4d", "label": "pi"},
    "status": "certified",
    "objectives": {
        "digits": 1024.0,
        "delta": -0.65,
        "digits_per_term": 0.301,
        "label": "explained",
        "significance": 1022.5,
    },
    "source": "2/pi: a = 3*n + 1, b = -2*n**2 + n; and so on for a long while",
    "family": {"size": 3},
}


def printed(width: int, terminal: bool = True) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=terminal, color_system=None)
    console.print(fitting_table([ELITE, ELITE], DECLARED, console))
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_terminal_gets_one_line_for_each(width: int) -> None:
    lines = printed(width)
    assert lines[4:5] == [] if width >= 120 else lines[4].startswith("no room for family")
    assert all(len(line) <= width for line in lines)
    assert "0123456789   certified" in lines[2] and "2/pi: a = 3*n + 1" in lines[2]


def test_what_tells_most_stays() -> None:
    head = printed(80)[0].split()
    assert head[:2] == ["id", "status"] and head[-1] == "program"
    assert "label" in head and "digits_per_term" not in head and "family" not in head
    assert printed(80)[4].rstrip() == "no room for family, digits_per_term, significance"
    assert "digits_per_term" in printed(200)[0] and "family" in printed(200)[0]


def test_a_pipe_gets_everything() -> None:
    lines = printed(100_000, terminal=False)
    assert lines[2].rstrip().endswith("for a long while") and "significance" in lines[0]


def test_a_very_narrow_terminal_still_gets_a_table() -> None:
    assert printed(LEAST)[0].startswith("id")


@pytest.mark.parametrize(
    ("width", "lost"), [(80, "cells, seed, evalu"), (60, "cells, seed, evalu"), (140, "")]
)
def test_runs_keep_one_line_each(width: int, lost: str) -> None:
    run = {
        "run": "0123456789ab",
        "space": "fractions",
        "problem": {"id": "1a2b3c4d", "label": "zeta(3),zeta(5),catalan,zeta(2),pi**3,log(2)"},
        "status": "interrupted",
        "started_at": "2026-01-01T00:00:00+00:00",
        "seed": 1,
        "summary": {"seconds": 61.0, "evaluations": 1e6, "cells": 1000},
    }
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    console.print(fitting_runs([run, run], console))
    lines = file.getvalue().splitlines()
    assert all("0123456789ab   fractions   zeta(3)" in line for line in lines[2:4])
    assert "interrupted" in lines[3]
    assert lines[4:] == [] if not lost else lines[4].startswith(f"no room for {lost}")
