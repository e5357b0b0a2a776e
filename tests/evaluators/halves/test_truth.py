"""Correctly rounded values, against MPFR and exact fractions."""

from dataclasses import replace
from fractions import Fraction

import gmpy2
import numpy as np
import pytest

from elitemap.archive.errors import SearchError
from elitemap.evaluators.halves.truth import truth
from elitemap.searchspaces.elementary.halves.formats import BFLOAT16, EVERY, FLOAT16, FORMATS
from elitemap.searchspaces.elementary.halves.functions import resolve

#: Precision and exponents of each format, as MPFR has them: results round once, subnormal or not.
MPFR = {
    "bfloat16": gmpy2.context(precision=8, emax=128, emin=-132, subnormalize=True),
    "float16": gmpy2.context(precision=11, emax=16, emin=-23, subnormalize=True),
}


def silu(x):
    with gmpy2.context(gmpy2.get_context(), precision=300, emin=-(10**6), emax=10**6):
        exact = x / (1 + gmpy2.exp(-x))
    return +exact


CASES = {
    "exp2": (gmpy2.exp2, None),
    "exp": (gmpy2.exp, "-103,-1/4"),
    "tanh": (gmpy2.tanh, "1/4,8"),
    "log": (gmpy2.log, "1/4,100"),
    "sin": (gmpy2.sin, "1000,30000"),
    "silu": (silu, "-110,-1"),
}


def bits_of(number, values):
    return number.words(np.array([float(v) for v in values]))


@pytest.mark.parametrize("number", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("name", CASES)
def test_results_are_those_of_mpfr(name, number):
    function, domain = CASES[name]
    half = resolve(name, number, domain, "usual")
    true = truth(half)
    x = number.values(true.words)
    inside = np.flatnonzero((x >= half.domain[0]) & (x <= half.domain[1]) & (x != 0.0))
    some = np.random.default_rng(0).choice(inside, 1500)
    with MPFR[number.name].copy():
        wanted = bits_of(number, [function(gmpy2.mpfr(float(v), 53)) for v in x[some]])
    np.testing.assert_array_equal(true.results[some], wanted)
    assert true.unsettled == 0


def nearest(number, value):
    """A fraction rounded to even, by trying its neighbours."""
    every = number.values(EVERY[: number.infinity])
    k = int(np.searchsorted(every, float(value)))
    near = range(max(k - 2, 0), min(k + 2, len(every)))
    return min(near, key=lambda w: (abs(Fraction(float(every[w])) - value), w % 2))


@pytest.mark.parametrize("number", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("text", ["x*3/2", "x*x + 1/256", "1/x", "x/2 + 1"])
def test_exact_ties_go_to_even(text, number):
    half = resolve(text, number, "1,5/4", "none")
    true = truth(half)
    exact = {
        "x*3/2": lambda x: x * 3 / 2,
        "x*x + 1/256": lambda x: x * x + Fraction(1, 256),
        "1/x": lambda x: 1 / x,
        "x/2 + 1": lambda x: x / 2 + 1,
    }[text]
    values = number.values(true.words).tolist()
    wanted = [nearest(number, exact(Fraction(x))) for x in values]
    assert true.results.tolist() == wanted and true.unsettled == 0


def test_special_values_and_what_lies_beyond():
    true = truth(resolve("exp2", BFLOAT16, None, "usual"))
    table = dict(zip(true.words.tolist(), true.results.tolist(), strict=True))
    assert len(table) == 1 << 16
    words = BFLOAT16.words(np.array([np.inf, -np.inf, 0.0, -0.0, 2.0**100, -(2.0**100), -133.0]))
    assert [table[w] for w in words.tolist()] == [0x7F80, 0, 0x3F80, 0x3F80, 0x7F80, 0, 1]
    assert BFLOAT16.is_nan(np.array([table[0x7FC1], table[0xFFC0]], np.uint16)).all()
    logs = truth(resolve("log2", FLOAT16, None, "usual"))
    table = dict(zip(logs.words.tolist(), logs.results.tolist(), strict=True))
    minus_one, zero, minus_zero = FLOAT16.words(np.array([-1.0, 0.0, -0.0])).tolist()
    assert FLOAT16.is_nan(np.array([table[minus_one]], np.uint16))[0]
    assert table[zero] == table[minus_zero] == 0xFC00


def test_errors_and_right_results_are_told_apart():
    half = resolve("tanh", BFLOAT16, None, "usual")
    true = truth(half)
    assert true.ulp(BFLOAT16, true.results).max() <= 0.5
    assert true.right(BFLOAT16, true.results).all()
    one = int(np.flatnonzero(true.words == 0x3F80)[0])
    nan = int(np.flatnonzero(true.words == 0x7FC0)[0])
    minus_zero = int(np.flatnonzero(true.words == 0x8000)[0])
    wrong = true.results.copy()
    wrong[one] += 1
    wrong[minus_zero] = 0
    wrong[nan] = 0
    errors = true.ulp(BFLOAT16, wrong)
    assert 0.5 <= errors[one] <= 1.5 and np.isinf(errors[[nan, minus_zero]]).all()
    assert np.flatnonzero(~true.right(BFLOAT16, wrong)).tolist() == sorted([one, nan, minus_zero])


@pytest.mark.parametrize("number", FORMATS.values(), ids=FORMATS)
def test_a_thinned_truth_is_a_part_of_the_whole(number):
    half = resolve("sigmoid", number, "-1/2,1", "usual")
    whole, part = truth(half), truth(half, thinned=True)
    assert len(part.words) < len(whole.words)
    rows = np.searchsorted(whole.words, part.words)
    np.testing.assert_array_equal(whole.words[rows], part.words)
    np.testing.assert_array_equal(whole.results[rows], part.results)
    left = np.abs(number.values(np.setdiff1d(whole.words, part.words)))
    assert left.max() < 2.0 ** -(number.precision + 1) and left.min() > 2.0**number.least


def test_functions_without_a_value_are_refused():
    half = resolve("1/(x-1)", FLOAT16, "1/2,7/8", "none")
    with pytest.raises(SearchError, match="none at x = 1"):
        truth(replace(half, domain=(0.5, 2.0)))
