"""Whole functions made of a reduction and a fitted polynomial, against MPFR and Annex F."""

import math
from dataclasses import replace

import gmpy2
import numpy as np
import pytest

from elitemap.evaluators.float32 import beyond
from elitemap.evaluators.float32.arguments import arguments
from elitemap.evaluators.float32.certificate import _agreed, certify
from elitemap.evaluators.float32.compiled import NAME, compiled
from elitemap.evaluators.float32.described import described
from elitemap.evaluators.float32.functions import exported, interpreter
from elitemap.evaluators.float32.measures import units
from elitemap.evaluators.float32.pieces import pieces
from elitemap.evaluators.float32.pricing import MODELS, costs
from elitemap.formulas.parsing import parse
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.emission.blocks_float32 import BLOCK
from elitemap.searchspaces.programs.float32.cycles import cycles

COMPLETE = "-DELITEMAP_COMPLETE=1"
MPFR = gmpy2.context(precision=200, emax=10**6, emin=-(10**6))


def sigmoid(x):
    return 1 / (1 + gmpy2.exp(-x))


def softplus(x):
    return max(x, 0) + gmpy2.log1p(gmpy2.exp(-abs(x)))


#: Function, domain (None: all float32), degree, whether it is odd, the largest error in units,
#: for errors of how many units the reduction is.
CASES = {
    "exp2": ("exp2", None, gmpy2.exp2, 6, False, 1.0),
    "exp": ("exp", None, gmpy2.exp, 6, False, 1.2),
    "exp in between": ("exp", "-20,20", gmpy2.exp, 6, False, 1.2),
    "log": ("log", None, gmpy2.log, 9, True, 4.0),
    "log of normals": ("log", "1/1000000,1000000", gmpy2.log, 9, True, 4.0),
    "log2": ("log2", None, gmpy2.log2, 8, False, 2.0),
    "sin": ("sin", None, gmpy2.sin, 8, True, 40.0, math.inf),
    "cos": ("cos", None, gmpy2.cos, 8, True, 40.0, math.inf),
    "sin of squares": ("sin", None, gmpy2.sin, 3, False, 2.5, 2.5),
    "cos of squares": ("cos", None, gmpy2.cos, 3, False, 2.5, 2.5),
    "sin of quarter turns": ("sin", None, gmpy2.sin, 2, False, 1.0),
    "cos of quarter turns": ("cos", None, gmpy2.cos, 2, False, 1.0),
    "tanh near 0": ("tanh", "-13/16,13/16", gmpy2.tanh, 9, True, 60.0),
    "tanh in two parts": ("tanh", None, gmpy2.tanh, 5, False, 1.0),
    "erf near 0": ("erf", "-7/8,7/8", gmpy2.erf, 9, True, 60.0),
    "erf in two parts": ("erf", None, gmpy2.erf, 5, False, 1.0),
    "atan": ("atan", None, gmpy2.atan, 12, True, 60.0),
    "expm1": ("expm1", None, gmpy2.expm1, 6, True, 2.0),
    "expm1 in between": ("expm1", "-2,20", gmpy2.expm1, 6, True, 2.0),
    "log1p": ("log1p", None, gmpy2.log1p, 9, True, 4.0),
    "log1p in between": ("log1p", "-1/2,1000", gmpy2.log1p, 9, True, 4.0),
    "softplus": ("softplus", None, softplus, 9, True, 4.0),
    "rsqrt": ("rsqrt", None, gmpy2.rec_sqrt, 9, False, 2000.0),
    "rsqrt of normals": ("rsqrt", "1/1000000,1000000", gmpy2.rec_sqrt, 9, False, 2000.0),
    "cbrt": ("cbrt", None, gmpy2.cbrt, 9, False, 1000.0),
    "cbrt of positive normals": ("cbrt", "1/1000000,1000000", gmpy2.cbrt, 9, False, 1000.0),
    "sigmoid": ("sigmoid", None, sigmoid, 6, True, 1.5),
    "gelu": ("gelu", None, lambda x: x * gmpy2.erfc(-x / gmpy2.sqrt(2)) / 2, 12, False, 1e6),
    "silu": ("silu", None, lambda x: x * sigmoid(x), 6, False, 4.0),
}


@pytest.fixture(scope="module", params=CASES)
def case(request, horner, settled):
    name, domain, true, degree, odd, most, *accurate = CASES[request.param]
    return *settled(name, domain, horner(degree, odd), *accurate), true, most


def exactly(true, points):
    with MPFR.copy():
        values = [true(gmpy2.mpfr(x)) for x in points.tolist()]
        return np.array([float(max(min(v, 2.0**128), -(2.0**128))) for v in values])


def test_the_error_is_that_of_mpfr(case):
    _, program, found, points, true, most = case
    with np.errstate(over="ignore"):
        got = np.clip(interpreter(program)(points).astype(np.float64), -(2.0**128), 2.0**128)
    wanted = exactly(true, points)
    error = np.abs(got - wanted) / units(wanted)
    assert np.max(error) == pytest.approx(found, rel=1e-6)
    assert found <= most


def test_special_values_and_what_lies_beyond(case):
    function, program, *_ = case
    for argument, value in function.specials:
        got = interpreter(program)(np.array([argument], np.float32))[0]
        if math.isnan(value):
            assert math.isnan(got)
        elif value in (0.0, math.inf, -math.inf):
            assert got == value and math.copysign(1.0, got) == math.copysign(1.0, value)
        else:
            assert abs(got - value) <= 4 * units(np.array([value]))[0]
    assert function.complete == bool(function.specials)


def test_costs_of_batches_are_the_models(case):
    _, program, *_ = case
    batch = Batch.from_programs([program], len(program.instructions) + 3, program.signature)
    for table in MODELS.values():
        found = cycles(program, table)
        assert costs(batch, table)[0] == pytest.approx(found.throughput + 0.25 * found.latency)


def test_arguments_lie_in_the_domain_and_repeat(case):
    function = case[0]
    points = arguments(function, 1024)
    np.testing.assert_array_equal(points.view(np.uint32), arguments(function, 1024).view(np.uint32))
    low, high = function.domain
    assert len(points) == 1024 and low <= points.min() and points.max() <= high
    assert {low, high} <= set(points.tolist())


@pytest.mark.parametrize("domain", [(0.0, 3.0), (-3.0, -0.0), (-2.0, 129.0), (1.0, 1.5)])
def test_values_of_pieces_are_those_of_mpfr(domain):
    made = list(pieces(parse("exp2(x)"), *domain))
    rng = np.random.default_rng(0)
    points = rng.uniform(*domain, 500).astype(np.float32)
    points[:4] = *domain, *(np.float32([0.0, -0.0]) if min(map(abs, domain)) == 0 else domain)
    np.testing.assert_allclose(described(made)(points), exactly(gmpy2.exp2, points), rtol=2.0**-43)


def test_a_certificate_is_what_brute_force_finds(horner, settled):
    function, program, *_ = settled("exp2", "1,1.001", horner(3))
    proof = certify(program, function, 100.0)
    low, high = (int(np.float32(end).view(np.uint32)) for end in function.domain)
    points = np.arange(low, high + 1, dtype=np.uint32).view(np.float32)
    wanted = exactly(gmpy2.exp2, points)
    error = np.abs(interpreter(program)(points).astype(np.float64) - wanted) / units(wanted)
    made = proof.to_json()
    assert made["arguments"] == len(points)
    assert made["max_ulp"] == pytest.approx(error.max(), rel=1e-6)
    assert error[points == np.float32(made["witness"])] == pytest.approx(error.max(), rel=1e-6)
    assert made["misrounded"] == np.count_nonzero(error > 0.5)
    assert made["ns"] > 0 and made["ratio"] > 0 and made["spread"] >= 0


def test_compiled_code_has_the_bits_of_the_interpreter(case):
    function, program, *_ = case
    points = arguments(function, 2048)
    with compiled(program, function) as library:
        got = exported(library, NAME)(points)
    np.testing.assert_array_equal(got.view(np.uint32), interpreter(program)(points).view(np.uint32))


def ones(x):
    return np.where(np.isnan(x) | (x == 0), x, np.copysign(np.float32(1), x))


@pytest.mark.parametrize("name", [*"exp2 exp log log2 expm1 log1p rsqrt cbrt sin cos".split()])
def test_blocks_without_special_cases_have_the_same_bits(name, horner, settled):
    """The shorter way through arrays; some blocks are long, one is cut, one has special cases."""
    function, program, *_ = settled(name, None, horner(4, name[:3] in ("log", "sin", "cos")))
    (low, high), _ = function.fast
    rng = np.random.default_rng(1)
    inside = rng.uniform(max(low, -80.0), min(high, 80.0), 3 * BLOCK - 7).astype(np.float32)
    with np.errstate(over="ignore"):
        beyond_them = np.nextafter(np.float32([low, high]), np.float32([-np.inf, np.inf]))
    edges = np.array(
        [low, high, *beyond_them, 0.0, -0.0, -1.0, -low if low < 0 else low * 1.5], np.float32
    )
    edges = np.concatenate([edges, np.repeat(edges, BLOCK)])
    points = np.concatenate([inside, edges, arguments(function, 512)])
    with compiled(program, function) as library, compiled(program, function, COMPLETE) as other:
        got, complete = (exported(one, NAME)(points) for one in (library, other))
    np.testing.assert_array_equal(got.view(np.uint32), complete.view(np.uint32))
    wanted = interpreter(program)(points)
    np.testing.assert_array_equal(got.view(np.uint32), wanted.view(np.uint32))


def test_another_result_of_a_shorter_way_is_an_error():
    function = _agreed(lambda x: x, lambda x: np.where(x == 2, np.float32(3), x))
    x = np.array([1, 2, np.nan], np.float32)
    np.testing.assert_array_equal(function(x), np.array([1, np.nan, np.nan], np.float32))


def test_what_lies_beyond_is_counted_and_its_mistakes_are_found():
    end = 3.4e38
    function = replace(resolve("tanh", None, "usual"), domain=(-end, end))
    each = 0x7F800000 - 1 - int(np.float32(end).view(np.uint32))
    every = beyond.count(function)
    assert every == len(function.specials) + 2 * each
    found = beyond.compare(ones, function)
    assert (found.done, found.ulp) == (every, 0.0)
    place = float(np.float32(3.401e38))
    wrong = beyond.compare(
        lambda x: np.where(x == np.float32(place), np.float32(0.75), ones(x)), function
    )
    assert (wrong.witness, wrong.ulp) == (place, 2.0**21)
    assert (wrong.absolute_witness, wrong.absolute) == (place, 0.25)
    assert beyond.compare(lambda x: np.abs(ones(x)), function).ulp == math.inf
    stopped = beyond.compare(ones, function, lambda done: False)
    assert 0 < stopped.done < every


def test_an_error_beyond_the_domain_is_told_at_a_number():
    """Certificates are JSON, which knows no infinity; there the result is the same."""
    function = resolve("erf", None, "usual")
    below = np.nextafter(np.float32(1), np.float32(0))
    found = beyond.compare(
        lambda x: np.where((x == 0) | np.isnan(x), x, np.copysign(below, x)), function, stop
    )
    assert (found.ulp, found.absolute) == (0.5, 2.0**-24)
    assert math.isfinite(found.witness) and math.isfinite(found.absolute_witness)


def stop(done):
    return False


def test_a_number_in_place_of_zero_is_an_error_of_its_size():
    function = resolve("tanh", None, "usual")
    tiny = np.float32(2.0**-20)
    # Zeros stand among the first arguments.
    found = beyond.compare(lambda x: np.where(x == 0.0, tiny, ones(x)), function, stop)
    assert (found.ulp, found.absolute, found.absolute_witness) == (2.0**129, 2.0**-20, 0.0)
    signless = beyond.compare(lambda x: np.where(x == 0.0, np.float32(0), ones(x)), function, stop)
    assert (signless.ulp, signless.absolute) == (math.inf, 0.0)


@pytest.mark.parametrize("name", ["log", "exp"])
def test_what_is_wrong_for_infinity_or_nan_is_found(name):
    function = resolve(name, None, "usual")
    finite = beyond.compare(lambda x: np.ones_like(x), function, lambda done: False)
    assert finite.ulp == math.inf
