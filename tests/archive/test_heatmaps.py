import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.archive.reading.heatmaps import Heatmap
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

AXES = st.sampled_from(["ops", "digits", "depth", "error", "measure_ops", "quality"])


@pytest.fixture(scope="module")
def reader(make_run, make_elite):
    rng = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with ArchiveWriter.open(path) as writer:
            for name in ("a", "b"):
                writer.begin(make_run(name))
                writer.flush(
                    name,
                    [
                        make_elite(
                            slot,
                            quality=float(rng.integers(-3, 3)),
                            objectives={
                                "ops": int(rng.integers(0, 9)),
                                "digits": None if slot % 4 else float(rng.normal()),
                                "error": float(10.0 ** rng.uniform(-20, 0)),
                            },
                            measures={"depth": int(rng.integers(0, 4)), "ops": math.nan},
                        )
                        for slot in range(60)
                    ],
                )
        with ArchiveReader.open(path) as opened:
            yield opened


def number(view, name):
    if name == "quality":
        return view.quality
    return {**view.measures, "measure_ops": None, **view.objectives}[name]


@given(
    st.builds(
        ElitesQuery,
        run=st.none() | st.sampled_from(["a", "b"]),
        where=st.none() | st.sampled_from(["ops > 3", "digits > 0", "ops < 0"]),
        pareto=st.none() | st.just("-ops,+quality"),
        limit=st.none() | st.integers(0, 20),
        sort=st.none() | st.just("-error"),
    ),
    AXES,
    AXES,
    st.integers(1, 30),
)
def test_a_map_is_what_its_elites_make_it(reader, query, x, y, bins):
    found = reader.heatmap(query, x, y, bins)
    best = np.full(found.best.shape, np.nan)
    count = np.zeros_like(found.count)
    champions = {}
    views = reader.elites(query)
    for view in sorted(views, key=lambda view: (-view.quality, view.run, view.slot)):
        place = number(view, y), number(view, x)
        if None in place:
            continue
        cell = tuple(
            min(np.searchsorted(bounds, value, side="right") - 1, len(bounds) - 2)
            for bounds, value in zip((found.y_edges, found.x_edges), place, strict=True)
        )
        champions.setdefault(cell, view)
        best[cell] = champions[cell].quality
        count[cell] += 1
    assert (found.x_name, found.y_name) == (x, y)
    np.testing.assert_array_equal(found.best, best)
    np.testing.assert_array_equal(found.count, count)
    np.testing.assert_array_equal(found.filled, count > 0)
    for cy, cx in np.ndindex(count.shape):
        key = found.champion(cx, cy)
        if count[cy, cx]:
            assert reader.view(key) == champions[cy, cx]
        else:
            assert key is None


@pytest.mark.parametrize("where", [None, "ops > 3", "ops < 0"])
def test_several_maps_in_one_pass_are_the_same(reader, where):
    query = ElitesQuery(where=where)
    pairs = [("ops", "digits"), ("digits", "measure_ops"), ("depth", "error"), ("ops", "ops")]
    for pair, found in zip(pairs, reader.heatmaps(query, pairs, 9), strict=True):
        alone = reader.heatmap(query, *pair, 9)
        for name, value in vars(alone).items():
            np.testing.assert_array_equal(getattr(found, name), value)
    assert reader.heatmaps(query, [], 9) == []
    with pytest.raises(UsageError, match="axis: "):
        reader.heatmaps(query, [("ops", "nothing")], 9)


def test_whole_numbers_have_a_cell_each(reader):
    found = reader.heatmap(ElitesQuery(), "ops", "depth")
    assert found.x_edges.tolist() == [n - 0.5 for n in range(10)]
    assert (found.columns, found.rows) == (9, 4)
    assert found.count.sum() == 120
    assert found.span == (-3.0, 2.0)


def test_errors_have_cells_of_equal_ratio(reader):
    found = reader.heatmap(ElitesQuery(), "error", "ops", 30)
    ratios = found.x_edges[1:] / found.x_edges[:-1]
    assert ratios.max() / ratios.min() == pytest.approx(1.0)


@pytest.mark.parametrize("query", [ElitesQuery(target="none"), ElitesQuery(where="ops < 0")])
def test_a_map_may_be_empty(reader, query):
    found = reader.heatmap(query, "ops", "depth")
    assert found.best.shape == found.count.shape == (0, 0)
    assert found.span is None


@pytest.mark.parametrize(
    ("name", "message"), [("nope", "unknown name"), ("status", "got 'status', a text")]
)
def test_an_axis_is_a_known_number(reader, name, message):
    for axes in ((name, "ops"), ("ops", name)):
        for ask in (reader.heatmap, reader.points):
            with pytest.raises(UsageError, match=message):
                ask(ElitesQuery(), *axes)


def test_an_infinite_quality_is_shown(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        elites = [
            make_elite(k, quality=quality, objectives={"ops": k}, measures={"depth": 0})
            for k, quality in enumerate((math.inf, -math.inf, 1.0))
        ]
        writer.flush("run-1", elites)
    with ArchiveReader.open(path) as reader:
        found = reader.heatmap(ElitesQuery(), "ops", "depth")
    assert found.best.tolist() == [[math.inf, -math.inf, 1.0]]
    assert found.champion(1, 0) is not None
    assert found.span == (1.0, 1.0)


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="as the edges tell"):
        Heatmap("x", "y", np.arange(3.0), np.arange(2.0), np.zeros((2, 1)), np.zeros((1, 2), int))
