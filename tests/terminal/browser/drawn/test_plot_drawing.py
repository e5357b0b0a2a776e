from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.engine.protocols import Baseline
from elitemap.terminal.browser.drawing.colours import Ink
from elitemap.terminal.browser.plot.drawing import (
    NOTHING,
    TOO_SMALL,
    draw_plot,
    nearest,
    told,
)

GOLDEN = Path(__file__).parent / "golden"

SIZES = st.tuples(st.integers(0, 90), st.integers(0, 40))
FLOATS = st.floats(allow_nan=False, allow_infinity=False)


class Row:
    """A point of an archive."""

    def __init__(self, x, y, id="a" * 64, status="candidate"):
        self.x, self.y, self.id, self.status = x, y, id, status


@pytest.mark.parametrize("size", [(38, 16), (76, 20)])
@pytest.mark.parametrize("signs", [(-1, -1), (1, -1), (-1, 1), (1, 1)])
def test_plots_without_colours(golden, plane, size, signs):
    points = plane(signs=signs)
    sketch, _ = draw_plot(points, size, int(points.front[len(points.front) // 2]))
    name = "-".join("more" if sign > 0 else "less" for sign in signs)
    golden(GOLDEN / f"plot-{name}-{size[0]}.txt", sketch.text() + "\n")


@settings(max_examples=50)
@given(
    places=st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=20),
    size=SIZES,
    signs=st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 1])),
)
def test_every_point_is_seen_and_found_again(plane, places, size, signs):
    points = plane(points=[Row(x, y) for x, y in places], signs=signs, baselines=())
    for cursor in {0, len(points) - 1}:
        sketch, frame = draw_plot(points, size, cursor)
        assert sketch.inks.shape == (size[1], size[0])
        if frame is None:
            assert size[0] < 16 or size[1] < 7
            return
        columns, rows = frame.columns(points.x), frame.rows(points.y)
        for index, (x, y) in enumerate(zip(columns.tolist(), rows.tolist(), strict=True)):
            assert sketch.chars[y, x] != " "
            found = nearest(points, frame, x, y)
            assert (columns[found], rows[found]) == (x, y)
            if index == cursor:
                assert sketch.inks[y, x] == Ink.CURSOR


def test_of_points_at_one_place_the_front_then_the_proved_one_is_found(plane):
    rows = [
        Row(1.0, 5.0),
        Row(5.0, 1.0),
        Row(5.0, 5.0),
        Row(5.0, 5.0, status="certified"),
        Row(5.0, 1.000001, status="certified"),
    ]
    points = plane(points=rows, baselines=())
    _, frame = draw_plot(points, (60, 20), 0)
    place = [(int(frame.columns(r.x)), int(frame.rows(r.y))) for r in rows]
    assert nearest(points, frame, *place[2]) == 3
    assert nearest(points, frame, *place[1]) == 1
    assert nearest(points, frame, place[2][0] + 2, place[2][1]) == 3
    assert nearest(points, frame, 30, 15) is None


def test_status_is_told_by_glyphs(plane):
    rows = [
        Row(1, 9),
        Row(9, 1),
        *(Row(5, 8 - k, status=s) for k, s in enumerate(["candidate", "confirmed", "certified"])),
    ]
    text = draw_plot(plane(points=rows, baselines=()), (60, 24), 0)[0].text()
    legend, body = text.split("\n", 1)
    assert legend == "● certified  ○ confirmed  ⠂ candidate  •─ front"
    assert body.count("●") == body.count("○") == 1


def test_the_legend_tells_only_what_occurs(plane):
    points = plane(points=[Row(1, 2)], baselines=())
    assert draw_plot(points, (60, 24), 0)[0].text().startswith("⠂ candidate\n")


def test_the_front_is_drawn_as_stairs_between_its_points(plane):
    points = plane(points=[Row(0, 10), Row(10, 0)], baselines=())
    text = draw_plot(points, (30, 12), 0)[0].text().split("\n")
    assert text[2].rstrip() == "10[•]───────────────────────┐"
    assert all(line.endswith("│") for line in text[3:8])
    assert text[8].endswith("•")


def test_baselines_are_in_the_picture_with_their_names(plane):
    points = plane(
        points=[Row(1.0, 1.0)],
        baselines=[
            Baseline("far\x1b[2J away", {"ops": 40.0, "error": 1e-9}),
        ],
    )
    sketch, frame = draw_plot(points, (80, 24), 0)
    x, y = int(frame.columns(40.0)), int(frame.rows(1e-9))
    assert sketch.chars[y, x] == "◆" and sketch.inks[y, x] == Ink.BASELINE
    assert "far\\x1b[2J away ◆" in sketch.text() and "\x1b" not in sketch.text()


def test_only_baselines_are_a_plot_too(plane):
    sketch, frame = draw_plot(plane(points=[]), (60, 20), 0)
    assert frame is not None and sketch.text().count("◆") == 3


@pytest.mark.parametrize("points", [None, []])
def test_nothing_to_plot(plane, points):
    points = points if points is None else plane(points=[], baselines=())
    sketch, frame = draw_plot(points, (40, 9), 0)
    assert frame is None and NOTHING in sketch.text()


def test_a_small_room_says_so(plane):
    sketch, frame = draw_plot(plane(), (40, 5), 0)
    assert frame is None and TOO_SMALL in sketch.text() and "◆" not in sketch.text()


def test_the_point_in_words(plane):
    points = plane(points=[Row(7, 3.25e-5, "ab" * 32, "certified")])
    assert told(points, 0) == "ops 7, error 3.25e-5, certified ababababab"


def test_a_long_front_is_drawn_once_per_place(plane):
    x = np.linspace(0, 1, 5000).tolist()
    points = plane(points=[Row(a, 1 - a) for a in x], baselines=())
    assert len(points.front) == 5000
    sketch, _ = draw_plot(points, (60, 20), 2500)
    assert sketch.text().count("•") > 15
