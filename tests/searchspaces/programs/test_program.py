import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elitemap.archive.identity import identity
from elitemap.searchspaces.programs.program import (
    MAX_INSTRUCTIONS,
    SCHEMA,
    Program,
    ProgramError,
)

ONE, ZERO = (1.0).hex(), (0.0).hex()


def document(**changes):
    plain = {
        "schema": SCHEMA,
        "inputs": ["x"],
        "instructions": [["const", ONE, ZERO], ["add", 0, 1]],
        "outputs": [2],
    }
    return plain | changes


@given(data=st.data())
def test_json_round_trip(programs, data):
    program = data.draw(programs(inputs=("x", "y")))
    text = json.dumps(program.to_json())
    again = Program.from_json(json.loads(text), program.dialect)
    assert again == program
    assert identity(again.to_json()) == identity(program.to_json())


def test_cost_and_constants(build):
    program = build(0.5, ("mul", 0, 1), 2.0, ("fma", 2, 3, 0), ("sqrt", 4))
    assert program.cost == 3
    assert program.constants == (Fraction(1, 2), Fraction(2))
    changed = program.with_constants([(1.0, 2.0**-60), (3.0, 0.0)])
    assert changed.constants == (1 + Fraction(1, 2**60), Fraction(3))
    assert changed.cost == program.cost and changed.outputs == program.outputs


BROKEN = [
    None,
    [],
    "program",
    {},
    document(schema=2),
    document(schema=None),
    document(inputs=None),
    document(inputs="x"),
    document(inputs=["x", 3]),
    document(inputs=["x; drop"]),
    document(inputs=[[]]),
    document(instructions={}),
    document(instructions=[["const", ONE, ZERO]] * (MAX_INSTRUCTIONS + 1)),
    document(outputs=[]),
    document(outputs=[3]),
    document(outputs=[-1]),
    document(outputs=[1.0]),
    document(outputs=[True]),
    document(outputs=["2"]),
    *(
        document(instructions=[row], outputs=[0])
        for row in (
            None,
            [],
            "add",
            ["frobnicate", 0, 0],
            [["add"], 0, 0],
            [{}, 0, 0],
            [None],
            [1, 0, 0],
            ["add", 0],
            ["add", 0, 0, 0],
            ["add", 0, 1],
            ["add", 0, -1],
            ["add", 0, 0.0],
            ["add", 0, True],
            ["add", 0, None],
            ["const"],
            ["const", ONE],
            ["const", ONE, ZERO, ZERO],
            ["const", 1.0, 0.0],
            ["const", "nan", ZERO],
            ["const", "inf", ZERO],
            ["const", ONE, "-inf"],
            ["const", "0x1p99999", ZERO],
            ["const", "one", ZERO],
        )
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda d: repr(d)[:60])
def test_what_is_no_program_is_refused(broken):
    with pytest.raises(ProgramError, match="^expected .{1,400}$"):
        Program.from_json(broken)


def test_a_primitive_of_another_table_is_named():
    document = {"schema": 1, "inputs": ["x"], "instructions": [["sinh", 0]], "outputs": [1]}
    with pytest.raises(ProgramError, match="primitive of real, got 'sinh', which this version"):
        Program.from_json(document)
