"""Pieces that experts use: halves of symmetric functions, and one of two by a sign."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.config import SearchConfig
from elitemap.engine.search.coordinator import search
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.elementary.certificate import certify
from elitemap.evaluators.elementary.question import question
from elitemap.searchspaces.elementary.balancing import balanced
from elitemap.searchspaces.elementary.folded import core_of, half_of, whole
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.program import Program, ProgramError
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs


def two_lines(build, split):
    """Lines for exp on either side of a place: one instruction chooses."""
    return build(
        split, ("sub", 0, 1), 2.2, ("mul", 0, 3), 0.5, ("add", 4, 5), 1.3, ("mul", 0, 7), 0.97,
        ("add", 8, 9), ("select", 2, 6, 10),
    )  # fmt: skip


@pytest.mark.parametrize("split", [0.5, Fraction("0.4371"), 0.25])
def test_a_split_is_proved_from_both_sides(build, split):
    target = resolve_target("exp", "0,1", "absolute")
    proof = certify(two_lines(build, split), target, 60.0)
    assert not proof.failure

    def error(x, right):
        value = 2.2 * x + 0.5 if right else 1.3 * x + 0.97
        return abs(value - math.exp(x))

    left = np.linspace(0, float(split), 500)
    right = np.linspace(float(split), 1, 500)
    worst = max(*(error(x, False) for x in left), *(error(x, True) for x in right))
    assert proof.upper >= worst * (1 - 1e-9) and proof.lower <= worst * (1 + 1e-9)
    assert proof.upper <= 1.01 * worst


@pytest.mark.parametrize("odd", [False, True])
def test_whole_programs_have_their_cores_back(odd):
    codes = [REAL.opcodes[n] for n in ("add", "mul", "div", "abs", "select")]
    batch = random_programs(60, 30, 6, codes, np.random.default_rng(4))
    for row in range(len(batch)):
        core = batch.program(row)
        made = whole(core, odd)
        assert core_of(made, odd) == core
        for x in (-1.25, 0.75):
            try:
                inner = core.run(_Floats, [abs(x)], float)[0]
            except (ZeroDivisionError, OverflowError):
                continue
            got = made.run(_Floats, [x], float)[0]
            wanted = x * inner if odd else inner
            assert got == wanted or (math.isnan(got) and math.isnan(wanted))


class _Floats:
    abs = staticmethod(abs)
    select = staticmethod(lambda c, a, b: a if c >= 0 else b)


@pytest.mark.parametrize(
    "rows", [[("mul", 0, 0)], [("abs", 0), ("add", 1, 0)], [("abs", 0), ("mul", 1, 1)]]
)
def test_other_programs_have_no_core(build, rows):
    with pytest.raises(ProgramError, match=r"program of \|x\|"):
        core_of(build(*rows), True)


@pytest.mark.parametrize("error", ["absolute", "mean", "blend:1/4"])
def test_errors_of_a_half_are_those_of_the_whole(build, error):
    target = resolve_target("tanh", "-2,2", error)
    half = half_of(target, True)
    core = build(0.97, 0.21, ("mul", 0, 2), ("sub", 1, 3))
    one, other = certify(core, half, 60.0), certify(whole(core, True), target, 60.0)
    assert not one.failure and not other.failure
    assert one.lower <= other.upper * (1 + 1e-9) and other.lower <= one.upper * (1 + 1e-9)


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("exp", {"domain": "-1,1"}, "expected an even or odd function"),
        ("cos", {"domain": "0,1"}, "a domain such as -1,1"),
        ("cos", {"domain": "-1,1", "weight": "1+x**2"}, "no weight"),
        ("cos", {"domain": "-1,1", "half": "no"}, "half=yes"),
        ("tanh", {"domain": "-1,1", "error": "absolute", "max_ops": "2"}, "max_ops"),
    ],
)
def test_what_has_no_half_is_told_in_one_line(name, options, words):
    with pytest.raises(UsageError, match=words) as caught:
        load_task(TaskSpec.of("elementary", name, {"half": "yes", **options}))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("name", "odd"), [("tanh", True), ("cos", False)])
def test_a_search_on_half_proves_the_whole(tmp_path, name, odd):
    options = {"domain": "-1,1", "error": "absolute", "half": "yes", "max_ops": "7"}
    spec = TaskSpec.of("elementary", name, options)
    config = SearchConfig(
        seed=1, evaluations=30_000, islands=1, workers=1, batch=512, epoch=4096, cache_bits=12
    )
    search(tmp_path / "a.db", spec, config, lambda event: None)
    with ArchiveReader.open(tmp_path / "a.db") as reader:
        front = reader.elites(ElitesQuery(where="status = 'certified'", pareto="ops,digits"))
    assert max(e.objectives["digits"] for e in front) > 1.5
    function = {"tanh": mpmath.tanh, "cos": mpmath.cos}[name]
    for elite in front:
        program = Program.from_json(elite.program)
        assert program.cost == elite.objectives["ops"] <= 7
        core_of(program, odd)
        for x in (-0.875, -0.3125, 0.3125, 0.875):
            value = program.run(_Floats, [x], float)[0]
            assert abs(value - function(x)) <= elite.certificate["upper"] * (1 + 1e-9) + 1e-15


def test_a_search_may_begin_with_two_pieces():
    plain = load_task(TaskSpec.of("elementary", "exp", {"ops": "add,mul"}))
    made = load_task(
        TaskSpec.of("elementary", "exp", {"split": "1/3,pi/4", "ops": "add,mul", "max_ops": "7"})
    )
    assert plain.space.seeds == [] and made.options["split"] == "1/3,pi/4"
    assert made.options["ops"] == "add,sub,mul,select"
    assert {p.cost for p in made.space.seeds} == {2, 4, 6}
    for program in made.space.seeds:
        place = min(abs(float(c) - p) for c in program.constants for p in (1 / 3, math.pi / 4))
        assert place < 1e-16
    batch = made.space.random(40, np.random.default_rng(1))
    _, valid = made.space.canonical(batch)
    assert valid[: len(made.space.seeds)].all()


def asked(name, **options):
    return load_task(TaskSpec.of("elementary", name, {"error": "absolute", **options}))


@pytest.mark.parametrize(
    ("name", "domain", "place"),
    [("abs(sin(x))", "1,5", math.pi), ("abs(x - 1/3)", "0,1", 1 / 3), ("cosh(x)", "-2,2", 0.0)],
)
def test_places_are_found_at_kinks_and_by_symmetry(name, domain, place):
    seeds = asked(name, domain=domain, split="pieces:2", max_ops="4").space.seeds
    assert {p.cost for p in seeds} == {2, 4}
    assert min(abs(float(c) - place) for p in seeds for c in p.constants) < 2e-3


@settings(max_examples=3, deadline=None)
@given(
    degrees=st.lists(st.integers(0, 3), min_size=2, max_size=4),
    name=st.sampled_from(["exp", "sqrt(x + 1/8)", "sin(3*x)", "1/(1 + 25*x*x)"]),
)
def test_pieces_are_equally_good(degrees, name):
    target = resolve_target(name, "0,2", "absolute")
    edges = [0.0, *balanced(target, degrees), 2.0]
    assert edges == sorted(edges) and len(edges) == len(degrees) + 1
    errors = []
    for low, high, degree in zip(edges, edges[1:], degrees, strict=False):
        xs = np.linspace(low, high, 300)
        fit = np.polynomial.Chebyshev.fit(xs, target.sample(xs)[0], degree)
        errors.append(np.abs(fit(xs) - target.sample(xs)[0]).max())
    assert max(errors) <= 3 * min(errors)


def test_pieces_are_better_than_one_of_as_many_operations():
    """What the whole is for: 1/(1 + 25 x^2) by two parabolas, or by a polynomial of degree 5."""
    target = resolve_target("1/(1 + 25*x*x)", "-1,2", "absolute")
    (place,) = balanced(target, (2, 2))
    errors = []
    for low, high, degree in ((-1, place, 2), (place, 2, 2), (-1, 2, 5)):
        xs = np.linspace(low, high, 500)
        fit = np.polynomial.Chebyshev.fit(xs, target.sample(xs)[0], degree)
        errors.append(np.abs(fit(xs) - target.sample(xs)[0]).max())
    assert max(errors[:2]) < errors[2]


@pytest.mark.parametrize("error", ["relative", "absolute"])
@pytest.mark.parametrize("name", ["sin", "atan", "x*cos(x)"])
def test_odd_functions_are_searched_on_half_under_relative_error_too(build, name, error):
    task = load_task(
        TaskSpec.of("elementary", name, {"domain": "-1,1", "half": "yes", "error": error})
    )
    core = build(0.25, ("mul", 0, 0), ("mul", 1, 2), 1.0, ("sub", 4, 3))
    target = question(name, dict(task.options, half="yes"), REAL, {}).target
    proof = certify(whole(core, True), target, 60.0)
    xs = np.linspace(0.01, 1, 200)
    wanted = target.sample(xs)[0]
    errors = np.abs(xs * (1 - 0.25 * xs * xs) - wanted) * (
        1 / np.abs(wanted) if error == "relative" else 1
    )
    assert proof.digits is not None
    assert errors.max() <= proof.upper <= errors.max() * 1.01


def test_a_zero_elsewhere_is_refused_on_half_too():
    with pytest.raises(UsageError, match="zero near"):
        asked("x*(x*x - 1/4)", domain="-1,1", half="yes", error="relative")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("pieces:1", "pieces:2, 3 or 4"),
        ("pieces:", "pieces:2, 3 or 4"),
        ("pieces:9", "pieces:2, 3 or 4"),
        ("1", r"inside \[0, 1\]"),
        ("0.2,-1", "got '-1'"),
        ("x", "constant"),
        ("a", "unknown"),
        ("1/2,", "expression|constant"),
        (",".join(["1/2"] * 9), "at most 8 places"),
    ],
)
def test_bad_places_are_told_in_one_line(text, words):
    with pytest.raises(UsageError, match=words) as caught:
        load_task(TaskSpec.of("elementary", "exp", {"split": text}))
    assert "\n" not in str(caught.value)
