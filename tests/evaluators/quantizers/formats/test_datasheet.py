"""What levels take, accumulators by both formulas, and data sheets of quantizers."""

import json

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elitemap.engine.tasks import TaskSpec, load_task
from elitemap.evaluators.quantizers.formats.known import known
from elitemap.evaluators.quantizers.formats.sources import SOURCES
from elitemap.evaluators.quantizers.formats.taking import (
    float_accumulator,
    integer_accumulator,
    small_float,
    taking,
    whole_bits,
)
from elitemap.searchspaces.quantizers.formats.quantizers import written

FLOATS = {
    (2, 1): ml_dtypes.float4_e2m1fn,
    (2, 3): ml_dtypes.float6_e2m3fn,
    (3, 2): ml_dtypes.float6_e3m2fn,
    (3, 4): ml_dtypes.float8_e3m4,
    (4, 3): ml_dtypes.float8_e4m3fn,
    (5, 2): ml_dtypes.float8_e5m2,
}


@pytest.mark.parametrize("parts", FLOATS)
@pytest.mark.parametrize("unit", [1.0, 2.0**-20, 64.0])
def test_levels_of_small_floats_are_known_again(parts, unit):
    kind = FLOATS[parts]
    count = 1 << ml_dtypes.finfo(kind).bits
    values = np.arange(count, dtype=np.uint8).view(kind).astype(np.float32) * np.float32(unit)
    assert small_float(values[np.isfinite(values)]) == parts


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-127, 127), min_size=2, max_size=16))
def test_floats_and_whole_numbers_hold_all_levels(numbers):
    levels = np.array(numbers, np.float32)
    bits = whole_bits(levels)
    assert -(1 << (bits - 1)) <= levels.min() and levels.max() < 1 << (bits - 1)
    assert bits == 1 or not (-(1 << (bits - 2)) <= levels.min() and levels.max() < 1 << (bits - 2))
    if levels.any():
        exponent, mantissa = small_float(levels)
        assert exponent >= 1 and 0 <= mantissa <= 6


def test_other_levels_have_no_such_widths():
    assert whole_bits(np.array([0.5, 1], np.float32)) is None
    assert whole_bits(np.array([1 << 15], np.float32)) is None
    assert small_float(np.zeros(4, np.float32)) is None
    assert small_float(np.array([1e-15, 1.0, 1e15], np.float32))[1] <= 23


def test_accumulators_are_those_of_the_formulas():
    """r_a + r_b + ceil(log2 n) + 1, and 2^e_a + m_a + 2^e_b + m_b + ceil(log2 n) - 1."""
    assert integer_accumulator(4, 8, 256) == 21 and integer_accumulator(8, 8, 100) == 24
    assert float_accumulator((2, 1), (4, 3), 256) == 4 + 1 + 16 + 3 + 8 - 1


@pytest.mark.parametrize("seed", range(3))
def test_sums_of_whole_numbers_fit_their_accumulators(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.choice([-8, 7], 256), rng.choice([-128, 127], 256)
    assert abs(int(np.abs(a * b).sum())) < 1 << (integer_accumulator(4, 8, 256) - 1)


def test_what_known_formats_take():
    told = {name: taking(*one) for name, one in known().items()}
    assert told["MXFP4's bytes, best exponents"]["float_levels"] == "E2M1"
    assert told["IQ4_K-like"]["table_entries"] == 17
    assert told["IQ4_K-like"]["accumulator_integer"] == 8 + 8 + 8 + 1
    assert told["MXFP8 (E4M3), best exponents"] == {
        "table_entries": 0, "multiplies": 2, "float_levels": "E4M3", "accumulator_float": 45,
    }  # fmt: skip
    assert "accumulator_integer" not in told["NF4, blocks of 64"]


def test_a_data_sheet_has_all_figures():
    task = load_task(TaskSpec.of("quantizers", "laplace", {"bits": "4.25"}))
    document = written(*known()["IQ4_XS-like"])
    made = task.export(document, None, "q", "sheet")
    assert sorted(made) == ["q.json", "q.md"]
    told, text = json.loads(made["q.json"]), made["q.md"]
    assert set(told["on"]) == set(SOURCES)
    for name, figures in told["on"].items():
        assert figures["sqnr_db"] == pytest.approx(-10 * np.log10(figures["mse"]))
        assert 0.97 < figures["cosine"] < 1 and abs(figures["bias"]) < 0.01, name
        assert figures["worst"] > np.sqrt(figures["mse"])
    assert told["mse"] == pytest.approx(told["on"]["laplace"]["mse"], rel=0.05)
    for word in ("| on: normal: mse |", "| saturating | yes |", "| nan | refused |", "2311.12359",
                 "elitemap search quantizers laplace --set bits=4.25", "elitemap verify ",
                 "| accumulator integer | 25 |", "levels = [-127.0"):  # fmt: skip
        assert word in text, word
