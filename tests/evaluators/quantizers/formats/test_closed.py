"""Closed forms: distributions by quadrature, errors and levels that are known, samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from elitemap.evaluators.quantizers.formats.closed import closed, measure_closed, measure_either
from elitemap.evaluators.quantizers.formats.distributions import DISTRIBUTIONS
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.searchspaces.quantizers.formats.elements import Element
from elitemap.searchspaces.quantizers.formats.quantizers import written

#: Least errors of scalar quantizers of 2, 3 and 4 bits, and of uniform ones in two's complement.
LEAST = {
    "normal": (0.117482, 0.0345478, 0.00950101),
    "student-t5": (0.184641, 0.0644156, 0.0198742),
    "laplace": (0.176195, 0.0544760, 0.0153725),
}
#: Positive levels of three bits for the normal distribution (Max, 1960).
MAX = (0.24509, 0.75601, 1.34391, 2.15195)
UNIFORM = {"normal": 0.011864, "student-t5": 0.035128, "laplace": 0.02526}
MIDRISE = {"normal": 0.011543, "student-t5": 0.034823, "laplace": 0.025351}


def grid(count):
    return Element(1, None, tuple(np.linspace(-1, 1, count).astype(np.float32).astype(float)))


def errors(space, documents, name, turns):
    return measure_closed(space.from_json(documents), SOURCES[name], turns).error


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distributions_are_what_they_say(name):
    of, source = DISTRIBUTIONS[name], SOURCES[name]
    for p in (0.5, 0.6, 0.9, 0.999):
        [x] = source.quantile(np.array([p]))
        assert of.below(x) == pytest.approx(p, abs=1e-9)
        above = integrate.quad(lambda y: y * of.density(y), x, np.inf)[0]
        assert -of.mean(x) == pytest.approx(above, abs=1e-9)
    square = 2 * integrate.quad(lambda y: y * y * of.density(y), 0, np.inf)[0]
    assert square == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("name", LEAST)
def test_fits_end_at_lloyd_and_max(space, layout, name):
    documents = [written(layout("fp32", block=0, bits=b), grid(1 << b)) for b in (2, 3, 4)]
    batch = space.from_json(documents)
    found = measure_closed(batch, SOURCES[name], 16)
    np.testing.assert_allclose(found.error, LEAST[name], rtol=2e-5)
    if name == "normal":
        own = found.levels[1, 0, 4:8].astype(float)
        np.testing.assert_allclose(own / own[3] * MAX[3], MAX, atol=2e-3)


@pytest.mark.parametrize("name", LEAST)
def test_uniform_quantizers_have_their_best_scale(space, layout, uniform, name):
    documents = [
        written(layout("fp32", block=0), uniform),
        written(layout("fp32", block=0), grid(16)),
        written(layout("fp32", block=0, offset=1), uniform),
    ]
    found = errors(space, documents, name, 0)
    np.testing.assert_allclose(found[:2], [UNIFORM[name], MIDRISE[name]], rtol=1e-4)
    assert found[2] < found[:2].min() * 1.006
    apot = errors(space, [written(*known()["APoT, one scale a tensor"])], "laplace", 0)
    assert apot[0] == pytest.approx(0.02038, rel=1e-3)


def drawn(name, levels, scales):
    """The least error of nearest levels at these scales, on many weights."""
    x = SOURCES[name].even(1 << 15, 1).astype(float)
    between = (levels[1:] + levels[:-1]) / 2
    return min(((x - s * levels[np.searchsorted(between, x / s)]) ** 2).mean() for s in scales)


@pytest.mark.parametrize("name", SOURCES)
def test_closed_forms_are_what_samples_come_to(space, layout, name):
    rng = np.random.default_rng(3)
    tables = [np.sort(rng.normal(0, 1, 16)).astype(np.float32).astype(float) for _ in range(3)]
    rules = [layout("fp32", block=0, offset=offset) for offset in (0, 1, 2)]
    own = [
        errors(space, [written(rule, Element(1, None, tuple(t))) for t in tables], name, 0)
        for rule in rules
    ]
    scanned = [drawn(name, t, np.geomspace(0.3, 12, 150)) for t in tables]
    # A sample has no far tail; and a scan has gaps.
    np.testing.assert_allclose(own[0], scanned, rtol=0.01 if name == "normal" else 0.06)
    for some, more in ((0, 2), (2, 1)):
        assert (own[more] < own[some] * 1.02).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers(0, 2**32), st.sampled_from(sorted(LEAST)))
def test_nothing_is_better_than_lloyd_and_max(space, layout, bits, seed, name):
    table = np.random.default_rng(seed).normal(0, 1, 1 << bits).astype(np.float32).astype(float)
    rule = layout("fp32", block=0, bits=bits)
    documents = [written(rule, Element(1, None, tuple(table)))] * 2
    before, after = errors(space, documents[:1], name, 0), errors(space, documents[:1], name, 2)
    assert after[0] <= before[0] * (1 + 1e-6)
    least = LEAST[name][bits - 2] if bits < 5 else 0.0025
    assert after[0] > least * (1 - 1e-4)


def test_rows_of_both_kinds_are_measured_together(space, layout, uniform):
    rules = [layout("fp32", block=0), layout("fp16"), layout("fp32", block=0, search=0)]
    table = Element(1, None, tuple(float(k) for k in range(-8, 8)))
    batch = space.from_json([written(rule, table) for rule in rules])
    assert closed(batch).tolist() == [True, False, False]
    weights, source = Weights.of(SOURCES["normal"].even(1 << 12, 2)), SOURCES["normal"]
    alone = [
        measure_closed(batch.take(np.arange(1)), source, 1),
        measure(batch.take(np.arange(1, 3)), weights, weights, 1),
    ]
    found = measure_either(batch, weights, source, 1)
    assert found.error.tolist() == [*alone[0].error, *alone[1].error]
    np.testing.assert_array_equal(found.levels[1:], alone[1].levels)
    assert (batch.table[:2, 0] != -8).all()
    without = space.from_json([written(rules[0], uniform)])
    assert measure_either(without, weights, None, 0).error[0] == pytest.approx(0.0118, rel=0.02)
