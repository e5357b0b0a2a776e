"""Pictures for notebooks."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.terminal.sketches import HEIGHT, WIDTH, Mark, front_svg, map_svg

SVG = "{http://www.w3.org/2000/svg}"


def read(text):
    return ET.fromstring(text)


def marks(*pairs):
    return [Mark(x, y, f"({x}, {y})") for x, y in pairs]


@pytest.mark.parametrize("rising", [True, False])
def test_a_front_has_a_point_for_every_elite_and_every_known_form(rising):
    ours, known = marks((1, 0.5), (3, 2.0), (4, 1.0), (9, 6.5)), marks((2, 1.0), (8, 5.0))
    root = read(front_svg(ours, known, "ops", "digits", rising))
    dots = list(root.iter(f"{SVG}circle"))
    assert len(dots) == 6
    assert [dot.find(f"{SVG}title").text for dot in dots][:2] == ["(2, 1.0)", "(8, 5.0)"]
    for dot in dots:
        assert 0 < float(dot.get("cx")) < WIDTH and 0 < float(dot.get("cy")) < HEIGHT
    dashes = [p.get("stroke-dasharray") for p in root.iter(f"{SVG}path")]
    assert dashes == [None, "5 4", "none"]


def test_more_is_higher_and_farther_right():
    root = read(front_svg(marks((1, 1), (2, 5)), [], "ops", "digits", True))
    low, high = (tuple(float(d.get(k)) for k in ("cx", "cy")) for d in root.iter(f"{SVG}circle"))
    assert low[0] < high[0] and low[1] > high[1]


@pytest.mark.parametrize("pair", [(1.0, 0.0), (5.0, -3.0), (1e-300, 1e300)])
def test_a_single_point_is_a_picture(pair):
    root = read(front_svg(marks(pair), [], "x", "y", True))
    assert "nan" not in ET.tostring(root, encoding="unicode")


def test_nothing_is_no_picture():
    assert front_svg([], [], "x", "y", True) == ""
    edges = np.arange(3.0)
    empty = Heatmap("x", "y", edges, edges, np.full((2, 2), np.nan), np.zeros((2, 2), np.int64))
    assert map_svg(empty) == ""


def test_a_map_has_a_cell_for_every_kind_that_was_found():
    edges = np.array([0.0, 1.0, 2.0, 4.0])
    best = np.array([[1.0, np.nan, 2.0], [np.nan, 3.0, np.nan], [4.0, np.nan, np.nan]])
    count = np.isfinite(best).astype(np.int64) * 2
    root = read(map_svg(Heatmap("ops", "divisions", edges, edges, best, count)))
    cells = list(root.iter(f"{SVG}rect"))
    assert len(cells) == 4 and len({cell.get("fill") for cell in cells}) == 4
    assert cells[0].find(f"{SVG}title").text == "quality 1, 2 elites"
    assert float(cells[1].get("width")) == pytest.approx(2 * float(cells[0].get("width")), abs=0.2)


def test_texts_of_strangers_are_texts():
    hostile = "</title></svg><script>alert(1)</script>\x1b[31m\n&"
    text = front_svg([Mark(1, 1, hostile)], [Mark(2, 2, hostile)], hostile, hostile, True)
    root = read(text)
    assert not list(root.iter(f"{SVG}script")) and "<script" not in text and "\x1b" not in text
