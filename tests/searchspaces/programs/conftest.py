from fractions import Fraction

import numpy as np
import pytest
from own_primitives import OWN

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.program import Instruction, Program

CONST = OWN.opcodes["const"]
OPCODES = OWN.opcodes
PRIMITIVES = OWN.primitives


@pytest.fixture(scope="session")
def build():
    """A program from rows: a number is a constant, otherwise (primitive, operands by number)."""

    def make(*rows, output=None):
        instructions = []
        for row in rows:
            if isinstance(row, tuple):
                instructions.append(Instruction(OPCODES[row[0]], row[1:]))
            else:
                instructions.append(Instruction(CONST, (), (float(row), 0.0)))
        last = len(instructions) if output is None else output
        return Program(("x",), tuple(instructions), (last,), dialect=OWN)

    return make


@pytest.fixture(scope="session")
def packed():
    """Programs as a batch with room to spare."""

    def make(*programs, length=None):
        room = max((len(p.instructions) for p in programs), default=0) + 3
        return Batch.from_programs(programs, room if length is None else length)

    return make


@pytest.fixture(scope="session")
def reference():
    """float64[p]: a program by the table's own functions, one array operation an instruction."""

    def run(program, points):
        values = [np.asarray(points, np.float64)]
        with np.errstate(all="ignore"):
            for i in program.instructions:
                if i.opcode == CONST:
                    values.append(np.full(len(points), i.constant[0]))
                else:
                    operands = (values[k] for k in i.operands)
                    values.append(program.primitive(i).run(*operands))
        return values[program.outputs[0]]

    return run


class Exact:
    """Functions beyond the operators, over fractions."""

    min = staticmethod(min)
    max = staticmethod(max)
    abs = staticmethod(abs)
    select = staticmethod(lambda c, a, b: a if c >= 0 else b)


@pytest.fixture(scope="session")
def exactly():
    """The value of a program over the rationals."""
    return lambda program, x: program.run(Exact(), [Fraction(x)], Fraction)[0]


@pytest.fixture(scope="session")
def applied():
    """A batch of programs that apply a primitive to constants: float64[n, arity]."""

    def make(primitive, operands, lows=None):
        n, arity = operands.shape
        batch = Batch(n, arity + 1, dialect=OWN)
        batch.size[:] = batch.output[:] = arity + 1
        batch.opcode[:, arity] = OPCODES[primitive.name]
        batch.operand[:, arity, :arity] = 1 + np.arange(arity)
        batch.constant[:, :arity, 0] = operands
        if lows is not None:
            batch.constant[:, :arity, 1] = lows
        return batch

    return make


ARITY = np.array([p.arity for p in PRIMITIVES])


@pytest.fixture(scope="session")
def are_sound():
    """bool[n]: rows are programs: operands precede, opcodes are allowed, spare slots are zero."""

    def check(batch, allowed):
        slot = np.arange(batch.length)
        size = batch.size[:, None]
        used = slot < size
        places = np.where(used, ARITY[batch.opcode], 0)[..., None] > np.arange(3)
        earlier = (batch.operand >= 0) & (batch.operand <= slot[:, None])
        rules = [
            (size >= 0) & (size <= batch.length),
            (batch.output >= 0) & (batch.output <= size),
            np.where(used, np.isin(batch.opcode, [CONST, *allowed]), batch.opcode == 0),
            np.where(places, earlier, batch.operand == 0).all(axis=2),
            (used & (batch.opcode == CONST)) | (batch.constant == 0).all(axis=2),
        ]
        return np.all([rule.all(axis=1) for rule in rules], axis=0)

    return check


@pytest.fixture(scope="session")
def same_rows():
    """bool[n]: whether the rows of two batches are the same bytes."""

    def compare(one, other):
        pairs = list(zip(one.arrays().values(), other.arrays().values(), strict=True))
        return np.array(
            [all(a[r].tobytes() == b[r].tobytes() for a, b in pairs) for r in range(len(one))]
        )

    return compare


@pytest.fixture(scope="session")
def real_everywhere():
    """Whether a primitive has a value for negative operands too."""

    def ask(primitive):
        with np.errstate(all="ignore"):
            return np.isfinite(primitive.run(*np.full(primitive.arity, -1.5)))

    return ask
