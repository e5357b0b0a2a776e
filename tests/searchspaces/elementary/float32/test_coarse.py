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


def through(reduction, x):
    """The function at float32 [n] with what the core approximates in its place."""
    reduced = run(reducing(reduction), x[None])
    core = core_values(reduction.core, reduced).astype(np.float32)
    return run(rest(reduction), np.stack([x, core])).astype(np.float64)


@pytest.mark.parametrize("name", TRUE)
@given(st.integers(7, 18), st.lists(st.floats(-40.0, 40.0, width=32), min_size=1, max_size=20))
def test_the_true_core_leaves_half_of_the_error(name, bits, arguments):
    reduction, same = reductions(name, math.inf, 2.0**-bits, complete=True)
    x = np.array([0.0, -0.0, *arguments], np.float32)
    wanted = np.array([TRUE[name](v) for v in x.tolist()])
    size = np.maximum(np.abs(wanted), 1.0)
    assert same == reduction
    assert np.max(np.abs(through(reduction, x) - wanted) / size) <= 0.5 * 2.0**-bits + ROUNDING


@pytest.mark.parametrize("name", TRUE)
def test_what_is_no_number_stays_none_and_infinities_are_limits(name):
    reduction, _ = reductions(name, math.inf, 2.0**-10, complete=True)
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
    assert reductions("tanh", math.inf, FINEST / 2, complete=True) is None
    assert reductions("tanh", math.inf, 2 * COARSEST, complete=True) is None
    assert reductions("exp2", 2.0**-10, None, complete=True) is None


def test_a_logarithm_of_few_bits_is_a_sum_in_blocks_as_well():
    fine, rough = (resolve("log2", None, "usual", most) for most in (1.0, 128.0))
    assert len(rough.reduction.after) < len(fine.reduction.after)
    assert rough.fast is not None and len(rough.fast[1].after) == 1
    x = np.array([2.0**-130, 1e-30, 0.75, 1.5, 3e38], np.float32)
    wanted = np.log2(x.astype(np.float64))
    np.testing.assert_allclose(through(rough.reduction, x), wanted, rtol=2.0**-20)
    assert resolve("log2", None, "usual").reduction == fine.reduction
