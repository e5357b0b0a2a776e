from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.terminal.browser.drawing.colours import Depth, Ink
from elitemap.terminal.browser.map.drawing import EMPTY, NOTHING, TOO_SMALL, draw_map, named
from elitemap.terminal.browser.map.heatmap import best_cell
from elitemap.terminal.browser.map.layout import ABOVE, arrange, chosen

GOLDEN = Path(__file__).parent / "golden"

SIZES = st.tuples(st.integers(0, 90), st.integers(0, 40))


def drawn(heatmap, size, colours, cursor=None, zoomed=False, depth=Depth.NONE):
    if cursor is None:
        cursor = best_cell(heatmap, range(heatmap.columns), range(heatmap.rows))
    layout = arrange(heatmap, size, cursor, zoomed)
    return draw_map(heatmap, layout, size, cursor, colours(depth)), layout


@pytest.mark.parametrize(
    "name, shape, size, zoomed",
    [
        ("small-room", (12, 8), (38, 16), False),
        ("room", (12, 8), (76, 20), False),
        ("scrolled", (30, 20), (38, 16), False),
        ("blocks", (200, 200), (38, 16), False),
        ("zoomed", (200, 200), (38, 16), True),
        ("one-cell", (1, 1), (38, 16), False),
    ],
)
def test_maps_without_colours(golden, grid, colours, name, shape, size, zoomed):
    best = [-3.5] if shape == (1, 1) else None
    sketch, _ = drawn(grid(*shape, best), size, colours, zoomed=zoomed)
    golden(GOLDEN / f"map-{name}.txt", sketch.text() + "\n")


@settings(max_examples=60)
@given(
    shape=st.tuples(st.integers(1, 250), st.integers(1, 250)),
    size=SIZES,
    place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    zoomed=st.booleans(),
    depth=st.sampled_from(Depth),
)
def test_the_cell_under_the_cursor_is_always_in_view(
    grid, colours, shape, size, place, zoomed, depth
):
    heatmap = grid(*shape)
    cursor = tuple(int(p * (n - 1)) for p, n in zip(place, shape, strict=True))
    sketch, layout = drawn(heatmap, size, colours, cursor, zoomed, depth)
    assert sketch.inks.shape == (size[1], size[0])
    if layout is None:
        assert size[0] < 16 or size[1] < 6
        return
    marked = np.isin(sketch.inks, range(Ink.HEAT + colours(depth).levels, 256))
    marked |= sketch.inks == Ink.EMPTY_CURSOR
    marked[:ABOVE] = marked[layout.bottom :] = False
    rows, columns = np.nonzero(marked)
    assert rows.size == layout.up.size * layout.across.size
    hits = {layout.hit(x, y) for y, x in zip(rows.tolist(), columns.tolist(), strict=True)}
    assert hits == {(cursor[0] // layout.across.step, cursor[1] // layout.up.step)}


@settings(max_examples=40)
@given(size=SIZES, shape=st.tuples(st.integers(1, 30), st.integers(1, 20)))
def test_every_cell_is_told_from_empty_and_can_be_hit(grid, colours, size, shape):
    heatmap = grid(*shape)
    sketch, layout = drawn(heatmap, size, colours)
    if layout is None:
        return
    seen = {}
    for y in range(sketch.height):
        for x in range(sketch.width):
            if (cell := layout.hit(x, y)) is not None:
                seen.setdefault(cell, set()).add(str(sketch.chars[y, x]))
    whole = layout.across.shown == shape[0] and layout.up.shown == shape[1]
    assert len(seen) == layout.across.shown * layout.up.shown
    for (x, y), glyphs in seen.items():
        if layout.across.step == layout.up.step == 1 and not glyphs & {"[", "]"}:
            assert bool(glyphs & set("░▒▓█")) == bool(heatmap.filled[y, x])
            assert (EMPTY in glyphs) != bool(heatmap.filled[y, x])
    if whole:
        assert len(seen) == heatmap.best.size


def test_scrolling_moves_no_further_than_it_must(grid):
    heatmap, size = grid(30, 20), (38, 16)
    start = arrange(heatmap, size, (0, 0))
    inside = arrange(heatmap, size, (start.across.shown - 1, 0), before=start)
    assert inside.across == start.across
    beyond = arrange(heatmap, size, (start.across.shown, 0), before=start)
    assert beyond.across.first == 1
    back = arrange(heatmap, size, (start.across.shown - 1, 0), before=beyond)
    assert back.across.first == 1


def test_a_block_stands_for_its_best_cell(grid):
    heatmap = grid(200, 200)
    layout = arrange(heatmap, (38, 16), (0, 0))
    x, y = chosen(heatmap, layout, (1, 2))
    step, rise = layout.across.step, layout.up.step
    assert step > 1 and rise > 1
    part = heatmap.best[2 * rise : 3 * rise, step : 2 * step]
    assert heatmap.best[y, x] == np.nanmax(part)


def test_better_cells_are_denser(grid, colours):
    sketch, layout = drawn(grid(7, 1, np.arange(7.0)), (60, 10), colours, cursor=(0, 0))
    density = {" ": 0, "░": 1, "▒": 2, "▓": 3, "█": 4, "[": 0, "]": 0}
    row = sketch.chars[ABOVE]
    size, left = layout.across.size, layout.left
    cells = [row[left + k * size : left + (k + 1) * size] for k in range(1, 7)]
    weights = [sum(density[str(glyph)] for glyph in cell) for cell in cells]
    assert weights == sorted(set(weights))


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (4, 3)])
def test_a_map_without_elites_says_so(grid, colours, shape):
    sketch, _ = drawn(grid(*shape, np.full(shape[0] * shape[1], np.nan)), (40, 9), colours)
    assert NOTHING in sketch.text()
    assert NOTHING in draw_map(None, None, (40, 9), (0, 0), colours(Depth.FULL)).text()


def test_a_small_room_says_so(grid, colours):
    sketch, layout = drawn(grid(4, 3), (30, 5), colours)
    assert layout is None and TOO_SMALL in sketch.text()


@pytest.mark.parametrize("value", [np.inf, -np.inf, 0.0, 1e308, 5e-324])
def test_any_quality_is_drawn(grid, colours, value):
    sketch, _ = drawn(grid(2, 1, [value, np.nan]), (60, 9), colours)
    assert "best " in sketch.text() and "empty" in sketch.text()


def test_names_are_shown_and_never_obeyed(grid, colours):
    bad = "ops\x1b[31m\n[bold]漢"
    heatmap = grid(4, 3, x_name=bad, y_name=bad, value_name=bad)
    text = drawn(heatmap, (120, 20), colours)[0].text()
    assert "\x1b" not in text and "[bold]?" in text
    assert len(text.split("\n")) == 20


def test_the_cell_in_words(grid):
    heatmap = grid(3, 1, [1.25, np.nan, 7.0], count=np.array([[1, 0, 2_500_000]]))
    assert named(heatmap, (0, 0)) == "ops 1, constants 0, best 1.25, 1 elite"
    assert named(heatmap, (1, 0)) == "ops 2, constants 0, empty"
    assert named(heatmap, (2, 0)) == "ops 3, constants 0, best 7, 2.5M elites"
    assert named(heatmap, (2, 0), 30) == "ops 3, constants 0: 7 (2.5M)"
