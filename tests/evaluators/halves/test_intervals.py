"""Intervals of cores: their ends are right, and beyond them something is wrong."""

import numpy as np
import pytest

from elitemap.evaluators.float32.cores import core_values
from elitemap.evaluators.halves.intervals import Limit, allowed, intervals
from elitemap.evaluators.halves.truth import truth
from elitemap.searchspaces.elementary.float32.parts import reducing, rest, run
from elitemap.searchspaces.elementary.float32.reduction import core_target
from elitemap.searchspaces.elementary.halves.formats import FORMATS
from elitemap.searchspaces.elementary.halves.functions import resolve

#: Function, format, domain, and the most units a result may be wrong by.
CASES = [
    ("exp2", "bfloat16", "1/2,4", 0.5),
    ("exp2", "float16", "-1/2,1/2", 0.9),
    ("log2", "bfloat16", "1/8,100", 0.5),
    ("tanh", "bfloat16", "1/8,9", 0.5),
    ("gelu", "bfloat16", "-13,-1/2", 0.5),
    ("softplus", "float16", "-17,-15", 0.75),
    ("sqrt(x)", "float16", "1,3/2", 0.5),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def case(request):
    name, number, domain, units = request.param
    half = resolve(name, FORMATS[number], domain, "usual")
    return half, units, intervals(half, Limit(units))


def results(half, words, core):
    bits = words.astype(np.int32).view(np.float32)
    found = run(rest(half.reduction), np.stack([bits, core.astype(np.float32)]))
    return found.view(np.int32).astype(np.uint16)


def errors(half, points, values):
    """Errors in units at all arguments, and which of the points is theirs.

    Args:
        half: The function.
        points: Reduced arguments, rising.
        values: Of the core there.
    """
    true = truth(half, thinned=True)
    reduced = run(reducing(half.reduction), true.words.astype(np.int32).view(np.float32)[None])
    at = np.searchsorted(points, reduced)
    return true.ulp(half.number, results(half, true.words, values[at])), at


def test_both_ends_are_right_and_the_next_float_is_wrong(case):
    half, units, found = case
    assert found.hopeless == 0
    order = np.argsort(found.points)
    points, core = found.points[order], found.core[order]
    for end, way in ((found.low[order], -np.inf), (found.high[order], np.inf)):
        inside, _ = errors(half, points, end)
        assert inside.max() <= units
        outside, at = errors(half, points, np.nextafter(end.astype(np.float32), np.float32(way)))
        wrong = np.zeros(len(points), bool)
        np.logical_or.at(wrong, at, outside > units)
        reached = np.abs(end - core) > 1.9 * np.abs(core)
        assert (wrong | reached).all()


def test_the_core_is_inside_but_for_roundings(case):
    half, _, found = case
    near = 2.0**-16 * np.abs(found.core)
    assert (found.low - near <= found.core).all() and (found.core <= found.high + near).all()
    wanted = core_values(half.reduction.core, found.points)
    np.testing.assert_array_equal(wanted, found.core)


def test_values_of_cores_are_accurate_where_they_vanish_or_have_no_value():
    odd = core_target("sin(x)", -2, 2)
    x = np.array([-2.0, -1e-3, -1e-30, 0.0, 1e-38, 0.5, 1.9], np.float32)
    np.testing.assert_allclose(core_values(odd, x), np.sin(x.astype(np.float64)), rtol=2.0**-29)
    even = core_target("tanh(sqrt(x))/sqrt(x)", 0, 4)
    x = np.linspace(0, 4, 33, dtype=np.float32)
    root = np.sqrt(x.astype(np.float64))
    wanted = np.where(x == 0, 1.0, np.tanh(root) / np.where(x == 0, 1.0, root))
    np.testing.assert_allclose(core_values(even, x), wanted, rtol=2.0**-29)
    kink = core_target("abs(x - 1/3) + x*x", 0, 1)
    x = np.linspace(0, 1, 65, dtype=np.float32)
    wanted = np.abs(x.astype(np.float64) - 1 / 3) + x.astype(np.float64) ** 2
    np.testing.assert_allclose(core_values(kink, x), wanted, rtol=2.0**-50)


@pytest.mark.parametrize(("name", "most"), [("tanh", 2.0**-9), ("gelu", 0.01), ("exp2", 2.0**-130)])
def test_results_within_an_absolute_error_are_those_that_brute_force_finds(name, most):
    half = resolve(name, FORMATS["bfloat16"], None, "usual")
    number, true = half.number, truth(half, thinned=True)
    least, largest = allowed(true, number, Limit(most, absolute=True))
    own = number.places(true.results)
    finite = np.isfinite(true.values) & (np.abs(true.values) < 2.0**127)
    rng = np.random.default_rng(0)
    for ends, way in ((least, -1), (largest, 1)):
        for k in rng.choice(np.flatnonzero(finite), 300):
            end, value = number.numbers(ends[k : k + 1])[0], true.values[k]
            beyond = number.numbers(ends[k : k + 1] + way)[0]
            assert abs(end - value) <= most or ends[k] == own[k]
            assert abs(beyond - value) > most * (1 - 2.0**-29)
