import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.engine.map.grid import AddStatus, Grid, qd_score

EDGES = ((0.5, 1.5), (0.0,))
CELLS = 6

candidates = st.lists(
    st.tuples(
        st.integers(0, CELLS - 1),
        st.sampled_from([-1.0, 0.0, 1.0, 2.0, 2.5, 3.0, np.nan, np.inf]),
        st.integers(0, 5),
    ),
    max_size=30,
)
histories = st.lists(candidates, max_size=4)
depths = st.integers(1, 3)


def columns(rows):
    cells, quality, marks = zip(*rows, strict=True) if rows else ((), (), ())
    return (
        np.array(cells, np.intp),
        np.array(quality, np.float64),
        np.array(marks, np.uint64),
    )


def contents(grid):
    """Per cell the (quality, fingerprint) pairs, best first."""
    return [
        sorted(
            (-grid.quality[s], int(grid.fingerprint[s]))
            for s in range(cell * grid.depth, (cell + 1) * grid.depth)
            if grid.quality[s] > -np.inf
        )
        for cell in range(grid.cells)
    ]


def slow_add(cells, rows, depth):
    """What :meth:`Grid.add` must do to the contents, the plain way."""
    residents = {(c, m): (q, False, m) for c, held in enumerate(cells) for q, m in held}
    for cell, quality, mark in rows:
        if np.isfinite(quality):
            entry = (-quality, True, mark)
            residents[cell, mark] = min(residents.get((cell, mark), entry), entry)
    result = [[] for _ in cells]
    for (cell, _), entry in residents.items():
        result[cell].append(entry)
    return [sorted((q, m) for q, _, m in sorted(held)[:depth]) for held in result]


@given(histories, depths)
def test_adding_is_as_the_plain_way_has_it(batches, depth):
    grid = Grid(EDGES, depth)
    for rows in batches:
        before = contents(grid)
        grid.add(*columns(rows))
        assert contents(grid) == slow_add(before, rows, depth)


@given(histories, depths, st.randoms())
def test_the_order_of_rows_does_not_matter(batches, depth, random):
    one, other = Grid(EDGES, depth), Grid(EDGES, depth)
    for rows in batches:
        one.add(*columns(rows))
        other.add(*columns(random.sample(rows, len(rows))))
        assert contents(one) == contents(other)


@given(histories, depths)
def test_no_cell_gets_worse_or_holds_a_fingerprint_twice(batches, depth):
    grid = Grid(EDGES, depth)
    for rows in batches:
        best = grid.best()
        grid.add(*columns(rows))
        assert np.all(grid.best() >= best)
        for held in contents(grid):
            assert len({mark for _, mark in held}) == len(held)


@given(histories, depths)
def test_status_and_slots_tell_what_happened(batches, depth):
    grid = Grid(EDGES, depth)
    for rows in batches:
        cells, quality, marks = columns(rows)
        empty, bar = grid.best() == -np.inf, grid.threshold(cells)
        status, slots = grid.add(cells, quality, marks)
        entered = slots >= 0
        assert np.array_equal(entered, status > AddStatus.REJECTED)
        assert np.array_equal(status[entered] == AddStatus.NEW, empty[cells[entered]])
        assert np.all(quality[entered] > bar[entered])
        assert len(set(slots[entered])) == entered.sum()
        assert np.array_equal(slots[entered] // depth, cells[entered])
        assert np.array_equal(grid.quality[slots[entered]], quality[entered])
        assert np.array_equal(grid.fingerprint[slots[entered]], marks[entered])


def test_a_tie_is_no_gain():
    grid = Grid(EDGES, 1)
    grid.add(*columns([(2, 1.0, 7)]))
    status, slots = grid.add(*columns([(2, 1.0, 3), (2, 1.0, 7)]))
    assert status.tolist() == [AddStatus.REJECTED] * 2 and slots.tolist() == [-1, -1]
    assert grid.fingerprint[2] == 7


def test_the_better_of_equal_fingerprints_replaces_the_resident():
    grid = Grid(EDGES, 2)
    grid.add(*columns([(1, 1.0, 7), (1, 0.0, 8)]))
    status, _ = grid.add(*columns([(1, 2.0, 7)]))
    assert status[0] == AddStatus.RENEWED
    assert contents(grid)[1] == [(-2.0, 7), (-0.0, 8)]


def test_cells_have_a_bin_below_between_and_above_the_edges():
    grid = Grid(EDGES, 1)
    measures = np.array([[-9, -9], [0.5, -9], [1.4, 0.0], [1.5, -1e-9], [np.inf, np.inf]])
    assert grid.shape == (3, 2) and grid.cells == CELLS
    assert grid.locate(measures).tolist() == [0, 2, 3, 4, 5]


def test_figures_of_the_map():
    grid = Grid(EDGES, 2)
    assert grid.qd_score(0.0) == 0
    assert len(grid.champions()) == 0 and len(grid.filled()) == 0
    grid.add(*columns([(0, 1.0, 1), (0, 4.0, 2), (5, 2.0, 3)]))
    assert grid.qd_score(1.0) == 4.0 and qd_score(grid.best(), 3.0) == 1.0
    assert grid.champions().tolist() == [0, 10]
    assert grid.threshold(np.array([0, 1, 5])).tolist() == [1.0, -np.inf, -np.inf]
    grid.discard(np.array([0]))
    assert grid.filled().tolist() == [1, 10] and grid.best()[0] == 1.0


@pytest.mark.parametrize(("edges", "depth"), [(((1.0, 1.0),), 1), (((2.0, 1.0),), 1), (EDGES, 0)])
def test_a_map_that_is_none_is_refused(edges, depth):
    with pytest.raises(ValueError, match="ascending edges"):
        Grid(edges, depth)
