from fractions import Fraction

import numpy as np
import pytest

from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.primitives import CONST, OPCODES, PRIMITIVES
from elitemap.searchspaces.programs.program import Instruction, Program


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
        return Program(("x",), tuple(instructions), (last,))

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
                    spare = [values[0]] * (3 - len(i.operands))
                    operands = [values[k] for k in i.operands] + spare
                    values.append(PRIMITIVES[i.opcode].run(*operands))
        return values[program.outputs[0]]

    return run


class Exact:
    """Functions beyond the operators, over fractions."""

    minimum = staticmethod(min)
    maximum = staticmethod(max)
    absolute = staticmethod(abs)

    @staticmethod
    def sqrt(a):
        return Fraction(a) ** Fraction(1, 2) if a >= 0 else None


@pytest.fixture(scope="session")
def exactly():
    """The value of a program over the rationals."""
    return lambda program, x: program.run(Exact(), [Fraction(x)], Fraction)[0]


@pytest.fixture(scope="session")
def is_sound():
    """Whether row r is a program: operands precede, primitives are allowed, spare slots are zero."""

    def check(batch, row, allowed):
        size, output = int(batch.size[row]), int(batch.output[row])
        if not (0 <= size <= batch.length and 0 <= output <= size):
            return False
        for k in range(batch.length):
            opcode = int(batch.opcode[row, k])
            operands, constant = batch.operand[row, k], batch.constant[row, k]
            arity = PRIMITIVES[opcode].arity if k < size else 0
            if k < size and opcode not in (CONST, *allowed):
                return False
            if (k >= size and opcode) or np.any(operands[arity:]):
                return False
            if np.any(operands[:arity] < 0) or np.any(operands[:arity] > k):
                return False
            if (k >= size or opcode != CONST) and np.any(constant):
                return False
        return True

    return check


@pytest.fixture(scope="session")
def same_rows():
    """bool[n]: whether the rows of two batches are the same bytes."""

    def compare(one, other):
        pairs = list(zip(one.arrays().values(), other.arrays().values(), strict=True))
        return np.array([all(a[r].tobytes() == b[r].tobytes() for a, b in pairs) for r in range(len(one))])

    return compare
