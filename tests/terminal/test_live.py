import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from elitemap.archive.objectives import recorded
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
from elitemap.engine.protocols import Axis
from elitemap.terminal.live.forecast import opening
from elitemap.terminal.live.panels import content, ends, framed, panel, pooled
from elitemap.terminal.live.picture import Picture, follow, later, line
from elitemap.terminal.live.view import Board, Lines, live_view

GOLDEN = Path(__file__).parent / "golden"
STARTED = Started(
    "r-1",
    "elementary",
    "exp2",
    1,
    2,
    2,
    60.0,
    None,
    ("ops", "depth"),
    False,
    strip=Axis("ops", (1.5, 2.5, 3.5, 4.5)),
    objectives=recorded("elementary", {"pareto": [["ops", -1], ["digits", 1], ["error", -1]]}),
)
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


def test_a_search_that_has_ended_waits_for_nothing() -> None:
    done = after(STARTED, PROGRESS, Finished("r-1", {"seconds": 59.0}))
    assert line(done).startswith("done, 59s, 3207 of 5000 cells")
    assert done.progress is not None and done.progress.done == 1.0
    stopped = after(STARTED, COVERED, Interrupted("r-1", {}, "x"))
    assert line(stopped).startswith("interrupted, 12s, 1.32M of 4.27M candidates")
    assert stopped.covered is not None and stopped.covered.done == COVERED.done


def test_clocks_go_on_between_events() -> None:
    assert line(later(after(STARTED, PROGRESS), 10.0)).startswith("searching, 52s, 8s left")
    assert line(later(after(STARTED, PROGRESS), 100.0)).startswith("searching, 2m22s, 0s left")
    one = later(after(STARTED, COVERED), COVERED.remaining or 0.0).covered
    assert one is not None and one.done == 1.0
    ended = after(STARTED, PROGRESS, Finished("r-1", {}))
    assert later(ended, 10.0) == ended


SIZES = [(30, 7), (40, 9), (60, 15), (80, 24), (160, 50)]
LONG = {f"objective_{k}": float(k) for k in range(9)} | {"label": "unexplained " * 20}

WORDY = replace(ELITE, objectives=LONG)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize(
    "events",
    [
        (STARTED,),
        (STARTED, PROGRESS, *(Warned(f"careful {k} " * 30) for k in range(9))),
        (STARTED, replace(PROGRESS, front=(LONG,) * 40, strip=(1.0, None) * 60)),
        (
            STARTED,
            PROGRESS,
            *(Certified(replace(ELITE, objectives=LONG), k, 40) for k in range(40)),
        ),
        (STARTED, replace(COVERED, counts={f"stage {k}": k for k in range(60)})),
        (STARTED, COVERED, *(Certified(FOUND, k, 40) for k in range(40))),
    ],
)
def test_a_panel_fits_its_terminal(width: int, height: int, events: tuple[Event, ...]) -> None:
    picture = after(*events)
    lines = content(picture, width, False, height)
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(framed(picture, lines, width), end="")
    assert isinstance(console.file, io.StringIO)
    rows = console.file.getvalue().splitlines()
    assert len(rows) == len(lines) + 2 <= height
    assert {cell_len(row) for row in rows} == {min(width, 110)}


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (100, "elementary tanh on [-8,8], absolute, searching, run r-1 ─"),
        (60, "elementary tanh on [-8,8], absolu…, searching, run r-1 ─"),
        (30, "elementary tanh…, searc… ─"),
    ],
)
def test_a_panel_names_the_problem_and_how_it_stands(width: int, told: str) -> None:
    picture = after(replace(STARTED, problem="tanh on [-8,8], absolute"), PROGRESS)
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(framed(picture, [], width))
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().startswith(f"╭─ {told}")


def test_the_strip_names_its_ends_and_fits() -> None:
    started = replace(STARTED, strip=Axis("ops", tuple(k + 0.5 for k in range(1, 30))))
    picture = after(started, replace(PROGRESS, strip=tuple(map(float, range(30)))))
    (row,) = [t.plain for t in content(picture, 60, False) if t.plain.startswith("best by")]
    assert row.startswith("best by ops 1 ▁") and row.endswith("█ 30") and len(row) <= 56
    assert ends(Axis("rate", (0.05, 4.5))) == ("<0.05", "≥4.5")
    assert ends(Axis("any", ())) == ("", "")


@given(st.lists(st.none() | st.floats(-9, 9), max_size=40), st.integers(1, 12))
def test_pooled_bins_keep_the_best(values: list[float | None], most: int) -> None:
    kept = pooled(values, most)
    assert len(kept) <= most
    known = [value for value in values if value is not None]
    assert max((v for v in kept if v is not None), default=None) == max(known, default=None)


def board(*events: Event, width: int = 80, height: int = 24) -> tuple[Board, Console, list[float]]:
    now = [0.0]
    console = Console(
        file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None
    )
    made = Board(console, lambda: now[0])
    for event in events:
        made.take(event)
    return made, console, now


def shown(made: Board, console: Console) -> list[str]:
    with console.capture() as capture:
        console.print(made)
    *lines, last = capture.get().splitlines()
    return lines if last == " " else [*lines, last]  # a place for the cursor


def test_a_board_does_not_get_lower_before_the_end() -> None:
    made, console, _ = board(STARTED, PROGRESS)
    high = len(shown(made, console))
    made.take(replace(PROGRESS, front=(), operators={}))
    assert len(shown(made, console)) == high
    made.take(Finished("r-1", {}))
    assert len(shown(made, console)) < high


def test_the_clock_of_a_board_goes_on() -> None:
    made, console, now = board(STARTED, PROGRESS)
    now[0] = 5.0
    assert "47s, 13s left" in "\n".join(shown(made, console))


def test_a_board_in_a_tiny_terminal_is_a_line() -> None:
    made, console, _ = board(STARTED, PROGRESS, width=29, height=24)
    assert len(shown(made, console)) == 1
    made, console, _ = board(STARTED, PROGRESS, width=80, height=6)
    assert len(shown(made, console)) == 1


def test_a_narrower_terminal_is_cleared_first() -> None:
    made, console, _ = board(STARTED, PROGRESS, width=100)
    rows = len(shown(made, console))
    console.width = 60
    assert shown(made, console)[0].startswith(f"\x1b[{rows}A\x1b[J╭─")
    assert shown(made, console)[0].startswith("╭─")


def test_nothing_is_drawn_before_the_start() -> None:
    assert follow(None, PROGRESS) is None


@pytest.mark.parametrize("text", [drawn, line])
def test_hostile_text_is_shown_not_obeyed(text: Callable[[Picture], str]) -> None:
    started = replace(STARTED, problem=HOSTILE)
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
    shown = drawn(after(replace(STARTED, problem=HOSTILE), *events))
    assert "\x1b" not in shown and shown.count("[red]\\x1b[2J next") == 3


def test_what_is_asked_is_told_before_all_else() -> None:
    started = replace(STARTED, asks="exp2(x) on [0, 1]", notes=("mind\x1b[2J the gap",), plan=PLAN)
    lines = opening(started)
    assert lines[0] == "exp2(x) on [0, 1]"
    assert lines[1].startswith("mind") and "\x1b" not in lines[1]
    assert len(lines) == 3


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
