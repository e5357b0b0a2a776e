"""Outliers that are stored apart, and rotations: what is taken, what comes back, what it costs."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import hadamard

from elitemap.archive.errors import UsageError
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats.confirming import confirm
from elitemap.evaluators.quantizers.formats.cost import costs
from elitemap.evaluators.quantizers.formats.measuring import Weights, measure
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.searchspaces.quantizers.formats.encoding import encode
from elitemap.searchspaces.quantizers.formats.packing import decode, pack, rotated
from elitemap.searchspaces.quantizers.formats.quantizers import written
from elitemap.searchspaces.quantizers.formats.rule import OUTLIERS, ROTATIONS


def through(rule, levels, weights, importance=None):
    return decode(rule, levels, weights.size, pack(rule, encode(rule, levels, weights, importance)))


@given(st.integers(1, 700), st.sampled_from(OUTLIERS[1:]), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_largest_of_each_span_are_stored_apart(layout, uniform, n, outliers, weighted, seed):
    """Or those whose squares count most; they come back as bfloat16."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_t(2, n).astype(np.float32)
    u = np.exp(rng.normal(0, 1, n)).astype(np.float32) if weighted else np.ones(n, np.float32)
    rule = layout(outliers=outliers)
    encoded = encode(rule, uniform.levels(rule), weights, u if weighted else None)
    back = through(rule, uniform.levels(rule), weights, u if weighted else None)
    for span, start in enumerate(range(0, n, 256)):
        size = np.abs(weights[start : start + 256]).astype(float) * np.sqrt(u[start : start + 256])
        taken = encoded.places[span].astype(int)
        most = np.sort(size)[::-1][: min(outliers, len(size))]
        np.testing.assert_allclose(np.sort(size[np.unique(taken)])[::-1], most, rtol=1e-5)
        kept = weights[start + taken].astype(ml_dtypes.bfloat16)
        np.testing.assert_array_equal(back[start + taken], kept.astype(np.float32))
        assert (encoded.values[span].view(ml_dtypes.bfloat16) == kept).all()


@given(st.integers(1, 600), st.sampled_from(ROTATIONS[1:]), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_rotations_are_orthonormal_and_their_own_inverses(n, size, seed):
    weights = np.random.default_rng(seed).standard_normal(n).astype(np.float32)
    made = rotated(weights, size)
    whole = n // size * size
    exact = weights[:whole].reshape(-1, size).astype(float) @ hadamard(size) / size**0.5
    np.testing.assert_allclose(made[:whole], exact.reshape(-1), atol=2e-6)
    np.testing.assert_array_equal(made[whole:], weights[whole:])
    np.testing.assert_allclose(rotated(made, size), weights, atol=4e-6)


def test_one_large_weight_is_spread_or_stored(layout, uniform):
    """What spoils the scale of its block does so no longer."""
    weights = np.random.default_rng(0).standard_normal(1024).astype(np.float32)
    weights[300] = 60.0
    errors = {}
    for name, more in (("plain", {}), ("apart", {"outliers": 1}), ("turned", {"rotated": 256})):
        rule = layout(block=64, **more)
        squares = (through(rule, uniform.levels(rule), weights) - weights) ** 2
        errors[name] = squares[256:512].mean()
    assert errors["apart"] < errors["plain"] / 10
    assert errors["turned"] < errors["plain"] / 2


@pytest.mark.parametrize("more", [{"outliers": 2}, {"rotated": 64}, {"rotated": 256}])
def test_errors_of_searches_are_those_of_bytes(space, layout, uniform, more):
    """By importance as well, which is that of the weights and not of what they are rotated to."""
    rng = np.random.default_rng(1)
    weights = rng.standard_t(3, 1111).astype(np.float32)
    u = np.exp(rng.normal(0, 2, 1111)).astype(np.float32)
    for rule in (layout(**more), layout("int", scale_bits=6, group=256, offset=1, **more)):
        batch = space.from_json([written(rule, uniform)])
        counted = Weights.of(weights, importance=[u])
        got = measure(batch, counted, counted, 0)
        squares = (through(rule, uniform.levels(rule), weights, u).astype(float) - weights) ** 2
        assert got.error[0] == pytest.approx(
            squares.sum() / (weights.astype(float) ** 2).sum(), 1e-4
        )
        exact = (u * squares).sum() / (u * weights.astype(float) ** 2).sum()
        assert got.counted[0] == pytest.approx(exact, rel=1e-4)


def test_levels_are_not_fitted_to_outliers(space, layout, uniform):
    """The same weights with and without some that are stored apart lead to the same table."""
    weights = np.random.default_rng(2).uniform(-1, 1, 1 << 12).astype(np.float32)
    spoiled = weights.copy()
    spoiled[17::256] = 1000.0
    tables = []
    for one, outliers in ((weights, 0), (spoiled, 1)):
        rule = layout(block=256, bits=2, outliers=outliers)
        start = written(rule, type(uniform)(1, None, (-1.0, -0.25, 0.25, 1.0)))
        batch = space.from_json([start])
        measure(batch, Weights.of(one), Weights.of(one), 20)
        tables.append(batch.table[0, :4] / batch.table[0, 3])
    np.testing.assert_allclose(tables[0], tables[1], atol=0.02)


def test_what_is_done_to_weights_costs_operations(space, layout, uniform):
    more = [{}, {"outliers": 4}, {"rotated": 16}, {"rotated": 256}]
    cost, _ = costs(space.from_json([written(layout(**one), uniform) for one in more]))
    np.testing.assert_allclose(cost - cost[0], [0, 2 * 4 / 256, 4 + 1, 8 + 1])


@pytest.mark.parametrize("name", SOURCES)
def test_outliers_are_worth_their_bits_where_there_are_some(space, layout, uniform, name):
    """At equal bits: two apart and a scale for 256, against a scale of four bytes for 128."""
    apart, plain = layout("bf16", block=256, outliers=2), layout("fp32", block=128)
    found = [confirm(written(rule, uniform), space, SOURCES[name]) for rule in (apart, plain)]
    assert found[0]["bits_per_weight"] <= found[1]["bits_per_weight"] + 1e-3
    if name == "outliers":
        assert found[0]["mse"] < 0.6 * found[1]["mse"]


def test_plain_layouts_are_another_question():
    every, plain = (
        load_task(TaskSpec.of("quantizers", "laplace", options))
        for options in ({}, {"layouts": "plain"})
    )
    assert "layouts" in plain.problem and "layouts" not in every.problem
    assert len(every.space.menu.rows) > 5 * len(plain.space.menu.rows)
    with pytest.raises(UsageError, match="expected layouts as all or plain, got 'some'"):
        load_task(TaskSpec.of("quantizers", "normal", {"layouts": "some"}))
