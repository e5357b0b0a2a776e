"""The plot of elites beside others: both fronts, and nothing that hides them."""

import numpy as np
import pytest

from elitemap.archive.errors import SearchError, UsageError
from elitemap.engine.protocols import Bench, Compared, Objective
from elitemap.terminal.commands.bench import check_plot, draw
from elitemap.terminal.report.benches import OURS, plot

COLUMNS = (Objective("ulp", -1), Objective("spread", 0), Objective("ns", -1, unit="ns"))
ROWS = (
    Compared("abc", "", {"ulp": 1.0, "ns": 0.2}),
    Compared("abd", "", {"ulp": 30.0, "ns": 0.1}),
    Compared("abe", "", {"ulp": 40.0, "ns": 0.3}),
    Compared("SLEEF u10 exp2", "1.0", {"ulp": 0.9, "ns": 0.3}),
    Compared("libm exp2", "1.0", {"ulp": 0.5, "ns": 2.5}),
    Compared("wrong exp2", "1.0", {"ulp": np.inf, "ns": 0.1}),
    Compared("far exp2", "1.0", {"ulp": 1e30, "ns": 0.4}),
    Compared("untimed exp2", "1.0", {"ulp": 0.5}),
)


def layers(spec):
    return [layer["data"]["values"] for layer in spec["layer"]]


def test_both_fronts_and_no_points_far_away():
    ours, theirs, points, _ = layers(plot(Bench(COLUMNS, ROWS, ()), "exp2"))
    assert [row["name"] for row in ours] == ["abd", "abc"]
    assert [row["name"] for row in theirs] == ["SLEEF u10 exp2", "libm exp2"]
    assert {row["kind"] for row in points} == {OURS, "SLEEF", "libm"}
    assert {row["label"] for row in points} == {"", "SLEEF u10", "libm"}


def test_labels_do_not_lie_on_each_other():
    rows = [Compared(f"lib v{k} exp2", "1", {"ulp": 1 - k / 1e4, "ns": 1 + k / 1e4})
            for k in range(9)]  # fmt: skip
    rows.append(Compared("abc", "", {"ulp": 9.0, "ns": 0.2}))
    *_, points = layers(plot(Bench(COLUMNS, tuple(rows), ()), "exp2"))
    assert sum(bool(row["label"]) for row in points) == 1


def test_a_single_point_can_be_drawn():
    spec = plot(Bench(COLUMNS, ROWS[:1], ()), "exp2")
    assert "abc" not in spec["description"] and len(layers(spec)) == 3


def test_it_is_drawn(tmp_path):
    for name, begin in (("a.svg", b"<svg"), ("a.png", b"\x89PNG")):
        check_plot(tmp_path / name, False)
        draw(Bench(COLUMNS, ROWS, ()), "exp2 [bold]", tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begin)
        with pytest.raises(UsageError, match="exists"):
            check_plot(tmp_path / name, False)
        check_plot(tmp_path / name, True)
    assert "found here" in (tmp_path / "a.svg").read_text()


def test_what_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"expected a plot named \.svg or \.png, got 'a\.pdf'"):
        check_plot(tmp_path / "a.pdf", False)
    with pytest.raises(UsageError, match="no folder"):
        check_plot(tmp_path / "b" / "a.svg", False)
    with pytest.raises(SearchError, match="nothing to plot"):
        draw(Bench(COLUMNS, ROWS[-1:], ()), "exp2", tmp_path / "a.svg")
