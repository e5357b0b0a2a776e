import math
import random
from fractions import Fraction

import pytest
from own_primitives import OWN

from elitemap.searchspaces.programs.program import Program


def as_pair(value):
    value = Fraction(value)
    hi = float(value)
    return hi, float(value - Fraction(hi))


@pytest.fixture
def build():
    """Programs from rows: a number is a constant, otherwise (primitive, operands by row name)."""

    def make(*rows):
        instructions = []
        for row in rows:
            if isinstance(row, tuple):
                instructions.append(list(row))
            else:
                hi, lo = as_pair(row)
                instructions.append(["const", hi.hex(), lo.hex()])
        document = {
            "schema": 1,
            "inputs": ["x"],
            "instructions": instructions,
            "outputs": [len(instructions)],
        }
        return Program.from_json(document, OWN)

    return make


@pytest.fixture
def coth_power(build):
    """(c4 / (c1/v + c2 + v) - c5) ** (2 ** squarings) with v = x + c3/x, near 2**x."""

    def make(squarings=3, constants=None):
        c1, c2, c3, c4, c5 = constants or (
            Fraction("15141.93066568965270797"),
            Fraction("-250.5521240116676651583"),
            Fraction("5783.524908832226433835"),
            Fraction("501.104248031971314874"),
            Fraction("-0.9999999999999997260271"),
        )
        s = Fraction(2) ** (squarings - 3)
        rows = [c3 * s * s, ("div", 1, 0), ("add", 0, 2), c1 * s * s, ("div", 4, 3)]
        rows += [c2 * s, ("add", 5, 6), ("add", 7, 3), c4 * s, ("div", 9, 8), c5, ("sub", 10, 11)]
        for k in range(squarings):
            rows.append(("mul", 12 + k, 12 + k))
        return build(*rows)

    return make


@pytest.fixture
def polynomial(build):
    """Horner form, highest coefficient first."""

    def make(*coefficients):
        rows = [coefficients[0]]
        for c in coefficients[1:]:
            n = len(rows)
            rows += [("mul", n, 0), c, ("add", n + 1, n + 2)]
        return build(*rows)

    return make


@pytest.fixture
def disturbed():
    """The program with every constant changed by at most a part eps of itself."""

    def make(program, eps, seed):
        rng = random.Random(seed)
        factors = [1 + Fraction(eps * (2 * rng.random() - 1)) for _ in program.constants]
        pairs = [as_pair(c * f) for c, f in zip(program.constants, factors, strict=True)]
        return program.with_constants(pairs)

    return make


@pytest.fixture
def taylor_exp2():
    return lambda degree: [
        Fraction(math.log(2) ** k / math.factorial(k)) for k in range(degree, -1, -1)
    ]
