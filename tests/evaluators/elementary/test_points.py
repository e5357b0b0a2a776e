"""Tables of points as targets: reading, sharing out, fitting, confirming."""

import math

import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.protocols import Unproved
from elitemap.engine.search.coordinator import search
from elitemap.engine.settling import settled
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.elementary.fitting.fit import MANY_CHECKS, MANY_NODES
from elitemap.evaluators.elementary.points.confirming import CONFIDENCE, confirm
from elitemap.evaluators.elementary.points.evidence import evidence_of
from elitemap.evaluators.elementary.points.table import HELD, parted, read_points, table_of

SINES = "".join(f"{k / 50},{math.sin(k / 50) + 1.5}\n" for k in range(200))


def written(tmp_path, text, name="points.csv"):
    path = tmp_path / name
    path.write_text(text)
    return str(path)


def task(path, **settings):
    return load_task(settled(TaskSpec.of("elementary", "points", {"data": path, **settings})))


@pytest.mark.parametrize("head", ["", "x,y\n", "\ufeffx,y\n", "# a comment\n\ntime, value\n"])
def test_files_with_and_without_names(tmp_path, head):
    found = read_points(tmp_path / written(tmp_path, head + "1, 2\n 3,4e-1 \n\n5,6\n"))
    assert found["x"].tolist() == [1, 3, 5] and found["y"].tolist() == [2, 0.4, 6]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\n1,2\n3,four\n", r"numbers in row 2 \('3,four'\)"),
        ("1\n2\n", "two or three columns"),
        ("1,2,3,4\n", "two or three columns"),
        ("1,2\n1,2,3\n", "expected 2 columns .* got 3 in row 2"),
        ("1,nan\n", "finite numbers in row 1"),
        ("1,inf\n", "finite numbers in row 1"),
        ("1,1e200\n", "finite numbers in row 1"),
        ("x,y\n", "expected rows of x, y"),
        ("", "expected rows of x, y"),
        ("1;2\n3;4\n", "two or three columns|expected numbers"),
        ("1,2\n" * 5, "at least 20 points, got 5"),
        ("1,2\n" * 30, "at several x, got x = 1 only"),
        (SINES + "9,0\n", None),
        ("".join(f"{k},1,{k - 3}\n" for k in range(30)), "positive weights, got another at x = 0"),
    ],
)
def test_bad_files_are_told_in_one_line(tmp_path, text, words):
    path = written(tmp_path, text)
    if words is None:
        assert task(path).options["error"] == "absolute"
        with pytest.raises(UsageError, match="no y = 0 under relative error, got one at x = 9"):
            task(path, error="relative")
        return
    with pytest.raises(UsageError, match=words) as caught:
        task(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"domain": "0,1"}, "no domain with a table"),
        ({"weight": "x"}, "no weight with a table"),
        ({"error": "blend"}, "blend:FLOOR"),
        ({"arithmetic": "float32"}, "no points with arithmetic=float32"),
    ],
)
def test_what_does_not_go_with_a_table(tmp_path, settings, words):
    with pytest.raises(UsageError, match=words):
        task(written(tmp_path, SINES), **settings)


def test_data_and_points_go_together(tmp_path):
    with pytest.raises(UsageError, match="add --set data=FILE.csv"):
        load_task(TaskSpec.of("elementary", "points", {}))
    spec = TaskSpec.of("elementary", "sin", {"data": written(tmp_path, SINES)})
    with pytest.raises(UsageError, match="data with the target points"):
        load_task(settled(spec))
    with pytest.raises(UsageError, match=r"ends in \.csv"):
        task(written(tmp_path, SINES, "points.txt"))


@pytest.mark.parametrize("n", [20, 57, 256, 300, 1024, 5000])
@pytest.mark.parametrize("error", ["mean", "absolute"])
def test_a_search_sees_no_point_that_is_held_out(n, error):
    rng = np.random.default_rng(n)
    x, weight = rng.uniform(0, 1, n), rng.uniform(1, 2, n)
    table = table_of({"x": x, "y": np.cos(x), "weight": weight}, error, 0.0)
    seen, held = parted(table)
    assert len(held.x) == math.ceil(HELD * n) and len(seen.x) + len(held.x) == n
    assert not set(seen.x) & set(held.x) and set(seen.x) | set(held.x) == set(x)
    evidence = evidence_of(seen)
    assert len(evidence.nodes.points) == MANY_NODES and len(evidence.check.points) == MANY_CHECKS
    if error != "mean":
        assert not set(evidence.nodes.points) & set(held.x)
        return
    # The kernel's mean of squares of a constant error is that of all points seen.
    for samples in (evidence.nodes, evidence.check):
        got = np.mean((samples.weight * 1.0) ** 2)
        assert got == pytest.approx(np.mean(seen.factor**2), rel=1e-9)


def test_what_is_said_of_further_points_holds(build):
    """Of 200 tables at most about one in twenty has more points beyond the bound than is said."""
    program = build(1.0, ("add", 0, 1))
    rng = np.random.default_rng(5)
    wrong = 0
    for _ in range(200):
        x = rng.uniform(0, 1, 60)
        held = table_of({"x": x, "y": x + 1 + rng.normal(0, 0.1, 60)}, "absolute", 0.0)
        found = confirm(program, held, (0.0, 1.0))
        beyond = math.erfc(found["largest_error"] / 0.1 / math.sqrt(2))
        wrong += beyond > found["share_beyond"]
    assert wrong <= 200 * (1 - CONFIDENCE) * 2
    assert "95% confidence at most 4.87% of points" in found["says"]


def test_a_search_finds_the_line_and_says_how_sure_it_is(tmp_path):
    rng = np.random.default_rng(2)
    x = rng.uniform(1, 3, 400)
    rows = zip(x, 2 * x + 1 + rng.normal(0, 0.01, 400), strict=True)
    path = written(tmp_path, "x,y\n" + "".join(f"{a},{b}\n" for a, b in rows))
    spec = settled(
        TaskSpec.of("elementary", "points", {"data": path, "error": "mean", "max_ops": "3"})
    )
    archive = tmp_path / "a.db"
    config = SearchConfig(
        seed=1, evaluations=4000, islands=1, workers=1, batch=256, epoch=2048, cache_bits=12
    )
    search(archive, spec, config, lambda event: None)
    with ArchiveReader.open(archive) as reader:
        front = reader.elites(ElitesQuery(where="status = 'confirmed'", pareto="ops,digits"))
    best = min(front, key=lambda e: e.objectives["error"])
    assert best.objectives["error"] == pytest.approx(0.01, rel=0.2)
    made = load_task(spec)
    assert (
        best.certificate["held_out"] == 120 and "normal approximation" in best.certificate["says"]
    )
    assert made.verify(best.program, best.certificate, 1.0).outcome == "verified"
    false = best.certificate | {"held_out_error": 1e-9}
    assert made.verify(best.program, false, 1.0).outcome == "failed"
    code = made.export(best.program, best.certificate, "f", "c")
    assert "nothing is proved" in code["f.h"] and "a table of 400 points" in code["f.h"]
    assert np.nanmax(np.abs(made.curve(best.program).y)) < 0.1
    known = made.rivals()
    assert known[0].name.startswith("polynomial of degree 1")
    assert known[0].objectives["error"] == pytest.approx(0.0113, rel=0.2)


def test_poles_between_points_are_found(tmp_path, build):
    made = task(written(tmp_path, SINES))
    document = build(1.234567, ("sub", 0, 1), ("div", 1, 2)).to_json()
    _, _, found = made.certify(document, 1.0)
    assert (
        isinstance(found, Unproved) and found.final and "not finite at x = 1.234567" in found.reason
    )


@pytest.mark.parametrize("name", ["points.csv", " there/is none.CSV"])
def test_a_file_in_place_of_a_function_is_told_how_tables_are_named(name):
    with pytest.raises(UsageError, match="the target points, with --set data=FILE.csv"):
        load_task(settled(TaskSpec.of("elementary", name, {})))
