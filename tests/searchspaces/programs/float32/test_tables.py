"""Tables as choices: the entry at the place, found again as what they are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.searchspaces.elementary.float32.assembly import Assembly
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32 import FLOAT32
from elitemap.searchspaces.programs.float32.tables import SIZES, choices, looked, tables
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.program import Program


def tabled(*rows, shift=0):
    """A program of the sum of tables of the same places: the bits of x from one on."""
    code, values = Assembly(1), []
    word = code.do("bits", 0)
    many = len(rows[0]).bit_length() - 1
    bits = [code.do("shl", word, code.word(31 - shift - k)) for k in range(many)]
    for row in rows:
        code.rows += choices(list(row), bits, 1 + len(code.rows))
        values.append(len(code.rows))
    while len(values) > 1:
        values.append(code.do("fadd", values.pop(), values.pop()))
    return Program(("x",), tuple(code.rows), (values[0],), dialect=FLOAT32)


@given(st.sampled_from(SIZES), st.integers(0, 27), st.integers(0, 2**32))
def test_the_value_is_the_entry_at_the_place(size, shift, seed):
    rng = np.random.default_rng(seed)
    entries = rng.normal(size=size).astype(np.float32)
    bits = rng.integers(0, 2**32, 300, dtype=np.uint32)
    program = tabled(entries.tolist(), shift=shift)
    (got,) = evaluate(Batch.from_programs([program], 80, program.signature), bits.view(np.float32))
    np.testing.assert_array_equal(got, entries[(bits >> shift) & (size - 1)])
    (found,) = tables(program)
    assert (found.entries, found.word, found.shift) == (tuple(entries.tolist()), 1, shift)
    assert Program.from_json(program.to_json(), FLOAT32) == program


@pytest.mark.parametrize("masked", [True, False])
def test_a_look_up_stands_for_all_its_choices(masked):
    program = tabled([1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], shift=3)
    short = looked(program, masked)
    names = [short.primitive(i).name for i in short.instructions]
    assert names.count("look") == 2 and "select" not in names
    assert names.count("ushr") == 1 and names.count("and") == masked
    assert looked(program, masked) == short


def test_what_is_no_table_stays_as_it_is():
    program = tabled([1.0, 2.0, 3.0, 4.0])
    plain = Program(("x",), program.instructions[:2], (1,), dialect=FLOAT32)
    assert looked(plain) is plain
    # An entry that something else uses, too, and bits that are not next to each other.
    first = len(program.instructions) - 6
    shared = replace(program, outputs=(first,))
    assert looked(shared) is shared
    code = Assembly(1)
    word = code.do("bits", 0)
    bits = [code.do("shl", word, code.word(k)) for k in (31, 7)]
    code.rows += choices([1.0, 2.0, 3.0, 4.0], bits, 1 + len(code.rows))
    odd = Program(("x",), tuple(code.rows), (len(code.rows),), dialect=FLOAT32)
    assert looked(odd) is odd
