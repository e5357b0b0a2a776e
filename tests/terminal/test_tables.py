import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console, RenderableType

from elitemap.archive.objectives import recorded
from elitemap.terminal.objectives import Declared
from elitemap.terminal.output import print_csv, print_json
from elitemap.terminal.tables.page import GENERATIONS, MEMBERS, elite_page
from elitemap.terminal.tables.tables import elites_table, runs_table

GOLDEN = Path(__file__).parent / "golden"
DECLARED = Declared.of(
    recorded("elementary", {"pareto": [["ops", -1], ["digits", 1], ["error", -1]]})
)
HOSTILE = "[bold]x[/bold]\x1b]0;owned\x07\u202e\nnext"


def elite(**changes: Any) -> dict[str, Any]:
    return {
        "id": "0123456789abcdef" * 4,
        "run": "r-1",
        "space": "elementary",
        "target": "exp2",
        "problem": {"id": "1a2b3c4d", "label": "exp2 on [0,1], relative"},
        "status": "certified",
        "objectives": {"ops": 7, "digits": 9.2587, "error": 5.51e-10},
        "measures": {"constants": 4.0, "depth": None},
        "source": "v = x + 15141.93066568965/x; (501.1/(-250.55 + v) - 0.99999999999)^8",
        "program": {"schema": 1},
        "certificate": {"bound": 5.52e-10, "argument": "0.25", "method": "balls"},
        **changes,
    }


CANDIDATE = elite(
    id="f" * 64,
    status="candidate",
    objectives={"ops": 12, "digits": None, "error": 1e-15},
    certificate=None,
    source=" + ".join(f"{k}.0*x" for k in range(24)),
)
LINEAGE = [
    {"id": f"{k:064x}", "operator": "insert" if k else None, "source": f"x + {k}.0"}
    for k in range(GENERATIONS + 2)
]

FAMILY = [{"source": f"4/pi: a = {k}*n + 1"} for k in range(MEMBERS + 3)]


def drawn(renderable: RenderableType, width: int = 100) -> str:
    file = io.StringIO()
    Console(file=file, width=width, markup=False, highlight=False, color_system=None).print(
        renderable
    )
    return file.getvalue()


def test_elites(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "elites.txt", drawn(elites_table([elite(), CANDIDATE], DECLARED)))


def test_elites_of_several_problems(golden: Callable[[Path, str], None]) -> None:
    other = {"id": "5e6f7a8b", "label": "exp2 on [-1,0], relative"}
    several = [elite(), elite(problem=other, objectives={"ops": 5})]
    golden(GOLDEN / "elites-problems.txt", drawn(elites_table(several, DECLARED)))


def test_elites_with_labels_and_families(golden: Callable[[Path, str], None]) -> None:
    labelled = {"digits": 1000.0, "label": "unexplained"}
    some = [
        elite(objectives=labelled, family={"size": 12}),
        elite(objectives={"digits": 30.5, "label": None}),
    ]
    golden(GOLDEN / "elites-families.txt", drawn(elites_table(some, DECLARED)))


def test_no_elites() -> None:
    assert "program" in drawn(elites_table([], DECLARED))


def test_runs(golden: Callable[[Path, str], None]) -> None:
    run = {
        "run": "r-1",
        "space": "elementary",
        "target": "exp2",
        "problem": {"id": "1a2b3c4d", "label": "exp2 on [0,1], relative"},
        "status": "done",
        "seed": 7,
        "started_at": "2026-01-02T03:04:05.678+00:00",
        "summary": {"seconds": 61.2, "evaluations": 1.2e9, "cells": 3207},
    }
    killed = {**run, "run": "r-2", "status": "running", "summary": {}}
    golden(GOLDEN / "runs.txt", drawn(runs_table([run, killed]), 120))


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("certified", elite(lineage=LINEAGE[:2], formula="x + 1")),
        ("candidate", {**CANDIDATE, "lineage": LINEAGE, "formula": None}),
        ("family", elite(lineage=LINEAGE[:2], formula=None, members=FAMILY)),
    ],
)
def test_pages(golden: Callable[[Path, str], None], name: str, page: dict[str, Any]) -> None:
    golden(GOLDEN / f"page-{name}.txt", drawn(elite_page(page, DECLARED)))


def test_certificates_are_told_in_full() -> None:
    proof = {"digits": 1024, "theorem": {"name": "Worpitzky", "from": [2, {"n": 0.1234567890123}]}}
    shown = drawn(elite_page(elite(lineage=[], formula=None, certificate=proof), DECLARED))
    lines = [line.split() for line in shown.splitlines()]
    assert ["name", "Worpitzky"] in lines
    assert ["n", "0.1234567890123"] in lines


def hostile() -> dict[str, Any]:
    return elite(
        id=HOSTILE,
        run=HOSTILE,
        space=HOSTILE,
        target=HOSTILE,
        problem={"id": HOSTILE, "label": HOSTILE},
        status=HOSTILE,
        objectives={HOSTILE: 1.0, "label": HOSTILE},
        measures={HOSTILE: 1.0},
        source=HOSTILE,
        certificate={HOSTILE: HOSTILE},
        formula=HOSTILE,
        lineage=[{"id": HOSTILE, "operator": HOSTILE, "source": HOSTILE}],
        members=[{"source": HOSTILE}, {"source": [HOSTILE]}, {HOSTILE: HOSTILE}],
    )


@pytest.mark.parametrize(
    "renderable",
    [
        elites_table([hostile(), elite()], DECLARED),
        elite_page(hostile(), DECLARED),
        runs_table(
            [{**hostile(), "seed": HOSTILE, "started_at": HOSTILE, "summary": {"seconds": HOSTILE}}]
        ),
    ],
    ids=["elites", "page", "runs"],
)
def test_hostile_archives_are_shown_not_obeyed(renderable: RenderableType) -> None:
    shown = drawn(renderable, width=1000)
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert "[bold]x[/bold]\\x1b]0;owned" in shown


def test_json_of_hostile_text_is_ascii(capsys: pytest.CaptureFixture[str]) -> None:
    print_json(hostile())
    assert capsys.readouterr().out.isascii()


def test_csv_of_hostile_text_is_shown_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([{**hostile(), "objectives": {"label": HOSTILE}, "measures": {}}])
    assert not {"\x1b", "\x07", "\u202e"} & set(capsys.readouterr().out)


def test_csv(golden: Callable[[Path, str], None], capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([elite(), CANDIDATE, elite(source='say "x", \x1b[2J')])
    golden(GOLDEN / "elites.csv", capsys.readouterr().out)
