"""Quotients of polynomials: programs that span them, best members, constants for those."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.elementary.evaluator import ElementaryEvaluator
from elitemap.evaluators.elementary.rational.best import BITS, best, interpolant, sampled
from elitemap.evaluators.elementary.rational.nodes import Family, NoFamily, graph
from elitemap.evaluators.elementary.rational.peeling import NotPeeled, Quotient, constants_of
from elitemap.evaluators.elementary.rational.solver import Families, Solver, _any
from elitemap.evaluators.elementary.rational.spans import spans
from elitemap.evaluators.elementary.rational.squarings import stripped
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.canonical import canonical
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs

BASELINES = Path(__file__).parents[3] / "benchmarks" / "data" / "baselines.json"

#: c0 + c1 / (u + c2 + c3 / (u + c4)), u = x^2: least squares reached it from no start at all.
COSINE = [
    ("mul", 0, 0),
    1.0,
    ("add", 1, 2),
    -2.0,
    ("div", 4, 3),
    ("add", 1, 5),
    3.0,
    ("add", 6, 7),
    0.5,
    ("div", 9, 8),
    -1.0,
    ("add", 10, 11),
]


def program(rows):
    """A program from rows: a number is a constant, otherwise (primitive, operands)."""
    made = [
        Instruction(REAL.opcodes[row[0]], row[1:])
        if isinstance(row, tuple)
        else Instruction(REAL.opcodes["const"], (), (float(row), 0.0))
        for row in rows
    ]
    return Program(("x",), tuple(made), (len(made),))


constants = st.integers(-800, 800).filter(lambda n: abs(n) > 20).map(lambda n: n / 64)


@st.composite
def fractions(draw):
    """Continued fractions in x or x^2, any operation turned round, perhaps odd."""
    rows, squared = [], draw(st.booleans())
    if squared:
        rows.append(("mul", 0, 0))
    u = len(rows)
    rows.append(draw(constants))
    rows.append((draw(st.sampled_from(["add", "sub"])), u, len(rows)))
    for _ in range(draw(st.integers(0, 2))):
        rows.append(draw(constants))
        rows.append(("div", len(rows), len(rows) - 1))
        rows.append((draw(st.sampled_from(["add", "sub"])), u, len(rows)))
        rows.append(draw(constants))
        order = (len(rows), len(rows) - 1) if draw(st.booleans()) else (len(rows) - 1, len(rows))
        rows.append((draw(st.sampled_from(["add", "sub"])), *order))
    rows.append(draw(constants))
    rows.append(("div", len(rows), len(rows) - 1))
    if squared and draw(st.booleans()):
        rows.append(("mul", len(rows), 0))
    return program(rows)


def values(run, xs):
    """A program at points, exactly."""
    from fractions import Fraction

    found = []
    for x in xs:
        try:
            found.append(run.run(object(), [Fraction(x)], lambda c: c)[0])
        except ZeroDivisionError:
            found.append(None)
    return found


def quotient_of(run, family):
    """The member that a program is, by interpolating its exact values in balls."""
    from fractions import Fraction

    from flint import arb_mat, arb_poly

    xs = [Fraction(3 * k + 1, 7) for k in range(40)]
    points = [(x, v) for x, v in zip(xs, values(run, xs), strict=True) if v is not None]
    free = [(0, e) for e in family.top] + [(1, e) for e in family.bottom]
    rows, right = [], []
    last = free.pop()
    for x, v in points[: len(free)]:
        rows.append([ball(x**e * (-v if side else 1)) for side, e in free])
        right.append(ball(v * x ** last[1]))
    solution = arb_mat(rows).solve(arb_mat(len(right), 1, right))
    sides = [{}, {last[1]: ball(Fraction(1))}]
    for (side, e), k in zip(free, range(len(free)), strict=True):
        sides[side][e] = solution[k, 0].mid()
    return Quotient(*(arb_poly([s.get(e, 0) for e in range(max(s) + 1)]) for s in sides))


@given(fractions())
def test_constants_come_back(run):
    """From the values of a program alone: whatever the order and the signs of its operations."""
    node = graph(run)
    assert spans(Batch.from_programs([run], 30)).top[0]
    with precision(600):
        try:
            found = constants_of(node, quotient_of(run, node.family))
        except ZeroDivisionError:
            return  # a special member, whose fraction is shorter
        for k, expected in enumerate(run.constants):
            assert abs(found[k] - ball(expected)) < 1e-20 * abs(ball(expected))


def test_the_kernel_follows_the_same_monomials():
    opcodes = [REAL.opcodes[name] for name in ("add", "sub", "mul", "div", "square", "sqrt")]
    batch = random_programs(4000, 26, 8, opcodes, np.random.default_rng(3))
    batch = batch.take(canonical(batch, 8) > 0)
    found = spans(batch)
    rows = np.flatnonzero(found.top)
    assert len(rows) > 100
    for row in rows:
        run = batch.program(row)
        try:
            family = graph(run).family
        except NoFamily:  # known coefficients that cancel are seen only there
            continue
        masks = [sum(1 << e for e in side) for side in (family.top, family.bottom)]
        if masks == [found.top[row], found.bottom[row]]:
            assert family.dimension == len(run.constants)


def test_other_functions_span_nothing():
    rows = [2.0, ("add", 0, 1), ("sqrt", 2), 3.0, ("mul", 3, 4)]
    assert not spans(Batch.from_programs([program(rows)], 20)).top[0]
    with pytest.raises(NoFamily):
        graph(program(rows))


def test_a_value_used_twice_is_left_to_descent():
    rows = [2.0, ("div", 1, 0), ("add", 0, 2), 3.0, ("div", 4, 3), ("add", 3, 5)]
    assert not spans(Batch.from_programs([program(rows)], 20)).top[0]


def test_what_cannot_be_undone_is_refused():
    rows = [2.0, ("add", 0, 1), 3.0, ("add", 0, 3), ("mul", 2, 4)]
    node = graph(program(rows))
    with precision(BITS), pytest.raises(NotPeeled):
        constants_of(node, quotient_of(program(rows), node.family))


@pytest.mark.parametrize(
    ("target", "shape", "top", "bottom"),
    [
        ("cos", "(2,2) even", (0, 2, 4), (0, 2, 4)),
        ("cos", "(3,3) even", (0, 2, 4, 6), (0, 2, 4, 6)),
        ("tanh", "(3,3) odd", (1, 3, 5, 7), (0, 2, 4, 6)),
        ("log2", "(3,2)", (0, 1, 2, 3), (0, 1, 2)),
    ],
)
def test_best_members_are_those_of_the_exchange(target, shape, top, bottom):
    """Against the benchmarks' baselines, which another program computed with other formulas."""
    known = [
        row["digits"]
        for row in json.loads(BASELINES.read_text())["rows"]
        if (row["target"], row["shape"]) == (target, shape) and row["family"].startswith("minimax")
    ]
    family = Family(dict.fromkeys(top), dict.fromkeys(bottom))
    with precision(BITS):
        samples = sampled(resolve_target(target))
    start = interpolant(family, samples)
    found = best(family, samples, start)
    assert found.error < start.error
    assert min(abs(-math.log10(found.error) - digits) for digits in known) < 0.01


def scattered(n, seed=0):
    """Copies of the cosine's structure with constants of any size."""
    batch = Batch.from_programs([program(COSINE)] * n, 30)
    rng = np.random.default_rng(seed)
    shape = batch.constant[..., 0].shape
    sizes = np.exp(2 * rng.normal(size=shape)) * rng.choice([-1, 1], shape)
    batch.constant[..., 0] *= sizes
    return batch


def test_the_deep_fraction_is_found_from_any_constants():
    evaluator = ElementaryEvaluator(resolve_target("cos"), 12)
    batch = scattered(20)
    screened = evaluator.screen(batch, lambda measures: np.full(len(measures), -np.inf))
    scores = evaluator.evaluate(screened.batch, lambda measures: np.full(len(measures), -np.inf))
    assert np.nanmax(scores.quality) == pytest.approx(10.0976, abs=0.005)


def test_what_gains_nothing_stays_as_it_is():
    solver, batch = Solver(resolve_target("cos")), scattered(20)
    before = batch.constant.copy()
    digits, signatures = np.full(20, 11.0), np.zeros(20, np.uint64)
    solver.solve(batch, np.full(20, -np.inf), digits, signatures)
    solver.solve(batch, np.full(20, 10.2), np.zeros(20), signatures)
    np.testing.assert_array_equal(batch.constant, before)
    assert not signatures.any()


def test_memory_changes_nothing():
    """Whether a structure was met before is no matter: evaluations are functions of the batch."""
    fresh, used = Solver(resolve_target("cos")), Solver(resolve_target("cos"))
    batches = [scattered(60, seed) for seed in (1, 2)]
    results = []
    for solver, order in ((fresh, batches[1:]), (used, batches)):
        for batch in order:
            copy = batch.take(np.arange(len(batch)))
            digits, signatures = np.zeros(len(copy)), np.zeros(len(copy), np.uint64)
            solver.solve(copy, np.full(len(copy), -np.inf), digits, signatures)
        results.append((copy.constant, digits, signatures))
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
    assert (results[0][1] > 10).all()


def test_a_promise_is_the_same_once_the_best_member_is_known():
    """Else what is solved would depend on what a process has met before."""
    with precision(BITS):
        families, pair = Families(sampled(resolve_target("cos"))), (0b10101, 0b101)
    before = families.promise(*pair)
    family = _any(*pair)
    start = families.interpolant(family)
    assert families.best(family, start).error < start.error
    assert families.promise(*pair) == before


def squared(rows, times):
    """A program of rows, squared so often."""
    return program([*rows, *(("mul", len(rows) + k, len(rows) + k) for k in range(times))])


@pytest.mark.parametrize("times", [0, 1, 3])
def test_what_is_squared_at_the_end_is_solved_for(times):
    """x + 3 over x^2 + 1, squared: constants are found for the root, wherever descent would end."""
    rows = [7.0, ("add", 0, 1), -4.0, ("div", 3, 2), 0.3, ("add", 5, 4)]
    batch = Batch.from_programs([squared(rows, times)], 30)
    target = resolve_target(f"(2 - 1/(x + 3))**{2**times}", "0,1")
    digits, signatures = np.zeros(1), np.zeros(1, np.uint64)
    Solver(target).solve(batch, np.full(1, -np.inf), digits, signatures)
    assert digits[0] > 25 and signatures[0] != 0
    np.testing.assert_allclose(batch.constant[0, [0, 2, 4], 0], [3.0, -1.0, 2.0], rtol=1e-12)


def test_only_squarings_at_the_end_are_taken_off():
    within = program([("mul", 0, 0), 2.0, ("add", 1, 2), 3.0, ("div", 4, 3)])
    other = program([2.0, ("add", 0, 1), ("mul", 2, 0)])
    batch = Batch.from_programs([squared([2.0, ("add", 0, 1)], 2), within, other], 30)
    inner, squarings = stripped(batch)
    assert squarings.tolist() == [2, 0, 0]
    assert inner.size.tolist() == [2, 5, 3]
    assert spans(inner).top[1] and inner.program(2) == other


def test_a_target_with_negative_values_has_no_root():
    batch = Batch.from_programs([squared([2.0, ("add", 0, 1), 3.0, ("div", 3, 2)], 1)], 30)
    digits, signatures = np.zeros(1), np.zeros(1, np.uint64)
    Solver(resolve_target("x - 1/3", "0,1", "absolute")).solve(
        batch, np.full(1, -np.inf), digits, signatures
    )
    assert digits[0] == 0
