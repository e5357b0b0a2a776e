"""Known forms computed for a target: digits, programs, and what searches do with them."""

import math

import mpmath
import numpy as np
import pytest

from elitemap.archive.errors import UsageError
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.elementary.baselines.computed import computed, rivals
from elitemap.evaluators.elementary.baselines.tabulated import baselines
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.emission.vectors import evaluate

FUNCTIONS = {
    "cos": mpmath.cos,
    "tanh": mpmath.tanh,
    "exp2": lambda x: mpmath.mpf(2) ** x,
    "log2(x)": lambda x: mpmath.log(x, 2),
    "sin(x)/x": lambda x: mpmath.sin(x) / x,
    "cbrt": mpmath.cbrt,
    "x**3/(exp(x)-1)": lambda x: x**3 / mpmath.expm1(x),
}


@pytest.fixture(scope="module")
def known():
    """Baselines by problem, each computed once."""
    memory = {}

    def get(*problem):
        if problem not in memory:
            memory[problem] = computed(resolve_target(*problem), 12)
        return memory[problem]

    return get


@pytest.mark.parametrize(
    ("problem", "ops", "digits"),
    [
        (("cbrt", "1/8,1"), 12, 7.53),
        (("sin(x)/x", "0,pi"), 7, 5.39),
        (("x**3/(exp(x)-1)", "1/10,10"), 12, 4.83),
    ],
)
def test_forms_of_functions_without_a_table(known, problem, ops, digits):
    """Best known of these functions, measured elsewhere by other means."""
    found = {b.ops: b.digits for b in known(*problem)}
    assert found[ops] == pytest.approx(digits, abs=0.01)


@pytest.mark.parametrize("name", ["cos", "tanh", "exp2", "log2"])
def test_plain_quotients_are_those_of_the_table(known, name):
    """The benchmarks' fits of the same forms, by another exchange with other formulas."""
    tabulated = {
        b.objectives["ops"]: b.objectives["digits"]
        for b in baselines(resolve_target(name))
        if b.name in ("minimax rational, continued fraction", "minimax polynomial, Horner")
    }
    found = {b.ops: b.digits for b in known(name)}
    shared = tabulated.keys() & found.keys()
    assert len(shared) >= 2
    for ops in shared:
        assert found[ops] == pytest.approx(tabulated[ops], abs=0.01)


@pytest.mark.parametrize(
    "problem",
    [("cos",), ("exp2",), ("log2(x)", "1,2", "relative"), ("sin(x)/x", "0,pi"), ("tanh",)],
)
def test_programs_are_as_good_as_is_said(known, problem):
    """Every program at points of its own, in mpmath."""
    target = resolve_target(*problem)
    rng = np.random.default_rng(0)
    low, high = target.inner
    xs = [mpmath.mpf(float(x)) for x in rng.uniform(low, high, 60)]
    with mpmath.workdps(60):
        for b in known(*problem):
            worst = 0
            for x in xs:
                wanted = FUNCTIONS[problem[0]](x)
                got = b.program.run(None, [x], lambda c: mpmath.mpf(c.numerator) / c.denominator)[0]
                error = abs(got / wanted - 1 if target.relative else got - wanted)
                worst = max(worst, error)
            assert -mpmath.log10(worst) > b.digits - 0.02
            assert b.ops == b.program.cost <= 12


def test_squarings_and_symmetries_are_used(known):
    assert any("squaring" in b.name for b in known("exp2"))
    assert all("even" in b.name for b in known("cos") if b.ops > 2)
    assert all("odd" in b.name for b in known("tanh"))
    assert all("zero" in b.name for b in known("log2(x)", "1,2", "relative"))


def test_more_operations_are_listed_only_for_more_digits(known):
    for problem in (("cos",), ("exp2",), ("cbrt", "1/8,1")):
        digits = [b.digits for b in known(*problem)]
        assert digits == sorted(digits)
        assert [b.ops for b in known(*problem)] == sorted({b.ops for b in known(*problem)})


def test_rivals_have_the_objectives_of_elites():
    (first, *_), found = rivals(resolve_target("cos"), 5), rivals(resolve_target("cos"), 5)
    assert first.objectives.keys() == {"ops", "digits", "error"}
    assert max(b.objectives["ops"] for b in found) <= 5
    assert math.isclose(first.objectives["error"], 10 ** -first.objectives["digits"])


def test_a_search_begins_with_random_programs_unless_seeds_are_asked_for():
    plain = load_task(TaskSpec.of("elementary", "cos", {}))
    seeded = load_task(TaskSpec.of("elementary", "cos", {"seed_with": "baselines"}))
    assert plain.space.seeds == [] and "seed_with" not in plain.options
    assert seeded.options["seed_with"] == "baselines"
    one, other = (task.space.random(50, np.random.default_rng(1)) for task in (plain, seeded))
    first = len(seeded.space.seeds)
    assert [other.program(k) for k in range(first)] == seeded.space.seeds
    for row in range(first, 50):
        assert one.program(row) == other.program(row)
    # The same problem: elites of both compete.
    assert plain.problem == seeded.problem


def test_seeds_with_primitives_that_are_not_allowed_are_left_out():
    options = {"seed_with": "baselines", "ops": "add,sub"}
    assert load_task(TaskSpec.of("elementary", "cos", options)).space.seeds == []


def test_other_seeds_are_refused():
    with pytest.raises(UsageError, match="seed_with=baselines"):
        load_task(TaskSpec.of("elementary", "cos", {"seed_with": "taylor"}))


@pytest.mark.parametrize(("name", "odd"), [("sigmoid(x)", True), ("exp", False), ("tanh", False)])
def test_functions_that_are_odd_about_their_value_at_0_have_a_form(name, odd):
    target = resolve_target(name, "-2,2", "absolute")
    found = computed(target, 14)
    for kind in ("odd about its value at 0", "logistic", "mirrored"):
        assert any(kind in known.name for known in found) is odd
    for known in found:
        xs = np.linspace(-2, 2, 200)
        values = evaluate(known.program, xs)
        worst = np.abs(values - target.sample(xs)[0]).max()
        # Squarings multiply what rounding does to the core.
        assert worst <= 10.0**-known.digits * 1.03 + 2e-12
