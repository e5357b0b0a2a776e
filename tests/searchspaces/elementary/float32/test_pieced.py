"""Reductions with tables: pieces cover all arguments, cores and whole programs agree."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.errors import UsageError
from elitemap.searchspaces.elementary.float32.batches import priced, wholes
from elitemap.searchspaces.elementary.float32.functions import resolve
from elitemap.searchspaces.elementary.float32.pieced import PiecedSpace
from elitemap.searchspaces.elementary.float32.reductions.tails import NOTHING
from elitemap.searchspaces.elementary.float32.wholes import core_of, read, whole
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.float32.tables import tables
from elitemap.searchspaces.programs.interpret import evaluate
from elitemap.searchspaces.programs.program import ProgramError
from elitemap.searchspaces.programs.real import REAL

#: Function, domain, and the absolute error that is asked for: to find their pieces takes seconds.
ASKED = {
    "tanh": ("tanh", None, None),
    "erf": ("erf", None, None),
    "tanh on [-1, 1]": ("tanh", "-1,1", None),
    "gelu": ("gelu", None, None),
    "gelu on [-3, 2]": ("gelu", "-3,2", None),
    "rough tanh": ("tanh", None, 2.0**-12),
    "rough sigmoid": ("sigmoid", None, 2.0**-12),
    "rough gelu": ("gelu", None, 2.0**-12),
}
OPCODES = [REAL.opcodes[name] for name in ("add", "sub", "mul", "fma", "div")]


@cache
def reduced(name):
    function, domain, absolute = ASKED[name]
    return resolve(function, domain, "table", np.inf, absolute).reduction


@pytest.fixture(params=ASKED)
def reduction(request):
    return reduced(request.param)


def space(reduction, max_ops=6):
    return PiecedSpace(reduction, OPCODES, max_ops, reduction.core.chebyshev(8))


def fitted(own, seed, n=12):
    """Canonical cores with random tables."""
    rng = np.random.default_rng(seed)
    batch, valid = own.canonical(own.random(n, rng))
    batch = batch.take(valid)
    literal = np.array([p.literal is not None for p in REAL.primitives])
    slots = (np.arange(batch.length) < batch.size[:, None]) & literal[batch.opcode]
    batch.entries[slots] = rng.normal(size=(slots.sum(), batch.entries.shape[2]))
    main = own.tables.main
    batch.constant[slots, 0] = batch.entries[slots][:, main]
    batch.constant[slots, 1] = 0.0
    return batch


def values(program, points):
    batch = Batch.from_programs([program], len(program.instructions), program.signature)
    return evaluate(batch, points)[0]


def test_pieces_follow_each_other(reduction):
    ends = sorted(sorted(map(abs, (p.low, p.high))) for _, p in reduction.tables.used)
    assert ends[0][0] == 0.0
    for (_, high), (low, _) in zip(ends, ends[1:], strict=False):
        assert np.nextafter(np.float32(high), np.float32(99.0)) == np.float32(low)


def test_a_whole_program_is_in_each_piece_that_with_its_entries(reduction):
    batch = fitted(space(reduction), 4, 8)
    rng = np.random.default_rng(5)
    for row in range(len(batch)):
        program = whole(batch.program(row), reduction)
        for place, piece in reduction.tables.used:
            ends = np.sort(np.abs(np.array([piece.low, piece.high], np.float32)))
            low, high = ends.view(np.uint32).tolist()
            sizes = rng.integers(low, high, 30, dtype=np.uint32, endpoint=True)
            sizes[:2] = low, high
            signs = rng.choice([-1, 1], 30) if max(ends) <= NOTHING else -1
            points = (signs * sizes.view(np.float32)).astype(np.float32)
            alone = wholes(batch.at(place, np.array([row])), piece.reduction).program(0)
            np.testing.assert_array_equal(values(program, points), values(alone, points))


@given(st.sampled_from(list(ASKED)), st.integers(0, 2**32))
def test_documents_lead_back_to_cores_and_tables(name, seed):
    reduction = reduced(name)
    own = space(reduction)
    batch = fitted(own, seed, 4)
    documents = [own.to_json(batch, row) for row in range(len(batch))]
    again = own.from_json(documents)
    for field, array in batch.arrays().items():
        np.testing.assert_array_equal(again.arrays()[field], array)
    for row, document in enumerate(documents):
        program = read(document)
        assert whole(core_of(program, reduction), reduction) == program
        constants = sum(1 for i in batch.program(row).instructions if i.constant)
        assert len(list(tables(program))) == constants + (0 if name.startswith("rough") else 2)
        assert ("from tables of" in own.source(document)) == (constants > 0)
        assert own.adopted(document) == document


def test_variation_leaves_tables_to_be_fitted_and_canonical_form_keeps_them():
    own = space(reduced("tanh"))
    batch = fitted(own, 1, 40)
    same, valid = own.canonical(batch)
    assert valid.all()
    np.testing.assert_array_equal(same.entries, batch.entries)
    operators = np.zeros(len(batch), np.uint8)
    made = own.vary(batch, batch, operators, np.random.default_rng(0))
    assert not made.entries.any() and made.entries.shape == batch.entries.shape
    assert own.empty(3).from_arrays(batch.arrays()).entries.any()


def test_what_a_program_costs_has_a_look_up_for_each_table():
    reduction = reduced("tanh")
    batch = fitted(space(reduction), 2)
    made = priced(batch.cores, reduction)
    looks = [
        sum(made.dialect.primitives[c].name == "look" for c in made.opcode[row, : made.size[row]])
        for row in range(len(batch))
    ]
    constants = [
        sum(1 for i in batch.cores.program(row).instructions if i.constant)
        for row in range(len(batch))
    ]
    assert looks == [many + 2 for many in constants]


def test_programs_with_other_tables_are_refused():
    own = space(reduced("tanh"))
    document = own.to_json(fitted(own, 3), 0)
    with pytest.raises(ProgramError, match="the reduction pieces"):
        space(reduced("erf")).from_json([document])
    rows = [list(row) for row in document["instructions"]]
    last = max(k for k, row in enumerate(rows) if row[0] == "select")
    rows[last][1:] = [rows[last][1], rows[last][3], rows[last][2]]
    with pytest.raises(ProgramError):
        own.from_json([document | {"instructions": rows}])


def test_functions_without_tables_are_named():
    with pytest.raises(
        UsageError, match=r"one of tanh, erf, gelu, or .* tanh, sigmoid, gelu, .* got 'exp'"
    ):
        resolve("exp", None, "table")
    with pytest.raises(UsageError, match="got 'sigmoid'"):
        resolve("sigmoid", None, "table", 1.0)
    with pytest.raises(UsageError, match="got 'x"):
        resolve("x*x", None, "table")
