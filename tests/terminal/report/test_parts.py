import re
import shlex
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import vl_convert

from elitemap.archive.objectives import recorded
from elitemap.archive.records import RunRecord
from elitemap.engine.protocols import Curve, Surface
from elitemap.terminal.report.commandlines import repeats, search_line
from elitemap.terminal.report.curves import curve_figures, line, thinned, time_unit
from elitemap.terminal.report.domains import draw, moments, surface_figure
from elitemap.terminal.report.figures import alone
from elitemap.terminal.report.fronts import Goal, spread
from elitemap.terminal.report.maps import interval
from elitemap.terminal.report.plots import crowds, plot
from elitemap.terminal.report.sections import certificate
from elitemap.terminal.report.tradeoffs import rivals, sensible

OPS, DIGITS = (
    Goal(one.name, one.name, one.direction, one)
    for one in recorded("elementary", {"pareto": [["ops", -1], ["digits", 1]]})
)


def test_a_command_repeats_its_run(make_run: Any) -> None:
    command = "elitemap search elementary exp2 --evaluations 5000 --seed 7 --islands 2"
    assert search_line(make_run()) == f"{command} --set max_ops=12"
    assert repeats(make_run())
    timed = make_run(config={"search": {"seconds": 2.5, "evaluations": None, "islands": 1}})
    assert "--seconds 2.5 --seed 7" in search_line(timed)
    assert not repeats(timed)


@pytest.mark.parametrize("target", ["-x", "x + 1; rm -rf /", "$(reboot)", "it's", "--help"])
def test_a_command_is_safe_to_paste(make_run: Any, target: str) -> None:
    words = shlex.split(search_line(make_run(target=target, config={"settings": {"a b": target}})))
    assert target in words and f"a b={target}" in words
    assert ("--" in words) == target.startswith("-")
    if target.startswith("-"):
        assert words[-3:] == ["--", "elementary", target]


def test_a_front_is_thinned_from_end_to_end() -> None:
    front: Any = list(range(10))
    assert spread(front, 20) == tuple(range(10))
    assert spread(front, 1) == (0,)
    assert spread(front, 2) == (0, 9)
    assert spread(front, 4) == (0, 3, 6, 9)


def test_moments_of_a_long_search_are_thinned() -> None:
    steps = [{"elapsed": float(k)} for k in range(1001)]
    kept = thinned(steps)
    assert kept[-1] == steps[-1] and 200 < len(kept) <= 300
    assert thinned(steps[:3]) == steps[:3]
    assert thinned([]) == []


def test_only_numbers_are_drawn() -> None:
    steps: list[dict[str, Any]] = [
        {"elapsed": 1.0, "cells": 5, "all_cells": 20},
        {"elapsed": "2", "cells": 6},
        {"elapsed": 3.0, "cells": float("nan")},
        {"elapsed": 4.0, "cells": True},
        {"elapsed": 5.0, "cells": 7},
    ]
    assert line("r", steps, "cells") == [{"run": "r", "seconds": 5.0, "value": 7.0}]
    assert line("r", steps, "coverage") == [{"run": "r", "seconds": 1.0, "value": 0.25}]


def test_what_a_task_told_of_beyond_the_search_is_drawn_by_its_own_words(make_run: Any) -> None:
    steps = [{"elapsed": float(k), "beyond: loss, unseen": 2.0 - k} for k in range(3)]
    reader: Any = SimpleNamespace(metrics=lambda run: steps)
    (figure,) = curve_figures(reader, [make_run("elitemap search")], "p1")
    assert (figure.id, figure.title) == ("p1-beyond-loss-unseen", "loss, unseen")


def test_units_of_time() -> None:
    assert [time_unit(s)[0] for s in (9, 600, 90_000)] == ["seconds", "minutes", "hours"]


def test_intervals_as_text() -> None:
    assert interval(2.5, 3.5) == "3"
    assert interval(0.25, 0.5) == "0.25 to 0.5"


def test_a_curve_has_gaps_where_it_has_no_value() -> None:
    curve = Curve(np.array([0.0, 1.0, 2.0]), np.array([1.0, np.nan, np.inf]), "x", "error")
    assert [row["y"] for row in moments(curve)] == [1.0, None, None]


def test_certificates_in_full() -> None:
    document = {"upper": 0.1 + 0.2, "ok": True, "none": None, "empty": "", "of": {"a": [1, 2]}}
    lines = {value.name: value.text for value in certificate(document)}
    assert lines == {"upper": "0.30000000000000004", "ok": "yes", "none": "—", "of: a": "1, 2"}


def test_the_best_baselines_are_drawn() -> None:
    known = [("old", {"ops": 2, "digits": 3.0}), ("worse", {"ops": 3, "digits": 2.0})]
    known += [("dear", {"ops": 9, "digits": 9.0}), ("other", {"terms": 1.0})]
    rows = rivals(known, (OPS, DIGITS), [1, 5])
    assert [row["name"] for row in rows] == ["old"]
    assert rivals(known, (OPS, DIGITS), []) == []
    best = [{"x": 1, "y": 2.0, "kind": "certified"}, {"x": 5, "y": 8.0, "kind": "certified"}]
    kinds = str(plot(best, [], rows, "ops", "digits", "told"))
    assert "known baseline" in kinds and "candidate" not in kinds


def test_the_worst_of_a_crowd_is_left_out() -> None:
    rows = [{"y": float(k)} for k in range(100)]
    assert max(row["y"] for row in sensible(rows, -1)) == 94.0
    assert min(row["y"] for row in sensible(rows, 1)) == 5.0


@pytest.mark.parametrize(("values", "kind"), [((1e-9, 1.0), "log"), ((1.0, 2.0), None)])
def test_scales(values: tuple[float, float], kind: str | None) -> None:
    best = [{"x": 1, "y": y, "kind": "candidate"} for y in values]
    spec = plot(best, [], [], "ops", "error", "told")
    assert spec["layer"][0]["encoding"]["y"]["scale"].get("type") == kind


@pytest.mark.parametrize(("sign", "turn"), [(-1, "step-after"), (1, "step-before")])
def test_a_front_is_drawn_as_stairs(sign: int, turn: str) -> None:
    """With less x for the same money a point keeps its y up to the next; with more it is before."""
    best = [{"x": 1, "y": 2.0, "kind": "certified"}, {"x": 5, "y": 8.0, "kind": "certified"}]
    spec = plot(best, [], best, "ops", "digits", "told", sign)
    lines = [layer["mark"] for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    assert [line["interpolate"] for line in lines] == [turn, turn]


def test_a_crowd_has_every_place_once_and_all_of_its_ends() -> None:
    rows = [{"x": 3, "y": 2 + k / 1e6, "kind": "candidate"} for k in range(2001)]
    rows += [{"x": 9, "y": 10.0, "kind": "certified"}, {"x": 9, "y": 1.0, "kind": "strange"}]
    found = {some[0]["kind"]: some for some in crowds(rows)}
    assert set(found) == {"candidate", "certified"}
    assert len(found["candidate"]) <= 2
    assert found["certified"] == [{"x": 9, "y": 10.0, "kind": "certified"}]
    assert crowds([]) == []


@pytest.mark.parametrize("even", [True, False])
def test_a_curve_is_drawn_as_it_is(even: bool) -> None:
    x = np.linspace(-4, 4, 5) if even else np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    rows = moments(Curve(x, np.array([1e-9, -5e-9, np.nan, 0.0, 2e-9]), "x", "error"))
    drawn = vl_convert.vegalite_to_vega(dict(alone(draw(rows, "x", "error", "told"))))
    assert drawn["marks"]
    svg = vl_convert.vegalite_to_svg(dict(alone(draw(rows, "x", "error", "told"))))
    # Of five places four are joined, and the line is broken at the one without a value.
    path = re.search(r'aria-roledescription="line mark" d="([^"]*)"', svg)
    assert path is not None and path[1].count("M") == 2 and path[1].count("L") == 2


def test_baselines_of_a_task_reach_the_plot(
    archive: Any, made: Any, parsed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclass(frozen=True)
    class Baseline:
        name: str
        objectives: dict[str, float]

    class Known:
        baselines = (Baseline("<b>Padé</b>", {"ops": 3.0, "digits": 4.0}),)

    from elitemap.terminal.report import gathering

    stored = [{"name": "computed", "objectives": {"ops": 4.0, "digits": 5.0}}]
    config = {"rivals": stored}
    run = RunRecord("r", "s", "t", {}, config, 0, "2026-01-01", None, "done", "1", {})
    tasks: Any = {"r": (Known(), "")}
    found = gathering.baselines([run], tasks)
    assert [name for name, _ in found] == ["<b>Padé</b>", "computed"]
    monkeypatch.setattr(gathering, "baselines", lambda runs, tasks: found)
    seen = parsed(made(archive))
    assert "dashed stairs are the best of the known baselines" in seen.visible()
    assert "\\u003cb\\u003ePad\\u00e9" in seen.script(0)


def test_an_error_over_a_box_is_a_heat_map() -> None:
    x, y = np.linspace(0.5, 1, 5), np.linspace(0, 1, 4)
    z = np.outer(y, x) * -1e-4
    z[0, 0] = np.nan
    surface = Surface(x, y, z, "x", "y", "absolute error")
    figure = surface_figure(surface, "f")
    assert figure is not None
    (chart,) = figure.charts
    assert len(chart.spec["data"]["values"]) == 19
    assert "at most 0.0001" in chart.spec["description"]
    assert "<svg" in vl_convert.vegalite_to_svg(alone(chart.spec, "title"))
    assert surface_figure(Surface(x, y, z * np.nan, "x", "y", "z"), "f") is None
