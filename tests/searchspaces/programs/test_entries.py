"""What an entry of the table says about its primitive holds, for those of a test's own too."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from own_primitives import CUBE, OWN

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.boxes import program_boxes
from elitemap.searchspaces.programs.program import Instruction, Program
from elitemap.searchspaces.programs.real import REAL

FRESH = replace(CUBE, name="own")
TABLE = [p for p in OWN.primitives if p.literal is None]
each_primitive = pytest.mark.parametrize("primitive", TABLE, ids=lambda p: p.name)


def positive(primitive, n=50):
    return np.random.default_rng(1).uniform(0.2, 4.0, (primitive.arity, n))


def null_space(relations):
    """Rows that span what all relations allow."""
    _, sizes, rows = np.linalg.svd(np.array(relations, float))
    return rows[len(sizes[sizes > 1e-9]) :]


@each_primitive
def test_scaling_laws_hold(primitive):
    operands = positive(primitive)
    value = primitive.run(*operands)
    for weight, *weights in null_space(primitive.relations):
        scaled = primitive.run(*(a * 1.7**w for a, w in zip(operands, weights, strict=True)))
        np.testing.assert_allclose(scaled, value * 1.7**weight, rtol=1e-12)


@pytest.mark.parametrize("name", ["add", "mul", "div", "sqrt", "square", "cube", "rsqrt", "fma"])
def test_scaling_laws_leave_what_can_be_scaled(name):
    """One freedom for sums and powers, two for products."""
    primitive = OWN.primitives[OWN.opcodes[name]]
    assert len(null_space(primitive.relations)) == (2 if name in ("mul", "div", "fma") else 1)


def test_a_primitive_that_states_no_law_is_never_scaled():
    assert replace(CUBE, weights=None).relations == ((1, 0), (0, 1))


@each_primitive
def test_laws_of_rewriting_hold(primitive):
    a, b, *_ = (*positive(primitive), positive(CUBE)[0])
    if primitive.commutative:
        a, b, *rest = positive(primitive)
        np.testing.assert_array_equal(primitive.run(b, a, *rest), primitive.run(a, b, *rest))
    if primitive.idempotent:
        np.testing.assert_array_equal(primitive.run(a, a), a)
    if primitive.neutral:
        np.testing.assert_array_equal(primitive.run(a, primitive.neutral[0]), a)
    if primitive.inverse:
        inverse = OWN.primitives[OWN.opcodes[primitive.inverse]]
        np.testing.assert_allclose(inverse.run(primitive.run(a, b), b), a, rtol=1e-12)
    if primitive.opposite:
        opposite = OWN.primitives[OWN.opcodes[primitive.opposite]]
        np.testing.assert_array_equal(opposite.run(a, -b), primitive.run(a, b))
    for place in primitive.absorbing:
        operands = [a, b]
        operands[place] = np.zeros_like(a)
        assert not primitive.run(*operands).any()


@each_primitive
def test_a_divisor_makes_a_pole(primitive):
    with np.errstate(all="ignore"):
        values = primitive.run(*[np.zeros(1)] * primitive.arity)
    assert (primitive.divisor is not None) == (not np.isfinite(values).all())


def looks(*rows):
    instructions = tuple(Instruction(OWN.opcodes[name], operands) for name, *operands in rows)
    instructions = tuple(replace(i, operands=tuple(i.operands)) for i in instructions)
    program = Program(("x",), instructions, (len(rows),), dialect=OWN)
    return [box.rows for box in program_boxes(program, False)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("cube", 0)], "x\u00b3"),
        ([("cube", 0), ("square", 1)], "x\u2076"),
        ([("rsqrt", 0)], "1/\u221ax"),
        ([("rsqrt", 0), ("cube", 1)], "(1/\u221ax)\u00b3"),
    ],
)
def test_own_primitives_as_mathematics(rows, expected):
    assert looks(*rows) == [(expected,)]


def test_dialects_are_values():
    assert REAL.with_primitives(FRESH).opcodes == {**REAL.opcodes, "own": len(REAL.primitives)}
    assert "own" not in REAL.opcodes
    with pytest.raises(ValueError, match="a name each"):
        REAL.with_primitives(FRESH, FRESH)
    with pytest.raises(ValueError, match="primitive nothing"):
        REAL.with_primitives(replace(FRESH, inverse="nothing"))
    with pytest.raises(ValueError, match="weights"):
        REAL.with_primitives(replace(FRESH, weights=((1, 2, 3),)))


def test_batches_travel_with_the_place_of_their_dialect():
    batch = pickle.loads(pickle.dumps(Batch(3, 4, dialect=OWN)))
    assert batch.dialect is OWN and len(batch) == 3
    with pytest.raises(pickle.PicklingError, match="where"):
        pickle.dumps(Batch(3, 4, dialect=REAL.with_primitives(FRESH)))
