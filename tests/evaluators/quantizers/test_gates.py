"""Estimates of hardware: adders, multiplexers and memories as textbooks count them."""

import numpy as np
import pytest

from elitemap.evaluators.quantizers.certificate import certify, properties
from elitemap.evaluators.quantizers.multiplier_bench import peers_hardware
from elitemap.evaluators.quantizers.multiplier_task import exported
from elitemap.evaluators.quantizers.verification import verify
from elitemap.searchspaces.programs.program import Program
from elitemap.searchspaces.programs.words import WORDS
from elitemap.searchspaces.quantizers.gates import hardware, memory, multiplied, summed
from elitemap.searchspaces.quantizers.mantissas import Mantissas
from elitemap.searchspaces.quantizers.products import estimated, fields, read

FOUR = Mantissas.of(4, "nearest", 5)


def pairs(bits):
    """All pairs of numbers of so many bits."""
    one = np.arange(1 << bits, dtype=np.uint32)
    return [x.reshape(-1) for x in np.meshgrid(one, one, indexing="ij")]


def taken(bits, *rows):
    """Estimates of instructions on two numbers."""
    told = {
        "schema": 2, "dialect": "words", "inputs": [["a", "word"], ["b", "word"]],
        "instructions": list(rows), "outputs": [1 + len(rows)], "states": [], "nexts": [],
    }  # fmt: skip
    return hardware(Program.from_json(told, WORDS), pairs(bits))


@pytest.mark.parametrize("bits", [1, 4, 8])
def test_adders_ripple(bits):
    """A half adder and full ones; the carry out is a bit of the sum."""
    made = taken(bits, ["add", 0, 1])
    assert (made.gates, made.tables) == (2 + 5 * (bits - 1), bits + 1)
    assert summed(*pairs(bits)) == made


def test_constants_make_half_adders_and_wires():
    assert taken(4, ["word", 1], ["add", 0, 2]).gates == 2 * 3
    assert taken(4, ["word", 16], ["add", 0, 2]).gates == 0
    assert taken(4, ["add", 0, 0]) == taken(4, ["word", 1], ["shl", 0, 2])
    assert taken(4, ["word", 2], ["shl", 0, 2]) == taken(4, ["word", 3], ["and", 0, 2])
    assert taken(4, ["word", 3], ["and", 0, 2]).gates == 0
    assert taken(4, ["xor", 0, 1]).gates == taken(4, ["and", 0, 1]).gates == 4
    # 15 - a inverts bits; 16 - a carries.
    assert taken(4, ["word", 15], ["sub", 2, 0]).gates == 0
    assert 0 < taken(4, ["word", 16], ["sub", 2, 0]).gates <= 8


def test_choices_are_multiplexers():
    low = taken(4, ["min", 0, 1])
    less = taken(4, ["less", 0, 1])
    assert low.gates == less.gates + 3 * 4
    assert 4 <= less.gates <= 4 * 4


def test_products_are_arrays():
    made = taken(4, ["mul", 0, 1])
    assert made.products == ("4x4",) and made.gates == 16 + 5 * 3 * 4
    assert multiplied(*pairs(4)).gates == made.gates
    assert taken(4, ["word", 5], ["mul", 0, 2]).gates == 5 * 4


@pytest.mark.parametrize("entries, each", [(4, 1), (8, 4), (16, 7), (32, 12), (64, 27)])
def test_memories_take_gates_a_bit(entries, each):
    table = [k % 4 for k in range(entries)]
    assert memory(table).gates == 2 * each and memory(table).tables == 2
    assert memory([]).gates == 0


def test_multipliers_have_their_table_and_its_sum(adder, segmented):
    """The memory has as many bits as its entries vary in, and its sum is an adder."""
    plain, table = adder(0), [64 + k for k in range(16)]
    bare = estimated(*read(plain, 0), 0, FOUR)
    assert bare.gates == 2 + 5 * 3
    program, held = read(segmented(FOUR, 2, table), 16)
    made = estimated(program, held, 16, FOUR)
    assert made.gates > bare.gates + 4 * 7 and made.tables > bare.tables + 4
    certificate = certify(segmented(FOUR, 2, table), FOUR, 16)
    assert (certificate["look_up_tables"], certificate["gates"]) == (made.tables, made.gates)


def test_peers_are_estimated_alike(adder):
    told = peers_hardware(FOUR)
    assert told["Mitchell"] == estimated(*read(adder(0), 0), 0, FOUR)
    l_mul = estimated(*read(adder(1 << (FOUR.fraction - 3)), 0), 0, FOUR)
    assert told["L-Mul"] == l_mul
    order = [told[name].gates for name in ("Mitchell", "L-Mul", "REALM, 16 entries")]
    assert order == sorted(order) and told["exact product"].gates > told["L-Mul"].gates


def test_properties_of_all_pairs(adder, document):
    for offset, one in ((0, True), (64, False)):
        program, table = read(adder(offset), 0)
        told = properties(fields(program, table, 0, FOUR), FOUR)
        assert told == {"commutative": True, "monotone": True, "exact_one": one}
    first, table = read(document([], [0]), 0)
    told = properties(fields(first, table, 0, FOUR), FOUR)
    assert not told["commutative"] and told["monotone"] and not told["exact_one"]
    falls = document([["word", 1 << 9], ["sub", 2, 0]], [3])
    assert not properties(fields(*read(falls, 0), 0, FOUR), FOUR)["monotone"]


def test_older_certificates_are_verified_by_what_they_have(adder):
    certificate = certify(adder(64), FOUR, 0)
    old = {k: v for k, v in certificate.items() if k not in ("gates", "monotone")}
    assert verify(adder(64), old, FOUR, 0).outcome == "verified"
    assert verify(adder(64), certificate | {"gates": 1}, FOUR, 0).outcome == "failed"


def test_sheets_tell_what_is_taken_and_how_to_do_it_again(adder):
    made = exported(adder(64), "times", "sheet", FOUR, 0)
    text = made["times.md"]
    for word in ("| gates | 23 |", "| commutative | yes |", "Knuth", "elitemap verify ", "NaN"):
        assert word in text
    assert '"gates": 23' in made["times.json"]
