"""Reductions for few bits: around the true core they are within their share of the error."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.evaluators.float32.cores import core_values
from elitemap.searchspaces.elementary.float32.coarse import COARSEST, FINEST, reductions
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.parts import reducing, rest, run

TRUE = {
    "tanh": math.tanh,
    "sigmoid": lambda x: 0.5 + 0.5 * math.tanh(x / 2),
    "gelu": lambda x: x * math.erfc(-x / math.sqrt(2.0)) / 2,
}
ROUNDING = 2.0**-22
EVERY = (-9.0, 9.0)


def through(reduction, x):
    """The function at float32 [n] with what the core approximates in its place."""
    reduced = run(reducing(reduction), x[None])
    core = core_values(reduction.core, reduced).astype(np.float32)
    return run(rest(reduction), np.stack([x, core])).astype(np.float64)


@pytest.mark.parametrize("name", TRUE)
@given(st.integers(7, 18), st.lists(st.floats(-40.0, 40.0, width=32), min_size=1, max_size=20))
def test_the_true_core_leaves_half_of_the_error(name, bits, arguments):
    reduction, same = reductions(name, math.inf, 2.0**-bits, EVERY)
    x = np.array([0.0, -0.0, *arguments], np.float32)
    wanted = np.array([TRUE[name](v) for v in x.tolist()])
    size = np.maximum(np.abs(wanted), 1.0)
    assert same == reduction
    assert np.max(np.abs(through(reduction, x) - wanted) / size) <= 0.5 * 2.0**-bits + ROUNDING


@pytest.mark.parametrize("name", TRUE)
def test_what_is_no_number_stays_none_and_infinities_are_limits(name):
    reduction, _ = reductions(name, math.inf, 2.0**-10, EVERY)
    x = np.array([np.nan, np.inf, -np.inf], np.float32)
    # The core's value there is that at its end.
    end = np.array([reduction.core.hi if name != "gelu" else reduction.core.lo] * 3, np.float32)
    core = core_values(reduction.core, end).astype(np.float32)
    core[0] = np.nan
    got = run(rest(reduction), np.stack([x, core]))
    below, above = {"tanh": (-1, 1), "sigmoid": (0, 1), "gelu": (0, np.inf)}[name]
    assert np.isnan(got[0])
    assert got[1] == above if math.isinf(above) else abs(got[1] - above) < 2.0**-10
    assert abs(got[2] - below) < 2.0**-10


def test_only_large_absolute_errors_have_them():
    assert resolve("tanh", None, "usual", 256.0, 2.0**-16).reduction.name == "saturated"
    assert resolve("tanh", None, "usual", 256.0).reduction.name == "magnitude"
    assert resolve("tanh", None, "usual", 1.0, 2.0**-24).reduction.name == "near-and-far"
    assert reductions("tanh", math.inf, FINEST / 2, EVERY) is None
    assert reductions("tanh", math.inf, 2 * COARSEST, EVERY) is None
    assert reductions("exp2", 2.0**-14, None, EVERY) is None
    assert reductions("exp2", math.inf, 2.0**-10, EVERY) is None


@pytest.mark.parametrize(("name", "true"), [("exp2", np.exp2), ("exp", np.exp)])
@pytest.mark.parametrize(("bits", "error"), [(7, 2.0**-13.9), (12, 2.0**-13.9), (17, 2.0**-20)])
@given(st.lists(st.floats(-160.0, 130.0, width=32), min_size=1, max_size=20))
def test_exponentials_of_few_bits_and_their_shorter_way(name, true, bits, error, arguments):
    function = resolve(name, None, "usual", 2.0 ** (23 - bits))
    (low, high), shorter = function.fast
    x = np.array([0.0, -0.0, low, high, *function.domain, *arguments], np.float32)
    got = through(function.reduction, x)
    # Correctly rounded, so that overflow and subnormal results are those of float32.
    with np.errstate(over="ignore", under="ignore"):
        wanted = true(x.astype(np.float64)).astype(np.float32).astype(np.float64)
    infinite = np.isinf(got) | np.isinf(wanted)
    assert np.min(np.where(infinite, np.maximum(got, wanted), np.inf)) == np.inf
    assert np.min(np.where(infinite, np.minimum(got, wanted), np.inf)) > 2.0**128 * (1 - 2 * error)
    size = np.maximum(np.where(infinite, 1.0, wanted), 2.0**-126)
    lost = np.where(infinite, 0.0, got) - np.where(infinite, 0.0, wanted)
    assert np.max(np.abs(lost) / size) <= error
    fast = x[(low <= x) & (x <= high)]
    np.testing.assert_array_equal(through(shorter, fast), through(function.reduction, fast))


@pytest.mark.parametrize("name", ["exp2", "exp"])
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_exponentials_of_few_bits_know_what_is_no_number(name, bits):
    reduction = resolve(name, None, "usual", 2.0 ** (23 - bits)).reduction
    x = np.array([np.nan, -np.nan, np.inf, -np.inf, 3e38, -3e38], np.float32)
    x = np.append(x, np.uint32([0x7FFFFFFF, 0xFFC03FFF]).view(np.float32))
    core = np.where(np.isnan(x), np.nan, 1.0).astype(np.float32)
    got = run(rest(reduction), np.stack([x, core]))
    np.testing.assert_array_equal(np.isnan(got), np.isnan(x))
    np.testing.assert_array_equal(got[2:6], np.array([np.inf, 0.0, np.inf, 0.0]))


def test_a_logarithm_of_few_bits_is_a_sum_in_blocks_as_well():
    fine, rough = (resolve("log2", None, "usual", most) for most in (1.0, 128.0))
    assert len(rough.reduction.after) < len(fine.reduction.after)
    assert rough.fast is not None and len(rough.fast[1].after) == 1
    x = np.array([2.0**-130, 1e-30, 0.75, 1.5, 3e38], np.float32)
    wanted = np.log2(x.astype(np.float64))
    np.testing.assert_allclose(through(rough.reduction, x), wanted, rtol=2.0**-20)
    assert resolve("log2", None, "usual").reduction == fine.reduction
