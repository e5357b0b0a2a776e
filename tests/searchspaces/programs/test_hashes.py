import numpy as np

from elitemap.searchspaces.programs.canonical import canonical, hashes
from elitemap.searchspaces.programs.real import REAL
from elitemap.searchspaces.programs.variation import random_programs

OPCODES = REAL.opcodes

PROBES = np.linspace(0.3, 2.9, 8)


def words(batch, bits=34):
    structure, behaviour = hashes(batch, PROBES, bits)
    return structure.tolist(), behaviour.tolist()


def test_hashes_of_equal_rows_are_equal(build, packed):
    one, other = build(1.5, ("add", 0, 1)), build(1.5, ("mul", 0, 1))
    structure, behaviour = words(packed(one, other, one))
    assert structure[0] == structure[2] != structure[1]
    assert behaviour[0] == behaviour[2] != behaviour[1]
    assert words(packed(other, one)) == ([structure[1], structure[0]], [behaviour[1], behaviour[0]])


def test_structure_ignores_constants_and_behaviour_ignores_structure(build, packed):
    twice, doubled, tripled = (
        build(("add", 0, 0)),
        build(2.0, ("mul", 0, 1)),
        build(3.0, ("mul", 0, 1)),
    )
    structure, behaviour = words(packed(twice, doubled, tripled))
    assert structure[0] != structure[1] == structure[2]
    assert behaviour[0] == behaviour[1] != behaviour[2]


def test_mantissas_are_cut(build, packed):
    batch = packed(
        *(build(c, ("mul", 0, 1)) for c in (1.3, 1.3 * (1 + 2**-50), 1.3 * (1 + 2**-20)))
    )
    for bits, distinct in ((34, 2), (52, 3), (10, 1)):
        assert len(set(words(batch, bits)[1])) == distinct


def test_every_nan_and_either_zero_behave_alike(build, packed):
    nan = [build(-1.0, ("sqrt", 1)), build(("sub", 0, 0), ("div", 1, 1))]
    zero = [build(("sub", 0, 0)), build(-1.0, ("sub", 0, 0), ("mul", 1, 2))]
    behaviour = words(packed(*nan, *zero))[1]
    assert behaviour[0] == behaviour[1] != behaviour[2] == behaviour[3]


def test_many_programs_have_many_hashes():
    opcodes = [code for name, code in OPCODES.items() if name != "const"]
    many = random_programs(3000, 40, 12, opcodes, np.random.default_rng(1))
    many = many.take(canonical(many, 99) > 0)
    bare = [
        (b.size, b.opcode, b.operand) for b in (many.take(np.array([r])) for r in range(len(many)))
    ]
    distinct = {b"".join(a.tobytes() for a in arrays) for arrays in bare}
    assert len(set(words(many)[0])) == len(distinct) > 500
