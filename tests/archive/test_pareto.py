import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.columns import Column
from elitemap.archive.errors import UsageError
from elitemap.archive.pareto import undominated
from elitemap.archive.querying.goals import parse_goals
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.store import ArchiveWriter

COLUMNS = {
    "ops": Column("ops", True),
    "digits": Column("digits", True),
    "status": Column("status", False),
}


def dominates(a, b, signs):
    gains = [(s * x, s * y) for s, x, y in zip(signs, a, b, strict=True)]
    return all(x >= y for x, y in gains) and any(x > y for x, y in gains)


def slow_front(points, signs):
    """By the definition: not dominated, the first of equals."""
    return {
        k
        for k, point in enumerate(points)
        if not any(dominates(other, point, signs) for other in points) and point not in points[:k]
    }


@st.composite
def clouds(draw):
    axes = draw(st.integers(1, 4))
    values = st.integers(0, 6) | st.floats(-10, 10)
    points = draw(st.lists(st.tuples(*[values] * axes), max_size=40))
    return points, draw(st.lists(st.sampled_from([-1, 1]), min_size=axes, max_size=axes))


@given(clouds())
def test_the_front_is_what_nothing_dominates(cloud):
    points, signs = cloud
    found = undominated(np.array(points, np.float64).reshape(-1, len(signs)) * signs).tolist()
    assert set(found) == slow_front(points, signs)
    firsts = [signs[0] * points[k][0] for k in found]
    assert firsts == sorted(firsts, reverse=True)


@given(st.integers(0, 99), st.integers(1, 3), st.sampled_from([3, 100]))
def test_many_rows_are_thinned_out_first(seed, axes, values):
    gains = np.random.default_rng(seed).integers(0, values, (3000, axes)).astype(np.float64)
    rows = sorted(range(len(gains)), key=lambda k: (*-gains[k], k))
    kept: list[int] = []
    for k in rows:  # in this order only earlier ones can dominate
        if not any((gains[j] >= gains[k]).all() for j in kept):
            kept.append(k)
    assert undominated(gains).tolist() == kept


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(4, 9), st.none() | st.integers(0, 20), st.integers(0, 3)),
        min_size=1,
        max_size=60,
    ),
    st.integers(1, 90),
)
def test_the_archive_finds_the_same_front(make_run, make_elite, points, stride):
    """Also where the map is sparse and some digits are unknown."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with ArchiveWriter.open(path) as writer:
            writer.begin(make_run())
            writer.flush(
                "run-1",
                [
                    make_elite(
                        k * stride,
                        objectives={"ops": ops, "digits": digits},
                        measures={"depth": depth},
                    )
                    for k, (ops, digits, depth) in enumerate(points)
                ],
            )
        with ArchiveReader.open(path) as reader:
            for text, signs, places in (
                ("ops,digits", [-1, 1], (0, 1)),
                ("-digits,+ops", [-1, 1], (1, 0)),
                ("ops, digits, -depth", [-1, 1, -1], (0, 1, 2)),
            ):
                known = [k for k, point in enumerate(points) if point[1] is not None]
                axes = [tuple(points[k][place] for place in places) for k in known]
                expected = {known[k] * stride for k in slow_front(axes, signs)}
                found = reader.elites(ElitesQuery(pareto=text))
                assert {view.slot for view in found} == expected


def test_filter_order_and_limit_apply_to_the_front(path, make_run, make_elite):
    points = [(4, 5), (5, 4), (5, 6), (6, 9), (7, 8), (8, 10)]
    with ArchiveWriter.open(path) as writer:
        writer.begin(make_run())
        writer.flush(
            "run-1",
            [
                make_elite(k, objectives={"ops": ops, "digits": digits})
                for k, (ops, digits) in enumerate(points)
            ],
        )

    def slots(**query):
        with ArchiveReader.open(path) as reader:
            return [view.slot for view in reader.elites(ElitesQuery(pareto="ops,digits", **query))]

    assert slots() == [0, 2, 3, 5]
    assert slots(limit=2) == [0, 2]
    assert slots(sort="-digits", limit=3) == [5, 3, 2]
    assert slots(where="digits < 9") == [0, 2, 4]
    assert slots(where="digits > 10") == []


def test_problems_have_fronts_of_their_own(path, make_run, make_elite):
    wide = {"options": {"domain": "0,100", "max_ops": 8}}
    narrow = {"options": {"domain": "0,1", "max_ops": 9}}
    same = {"options": {"domain": "0,1", "max_ops": 12}}
    config = {"pareto": [["ops", -1], ["digits", 1]], "problem": ["domain"]}
    with ArchiveWriter.open(path) as writer:
        for k, options in enumerate((wide, narrow, same)):
            writer.begin(make_run(f"r{k}", config=config, **options))
            writer.flush(f"r{k}", [make_elite(0, k, objectives={"ops": 5, "digits": 3 + k})])
    with ArchiveReader.open(path) as reader:
        found = reader.elites(ElitesQuery(pareto="ops,digits"))
    assert [view.run for view in found] == ["r0", "r2"]


def test_without_a_list_of_options_all_of_them_tell_problems_apart(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        for k in range(2):
            writer.begin(make_run(f"r{k}", options={"max_ops": k}))
            writer.flush(f"r{k}", [make_elite(0, k, objectives={"ops": 5, "digits": k})])
    with ArchiveReader.open(path) as reader:
        assert len(reader.elites(ElitesQuery(pareto="ops,digits"))) == 2


def test_runs_that_disagree_on_a_direction_must_be_overruled(path, make_run, make_elite):
    with ArchiveWriter.open(path) as writer:
        for k, sign in enumerate((1, -1)):
            writer.begin(make_run(f"r{k}", config={"pareto": [["ops", sign]]}))
            writer.flush(f"r{k}", [make_elite(0, k)])
    with ArchiveReader.open(path) as reader:
        with pytest.raises(UsageError, match="which way 'ops' is better: write \\+ops"):
            reader.elites(ElitesQuery(pareto="ops"))
        assert len(reader.elites(ElitesQuery(pareto="-ops"))) == 1
        assert len(reader.elites(ElitesQuery(pareto="ops", run="r1"))) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ops,digit", "did you mean 'digits'"),
        ("", "unknown name ''"),
        ("ops,,digits", "unknown name ''"),
        ("ops,status", "got 'status', a text"),
        ("ops,ops", "different names"),
        ("ops,-ops", "different names"),
        ("digits", "write \\+digits to maximise or -digits"),
    ],
)
def test_mistakes_are_refused(text, message):
    with pytest.raises(UsageError, match=message):
        parse_goals(text, COLUMNS, {"ops": -1})
