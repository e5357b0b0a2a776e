import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from elitemap.terminal.browser.map.heatmap import (
    best_cell,
    coarser,
    levels,
    same_place,
    ticks,
    within,
)

#: Qualities of a map, with everything that float64 has.
QUALITY = hnp.arrays(np.float64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=7))
ANY = {"allow_nan": True, "allow_infinity": True}


@given(best=QUALITY, steps=st.integers(1, 24))
def test_levels_rise_with_quality_and_tell_empty_cells(grid, best, steps):
    heatmap = grid(best.shape[1], best.shape[0], best)
    level = levels(heatmap, steps)
    assert ((level == -1) == np.isnan(best)).all()
    assert level.max() < steps
    order = np.argsort(best[~np.isnan(best)])
    assert (np.diff(level[~np.isnan(best)][order]) >= 0).all()


def test_of_equals_all_are_best_and_infinite_ones_are_ends(grid):
    assert levels(grid(3, 1, [2.0, 2.0, math.nan]), 7).tolist() == [[6, 6, -1]]
    assert levels(grid(4, 1, [-math.inf, 0, 1, math.inf]), 7).tolist() == [[0, 0, 6, 6]]


def test_elites_of_unknown_quality_are_no_empty_cell(grid):
    heatmap = grid(2, 1, [math.nan, 1.0], count=np.array([[3, 1]]))
    assert levels(heatmap, 7).tolist() == [[0, 6]]


@given(best=QUALITY, across=st.integers(1, 9), up=st.integers(1, 9))
def test_blocks_keep_the_best_and_all_elites(grid, best, across, up):
    heatmap = grid(best.shape[1], best.shape[0], best)
    blocks = coarser(heatmap, across, up)
    assert blocks.count.sum() == heatmap.count.sum()
    assert blocks.x_edges[[0, -1]].tolist() == heatmap.x_edges[[0, -1]].tolist()
    for y in range(blocks.rows):
        for x in range(blocks.columns):
            part = best[y * up : (y + 1) * up, x * across : (x + 1) * across]
            filled = part[~np.isnan(part)]
            if not filled.size:
                assert math.isnan(blocks.best[y, x])
            else:
                assert blocks.best[y, x] == filled.max()


@given(best=QUALITY)
def test_the_best_cell_has_the_best_elite(grid, best):
    heatmap = grid(best.shape[1], best.shape[0], best)
    x, y = best_cell(heatmap, range(heatmap.columns), range(heatmap.rows))
    filled = best[~np.isnan(best)]
    if filled.size:
        assert best[y, x] == filled.max()
    else:
        assert (x, y) == (0, 0)


def test_a_cell_keeps_its_place_when_the_map_grows(grid):
    before, after = grid(4, 3), grid(6, 5, x_edges=np.arange(7) - 1.5, y_edges=np.arange(6) - 0.5)
    assert same_place(before, after, (0, 2)) == (2, 2)
    assert same_place(after, before, (5, 4)) == (3, 2)
    assert same_place(before, grid(6, 5, x_name="divisions"), (3, 1)) == (3, 1)


@pytest.mark.parametrize(
    "edges, expected, words",
    [
        ([0.5, 1.5, 2.5], ["1", "2"], "ops 2"),
        ([-0.5, 9.5, 12.5], ["0", "10"], "ops 10…12"),
        ([0, 10, 20], ["0", "10"], "ops 10…20"),
        ([0, 0.25, 0.5], ["0", "0.25"], "ops 0.25…0.5"),
        ([1e-8, 1e-3, 1.0], ["1e-8", "0.001"], "ops 0.001…1"),
        ([1e-8, 2e-8, 5e-8], ["1e-8", "2e-8"], "ops 2e-8…5e-8"),
    ],
)
def test_cells_in_words(edges, expected, words):
    edges = np.array(edges, dtype=np.float64)
    assert ticks(edges) == expected
    assert within("ops", edges, 1) == words
