import math
from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.pareto import undominated
from elitemap.terminal.browser.plot.cloud import along_front, cloud, front, visits

PLACES = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), max_size=30)
SIGNS = st.tuples(st.sampled_from([-1, 1]), st.sampled_from([-1, 1]))


def of(places, signs=(-1, -1)):
    rows = [
        SimpleNamespace(x=x, y=y, id=f"id{k}", status="candidate")
        for k, (x, y) in enumerate(places)
    ]
    return cloud("a", "b", rows, signs)


@given(PLACES, SIGNS)
def test_the_front_is_that_of_the_archive(places, signs):
    points = np.array(places, dtype=np.float64).reshape(-1, 2)
    found = front(points[:, 0], points[:, 1], signs)
    assert sorted(found.tolist()) == sorted(undominated(points * signs).tolist())
    assert (np.diff(points[found, 0]) > 0).all()


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=12))
def test_only_finite_points_are_kept(places):
    points = of(places)
    kept = [k for k, p in enumerate(places) if math.isfinite(p[0]) and math.isfinite(p[1])]
    assert points.ids == [f"id{k}" for k in kept]
    assert len(points) == len(points.status) == len(kept)


def test_baselines_that_lack_an_objective_are_left_out(plane):
    assert [b.name for b in plane().known] == ["Cephes", "Taylor"]
    assert plane(baselines=()).known == ()


def test_an_unknown_status_is_no_proof():
    row = SimpleNamespace(x=1.0, y=1.0, id="a", status="proved, honestly")
    assert cloud("a", "b", [row]).status.tolist() == [0]


@given(PLACES, SIGNS)
def test_left_and_right_walk_the_whole_front(places, signs):
    points = of(places, signs)
    if not len(points):
        assert along_front(points, 0, 1) == 0
        return
    walked = [int(points.front[0])]
    while (after := along_front(points, walked[-1], 1)) != walked[-1]:
        walked.append(after)
    assert walked == points.front.tolist()
    for index in range(len(points)):
        right, left = along_front(points, index, 1), along_front(points, index, -1)
        assert right in points.front and left in points.front
        if index not in points.front:
            assert points.x[right] > points.x[index] or right == points.front[-1]
            assert points.x[left] < points.x[index] or left == points.front[0]


@given(PLACES)
def test_up_and_down_visit_every_point_and_rise_within_a_column(places):
    points = of(places)
    order = visits(points.x.astype(np.intp), points.y)
    assert sorted(order.tolist()) == list(range(len(points)))
    for a, b in zip(order, order[1:], strict=False):
        assert (points.x[a], points.y[a]) <= (points.x[b], points.y[b])
