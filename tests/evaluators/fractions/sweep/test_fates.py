"""Classes of whole boxes against the classes of single fractions."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.evaluators.fractions.sweep.fates import (
    CRITICAL,
    DEEP,
    DIVERGENT,
    LOGARITHMIC,
    QUICK,
    ROOT,
    SLOW,
    ZERO,
    critical,
    fates,
    leads,
)
from elitemap.searchspaces.fractions.continued import ContinuedFraction, trimmed
from elitemap.searchspaces.fractions.convergence import classify, terminates

MEANT = {
    "factorial": {QUICK, DEEP},
    "exponential": {QUICK, DEEP},
    "root": {ROOT},
    "alternating root": {ROOT},
    "algebraic": {SLOW},
    "alternating algebraic": {SLOW},
    "logarithmic": {LOGARITHMIC},
    "divergent": {DIVERGENT},
}


def fate_of(a, b):
    rows = [np.array([side], dtype=np.int64) for side in (a, b)]
    found = int(fates(*(leads(row) for row in rows)).fate[0, 0])
    if found != CRITICAL:
        return found
    return int(critical(*(np.array([trimmed(side)], dtype=np.int64) for side in (a, b)))[0])


def agree(a, b):
    fraction = ContinuedFraction.of(a, b)
    if not fraction.a[0] or not fraction.b[0]:
        assert fate_of(a, b) == ZERO
    elif not terminates(fraction):
        kind = classify(fraction).kind
        assert fate_of(a, b) in MEANT[kind], (fraction, kind)


side = st.lists(st.integers(-9, 9), min_size=1, max_size=5)


@given(side, side)
@settings(max_examples=400)
def test_fates_are_the_classes(a, b):
    agree(a, b)


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=4),
    st.lists(st.integers(-9, 9), min_size=7, max_size=7),
)
@settings(max_examples=300)
def test_critical_fates_are_the_classes(a, rest):
    """With 4 beta = -alpha^2 made to hold, and sometimes c = 0 as well."""
    a = [2 * (abs(a[0]) + 1), *a[1:]]
    d = len(a) - 1
    agree(a, [-((a[0] // 2) ** 2), *rest[: 2 * d]])
    if d:
        # 2 alpha a1 - d alpha^2 + 4 b1 = 0
        numerator = d * a[0] ** 2 - 2 * a[0] * a[1]
        agree(a, [-((a[0] // 2) ** 2), numerator // 4, *rest[: 2 * d - 1]])


def test_large_coefficients_are_classed_exactly():
    alpha = 2 * 10**9 + 2
    beta = -((alpha // 2) ** 2)
    assert fate_of((alpha, 1), (beta, 0, 0)) == fate_of((4, 1), (-4, 0, 0)) == DIVERGENT
    assert fate_of((alpha, 1), (beta + 1, 0, 0)) == DEEP
    assert fate_of((alpha, 1), (beta - 1, 0, 0)) == DIVERGENT


def test_leads_are_shared():
    found = leads(np.array([[0, 0, 3], [0, 0, 0], [2, 1, 0], [0, 0, 3], [-2, 0, 0]]))
    pairs = [(int(found.degree[k]), int(found.leading[k])) for k in found.kind]
    assert pairs == [(0, 3), (-1, 0), (2, 2), (0, 3), (2, -2)]
    assert len(found.degree) == 4
