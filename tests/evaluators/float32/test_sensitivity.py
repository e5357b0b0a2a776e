"""How results change with cores, where that can be told by hand."""

import numpy as np
import pytest

from elitemap.evaluators.float32.sensitivity import sensitivity
from elitemap.searchspaces.elementary.float32.functions import resolve


@pytest.mark.parametrize(
    ("name", "domain", "points", "slopes"),
    [
        # 2^(k + r) is 2^k times the core: at most 2^4 below 0, and above it 2^3 from 4 on.
        ("exp2", "-1,4", [-0.4, -0.2, 0.2, 0.4], [16, 16, 8, 8]),
        ("tanh", None, [0.5, 2.0, 8.0], [1, 1, 1]),
        ("log", None, [-0.2, 0.2], [1, 1]),
        ("sin", None, [-1.0, 0.5, 1.0], [1, 1, 1]),
    ],
)
def test_slopes_are_those_of_the_reduction(name, domain, points, slopes):
    single = resolve(name, domain, "usual")
    found = sensitivity(single, np.array(points))
    np.testing.assert_allclose(found, slopes, rtol=4e-3)


def test_a_core_that_a_product_follows_counts_less_where_that_is_small():
    single = resolve("sin", None, "usual", 1.0)
    found = sensitivity(single, np.linspace(0.0, 0.6, 31))
    assert found[0] < found[15] < found[30]
