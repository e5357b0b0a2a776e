"""Targets of two variables: which there are, and what is refused with which cure."""

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.searchspaces.elementary.bivariate.targets import (
    NAMED,
    is_bivariate,
    resolve_bivariate,
)

REFERENCE = {
    "atan2": lambda x, y: mpmath.atan2(y, x),
    "hypot": mpmath.hypot,
    "pow": lambda x, y: mpmath.mpf(x) ** mpmath.mpf(y),
}

REFUSED = [
    ("atan2", {"domain": "-1,1,-1,1"}, "branch cut"),
    ("atan2", {"domain": "-1,-1/2,-1,1"}, "branch cut"),
    ("1/(x - y)", {}, "pole"),
    ("tan(x + y)", {}, "pole"),
    ("x**y", {"domain": "-1,1,0,1"}, "not defined"),
    ("hypot", {"domain": "0,1,0,1", "error": "relative"}, "zero near .* use error=absolute"),
    ("hypot", {"domain": "0,1"}, "bounds of x, then of y"),
    ("hypot", {"domain": "0,1,2"}, "bounds of x, then of y"),
    ("hypot", {"domain": "0,1,1,0"}, "smaller bound first"),
    ("hypot", {"domain": "0,inf,0,1"}, "finite domain"),
    ("hypot", {"error": "means"}, "error=relative, absolute, mean or blend"),
    ("hypot", {"error": "blend:-1"}, "positive number as the floor"),
    ("hypot", {"weight": "x - y"}, "positive on the whole box.* near"),
    ("hypot", {"weight": "-x"}, "positive on the whole box"),
    ("hypot", {"weight": "1/y"}, "the weight is not defined"),
    ("hypot", {"weight": "1 + z"}, "unknown"),
    ("y + 2", {}, "without x"),
    ("exp2", {"domain": "0,1,0,1"}, "bounds of two variables"),
    ("hypot", {"half": "yes"}, "no half"),
    ("hypot", {"split": "1/2"}, "no split"),
    ("hypot", {"seed_with": "baselines"}, "no seed_with"),
    ("hypot", {"arithmetic": "float32"}, "leave arithmetic out"),
    ("hypot", {"arithmetic": "bfloat16"}, "leave arithmetic out"),
    ("x + w", {}, "unknown"),
    ("atan2(y)", {}, "argument"),
]


@pytest.mark.parametrize(("name", "options", "told"), REFUSED)
def test_what_is_refused_and_why(name, options, told):
    with pytest.raises(UsageError, match=told):
        load_task(TaskSpec.of("elementary", name, options))


@pytest.mark.parametrize("name", NAMED)
def test_named_targets_have_the_values_of_their_functions(name):
    target = resolve_bivariate(name, None, None)
    points = target.grid(5)
    high, _ = target.sample(points)
    truth = [float(REFERENCE[name](x, y)) for x, y in points.T.tolist()]
    np.testing.assert_allclose(high, truth, rtol=1e-15, atol=1e-300)


@settings(max_examples=20, deadline=None)
@given(corner=st.tuples(*[st.integers(-8, 7)] * 2), n=st.integers(2, 9))
def test_grids_lie_in_their_box_and_reach_its_corners(corner, n):
    (a, c), (b, d) = corner, (corner[0] + 1, corner[1] + 2)
    points = resolve_bivariate("x + 3*y", f"{a},{b},{c},{d}", "absolute").grid(n)
    assert points.shape == (2, n * n)
    assert (points[0].min(), points[0].max()) == (a, b)
    assert (points[1].min(), points[1].max()) == (c, d)


def test_the_error_is_relative_where_the_target_has_no_zero():
    assert resolve_bivariate("hypot", None, None).relative
    assert not resolve_bivariate("hypot", "0,1,0,1", None).relative
    assert resolve_bivariate("exp(x*y)", None, None).relative
    assert not resolve_bivariate("x - y", None, None).relative


def test_expressions_and_names_mean_the_same_problem():
    first, second = (
        load_task(TaskSpec.of("elementary", name, {})) for name in ("atan2", "atan2(y, x)")
    )
    assert first.options == second.options


@pytest.mark.parametrize(("name", "two"), [("x", False), ("exp2", False), ("x*y", True)])
def test_an_expression_with_y_is_one_of_two_variables(name, two):
    assert is_bivariate(name) is two
