import numpy as np
import pytest

from elitemap.searchspaces.elementary.space import ElementarySpace
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.program import Instruction, Program, ProgramError
from elitemap.searchspaces.programs.real import REAL

OPCODES = REAL.opcodes

PROBES = np.linspace(0.2, 1.9, 8)
SUM = OPCODES["add"]


@pytest.fixture
def space():
    return ElementarySpace([OPCODES[n] for n in ("add", "sub", "mul", "div")], 6, PROBES)


def shifted(constant, low=0.0):
    """x + constant."""
    rows = (Instruction(0, (), (constant, low)), Instruction(SUM, (0, 1)))
    return Program(("x",), rows, (2,))


def keys(space, *programs):
    return space.keys(Batch.from_programs(programs, space.length)).tolist()


def test_keys_depend_on_constants(space):
    one, same, other, opposite = keys(space, *map(shifted, (1.1, 1.1, 1.2, -1.1)))
    assert one == same
    assert len({one, other, opposite}) == 3


def test_starts_of_one_function_have_keys_of_their_own(space):
    """The fit depends on how the function is parametrised."""

    def line(slope, factor):
        rows = (
            Instruction(0, (), (slope, 0.0)),
            Instruction(SUM, (0, 1)),
            Instruction(0, (), (factor, 0.0)),
            Instruction(OPCODES["mul"], (2, 3)),
            Instruction(0, (), (slope * factor, 0.0)),
            Instruction(OPCODES["sub"], (4, 5)),
        )
        return Program(("x",), rows, (6,))

    assert len(set(keys(space, line(1.0, 2.0), line(3.0, 2.0)))) == 2


def test_keys_do_not_depend_on_the_batch(space):
    together = keys(space, shifted(1.0), shifted(2.0), shifted(1.0))
    assert together == keys(space, shifted(1.0)) + keys(space, shifted(2.0)) + together[:1]


def test_few_keys_collide(space):
    rng = np.random.default_rng(0)
    batch, valid = space.canonical(space.random(4000, rng))
    batch = batch.take(valid)
    texts = {str(space.to_json(batch, r)) for r in range(len(batch))}
    found = len(np.unique(space.keys(batch)))
    assert 0.99 * len(texts) <= found <= len(texts)


def test_canonical_leaves_the_batch_alone(space, rng_batch):
    before = rng_batch.take(np.arange(len(rng_batch)))
    space.canonical(rng_batch)
    for name, array in before.arrays().items():
        np.testing.assert_array_equal(rng_batch.arrays()[name], array)


@pytest.fixture
def rng_batch(space):
    return space.random(200, np.random.default_rng(4))


@pytest.mark.parametrize("names", [("sqrt",), ("add", "mul"), ("fma", "add"), tuple(OPCODES)[1:]])
@pytest.mark.parametrize("most", [1, 5, 23])
def test_programs_of_the_most_operations_fit(names, most):
    space = ElementarySpace([OPCODES[n] for n in names], most, PROBES)
    batch, valid = space.canonical(space.random(500, np.random.default_rng(1)))
    costs = [batch.program(r).cost for r in np.flatnonzero(valid)]
    assert min(most, 6) - 1 <= max(costs) <= most
    rng = np.random.default_rng(2)
    kept = batch.take(valid)
    operators = rng.integers(0, len(space.operators), len(kept)).astype(np.uint8)
    offspring = space.vary(kept, kept.take(rng.permutation(len(kept))), operators, rng)
    assert offspring.length == space.length
    assert space.canonical(offspring)[1].any()


def test_documents_of_other_programs_are_refused(space):
    good = shifted(1.0).to_json()
    with pytest.raises(ProgramError):
        space.from_json([good, good | {"schema": 0}])
    with pytest.raises(ValueError, match="1 input"):
        space.from_json([good | {"inputs": ["x", "y"], "outputs": [3]}])
    long = Program(("x",), (Instruction(SUM, (0, 0)),) * (space.length + 1), (1,))
    with pytest.raises(ValueError, match="at most"):
        space.from_json([long.to_json()])


def test_source_is_readable(space):
    assert space.source(shifted(1.5).to_json()) == "y = x + 1.5"
