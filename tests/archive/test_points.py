import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.pareto import undominated
from elitemap.archive.reading.reader import ArchiveReader, ElitesQuery
from elitemap.archive.records import STATUSES
from elitemap.archive.store import ArchiveWriter

N = 1500


@pytest.fixture(scope="module")
def reader(make_run, make_elite):
    rng = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        with ArchiveWriter.open(path) as writer:
            for name, options in (("a", {}), ("b", {}), ("c", {"domain": "2,3"})):
                writer.begin(make_run(name, options=options))
                writer.flush(
                    name,
                    [
                        make_elite(
                            slot,
                            objectives={
                                "ops": int(rng.integers(0, 40)),
                                "digits": None if slot % 9 == 0 else float(rng.integers(0, 60)) / 4,
                                "error": float(10.0 ** rng.uniform(-9, 0)),
                            },
                            measures={"depth": slot % 3},
                            status=STATUSES[slot % 3],
                        )
                        for slot in range(N)
                    ],
                )
        with ArchiveReader.open(path) as opened:
            yield opened


def expected(reader, query, x, y, signs):
    """All points by run and slot, and the places of those on the fronts of their problems."""
    views = reader.elites(query)
    kept = [v for v in views if None not in (v.objectives[x], v.objectives[y])]
    best = set()
    for problem in (("a", "b"), ("c",)):
        rows = [k for k, view in enumerate(kept) if view.run in problem]
        places = [(kept[k].objectives[x], kept[k].objectives[y]) for k in rows]
        best |= {rows[k] for k in undominated(np.array(places).reshape(-1, 2) * signs)}
    return kept, best


@pytest.mark.parametrize("run", [None, "a", "c"])
@pytest.mark.parametrize(("x", "signs"), [("ops", (-1, 1)), ("error", (-1, 1))])
def test_few_points_are_all_shown(reader, run, x, signs):
    query = ElitesQuery(run=run, where="ops >= 2")
    found = reader.points(query, x, "digits", 10_000)
    kept, best = expected(reader, query, x, "digits", signs)
    assert found.total == len(found) == len(kept)
    assert found.signs == signs
    assert found.x.tolist() == [view.objectives[x] for view in kept]
    assert found.y.tolist() == [view.objectives["digits"] for view in kept]
    assert list(found.ids) == [view.id for view in kept]
    assert [STATUSES[code] for code in found.status] == [view.status for view in kept]
    assert set(np.flatnonzero(found.on_front)) == best
    for point, view in zip(found, kept, strict=True):
        assert (point.id, point.status, point.x) == (view.id, view.status, view.objectives[x])
        assert reader.view(point.key) == view


@settings(max_examples=40)
@given(st.integers(0, 400), st.sampled_from(["ops", "error"]), st.none() | st.just("a"))
def test_of_many_points_the_front_and_a_fair_share_are_shown(reader, most, x, run):
    query = ElitesQuery(run=run)
    found = reader.points(query, x, "digits", most)
    everything = reader.points(query, x, "digits", 10**6)
    assert len(found) == most
    assert found.total == len(everything)
    known = {tuple(key): k for k, key in enumerate(everything.keys.tolist())}
    rows = [known[tuple(key)] for key in found.keys.tolist()]
    assert rows == sorted(set(rows))
    for name in ("x", "y", "status", "on_front"):
        np.testing.assert_array_equal(getattr(found, name), getattr(everything, name)[rows])
    front = int(everything.on_front.sum())
    assert int(found.on_front.sum()) == min(front, most)
    if most > 200:  # no side of the cloud is left out
        for axis in ("x", "y"):
            low, high = np.quantile(getattr(everything, axis), (0.05, 0.95))
            assert getattr(found, axis).min() <= low and getattr(found, axis).max() >= high


def test_where_the_runs_say_nothing_less_is_better(reader):
    found = reader.points(ElitesQuery(), "depth", "quality")
    assert found.signs == (-1, 1)


def test_there_may_be_no_points(reader):
    for query in (ElitesQuery(where="ops < 0"), ElitesQuery(target="none")):
        found = reader.points(query, "ops", "digits")
        assert (len(found), found.total, found.ids, list(found)) == (0, 0, (), [])
