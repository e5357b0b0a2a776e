"""Errors over all operands: figures that are known, plain integration, balls, and tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.evaluators.quantizers.certificate import certify
from elitemap.evaluators.quantizers.evaluator import MultiplierEvaluator
from elitemap.evaluators.quantizers.exhaustion import fit, measure
from elitemap.evaluators.quantizers.multiplier_bench import rounded
from elitemap.evaluators.quantizers.verification import verify
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.multipliers import MultiplierSpace
from elitemap.searchspaces.quantizers.products import fields, read

#: Mantissa bits, rounding, offset of L-Mul in its last place, and what the mean error is in percent
#: with the carry into the exponent, computed apart from this project.
KNOWN = [
    (2, "nearest", 1, 14.62),
    (2, "nearest", 0, 6.92),
    (2, "truncate", 1, 6.91),
    (3, "nearest", 1, 5.75),
    (3, "nearest", 0, 4.83),
    (3, "truncate", 1, 4.83),
    (4, "nearest", 2, 5.27),
    (4, "nearest", 1, 2.96),
    (4, "truncate", 2, 2.96),
]


@pytest.mark.parametrize("bits, rounding, offset, percent", KNOWN)
def test_known_errors_of_known_multipliers(adder, bits, rounding, offset, percent):
    mantissas = Mantissas.of(bits, rounding, 0)
    batch = MultiplierSpace(mantissas, 4, 0).from_json([adder(offset)])
    assert 100 * measure(batch, mantissas).mean[0] == pytest.approx(percent, abs=0.011)


def sampled(product, mantissas, n):
    """Mean, largest and bias by the midpoint rule over operands before they are rounded."""
    x = 1 + (np.arange(n) + 0.5) / n
    scaled = np.ldexp(x - 1, mantissas.bits)
    near = mantissas.rounding == "nearest"
    code = (np.rint(scaled) if near else np.floor(scaled)).astype(int)
    over, code = code >> mantissas.bits, code & (mantissas.codes - 1)
    value = product[code[:, None], code] * np.exp2(over[:, None] + over)
    error = value / (x[:, None] * x) - 1
    return np.abs(error).mean(), np.abs(error).max(), error.mean()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 5),
    st.sampled_from(["nearest", "truncate"]),
    st.integers(0, 2),
    st.integers(0, 2**32),
)
def test_closed_forms_are_integrals(bits, rounding, guard, seed):
    """Against sums over a fine grid, for random tables on the leading bits."""
    mantissas = Mantissas.of(bits, rounding, guard)
    space = MultiplierSpace(mantissas, 8, 16)
    rng = np.random.default_rng(seed)
    low = 1 << max(mantissas.fraction - 2, 0)
    table = rng.integers(-low, low, 16).tolist()
    rows = [["add", 0, 1], ["word", mantissas.fraction - 2], ["shr", 0, 3], ["word", 2]]
    rows += [["shl", 4, 5], ["shr", 1, 3], ["or", 6, 7]]
    program = {"schema": 2, "dialect": "words", "inputs": [["a", "word"], ["b", "word"]]}
    program |= {"instructions": rows, "outputs": [2, 8], "states": [], "nexts": []}
    document = {"program": program, "table": table}
    found = measure(space.from_json([document]), mantissas)
    product = mantissas.value(fields(*read(document, 16), 16, mantissas))
    mean, largest, bias = sampled(product, mantissas, 640)
    assert found.mean[0] == pytest.approx(mean, abs=1e-4)
    assert found.bias[0] == pytest.approx(bias, abs=1e-4)
    assert largest <= found.largest[0] <= largest + 0.01
    proved = certify(document, mantissas, 16)
    assert found.mean[0] == pytest.approx(proved["mean_relative_error"], abs=1e-13)
    assert found.largest[0] == pytest.approx(proved["max_relative_error"], abs=1e-13)
    assert found.bias[0] == pytest.approx(proved["bias"], abs=1e-13)
    assert found.sums[0] == pytest.approx(proved["sum_bias"], abs=1e-13)
    assert verify(document, proved, mantissas, 16).outcome == "verified"


def test_what_a_code_stands_for_is_everything_once():
    for bits in (2, 5, 8):
        for rounding in ("nearest", "truncate"):
            mantissas = Mantissas.of(bits, rounding, 0)
            pieces = [p for code in range(mantissas.codes) for p in mantissas.pieces(code)]
            assert sum((hi - lo) * density for lo, hi, density in pieces) == 1.0


@pytest.mark.parametrize("rounding", ["nearest", "truncate"])
def test_sums_of_exact_products_of_rounded_numbers(rounding):
    """By quadrature over normal numbers, one octave after the other."""
    mantissas = Mantissas.of(3, rounding, 0)
    x = np.geomspace(2.0**-30, 16, 1 << 20)
    code, exponent = rounded(x, mantissas)
    near = np.ldexp(1 + code / mantissas.codes, exponent)
    density = np.exp(-0.5 * x * x)
    wanted = np.trapezoid(near * density, x) / np.trapezoid(x * density, x)
    mantissa = 1 + np.arange(mantissas.codes) / mantissas.codes
    assert (mantissas.shares * mantissa).sum() == pytest.approx(wanted, abs=1e-5)


def test_a_certificate_of_before_sums_were_told_is_verified(adder):
    mantissas = Mantissas.of(4, "nearest", 0)
    proved = certify(adder(1), mantissas, 0)
    old = {name: value for name, value in proved.items() if name != "sum_bias"}
    assert verify(adder(1), old, mantissas, 0).outcome == "verified"
    assert verify(adder(1), proved | {"sum_bias": 0.0}, mantissas, 0).outcome == "failed"
    del old["bias"]
    assert verify(adder(1), old, mantissas, 0).outcome == "failed"


def test_a_fitted_table_beats_the_best_single_offset(segmented):
    """No table on two leading bits of both operands gets below 1.992 percent."""
    mantissas = Mantissas.of(4, "nearest", 5)
    means = []
    for bits in (1, 2, 3):
        batch = MultiplierSpace(mantissas, 8, 4**bits).from_json([segmented(mantissas, bits)])
        errors = fit(batch, mantissas)
        means.append(100 * errors.mean[0])
        assert batch.entries[0] == 4**bits and abs(errors.bias[0]) < 2e-4
        assert abs(errors.sums[0]) < 2e-4
        again = measure(batch, mantissas)
        assert again.mean[0] == errors.mean[0] and again.functions[0] == errors.functions[0]
    assert means[0] < 2.86 and 1.992 <= means[1] < 2.02 and means[2] < 1.65


def test_no_neighbour_of_a_fitted_table_is_better(segmented):
    mantissas = Mantissas.of(4, "nearest", 3)
    batch = MultiplierSpace(mantissas, 8, 4).from_json([segmented(mantissas, 1)])
    fit(batch, mantissas)

    def worth():
        errors = measure(batch, mantissas)
        return errors.mean[0] + abs(errors.bias[0]) + abs(errors.sums[0])

    best = worth()
    for entry in range(4):
        for step in (-1, 1):
            batch.table[0, entry] += step
            assert worth() > best - 1e-9
            batch.table[0, entry] -= step


def test_products_out_of_range_are_no_candidates(document):
    mantissas = Mantissas.of(3, "nearest", 0)
    batch = MultiplierSpace(mantissas, 4, 0).from_json([document([["sub", 0, 1]], [2])])
    assert measure(batch, mantissas).mean[0] > 0.3
    wild = document([["word", 2**31], ["add", 0, 2], ["add", 1, 3]], [4])
    batch = MultiplierSpace(mantissas, 4, 0).from_json([wild])
    scores = MultiplierEvaluator(mantissas, 4, 0).refine(batch)
    assert np.isnan(scores.quality[0])
    assert certify(wild, mantissas, 0) is None
    assert verify(wild, {}, mantissas, 0).outcome == "failed"


def test_tables_are_charged(segmented, adder):
    mantissas = Mantissas.of(4, "nearest", 5)
    evaluator = MultiplierEvaluator(mantissas, 8, 16)
    space = MultiplierSpace(mantissas, 8, 16)
    scores = evaluator.refine(space.from_json([segmented(mantissas, 2)]))
    assert scores.objectives["cost"][0] == 5 + 2 + 16 / 4
    assert scores.measures[0].tolist() == [11.0, 16.0, 0.0]


@pytest.mark.parametrize("name", ["mean_relative_error", "bias", "products", "cost", "guard"])
def test_a_false_certificate_is_found_out(adder, name):
    mantissas = Mantissas.of(3, "truncate", 0)
    proved = certify(adder(1), mantissas, 0)
    false = proved | {name: -1}
    verdict = verify(adder(1), false, mantissas, 0)
    assert verdict.outcome == "failed" and verdict.reason.startswith(name)
    assert verdict.certificate == proved
