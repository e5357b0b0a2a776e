"""Known multipliers beside elites: published errors, REALM's offsets, dot products."""

import numpy as np
import pytest

from elitemap.engine.protocols import Entrant
from elitemap.evaluators.quantizers.certificate import errors_of
from elitemap.evaluators.quantizers.multiplier_bench import (
    bench,
    dot_products,
    peers,
    realm,
    rounded,
)
from elitemap.evaluators.quantizers.multiplier_task import exported
from elitemap.searchspaces.quantizers.mantissas import Mantissas

FOUR = Mantissas.of(4, "nearest", 5)
FINE = Mantissas.of(8, "nearest", 6)


@pytest.mark.parametrize("name, percent", [("exact product", 1.47), ("L-Mul", 5.27)])
def test_known_errors_of_peers(name, percent):
    _, product = peers(FOUR)[name]
    assert 100 * errors_of(product, FOUR)["mean_relative_error"] == pytest.approx(percent, abs=0.01)


def test_realm_errs_as_published_where_operands_have_many_bits():
    """4 segments leave 1.4 %, 8 leave 0.75 %, with next to no bias."""
    for segments, percent in ((4, 1.4), (8, 0.75)):
        told = errors_of(FINE.value(realm(FINE, segments)), FINE)
        assert 100 * told["mean_relative_error"] == pytest.approx(percent, abs=0.05)
        assert abs(told["bias"]) < 0.0005


def test_numbers_are_rounded_to_codes():
    x = np.array([1.0, 1.97, 0.99, 1.03125, 1.0937501])
    code, exponent = rounded(x, FOUR)
    assert code.tolist() == [0, 0, 0, 0, 2] and exponent.tolist() == [0, 1, 0, 0, 0]
    code, exponent = rounded(x, Mantissas.of(4, "truncate", 5))
    assert code.tolist() == [0, 15, 15, 0, 1] and exponent.tolist() == [0, 0, -1, 0, 0]


def test_bias_survives_in_dot_products():
    told = {name: dot_products(product, FOUR) for name, (_, product) in peers(FOUR).items()}
    assert told["L-Mul"]["dot_error"] == pytest.approx(0.063, abs=0.003)
    assert told["exact product"]["dot_error"] == pytest.approx(0.019, abs=0.001)
    assert told["L-Mul"]["dot_bias"] == pytest.approx(0.0486, abs=0.003)
    assert abs(told["exact product"]["dot_bias"]) < 0.001
    for name, (_, product) in peers(FOUR).items():
        off = told[name]["dot_bias"] - errors_of(product, FOUR)["sum_bias"]
        assert abs(off) < 1.5 * told[name]["dot_interval"], name


def test_elites_stand_beside_all_peers(adder):
    l_mul = adder(1 << (FOUR.fraction - 3))
    found = bench(FOUR, 0, [Entrant("a" * 12, l_mul, {})], lambda text: None)
    rows = {row.name: row.objectives for row in found.rows}
    assert len(rows) == 6
    assert rows["a" * 10] == rows["L-Mul"]
    assert {one.name for one in found.columns} == set(rows["L-Mul"])


def test_a_data_sheet_of_a_multiplier(segmented):
    text = exported(segmented(FOUR, 2, list(range(16))), "times", "sheet", FOUR, 16)["times.md"]
    for word in ("bias", "dot error", "256", "| table entries | 16 |", "1 add", "UG474"):
        assert word in text
