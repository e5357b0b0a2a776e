import numpy as np
import pytest

from elitemap.evaluators.elementary.evaluator import RESOLUTION, ElementaryEvaluator, sampled
from elitemap.searchspaces.elementary.targets import resolve_target
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate


def anything(measures):
    return np.full(len(measures), -np.inf)


@pytest.fixture(scope="module")
def evaluator():
    return ElementaryEvaluator(resolve_target("exp2"), 12)


@pytest.fixture
def some(build, coth_power, polynomial):
    """A polynomial, one of division, one without constants, one that is nowhere defined."""
    programs = [
        polynomial(0.1, 0.2, 0.7, 1),
        coth_power(3),
        build(("square", 0)),
        build(-9.0, ("add", 0, 1), ("sqrt", 2)),
    ]
    return Batch.from_programs(programs, 26)


def test_measures_count_operations_constants_and_divisions(evaluator, some):
    expected = [[6, 4, 0], [10, 5, 3], [1, 0, 0], [2, 1, 0]]
    np.testing.assert_array_equal(evaluator.measures(some), expected)
    assert [axis.name for axis in evaluator.axes] == ["ops", "constants", "divisions"]


@pytest.mark.parametrize("most", [1, 2, 12, 23])
def test_every_count_of_operations_has_its_own_bin(most):
    axes = ElementaryEvaluator(resolve_target("exp2"), most).axes
    bins = [np.searchsorted(axis.edges, np.arange(most + 1), side="right") for axis in axes]
    assert len(set(bins[0][1:].tolist())) == most == len(axes[0].edges) + 1
    assert all(np.all(np.diff(b) >= 0) for b in bins)
    assert bins[1][0] != bins[1][1] and bins[2][0] != bins[2][1]


def test_scores(evaluator, some):
    scores = evaluator.evaluate(some, anything)
    digits = scores.quality
    assert digits[0] == pytest.approx(4.13, abs=0.03) and digits[1] == pytest.approx(
        14.65, abs=0.01
    )
    assert np.isnan(digits[3]) and scores.objectives["error"][3] == np.inf
    np.testing.assert_allclose(scores.objectives["error"][:3], 10.0 ** -digits[:3])
    np.testing.assert_array_equal(scores.objectives["ops"], [6, 10, 1, 2])
    assert set(scores.objectives) == {one.name for one in evaluator.objectives}
    assert np.isnan(scores.objectives["digits"]).all()  # certificates prove them


def test_quality_is_the_error_all_over_the_domain(evaluator, some):
    quality = evaluator.evaluate(some, anything).quality[0]
    xs = np.linspace(0, 1, 4001)
    error = np.abs(evaluate(some, xs)[0] / 2**xs - 1).max()
    assert -np.log10(error) == pytest.approx(quality, abs=0.02)


def test_the_error_mode_is_that_of_the_target():
    relative = sampled(resolve_target("exp2", "0,3"), 32)
    np.testing.assert_array_equal(relative.weight, 1 / relative.high)
    absolute = sampled(resolve_target("exp2", "0,3", "absolute"), 32)
    np.testing.assert_array_equal(absolute.weight, np.ones(32))
    np.testing.assert_array_equal(absolute.points, relative.points)


def test_samples_are_accurate_to_double_double():
    samples = sampled(resolve_target("sqrt"), 16)
    for x, high, low in zip(samples.points, samples.high, samples.low, strict=True):
        assert high == np.sqrt(x)
        remainder = -float(np.longdouble(high) ** 2 - np.longdouble(x)) / (2 * high)
        assert low == pytest.approx(remainder, abs=1e-18)


def test_hurdles_are_asked_for_the_measures(evaluator, some):
    asked = []

    def hurdle(measures):
        asked.append(measures.copy())
        return np.array([20.0, -np.inf, 20.0, -np.inf])

    expected = evaluator.measures(some)
    screened = evaluator.screen(some, hurdle)
    scores = evaluator.evaluate(some, hurdle)
    assert all(np.array_equal(a, expected) for a in asked) and len(asked) == 2
    assert screened.promising.tolist() == [False, True, False, False]
    assert scores.quality[0] < 20


def test_refining_asks_nobody_and_loses_nothing(evaluator, some):
    before = evaluator.evaluate(some, anything).quality
    after = evaluator.refine(some).quality
    usable = ~np.isnan(before)
    np.testing.assert_array_equal(np.isnan(after), ~usable)
    assert np.all(after[usable] >= before[usable] - 1e-6)


def test_screening_recognises_only_functions_that_are_the_same(evaluator, build):
    """The same optimum reached with other numbers of operations is another candidate."""
    line = build(0.96, ("mul", 0, 1), 0.97, ("add", 2, 3))
    longer = build(0.96, ("mul", 0, 1), 0.97, ("add", 2, 3), ("add", 4, 0), ("sub", 5, 0))
    unusable = build(-9.0, ("add", 0, 1), ("sqrt", 2))
    keys = evaluator.screen(Batch.from_programs([line, line, longer, unusable], 8), anything).keys
    assert keys[0] == keys[1]
    assert keys[0] == 0 or keys[0] != keys[2]
    assert keys[3] == 0


def test_fingerprints_tell_digits_apart(evaluator, polynomial):
    cubic, quartic = polynomial(0.1, 0.2, 0.7, 1), polynomial(0.01, 0.05, 0.2, 0.7, 1)
    marks = evaluator.evaluate(Batch.from_programs([cubic, quartic, cubic], 14), anything)
    assert marks.fingerprints[0] == marks.fingerprints[2] != marks.fingerprints[1]
    assert RESOLUTION < 0.1
