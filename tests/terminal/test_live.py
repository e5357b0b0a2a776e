import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from elitemap.archive.records import EliteRecord
from elitemap.engine.events import (
    Certified,
    Covered,
    Event,
    Finished,
    Interrupted,
    Plan,
    Progress,
    Started,
    Warned,
    ignore,
)
from elitemap.terminal.forecast import opening
from elitemap.terminal.live import Lines, live_view
from elitemap.terminal.picture import Picture, follow, line, panel

GOLDEN = Path(__file__).parent / "golden"
STARTED = Started("r-1", "elementary", "exp2", 1, 2, 2, 60.0, None, ("ops", "depth"), False)
PROGRESS = Progress(
    elapsed=42.4,
    remaining=17.6,
    done=0.7,
    proposals=9_000_000,
    fitted=234_567,
    screened=1_234_567,
    evaluations=87_654_321,
    evaluations_per_second=5_100_000.0,
    fitted_per_second=9_100.0,
    screened_per_second=29_100.0,
    hit_rate=0.37,
    audits=100,
    audit_mismatches=0,
    cells=3207,
    all_cells=5000,
    qd_score=12345.6,
    front=tuple({"ops": float(n), "error": 10.0**-n, "digits": float("nan")} for n in range(4, 9)),
    strip=(None, 1.0, 2.0, 4.0, 8.0),
    operators={"insert": 0.2, "delete": 0.1, "term": 0.7},
    emitters={"uniform": 1.0},
)
ELITE = EliteRecord(
    slot=3,
    cell=(1, 2),
    program={},
    source="x",
    quality=9.0,
    objectives={"ops": 7, "digits": 9.258, "error": 5e-10},
    measures={},
    status="certified",
    certificate={},
    parent=None,
    operator=None,
)
PLAN = Plan(size=4_270_617, blocks=120, covered=0, estimate=40.0)
COVERED = Covered(
    elapsed=12.3,
    remaining=27.7,
    done=0.31,
    candidates=1_323_000,
    size=4_270_617,
    rate=107_000.0,
    members=1,
    classes=1,
    counts={"near": 812, "deepened": 31},
)
FOUND = replace(ELITE, objectives={"digits": 1000, "label": "unexplained"})
HOSTILE = "[red]\x1b[2J\nnext"


def after(*events: Event) -> Picture:
    picture = None
    for event in events:
        picture = follow(picture, event)
    assert picture is not None
    return picture


def drawn(picture: Picture) -> str:
    console = Console(file=io.StringIO(), width=100, markup=False, color_system=None)
    console.print(panel(picture, 100, colour=False))
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("started", (STARTED,)),
        ("searching", (STARTED, PROGRESS)),
        ("proving", (STARTED, PROGRESS, Certified(ELITE, 1, 9))),
        ("enumeration", (replace(STARTED, plan=PLAN),)),
        ("covered", (replace(STARTED, plan=PLAN), COVERED)),
        ("certificates", (replace(STARTED, plan=PLAN), COVERED, Certified(FOUND, 1, 9))),
        ("warned", (STARTED, PROGRESS, Warned("all elites lie in one bin of depth"))),
    ],
)
def test_panels(golden: Callable[[Path, str], None], name: str, events: tuple[Event, ...]) -> None:
    golden(GOLDEN / f"panel-{name}.txt", drawn(after(*events)))


def test_the_phase_follows_the_events() -> None:
    assert after(STARTED).phase == "starting"
    assert after(STARTED, PROGRESS).phase == "searching"
    assert after(STARTED, COVERED).phase == "searching"
    assert after(STARTED, PROGRESS, Certified(ELITE, 1, 9)).phase == "proving"
    assert after(STARTED, Finished("r-1", {})).phase == "done"
    assert after(STARTED, Interrupted("r-1", {}, "x")).phase == "interrupted"


def test_nothing_is_drawn_before_the_start() -> None:
    assert follow(None, PROGRESS) is None


@pytest.mark.parametrize("text", [drawn, line])
def test_hostile_text_is_shown_not_obeyed(text: Callable[[Picture], str]) -> None:
    started = replace(STARTED, target=HOSTILE)
    shown = text(after(started, replace(PROGRESS, front=({HOSTILE: 1.0},)), Warned(HOSTILE)))
    assert "\x1b" not in shown
    assert "[red]\\x1b[2J next" in shown


def test_a_line_has_the_figures() -> None:
    told = line(after(STARTED, PROGRESS))
    assert told.startswith(
        "searching, 42s, 18s left, 3207 of 5000 cells, cache hits 37%, 1.23M scr"
    )
    assert told.endswith("best: ops 8, error ~1.0e-08")


def test_a_line_of_an_enumeration_has_its_figures() -> None:
    told = line(after(STARTED, replace(COVERED, members=57, classes=17)))
    assert told == (
        "searching, 12s, 28s left, 1.32M of 4.27M candidates (107k/s), 57 formulas in 17 classes"
    )
    assert line(after(STARTED, COVERED)).endswith("1 formula in 1 class")
    told = line(after(STARTED, COVERED, *(Certified(FOUND, k, 99) for k in range(1, 60))))
    assert told == "proving, 59 of 99"


def test_hostile_figures_of_an_enumeration_are_shown_not_obeyed() -> None:
    hostile = replace(ELITE, objectives={"label": HOSTILE})
    events = (replace(COVERED, counts={HOSTILE: 3}), Certified(hostile, 1, 2))
    shown = drawn(after(replace(STARTED, target=HOSTILE), *events))
    assert "\x1b" not in shown and shown.count("[red]\\x1b[2J next") == 3


def test_what_is_ahead_is_told_first() -> None:
    told: list[str] = []
    lines = Lines(told.append, lambda: 0.0)
    lines(replace(STARTED, plan=PLAN, notes=("one", "two"), seconds=None))
    assert told == [
        "searching elementary exp2, run r-1",
        "one",
        "two",
        "4,270,617 candidates in 120 blocks, about 40s on 2 workers",
    ]


@pytest.mark.parametrize(
    ("covered", "estimate", "seconds", "expected"),
    [
        (0, 40.0, 60.0, ["1,000 candidates in 120 blocks, about 40s on 2 workers"]),
        (0, 40.0, None, ["1,000 candidates in 120 blocks, about 40s on 2 workers"]),
        (0, 0.2, 1.0, ["1,000 candidates in 120 blocks, less than 1s on 2 workers"]),
        (500, 40.0, None, ["1,000 candidates in 120 blocks, 50 % done, about 40s on 2 workers"]),
        (
            0,
            7200.0,
            60.0,
            [
                "1,000 candidates in 120 blocks, about 2h00m on 2 workers",
                "60 s are too short: it will be interrupted at about 0.8 %; "
                "`elitemap resume r-1` then goes on to the end",
            ],
        ),
    ],
)
def test_forecasts(
    covered: int, estimate: float, seconds: float | None, expected: list[str]
) -> None:
    plan = Plan(1000, 120, covered, estimate)
    assert opening(replace(STARTED, plan=plan, seconds=seconds)) == expected


def test_lines_come_every_few_seconds() -> None:
    told: list[str] = []
    now = [0.0]
    lines = Lines(told.append, lambda: now[0])
    lines(STARTED)
    for now[0] in (0.0, 3.0, 9.9, 10.0, 12.0):
        lines(PROGRESS)
    lines(Warned("careful"))
    assert [one.split(",")[0] for one in told] == [
        "searching elementary exp2",
        "searching",
        "searching",
        "careful",
    ]


def test_quiet_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with live_view(quiet=True) as observer:
        observer(STARTED)
        observer(PROGRESS)
    assert observer is ignore
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_panel(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"TERM": "xterm", "COLUMNS": "90", "TTY_COMPATIBLE": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    with live_view(quiet=False) as observer:
        observer(STARTED)
        observer(PROGRESS)
    captured = capsys.readouterr()
    assert "\x1b[" in captured.err
    assert "elementary exp2, searching, run r-1" in captured.err
    assert captured.out == ""


def test_a_terminal_gets_the_forecast_above_the_panel(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"TERM": "xterm", "COLUMNS": "90", "TTY_COMPATIBLE": "1"}.items():
        monkeypatch.setenv(name, value)
    with live_view(quiet=False) as observer:
        observer(replace(STARTED, plan=PLAN, notes=(HOSTILE,)))
        observer(COVERED)
    err = capsys.readouterr().err
    assert "4,270,617 candidates in 120 blocks, about 40s on 2 workers" in err
    assert "[red]\\x1b[2J next" in err and "\x1b[2J" not in err


def test_no_color_is_honoured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"TERM": "xterm", "TTY_COMPATIBLE": "1", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    with live_view(quiet=False) as observer:
        observer(STARTED)
        observer(PROGRESS)
    captured = capsys.readouterr()
    assert "38;2" not in captured.err
    assert "▁" in captured.err


def test_a_pipe_gets_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with live_view(quiet=False) as observer:
        observer(STARTED)
        observer(PROGRESS)
    err = capsys.readouterr().err
    assert err.startswith("elitemap: searching elementary exp2, run r-1\n")
    assert "\x1b" not in err
